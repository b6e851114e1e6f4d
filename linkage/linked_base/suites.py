"""What became of each person whom police or gendarmerie recorded, from the analysts' own tables."""

from __future__ import annotations

import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.concepts import courses
from linkage.concepts.courses import ID, Base
from linkage.concepts.sides import AFFAIRE, PROCEDURE
from linkage.settings.linked_base import SuitesSettings
from linkage.tables.linked_base import Lien, LienPersonne, Personne, Procedure
from linkage.tables.suites import Suite

MIS_EN_CAUSE, VICTIM = Suite.role.values
PERSON = "person"
"""The person of the procedure, where ``id`` is that of the affair."""


def build_suites(
    base: Base, authors: DataFrame, settings: SuitesSettings, *, extraction: datetime.date | None
) -> DataFrame:
    """Return ``linked_base/suites`` of one version, from its other tables.

    ``authors`` are the courses of affairs and of their authors (``courses.authors``).
    """
    of_police = F.col(Personne.side) == PROCEDURE
    persons = base.personnes.where(of_police & F.col(Personne.role).isin(*Suite.role.values)).select(
        F.col(Personne.id_personne).alias(ID), Personne.id_individu, Personne.id_procedure, Personne.role
    )
    procedures = base.procedures.select(
        Procedure.id_procedure, Procedure.millesime, Procedure.est_liee, Procedure.date_enregistrement
    )
    dossiers = base.liens.groupBy(Lien.id_procedure).agg(F.min(Lien.id_dossier).alias(Lien.id_dossier))
    recorded = persons.join(procedures, on=Procedure.id_procedure, how="inner").join(
        dossiers, on=Lien.id_procedure, how="left"
    )
    victims = courses.of_victims(
        recorded.where(F.col(Personne.role) == VICTIM),
        base,
        authors,
        several_affaires=settings.several_affaires,
    ).withColumn(Suite.est_suivie, F.col(Suite.est_liee))
    suspects = recorded.where(F.col(Personne.role) == MIS_EN_CAUSE).join(
        _courses_of_suspects(base, authors), on=ID, how="left"
    )
    followed = suspects.withColumn(Suite.est_suivie, F.coalesce(Suite.est_suivie, F.lit(False)))
    described = courses.describe(victims.unionByName(followed), followed=F.col(Suite.est_suivie), extraction=extraction)
    return described.withColumnRenamed(ID, Suite.id_personne)


def _courses_of_suspects(base: Base, authors: DataFrame) -> DataFrame:
    """Return one row per mis en cause of a procedure who is an author of a linked affair: his own furthest course."""
    of_justice = (F.col(Personne.side) == AFFAIRE) & (F.col(Personne.role) == MIS_EN_CAUSE)
    accused = base.personnes.where(of_justice).select(F.col(Personne.id_personne).alias(ID), Personne.id_affaire)
    recognised = base.liens_personnes.select(
        F.col(LienPersonne.id_personne_procedure).alias(PERSON), F.col(LienPersonne.id_personne_affaire).alias(ID)
    )
    courses_of_authors = recognised.join(courses.of_mis_en_cause(accused, base, authors), on=ID, how="inner")
    furthest = courses_of_authors.groupBy(F.col(PERSON).alias(ID)).agg(*courses.furthest())
    return furthest.withColumn(Suite.est_suivie, F.lit(True))
