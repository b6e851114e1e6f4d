"""Procedures: the key as police and gendarmerie write it, and the facts."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.sides import PROCEDURE
from linkage.settings.standardised import StandardisedSettings
from linkage.standardised.cases import add_facts
from linkage.standardised.communes import code_departement, recognise_commune, repair_of
from linkage.standardised.dates import first_day, known_day, last_day
from linkage.standardised.numeros import add_key
from linkage.standardised.sides import CASE, delivered_code, list_repairs
from linkage.tables.standardised import Personne, Procedure, Reference

FORCE = {"lrppn": "PN", "lrpgn": "GN"}


def build_procedures(
    delivered: DataFrame,
    infractions: DataFrame,
    personnes: DataFrame,
    codes: DataFrame,
    settings: StandardisedSettings,
) -> DataFrame:
    """Return one row per procedure, as ``standardised/procedures`` declares it.

    Reads the procedures as delivered with ``source`` and ``id``, the standardised offences and persons, and the codes
    of communes. The period
    of the facts spans the procedure's own days and those of its offences; its place is its own where it is recognised,
    otherwise that of its first offence that has one.
    """
    own = str(Procedure.commune_faits)
    own_facts: dict[str, Column] = {
        "own_debut": known_day(F.col(Procedure.date_faits_debut), placeholders=settings.placeholder_days.faits),
        "own_fin": known_day(F.col(Procedure.date_faits_fin), placeholders=settings.placeholder_days.faits),
        "own_commune": F.col(Procedure.commune_faits),
        Procedure.commune_faits_livree: F.col(Procedure.commune_faits),
    }
    key: dict[str, Column] = {
        Procedure.force: F.element_at(
            F.create_map(*(F.lit(part) for pair in FORCE.items() for part in pair)), F.col(Procedure.source)
        ),
        Procedure.code_service_livre: F.col(Procedure.code_service),
        Procedure.annee_livree: F.col(Procedure.annee),
        Procedure.numero_livre: F.col(Procedure.numero),
        Reference.reference_pv_livree: F.lit(None).cast("string"),
        Procedure.code_tj: delivered_code(F.col(Procedure.code_tj)),
    }
    keyed = (
        delivered.withColumns({**own_facts, **key})
        .drop(Procedure.date_faits_debut, Procedure.date_faits_fin, Procedure.commune_faits)
        .transform(add_key, two_digit_year_pivot=settings.pv_key.two_digit_year_pivot)
        .withColumnRenamed("own_commune", own)
        .transform(recognise_commune, own, codes, year=F.coalesce(F.year("own_debut"), Procedure.millesime))
        .withColumnRenamed(own, "own_commune")
        .withColumn(Procedure.repairs, F.concat(Procedure.repairs, list_repairs(F.col(repair_of(own)))))
    )
    facts = add_facts(keyed, PROCEDURE, infractions, personnes)
    days = [F.col(day) for day in ("own_debut", "own_fin", Procedure.date_faits_debut, Procedure.date_faits_fin)]
    place, places = F.col("own_commune"), F.col(Procedure.communes_faits)
    commune, among = F.coalesce(place, Procedure.commune_faits), place.isNull() | F.array_contains(places, place)
    return facts.withColumns(
        {
            Procedure.date_faits_debut: first_day(*days),
            Procedure.date_faits_fin: last_day(*days),
            Procedure.commune_faits: commune,
            Procedure.code_departement: code_departement(commune),
            Procedure.communes_faits: F.when(among, places).otherwise(F.sort_array(F.array_append(places, place))),
            CASE[PROCEDURE]: F.col(Personne.id),
        }
    ).transform(Procedure.conform)
