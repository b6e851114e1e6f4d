"""Communes: arrondissements replaced by their commune, codes checked against the code officiel géographique."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.standardised.sides import plain

# Municipal arrondissements by the commune they are part of: first and last Insee code.
ARRONDISSEMENTS = {
    "75056": ("75101", "75120"),  # Paris
    "69123": ("69381", "69389"),  # Lyon
    "13055": ("13201", "13216"),  # Marseille
}

# A number's grouping or decimals, a spreadsheet's marks of text.
_NOT_OF_CODE = r"(?<=^'?[0-9]?[0-9AB])[ .,](?=[0-9]{3}(?![0-9]))(?!000)|[.,]0{1,2}$|^=?['\"]|['\"]$"


def commune(delivered: Column) -> Column:
    """Return the commune's code: upper-case, a lost leading zero restored, an arrondissement as its commune.

    Example: ``commune("1053")`` is ``"01053"``; ``commune("75101")`` is ``"75056"``; ``commune("1004.0")`` is
    ``"01004"``; ``commune("75 056")`` is ``"75056"``.
    """
    trimmed = F.trim(delivered)
    code = F.when(trimmed.rlike("^[0-9]{5}$"), trimmed).otherwise(F.regexp_replace(plain(trimmed), _NOT_OF_CODE, ""))
    code = F.when(code.rlike("^[1-9][0-9]{3}$"), F.lpad(code, 5, "0")).otherwise(code)
    replaced = F.lit(None).cast("string")
    for whole, (first, last) in ARRONDISSEMENTS.items():
        is_arrondissement = (F.length(code) == 5) & code.between(first, last)
        replaced = F.coalesce(replaced, F.when(is_arrondissement, F.lit(whole)))
    return F.coalesce(replaced, F.when(code != "", code))


def code_departement(code: Column) -> Column:
    """Return the département of a commune: two characters, three overseas (97x, 98x).

    Example: ``code_departement("97411")`` is ``"974"``; ``code_departement("2A004")`` is ``"2A"``.
    """
    return F.when(code.rlike("^9[78]"), F.substring(code, 1, 3)).otherwise(F.substring(code, 1, 2))


def list_codes(communes: DataFrame, mouvements: DataFrame) -> DataFrame:
    """Return every code known, the commune of today that it is part of, and the years in which it moved, if it did.

    Reads the communes (``code_commune``) and their movements (``code``, ``annee_debut``, ``annee_fin``,
    ``code_commune``). A movement of a code to itself is a commune that was divided at the end of those years.
    """
    years = (F.col(year).cast("int").alias(year) for year in ("annee_debut", "annee_fin"))
    moved = mouvements.select(F.col("code").alias("known_code"), F.col("code_commune").alias("known_commune"), *years)
    today = communes.select(F.col("code_commune").alias("known_code"), F.col("code_commune").alias("known_commune"))
    return moved.unionByName(today.join(F.broadcast(moved), on="known_code", how="left_anti"), allowMissingColumns=True)


def recognise_commune(frame: DataFrame, column: str, codes: DataFrame, *, year: Column) -> DataFrame:
    """Spell ``column`` as above, carried to the commune of today, and blank it where it is none of ``codes``.

    Adds ``repair_of`` the column: what was done, judged by the ``year`` of the fact that the commune tells of.
    """
    delivered, today, until = F.col(column), F.col("known_commune"), F.col("annee_fin")
    moved = delivered != today
    return (
        frame.withColumn(column, commune(delivered))
        .join(F.broadcast(codes), delivered == F.col("known_code"), how="left")
        .withColumn(
            repair_of(column),
            F.when(today.isNull() & delivered.isNotNull(), f"{column}_hors_cog")
            .when(moved & (year >= until), f"{column}_perimee")
            .when(moved, f"{column}_reportee")
            .when((year >= F.col("annee_debut")) & (year < until), f"{column}_divisee"),
        )
        .withColumn(column, today)
        .drop("known_code", "known_commune", "annee_debut", "annee_fin")
    )


def repair_of(column: str) -> str:
    """Return the column that says what was done to the commune of that name."""
    return f"repair_of_{column}"
