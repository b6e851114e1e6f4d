"""Who was in a block too large to be compared."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.candidate_pairs.blocking import BLOCK, LEFT, RIGHT, block, sides
from linkage.candidate_pairs.volume import EVERY, Pools, Volume
from linkage.settings.candidate_pairs import BlockingRule
from linkage.tables.candidate_pairs import SetAsideRecord
from linkage.tables.standardised import PROCEDURE, REFERENCE, Record


def list_set_aside(volume: Volume, pools: Pools, rules: Sequence[BlockingRule]) -> DataFrame:
    """Return ``candidate_pairs_set_aside``: records of blocks set aside, those without what splits a block too."""
    spark = pools[EVERY][0].sparkSession
    frames = [spark.createDataFrame([], SetAsideRecord.struct())]
    for rule in rules:
        too_large = volume.of(rule)
        for level in range(len(too_large)):
            out = _list_records(pools, rule, level, level, too_large)
            if level < len(rule.finer):
                out = out.join(_list_records(pools, rule, level, level + 1, too_large), on=out.columns, how="left_anti")
            frames.append(
                out.withColumn(SetAsideRecord.blocking_rule, F.lit(rule.name)).select(*SetAsideRecord.columns)
            )
    return reduce(DataFrame.unionByName, frames).dropDuplicates()


def _list_records(pools: Pools, rule: BlockingRule, at: int, level: int, too_large: Sequence[DataFrame]) -> DataFrame:
    """Return the records that a level of the key sees in the blocks too large at level ``at``, once per block."""
    both = [
        side.select(
            F.lit(side_name).alias(SetAsideRecord.side),
            F.col(f"{Record.record_key}_{suffix}").alias(SetAsideRecord.record_key),
            block(rule, at, suffix).alias(BLOCK),
        )
        for side, suffix, side_name in zip(
            sides(*pools[rule.pool], rule, level, too_large[: at + 1]),
            (LEFT, RIGHT),
            (PROCEDURE, REFERENCE),
            strict=True,
        )
    ]
    return both[0].unionByName(both[1])
