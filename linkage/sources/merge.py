"""Several deliveries of one source and vintage → one state, the same in whatever order they arrive."""

from __future__ import annotations

import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.sources.rules import DATE_EXTRACTION, MILLESIME

_WINNING = "_winning"
UNDATED = datetime.date(1000, 1, 1)


def _since() -> Column:
    # A delivery without a date of extraction is older than any dated one.
    return F.coalesce(F.col(DATE_EXTRACTION), F.lit(UNDATED))


def find_winners(parents: DataFrame, *, id: str) -> DataFrame:
    """Return one row per vintage and procedure or affair: the extraction whose rows hold.

    A parent row comes with all its child rows, so that the latest extraction that has the parent settles its children.
    """
    return parents.groupBy(MILLESIME, id).agg(F.max(_since()).alias(_WINNING))


def count_by_extraction(winners: DataFrame) -> DataFrame:
    """Return how many procedures or affairs of a vintage each extraction settles: ``millesime, extraction, nb``."""
    return winners.groupBy(MILLESIME, F.col(_WINNING).alias("extraction")).agg(F.count("*").alias("nb"))


def keep_latest(rows: DataFrame, winners: DataFrame, *, id: str) -> DataFrame:
    """Return the rows of the extraction that holds for their procedure or affair."""
    joined = rows.join(winners, [MILLESIME, id], how="inner")
    return joined.filter(_since() == F.col(_WINNING)).drop(_WINNING)
