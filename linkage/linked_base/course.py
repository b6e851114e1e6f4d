"""Offences of both sides, and the course of affairs."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.concepts.sides import AFFAIRE
from linkage.governance.pseudonyms import Pseudonyms
from linkage.linked_base import grain
from linkage.linked_base.shifts import FIRST, ID, SIDE, moved
from linkage.settings.linked_base import LinkedBaseSettings
from linkage.tables import sources
from linkage.tables.linked_base import Evenement, Infraction


def build_infractions(
    seen: DataFrame, cases: DataFrame, communes: DataFrame, settings: LinkedBaseSettings
) -> DataFrame:
    """Return ``linked_base/infractions`` of one version, from ``standardised/infractions`` and the cases."""
    dates = (Infraction.date_faits_debut, Infraction.date_faits_fin)
    return (
        seen.join(cases, on=[SIDE, ID], how="inner")
        .withColumns({date: grain.day(F.col(date), settings.dates.grain) for date in dates})
        .withColumn(Infraction.natinf, grain.shaped(F.col(Infraction.natinf), grain.NATINF))
        .transform(
            lambda offences: grain.placed(
                offences,
                communes,
                commune=Infraction.commune_faits,
                code_departement=Infraction.code_departement,
                smallest_population=settings.communes.smallest_population_faits,
            )
        )
    )


def build_evenements(
    seen: DataFrame, cases: DataFrame, settings: LinkedBaseSettings, pseudonyms: Pseudonyms
) -> DataFrame:
    """Return ``linked_base/evenements`` of one version, from ``sources/cassiopee_evenements`` and the cases."""
    affaires = cases.where(F.col(SIDE) == AFFAIRE).select(ID, Evenement.id_affaire, FIRST)
    rang = F.col(sources.Evenement.rang_personne)
    return (
        seen.withColumnRenamed(sources.Evenement.id_affaire, ID)
        .join(affaires, on=ID, how="inner")
        .withColumns(
            {
                Evenement.id_personne: pseudonyms.of("personne", F.lit(AFFAIRE), F.col(ID), rang),
                Evenement.date: moved(F.col(Evenement.date), settings.dates.grain),
                Evenement.code: grain.event_code(F.col(Evenement.code), settings),
                Evenement.code_tj: grain.shaped(F.col(Evenement.code_tj), grain.CODE_TJ),
            }
        )
    )
