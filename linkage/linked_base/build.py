"""The stage's table of contents: what a version saw → the seven tables of the analysts' base."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.concepts.courses import Base
from linkage.governance.pseudonyms import Pseudonyms
from linkage.linked_base import course
from linkage.linked_base.cases import build_affaires, build_procedures, key_cases
from linkage.linked_base.links import build_liens, build_liens_personnes
from linkage.linked_base.persons import build_personnes
from linkage.linked_base.shifts import add_first_day
from linkage.linked_base.suites import build_suites
from linkage.platform.lake.schema import Table
from linkage.settings.linked_base import LinkedBaseSettings
from linkage.tables.linked_base import (
    Affaire,
    Evenement,
    Infraction,
    Lien,
    LienPersonne,
    Personne,
    Procedure,
    Published,
)
from linkage.tables.suites import Suite

# Rows that are read together lie together, in the order of pseudonyms: nothing is left of the order of the sources.
ORDER: dict[type[Table], tuple[str, ...]] = {
    Procedure: (Procedure.id_procedure,),
    Affaire: (Affaire.id_affaire,),
    Personne: (Personne.id_procedure, Personne.id_affaire, Personne.id_personne),
    Infraction: (Infraction.id_procedure, Infraction.id_affaire, Infraction.rang),
    Lien: (Lien.id_procedure, Lien.id_affaire),
    LienPersonne: (LienPersonne.id_procedure, LienPersonne.id_affaire, LienPersonne.id_personne_procedure),
    Evenement: (Evenement.id_affaire, Evenement.date, Evenement.type, Evenement.id_personne, Evenement.code),
    Suite: (Suite.id_procedure, Suite.id_personne),
}


@dataclass(frozen=True)
class Seen:
    """The restricted tables as one version saw them; the last three hold that version's rows only."""

    procedures: DataFrame
    affaires: DataFrame
    personnes: DataFrame
    infractions: DataFrame
    evenements: DataFrame
    links: DataFrame
    person_links: DataFrame
    unlinked: DataFrame


def build(
    seen: Seen,
    communes: DataFrame,
    *,
    union: Sequence[str],
    version: str,
    settings: LinkedBaseSettings,
    pseudonyms: Pseudonyms,
) -> dict[type[Table], DataFrame]:
    """Return the tables of ``linked_base`` for one version; nothing is computed yet.

    Reads the communes (``code_commune``, ``code_departement``, ``population``) beside the restricted tables.
    ``union``: the codes of the States of the European Union but France.
    """
    keyed = key_cases(seen.procedures, seen.affaires, pseudonyms=pseudonyms).transform(add_first_day, seen.links)
    frames: dict[type[Table], DataFrame] = {
        Procedure: build_procedures(seen.procedures, seen.unlinked, keyed, communes, settings, pseudonyms),
        Affaire: build_affaires(seen.affaires, seen.unlinked, keyed, communes, settings, pseudonyms),
        Personne: build_personnes(
            seen.personnes, keyed, communes, union=union, settings=settings, pseudonyms=pseudonyms
        ),
        Infraction: course.build_infractions(seen.infractions, keyed, communes, settings),
        Lien: build_liens(seen.links, seen.procedures, pseudonyms),
        LienPersonne: build_liens_personnes(seen.person_links, seen.procedures, pseudonyms),
        Evenement: course.build_evenements(seen.evenements, keyed, settings, pseudonyms),
    }
    return {table: _cluster(frame, table, version) for table, frame in frames.items()}


def follow(
    base: Base, authors: DataFrame, *, extraction: datetime.date | None, version: str, settings: LinkedBaseSettings
) -> DataFrame:
    """Return ``linked_base/suites`` for one version, from the other tables of it; nothing is computed yet.

    ``authors``: the courses of affairs and of their authors. ``extraction``: the day until which courses are known.
    """
    return _cluster(build_suites(base, authors, settings.suites, extraction=extraction), Suite, version)


def _cluster(frame: DataFrame, table: type[Table], version: str) -> DataFrame:
    published = table.conform(frame.withColumn(Published.version, F.lit(version)))
    return published.hint("rebalance", Published.millesime).sortWithinPartitions(
        Published.version, Published.millesime, *ORDER[table]
    )
