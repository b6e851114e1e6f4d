"""A blocking rule turned into an equi-join: what must agree, and windows as buckets in the join key."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.settings import BlockingRule, Window
from linkage.tables.linkage import CandidatePair
from linkage.tables.records import Record

SHARED, BUCKET = "shared_value", "bucket"


def form(procedures: DataFrame, references: DataFrame, rule: BlockingRule) -> DataFrame:
    """The pairs of records that agree on everything the rule names.

    Returns
    -------
    DataFrame
        ``procedure_key, reference_key, blocking_rule``; a pair that shares several values comes once per value.

    Method: a window ``low <= right - left <= high`` becomes an equality of buckets as wide as the window, the
    reference copied to the one or two buckets it can meet; each pair meets in the procedure's own bucket, so once.
    """
    left, right = _side(procedures, rule, "l"), _side(references, rule, "r")
    keys = [*rule.agree, *([SHARED] if rule.share else [])]
    if rule.windows:
        left, right = _bucketed(left, right, rule.windows[0])
        keys.append(BUCKET)
    agree = [F.col(f"{column}_l") == F.col(f"{column}_r") for column in keys]
    within = [_within(window) for window in rule.windows]
    return left.join(right, on=reduce(Column.__and__, agree + within), how="inner").select(
        F.col(f"{Record.record_key}_l").alias(CandidatePair.procedure_key),
        F.col(f"{Record.record_key}_r").alias(CandidatePair.reference_key),
        F.lit(rule.name).alias(CandidatePair.blocking_rule),
    )


def _side(records: DataFrame, rule: BlockingRule, suffix: str) -> DataFrame:
    windowed = {window.left if suffix == "l" else window.right: window.unknown for window in rule.windows}
    needed = [Record.record_key, *rule.agree, *(column for column, unknown in windowed.items() if not unknown)]
    columns = list(dict.fromkeys([*needed, *windowed]))
    side = records.dropna(subset=needed).select(*columns, *rule.share)
    if rule.share:
        values = reduce(F.array_union, (F.col(column) for column in rule.share))
        side = side.select(*columns, F.explode(values).alias(SHARED))
    return side.select(*(F.col(column).alias(f"{column}_{suffix}") for column in side.columns))


def _bucketed(left: DataFrame, right: DataFrame, window: Window) -> tuple[DataFrame, DataFrame]:
    width = window.high - window.low + 1
    first, last = (F.floor((F.col(f"{window.right}_r") - bound) / width) for bound in (window.high, window.low))
    return (
        left.withColumn(f"{BUCKET}_l", F.floor(F.col(f"{window.left}_l") / width)),
        right.withColumn(f"{BUCKET}_r", F.explode(F.sequence(first, last))),
    )


def _within(window: Window) -> Column:
    gap = F.col(f"{window.right}_r") - F.col(f"{window.left}_l")
    within = gap.between(window.low, window.high)
    return F.coalesce(within, F.lit(True)) if window.unknown else within
