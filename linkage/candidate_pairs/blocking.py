"""A blocking rule turned into an equi-join: what must agree, and windows as buckets in the join key."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.settings.candidate_pairs import BlockingRule, Window
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.standardised import Record

LEFT, RIGHT = "l", "r"
SHARED, BUCKET, BLOCK = "shared_value", "bucket", "block_hash"


def form(
    procedures: DataFrame,
    references: DataFrame,
    rule: BlockingRule,
    too_large: Sequence[DataFrame] = (),
    *,
    carried: Sequence[str] = (),
    few: bool = False,
) -> DataFrame:
    """Return the pairs of records that agree on all that the rule names; ``few``: a task can hold all references.

    ``too_large`` has, level by level, the blocks that are not compared as they are (see ``volume``): they are split
    by the rule's next finer key, and left out where there is none.

    Returns
    -------
    DataFrame
        ``procedure_key, reference_key, blocking_rule``, and the columns ``carried``, named by side (``_l``, ``_r``); a
        pair that shares several values comes once per value.

    Method: a window ``low <= right - left <= high`` becomes an equality of buckets as wide as the window, the
    reference copied to the one or two buckets it can meet; each pair meets in the procedure's own bucket, so once.
    """
    formed = []
    for level in range(min(len(too_large), len(rule.finer)) + 1):
        left, right = sides(procedures, references, rule, level, too_large[:level], carried=carried)
        for blocks in too_large[level : level + 1]:
            left, right = (
                _meet_blocks(side, rule, level, at, blocks, how="left_anti") for side, at in _both(left, right)
            )
        # References are hashed, a partition at a time: cheaper than to sort both sides for each rule.
        formed.append(_join(left, right.hint("broadcast" if few else "shuffle_hash"), rule, level, carried))
    return reduce(DataFrame.unionByName, formed)


def sides(
    procedures: DataFrame,
    references: DataFrame,
    rule: BlockingRule,
    level: int = 0,
    inside: Sequence[DataFrame] = (),
    *,
    carried: Sequence[str] = (),
) -> tuple[DataFrame, DataFrame]:
    """Return both sides of the join at a level of the rule's key, one row per block of a record: ``_l`` and ``_r``.

    ``inside`` keeps the rows of these blocks, from level 0 on.
    """
    both = []
    for records, suffix in _both(procedures, references):
        side = _side(records, rule, level, suffix, carried)
        for at, blocks in enumerate(inside):
            side = _meet_blocks(side, rule, at, suffix, blocks, how="left_semi")
        both.append(side)
    return both[0], both[1]


def block(rule: BlockingRule, level: int, suffix: str) -> Column:
    """Return the block of a row of ``sides``, made at this level or a finer one: a hash of its key, no value."""
    return F.xxhash64(F.lit(level), *(F.col(f"{column}_{suffix}") for column in keys(rule, level)))


def blocks_of(rule: BlockingRule, suffix: str) -> Column:
    """Return every ``block`` of a record at level 0 of a rule that shares no set, as one array, null without any.

    Several rules in one pass.
    """
    has_key = reduce(Column.__and__, (F.col(column).isNotNull() for column in _needed(rule, 0, suffix)))
    key = [F.lit(0), *(F.col(column) for column in agreeing(rule, 0))]
    ends = [end for window in rule.windows[:1] for end in _ends(window, suffix, F.col(_of(window, suffix)))]
    hashed = [F.xxhash64(*key, end) for end in ends] or [F.xxhash64(*key)]
    blocks = F.array(*hashed)
    if len(hashed) > 1:
        blocks = F.when(ends[0] == ends[1], F.array(hashed[0])).otherwise(blocks)
    return F.when(has_key, blocks)


def holds(rule: BlockingRule) -> Column:
    """Return whether a pair of records, columns ``_l`` and ``_r``, agrees on all that the rule names; never null."""
    equal = [F.col(f"{column}_{LEFT}") == F.col(f"{column}_{RIGHT}") for column in rule.agree]
    shared = [F.arrays_overlap(*(_shared(rule, f"_{suffix}") for suffix in (LEFT, RIGHT)))] if rule.share else []
    return F.coalesce(reduce(Column.__and__, [*equal, *shared, is_within(rule)]), F.lit(False))


def is_within(rule: BlockingRule) -> Column:
    """Return whether the days of a pair, columns ``_l`` and ``_r``, lie in the windows of the rule."""
    return reduce(Column.__and__, map(_within, rule.windows), F.lit(True))


def keys(rule: BlockingRule, level: int) -> list[str]:
    """Return the columns that are equal in a block."""
    shared = [SHARED] if rule.share else []
    return [*agreeing(rule, level), *shared, *(f"{BUCKET}_{place}" for place, _ in enumerate(buckets(rule, level)))]


def agreeing(rule: BlockingRule, level: int) -> list[str]:
    """Return the columns of the records that are equal in a block."""
    finer = [column for step in rule.finer[:level] for column in step.agree]
    return list(dict.fromkeys([*rule.agree, *finer]))


def buckets(rule: BlockingRule, level: int) -> list[Window]:
    """Return the windows that are buckets of the join: the rule's first, and those of its finer keys."""
    return [*rule.windows[:1], *_finer_windows(rule, level)]


