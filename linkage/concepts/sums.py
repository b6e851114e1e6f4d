"""Sums that do not depend on the order of their terms, so that partitions, cores and plans change no digit."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

TERM = "decimal(28,12)"


def add_exactly(name: str) -> Column:
    """Return the sum of a column of numbers, each to its twelfth decimal; null where there is none."""
    return F.sum(F.col(name).cast(TERM)).cast("double")
