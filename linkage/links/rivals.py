"""Which pairs are contested."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.lineage import cut_lineage

PLACE, HASH = "place", "hash"


def part_contested(pairs: DataFrame, *keys: Sequence[str]) -> tuple[DataFrame, DataFrame]:
    """Return the pairs that share none of these keys with another pair, and those that share one.

    Method: keys of several pairs are few and are broadcast: no pair is shuffled to learn that it stands alone. Keys are
    told apart by a hash: where two fell together, a pair that stands alone is among the others, and wins there too.
    Example: with the keys procedure and affair, P1-A1 is apart from P2-A2 and P2-A3, which share P2.
    """
    hashes = [F.xxhash64(*key) for key in keys]
    several = (
        pairs.select(F.posexplode(F.array(*hashes)).alias(PLACE, HASH))
        .groupBy(PLACE, HASH)
        .agg(F.count("*").alias("nb"))
        .where("nb > 1")
        .transform(cut_lineage)
    )
    marked, shared = pairs, []
    for place, key in enumerate(hashes):
        name = f"{HASH}_{place}"
        of_several = several.where(F.col(PLACE) == place).select(F.col(HASH).alias(name))
        marked = marked.join(F.broadcast(of_several), on=key == F.col(name), how="left")
        shared.append(F.col(name).isNotNull())
    contested = reduce(Column.__or__, shared)
    alone, others = (marked.where(which).select(*pairs.columns) for which in (~contested, contested))
    return alone, others