def read_by(rules: Sequence[BlockingRule], suffix: str) -> list[str]:
    """Return the columns of a side's records that these rules look at, finer keys included."""
    columns: list[str] = []
    for rule in rules:
        level = len(rule.finer)
        windowed = (_of(window, suffix) for window in _windows(rule, level))
        columns += [*_needed(rule, level, suffix), *windowed, *rule.share]
    return list(dict.fromkeys(columns))


def _both(left: DataFrame, right: DataFrame) -> tuple[tuple[DataFrame, str], tuple[DataFrame, str]]:
    return (left, LEFT), (right, RIGHT)


def _meet_blocks(
    side: DataFrame, rule: BlockingRule, level: int, suffix: str, blocks: DataFrame, *, how: str
) -> DataFrame:
    listed = F.broadcast(blocks.select(BLOCK))
    return side.join(listed, on=block(rule, level, suffix) == F.col(BLOCK), how=how)


def _join(left: DataFrame, right: DataFrame, rule: BlockingRule, level: int, carried: Sequence[str]) -> DataFrame:
    agree = [F.col(f"{column}_{LEFT}") == F.col(f"{column}_{RIGHT}") for column in keys(rule, level)]
    within = [_within(window) for window in _windows(rule, level)]
    return left.join(right, on=reduce(Column.__and__, agree + within), how="inner").select(
        F.col(f"{Record.record_key}_{LEFT}").alias(CandidatePair.procedure_key),
        F.col(f"{Record.record_key}_{RIGHT}").alias(CandidatePair.reference_key),
        F.lit(rule.name).alias(CandidatePair.blocking_rule),
        *carried,
    )


def _side(records: DataFrame, rule: BlockingRule, level: int, suffix: str, carried: Sequence[str]) -> DataFrame:
    needed = _needed(rule, level, suffix)
    kept = [name.removesuffix(f"_{suffix}") for name in carried if name.endswith(f"_{suffix}")]
    columns = list(dict.fromkeys([*needed, *(_of(window, suffix) for window in _windows(rule, level)), *kept]))
    side = records.dropna(subset=needed).select(*columns, *rule.share)
    if rule.share:
        side = side.select(*columns, F.explode(_shared(rule)).alias(SHARED)).dropna(subset=[SHARED])
    side = side.select(*(F.col(column).alias(f"{column}_{suffix}") for column in side.columns))
    for place, window in enumerate(buckets(rule, level)):
        met = _buckets(window, suffix, F.col(f"{_of(window, suffix)}_{suffix}"))
        side = side.withColumn(f"{BUCKET}_{place}_{suffix}", F.explode(met) if suffix == RIGHT else met[0])
    return side


def _needed(rule: BlockingRule, level: int, suffix: str) -> list[str]:
    """Return the columns without which a record has no block."""
    days = [_of(window, suffix) for window in _windows(rule, level) if not window.unknown]
    return [Record.record_key, *agreeing(rule, level), *days]


def _shared(rule: BlockingRule, suffix: str = "") -> Column:
    return F.array_distinct(reduce(F.array_union, (F.col(f"{column}{suffix}") for column in rule.share)))


def _buckets(window: Window, suffix: str, day: Column) -> Column:
    """Return the bucket of a procedure's day; the one or two that a reference's day can meet."""
    return F.array_distinct(F.array(*_ends(window, suffix, day)))


def _ends(window: Window, suffix: str, day: Column) -> list[Column]:
    """Return the same, a reference's two buckets as equal when they are one."""
    width = window.high - window.low + 1
    if suffix == LEFT:
        return [F.floor(day / width)]
    return [F.floor((day - window.high) / width), F.floor((day - window.low) / width)]


def _windows(rule: BlockingRule, level: int) -> list[Window]:
    return [*rule.windows, *_finer_windows(rule, level)]


def _of(window: Window, suffix: str) -> str:
    return window.left if suffix == LEFT else window.right


def _finer_windows(rule: BlockingRule, level: int) -> list[Window]:
    return [window for step in rule.finer[:level] for window in step.windows]


def _within(window: Window) -> Column:
    gap = F.col(f"{window.right}_{RIGHT}") - F.col(f"{window.left}_{LEFT}")
    within = gap.between(window.low, window.high)
    return F.coalesce(within, F.lit(True)) if window.unknown else within
