"""A study again through the true links of fictitious deliveries: what linkage errors change in its results."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.quality.truth import read_persons_truth, read_truth
from jobs.study_extracts.study import Study
from linkage.concepts.courses import Base
from linkage.concepts.sides import AFFAIRE
from linkage.governance.keys import BASE
from linkage.governance.pseudonyms import Pseudonyms
from linkage.linked_base.links import pseudonymise_cases, pseudonymise_persons
from linkage.links.dossiers import group_dossiers
from linkage.study_extracts import tables
from linkage.tables.linked_base import Case, Infraction, Lien, Personne
from linkage.tables.standardised import Procedure
from linkage.tables.study_extracts import StudyCase

LARGEST = 1_000_000
HEADER = ("measure", "through the links", "through the truth", "gap")
Row = tuple[str, float, float, float]


def compared(study: Study, folder: str, key_file: str) -> list[Row]:
    """Return shares of orientation (gap in points), median delays and aggregates (gap in %), exact: they name nobody.

    Aggregates are the units that the two offices reconciled in 2019: affairs with an author, authors, and
    offences of authors.
    """
    base = study.base()
    links, truth = (_measures(study, one) for one in (base, _true_base(study, base, folder, key_file)))
    # An orientation that only one of the two has is nobody's in the other.
    pairs = {name: (links.get(name, 0.0), truth.get(name, 0.0)) for name in {**links, **truth}}
    return [(name, *values, gap(name, *values)) for name, values in pairs.items()]


def gap(name: str, links: float, truth: float) -> float:
    """Return by how much a measure differs from the truth: a share in points, another measure in % of the truth."""
    if name.startswith("share"):
        return 100 * (links - truth)
    if not truth:
        return 0.0 if links == truth else float("nan")
    return 100 * (links / truth - 1)


def _true_base(study: Study, base: Base, folder: str, key_file: str) -> Base:
    """Return the base with the true links in place of the retained ones, but for those to what was not delivered."""
    pseudonyms = Pseudonyms.derived(key_file, BASE)
    procedures = study.store.read(Procedure)
    truth = read_truth(study.store.files, folder, procedures)
    persons = read_persons_truth(study.store.files, folder, procedures)
    liens = (
        group_dossiers(truth, max_records=LARGEST)
        .transform(pseudonymise_cases, pseudonyms)
        .join(base.procedures.select(Lien.id_procedure), on=Lien.id_procedure, how="left_semi")
        .join(base.affaires.select(Lien.id_affaire), on=Lien.id_affaire, how="left_semi")
        .withColumn(Lien.match_weight, F.lit(float("inf")))
    )
    if persons is None:
        return replace(base, liens=liens)
    return replace(base, liens=liens, liens_personnes=pseudonymise_persons(persons, pseudonyms))


def _measures(study: Study, base: Base) -> dict[str, float]:
    units = study.cases(base).units
    victims = units["victime"].where(Case.est_liee)
    counts: pd.DataFrame = victims.groupBy(StudyCase.orientation).agg(F.count("*").alias(tables.NB)).toPandas()
    shares = {f"share of {row.orientation}": row.nb / counts[tables.NB].sum() for row in counts.itertuples()}
    medians = tables.compute_medians(tables.count_days(victims, study.study.delays))
    delays = {
        f"median {kind}, {row.step}": getattr(row, column)
        for row in medians[medians["row"] == tables.WHOLE].itertuples()
        for kind, column in (("plain", "median"), ("Kaplan-Meier", "median_km"))
    }
    return dict(sorted(shares.items())) | delays | _aggregates(units["mis_en_cause"], base.infractions)


def _aggregates(authors: DataFrame, infractions: DataFrame) -> dict[str, float]:
    offences = infractions.where(F.col(Infraction.side) == AFFAIRE).groupBy(Infraction.id_affaire)
    per_affair = offences.agg(F.count("*").alias("offences"))
    row = (
        authors.join(per_affair, on=Personne.id_affaire, how="left")
        .agg(
            F.count_distinct(Personne.id_affaire).alias("affairs"),
            F.count("*").alias("authors"),
            F.sum("offences").alias("offences of authors"),
        )
        .collect()[0]
    )
    return {name: float(value or 0) for name, value in row.asDict().items()}
