"""What the base says of itself: its versions, with how well they are linked, and what its codes mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.quality.version import read_synthesis
from linkage.concepts.sides import AFFAIRE, PROCEDURE
from linkage.platform.lake.schema import Table
from linkage.platform.lake.store import Store
from linkage.quality.review.clerical import PRECISION, RECALL
from linkage.quality.subgroups import RATE
from linkage.quality.traits import WHOLE
from linkage.tables.described import Valeur, VersionOfBase
from linkage.tables.quality import MatchRate, Subgroup
from linkage.tables.sources import JUSTICE, POLICE
from linkage.tables.versions import Version
from linkage.versions import publication


def describe_version(store: Store, version: str) -> pd.DataFrame:
    """Return the row of ``linked_base/versions``: figures of quality, not counted again."""
    row = store.read(Version).where(F.col(Version.version) == version).collect()[0]
    rates = _of(store, MatchRate, version).toPandas()
    of_whole = (F.col(Subgroup.dimension) == WHOLE) & (F.col(Subgroup.measure) == RATE)
    whole = _of(store, Subgroup, version).where(of_whole)
    rate_of = {of_side[Subgroup.side]: of_side[Subgroup.estimate] for of_side in whole.collect()}
    estimate_of = {measure: guess.value for measure, guess in read_synthesis(store, version).items()}
    return pd.DataFrame(
        [
            {
                VersionOfBase.version: version,
                VersionOfBase.date_publication: row[Version.created_at].date(),
                VersionOfBase.date_extraction: publication.extraction(store, version),
                VersionOfBase.code_version: row[Version.code_version],
                VersionOfBase.est_fictive: publication.is_fictitious(store, version),
                **_counted(rates),
                VersionOfBase.taux_procedures: rate_of.get(PROCEDURE),
                VersionOfBase.taux_affaires: rate_of.get(AFFAIRE),
                VersionOfBase.precision_estimee: estimate_of.get(PRECISION),
                VersionOfBase.rappel_estime: estimate_of.get(RECALL),
            }
        ]
    )


def list_codes(tables: Iterable[type[Table]], nomenclatures: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Return ``linked_base/valeurs``: the codes that columns declare, and those of the nomenclature that they name."""
    rows = [
        (table.path.partition("/")[2], str(column), code, meaning)
        for table in tables
        for column in table.columns
        for code, meaning in {**nomenclatures.get(column.nomenclature, {}), **column.codes}.items()
    ]
    return pd.DataFrame(rows, columns=Valeur.names())


def _counted(rates: pd.DataFrame) -> dict[str, int | None]:
    of_police, of_justice = (rates[rates[MatchRate.source].isin(sources)] for sources in (POLICE, JUSTICE))
    years = rates[MatchRate.millesime]
    return {
        VersionOfBase.premier_millesime: None if rates.empty else int(years.min()),
        VersionOfBase.dernier_millesime: None if rates.empty else int(years.max()),
        VersionOfBase.nb_procedures: int(of_police[MatchRate.nb].sum()),
        VersionOfBase.nb_procedures_liees: int(of_police[MatchRate.nb_linked].sum()),
        VersionOfBase.nb_affaires: int(of_justice[MatchRate.nb].sum()),
        VersionOfBase.nb_affaires_liees: int(of_justice[MatchRate.nb_linked].sum()),
    }


def _of(store: Store, table: type[Table], version: str) -> DataFrame:
    return store.read_or_empty(table).where(F.col(Version.version) == version)
