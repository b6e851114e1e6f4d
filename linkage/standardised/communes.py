"""Communes: arrondissements replaced by their commune, codes checked against the code officiel géographique."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

# Municipal arrondissements by the commune they are part of: first and last Insee code.
ARRONDISSEMENTS = {
    "75056": ("75101", "75120"),  # Paris
    "69123": ("69381", "69389"),  # Lyon
    "13055": ("13201", "13216"),  # Marseille
}


def commune(delivered: Column) -> Column:
    """Return the commune's code: upper-case, a lost leading zero restored, an arrondissement as its commune.

    Example: ``commune("1053")`` is ``"01053"``; ``commune("75101")`` is ``"75056"``.
    """
    code = F.upper(F.trim(delivered))
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


def recognise_commune(frame: DataFrame, column: str, communes: DataFrame) -> DataFrame:
    """Spell ``column`` as above, and blank it where the code is not one of ``communes`` (``code_commune``)."""
    known = F.broadcast(communes.select(F.col("code_commune").alias("known_commune")))
    return (
        frame.withColumn(column, commune(F.col(column)))
        .join(known, F.col(column) == F.col("known_commune"), how="left")
        .withColumn(column, F.col("known_commune"))
        .drop("known_commune")
    )
