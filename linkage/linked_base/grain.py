"""How precise a fact is in the base: dates, numbers, places, and codes that could hide free text."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.settings.linked_base import Grain, LinkedBaseSettings

# What the contract says a code looks like. Anything else may be something typed by hand.
NATINF, MOTIF = "^[0-9]{1,5}$", "^[0-9]{1,3}$"
NATURE_AFFAIRE = "^[A-Z][0-9]{1,3}[A-Z]?$"
CODE_TJ = "^[0-9A-Z]{1,6}$"
_SPARK_UNIT = {"jour": "day", "mois": "month", "annee": "year"}


def day(date: Column, grain: Grain) -> Column:
    """Return the first day of the date's month or year; the date itself at grain ``jour``."""
    return date if grain == "jour" else F.trunc(date, _SPARK_UNIT[grain])


def capped(number: Column, most: int) -> Column:
    """Return the number, ``most`` at most; null when it is unknown, to which ``least`` would give the ceiling."""
    return F.when(number > most, most).otherwise(number)


def shaped(code: Column, shape: str) -> Column:
    """Return the code where it looks like one, else null."""
    return F.when(code.rlike(shape), code)


def event_code(code: Column, settings: LinkedBaseSettings) -> Column:
    """Return a motive's number or a word of the profile, else null."""
    return F.when(code.rlike(MOTIF) | code.isin(*settings.words.evenement), code)


def placed(
    frame: DataFrame, communes: DataFrame, *, commune: str, code_departement: str, smallest_population: int
) -> DataFrame:
    """Keep ``commune`` where it has that many inhabitants; ``code_departement`` is that of the delivered one.

    Reads the communes (``code_commune``, ``code_departement``, ``population``). A commune without a known population
    is not kept.
    """
    sized_communes = communes.select(
        F.col("code_commune").alias(commune),
        F.col("code_departement").alias(code_departement),
        (F.expr("try_cast(population as int)") >= smallest_population).alias("is_large"),
    )
    joined = frame.drop(code_departement).join(F.broadcast(sized_communes), on=commune, how="left")
    return joined.withColumn(commune, F.when(F.col("is_large"), F.col(commune))).drop("is_large")
