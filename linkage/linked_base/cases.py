"""Procedures and affairs: their pseudonyms, their facts at the profile's grain, and whether they are linked."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.sides import AFFAIRE, PROCEDURE
from linkage.governance.pseudonyms import Pseudonyms
from linkage.linked_base import grain
from linkage.linked_base.shifts import CAME_IN, FIRST, ID, SIDE, moved
from linkage.settings.linked_base import LinkedBaseSettings
from linkage.tables import standardised
from linkage.tables.linked_base import Affaire, Case, Procedure
from linkage.tables.links import Unlinked

REFERENCE_DAY = "reference_day"
"""The first day of the facts, or when the case came in: what ages are counted at."""


def key_cases(procedures: DataFrame, affaires: DataFrame, *, pseudonyms: Pseudonyms) -> DataFrame:
    """Return one row per case of either side: ``side, id, millesime, reference_day, came_in`` and its pseudonym.

    What belongs to a case joins it here: ``id_procedure`` is null for an affair, ``id_affaire`` for a procedure.
    """
    recorded = F.coalesce(Procedure.date_enregistrement, Procedure.date_transmission)
    came_in = {PROCEDURE: recorded, AFFAIRE: F.col(Affaire.date_arrivee)}
    counted_at = {PROCEDURE: F.col(Procedure.date_enregistrement), AFFAIRE: F.col(Affaire.date_arrivee)}
    own_id = {PROCEDURE: Procedure.id_procedure, AFFAIRE: Affaire.id_affaire}

    def of_side(frame: DataFrame, side: str) -> DataFrame:
        pseudonym = {
            PROCEDURE: pseudonyms.of("procedure", F.col(ID)),
            AFFAIRE: pseudonyms.of("affaire", F.col(ID)),
        }
        null = F.lit(None).cast("string")
        return frame.withColumnRenamed(own_id[side], ID).select(
            F.lit(side).alias(SIDE),
            ID,
            Case.millesime,
            F.coalesce(F.col(Case.date_faits_debut), counted_at[side]).alias(REFERENCE_DAY),
            came_in[side].alias(CAME_IN),
            *((pseudonym[side] if other == side else null).alias(own_id[other]) for other in own_id),
        )

    return of_side(procedures, PROCEDURE).unionByName(of_side(affaires, AFFAIRE))


def build_procedures(
    seen: DataFrame,
    unlinked: DataFrame,
    cases: DataFrame,
    communes: DataFrame,
    settings: LinkedBaseSettings,
    pseudonyms: Pseudonyms,
) -> DataFrame:
    """Return ``linked_base/procedures`` of one version, from ``standardised/procedures`` and its unlinked ones."""
    of = standardised.Procedure.id_procedure
    dates = (Procedure.date_enregistrement, Procedure.date_transmission)
    return (
        seen.transform(_add_outcome, unlinked, PROCEDURE, of)
        .transform(_join_first, cases, PROCEDURE, of)
        .withColumns({date: moved(F.col(date), settings.dates.grain) for date in dates})
        .transform(_reduce, communes, settings)
        .withColumn(Procedure.id_procedure, pseudonyms.of("procedure", F.col(of)))
    )


def build_affaires(
    seen: DataFrame,
    unlinked: DataFrame,
    cases: DataFrame,
    communes: DataFrame,
    settings: LinkedBaseSettings,
    pseudonyms: Pseudonyms,
) -> DataFrame:
    """Return ``linked_base/affaires`` of one version, from ``standardised/affaires`` and its unlinked ones."""
    of = standardised.Affaire.id_affaire
    return (
        seen.transform(_add_outcome, unlinked, AFFAIRE, of)
        .transform(_join_first, cases, AFFAIRE, of)
        .withColumns(
            {
                Affaire.date_arrivee: moved(F.col(Affaire.date_arrivee), settings.dates.grain),
                Affaire.nature_affaire: grain.shaped(F.col(Affaire.nature_affaire), grain.NATURE_AFFAIRE),
            }
        )
        .transform(_reduce, communes, settings)
        .withColumn(Affaire.id_affaire, pseudonyms.of("affaire", F.col(of)))
    )


def _join_first(seen: DataFrame, cases: DataFrame, side: str, of: str) -> DataFrame:
    return seen.join(cases.where(F.col(SIDE) == side).select(F.col(ID).alias(of), FIRST), on=of, how="left")


def _add_outcome(seen: DataFrame, unlinked: DataFrame, side: str, of: str) -> DataFrame:
    reasons = unlinked.where(F.col(Unlinked.side) == side).select(
        F.col(Unlinked.id).alias(of), F.col(Unlinked.reason).alias(Case.raison_sans_lien)
    )
    joined = seen.join(reasons, on=of, how="left")
    return joined.withColumn(Case.est_liee, F.col(Case.raison_sans_lien).isNull())


def _reduce(frame: DataFrame, communes: DataFrame, settings: LinkedBaseSettings) -> DataFrame:
    """Return the facts of a case at the profile's grain."""
    faits: dict[str, Column] = {
        date: grain.day(F.col(date), settings.dates.grain) for date in (Case.date_faits_debut, Case.date_faits_fin)
    }
    codes: dict[str, Column] = {
        Case.natinf: grain.shaped(F.col(Case.natinf), grain.NATINF),
        Case.code_tj: grain.shaped(F.col(Case.code_tj), grain.CODE_TJ),
    }
    return frame.withColumns({**faits, **codes}).transform(
        lambda cases: grain.placed(
            cases,
            communes,
            commune=Case.commune_faits,
            code_departement=Case.code_departement,
            smallest_population=settings.communes.smallest_population_faits,
        )
    )
