"""Which pairs are contested."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

CONTESTED = "contested"


def parted(pairs: DataFrame, *keys: Sequence[str]) -> tuple[DataFrame, DataFrame]:
    """The pairs that share none of these keys with another pair, and those that share one.

    Method: what several pairs share is few and is broadcast: no pair is shuffled to learn that it stands alone. Keys
    are told apart by a hash: where two fell together, a pair that stands alone would be taken for contested.
    """
    hashes = [F.xxhash64(F.lit(place), *key) for place, key in enumerate(keys)]
    several = (
        pairs.select(F.explode(F.array(*hashes)).alias(CONTESTED))
        .groupBy(CONTESTED)
        .agg(F.count("*").alias("nb"))
        .where("nb > 1")
        .select(CONTESTED)
        .checkpoint()
    )
    marked = pairs
    for place, key in enumerate(hashes):
        name = f"{CONTESTED}_{place}"
        found = F.broadcast(several.select(F.col(CONTESTED).alias(name)))
        marked = marked.join(found, on=key == F.col(name), how="left")
    found_once = (F.col(f"{CONTESTED}_{place}").isNotNull() for place, _ in enumerate(keys))
    contested = reduce(Column.__or__, found_once)
    alone, others = (marked.where(which).select(*pairs.columns) for which in (~contested, contested))
    return alone, others
