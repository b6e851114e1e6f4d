"""Offences: codes, families, dates and communes in one spelling, and what a case keeps of its offences."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.settings.standardised import StandardisedSettings
from linkage.standardised.communes import recognise_commune, repair_of
from linkage.standardised.dates import first_day, known_day, last_day
from linkage.standardised.natinf import UNKNOWN_FAMILY, add_famille, code_natinf
from linkage.standardised.sides import list_repairs, word
from linkage.tables.standardised import CaseFacts, Infraction, Procedure


def build_infractions(
    delivered: DataFrame, codes: DataFrame, natinf: DataFrame, settings: StandardisedSettings
) -> DataFrame:
    """Return one row per offence of either side, as ``standardised/infractions`` declares it.

    Reads the offences as delivered, with ``side``, ``source`` and ``id``, and the codes of communes.
    """
    fictitious = settings.placeholder_days.faits
    spelt = delivered.withColumns(
        {
            Infraction.natinf_livre: F.col(Infraction.natinf),
            Infraction.natinf: code_natinf(F.col(Infraction.natinf)),
            Infraction.classe: word(F.col(Infraction.classe)),
            Infraction.date_faits_debut: known_day(F.col(Infraction.date_faits_debut), placeholders=fictitious),
            Infraction.date_faits_fin: known_day(F.col(Infraction.date_faits_fin), placeholders=fictitious),
            Infraction.commune_faits_livree: F.col(Infraction.commune_faits),
        }
    )
    return (
        spelt.transform(add_famille, natinf)
        .transform(recognise_commune, Infraction.commune_faits, codes, year=_year_of_facts())
        .withColumn(Infraction.repairs, list_repairs(F.col(repair_of(Infraction.commune_faits))))
        .transform(Infraction.conform)
    )


def _year_of_facts() -> Column:
    return F.coalesce(F.year(Infraction.date_faits_debut), Procedure.millesime)


def group_by_case(infractions: DataFrame, key: list[str]) -> DataFrame:
    """Return one row per case of one side with at least one offence: its period, and the sorted sets of its codes.

    ``natinf``, ``famille`` are those of the lowest rang; ``commune_faits`` the first recognised one in that order.
    Example: offences 7151 (rang 1) and 23 (rang 2) give ``natinf`` 7151 and ``natinfs`` [23, 7151].
    """
    debut, fin = F.col(Infraction.date_faits_debut), F.col(Infraction.date_faits_fin)
    commune, rang = F.col(Infraction.commune_faits), F.col(Infraction.rang)
    known_famille = F.when(F.col(Infraction.famille) != UNKNOWN_FAMILY, F.col(Infraction.famille))
    first = F.min(F.struct(Infraction.rang, Infraction.natinf, Infraction.famille))
    first_commune = F.min(F.when(commune.isNotNull(), F.struct(rang, commune.alias("commune"))))
    return (
        infractions.groupBy(*key)
        .agg(
            F.min(first_day(debut, fin)).alias(CaseFacts.date_faits_debut),
            F.max(last_day(debut, fin)).alias(CaseFacts.date_faits_fin),
            F.sort_array(F.collect_set(commune)).alias(CaseFacts.communes_faits),
            F.sort_array(F.collect_set(Infraction.natinf)).alias(CaseFacts.natinfs),
            F.sort_array(F.collect_set(known_famille)).alias(CaseFacts.familles),
            first.alias("first"),
            first_commune["commune"].alias(CaseFacts.commune_faits),
        )
        .withColumns({CaseFacts.natinf: F.col("first.natinf"), CaseFacts.famille: F.col("first.famille")})
        .drop("first")
    )
