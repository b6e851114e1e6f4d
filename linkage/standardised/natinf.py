"""NATINF: one spelling of the code, and the family that survives a requalification."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.tables.standardised import Infraction

UNKNOWN_FAMILY = "inconnue"


def code_natinf(delivered: Column) -> Column:
    """Return the code without spaces or leading zeros; anything but digits is kept as delivered, null when empty.

    Example: ``code_natinf(" 0023 ")`` is ``"23"``; ``code_natinf("23 B")`` is ``"23 B"``;
    ``code_natinf("27 760.0")`` is ``"27760"``; ``code_natinf("1.000")`` is ``"1.000"``, which may be 1 or 1000.
    """
    trimmed = F.trim(delivered)
    written = r"^'?0*([0-9]+|[0-9]{1,2} [0-9]{3}|[0-9]{1,2}[.,](?!000)[0-9]{3})(?:[.,]0{1,2})?$"
    digits = F.regexp_replace(F.regexp_extract(trimmed, written, 1), "[ .,]", "")
    return F.when(digits != "", digits).when(trimmed != "", trimmed)


def add_famille(infractions: DataFrame, natinf: DataFrame) -> DataFrame:
    """Add ``famille`` to the offences from the nomenclature (``code``, ``famille``); ``inconnue`` outside it."""
    familles = F.broadcast(
        natinf.select(code_natinf(F.col("code")).alias("known_natinf"), F.col("famille").alias(Infraction.famille))
    )
    return (
        infractions.join(familles, F.col(Infraction.natinf) == F.col("known_natinf"), how="left")
        .withColumn(Infraction.famille, F.coalesce(F.col(Infraction.famille), F.lit(UNKNOWN_FAMILY)))
        .drop("known_natinf")
    )
