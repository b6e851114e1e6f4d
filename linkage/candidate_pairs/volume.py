"""How many pairs the rules compare, counted before any join, and what is too large for the budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import LongType

from linkage.candidate_pairs.blocking import BLOCK, BUCKET, LEFT, RIGHT, agreeing, block, blocks_of, buckets, sides
from linkage.concepts.lineage import cut_lineage
from linkage.platform.errors import InputError
from linkage.settings.candidate_pairs import BlockingRule, BudgetSettings
from linkage.tables.candidate_pairs import COMPARED, SET_ASIDE, SPLIT, PairsForecast
from linkage.tables.standardised import Record

Pools = Mapping[tuple[str, str], tuple[DataFrame, DataFrame]]
EVERY = ("all", "all")

# What a block may be named by: anything else of its key is about one case or one person.
NAMED = (
    *(Record.force, Record.code_service, Record.code_tj, Record.code_departement),
    *(Record.commune_faits, Record.famille, Record.natinf, Record.annee),
)
RULE, PLACE, ABOVE, LISTED, DAYS = PairsForecast.blocking_rule, "place", "above", "listed", "jour_"
LOWERED = (1, 10, 100, 1000)
"""Where blocks of a thousandth of the budget are still too many, the rules are at fault, not some value of the data."""


@dataclass(frozen=True)
class Volume:
    """What was forecast for some rules: the rows of the forecast, and by rule and level the blocks too large for it."""

    counted: list[dict[str, Any]] = field(default_factory=list)
    too_large: dict[str, list[DataFrame]] = field(default_factory=dict)

    @property
    def pairs(self) -> int:
        """Return how many pairs the joins will compare."""
        return sum(row[PairsForecast.nb_pairs] for row in self.counted if row[PairsForecast.outcome] == COMPARED)

    def of(self, rule: BlockingRule) -> Sequence[DataFrame]:
        """Return the rule's blocks that are not compared as they are, level by level."""
        return self.too_large.get(rule.name, ())


def forecast(
    pools: Pools, rules: Sequence[BlockingRule], *, budget: BudgetSettings | None, before: Volume | None = None
) -> Volume:
    """Count the pairs of each rule and block before any join, after those forecast ``before``; Spark runs here.

    A block above ``pairs_per_block`` is split or set aside. Where all together still exceed ``pairs_per_procedure``,
    the largest blocks go the same way: the limit of a block is lowered, tenfold each time.

    Method: a block's pairs are its procedures times its references, buckets and shared values included. That is what
    the join compares: the pairs formed are as many for a rule without window, and fewer where a window is exact.

    Raises
    ------
    InputError
        The rules compare too many pairs even in small blocks.
    """
    before = before or Volume()
    if budget is None or not rules:
        return before
    allowed, others = budget.pairs_per_block, before.pairs
    for limit in [budget.pairs_per_block // step for step in LOWERED if budget.pairs_per_block >= step]:
        volume = _forecast_within(pools, rules, limit)
        if others + volume.pairs > allowed:
            # One full block is always allowed, and most small runs compare no more: their procedures need no counting.
            allowed = max(allowed, budget.pairs_per_procedure * pools[EVERY][0].count())
        if others + volume.pairs <= allowed:
            return Volume([*before.counted, *volume.counted], {**before.too_large, **volume.too_large})
    raise InputError(
        f"conf/method: {others + volume.pairs:,} pairs would be compared by"
        f" {', '.join(rule.name for rule in rules)}, {allowed:,} at most by the budget, though no block exceeds"
        f" {limit:,}: no single value is at fault. Tighten the rules or raise pairs_per_procedure."
    )


def tabulate(volume: Volume, pools: Pools, rules: Sequence[BlockingRule]) -> DataFrame:
    """Return ``candidate_pairs_forecast``: classes of blocks, and the blocks above the budget one by one."""
    spark = pools[EVERY][0].sparkSession
    frames = [spark.createDataFrame(volume.counted, PairsForecast.struct())]
    frames += [PairsForecast.conform(blocks) for rule in rules for blocks in volume.of(rule)]
    return reduce(DataFrame.unionByName, frames)


def _forecast_within(pools: Pools, rules: Sequence[BlockingRule], limit: int) -> Volume:
    volume = Volume()
    # One job for all rules: most have no block above the limit, and then it is the only one.
    classes = _classify_blocks(_count_blocks(*_list_blocks(pools, rules)), limit)
    for place, rule in enumerate(rules):
        of_rule, level = [row for row in classes if row[PLACE] == place], 0
        while of_rule:
            volume.counted.extend(_row(row, rule, level) for row in of_rule if not row[ABOVE])
            large = [row for row in of_rule if row[ABOVE]]
            if not large:
                break
            volume.too_large.setdefault(rule.name, []).append(_list_too_large(pools, rule, volume.of(rule), large))
            level += 1
            finer = sides(*pools[rule.pool], rule, level, volume.of(rule)) if level <= len(rule.finer) else None
            of_rule = (
                _classify_blocks(_count_blocks(*_list_blocks_of_rule(*finer, rule, level)), limit) if finer else []
            )
    return volume


def _list_blocks(pools: Pools, rules: Sequence[BlockingRule]) -> tuple[DataFrame, DataFrame]:
    """Return a row per record, rule and block on each side; rules that share no set read their pool in one pass."""
    both_sides = [
        _list_blocks_of_rule(*sides(*pools[rule.pool], rule), rule, 0, at)
        for at, rule in enumerate(rules)
        if rule.share
    ]
    for pool in dict.fromkeys(rule.pool for rule in rules if not rule.share):
        left, right = pools[pool]
        both_sides.append(
            (_list_blocks_in_one_pass(left, LEFT, rules, pool), _list_blocks_in_one_pass(right, RIGHT, rules, pool))
        )
    left, right = (reduce(DataFrame.unionByName, side) for side in zip(*both_sides, strict=True))
    return left, right


def _list_blocks_in_one_pass(
    records: DataFrame, suffix: str, rules: Sequence[BlockingRule], pool: tuple[str, str]
) -> DataFrame:
    """Return one side of the rules that look at this pool and share no set."""
    none = F.lit(None).cast("array<bigint>")
    by_rule = [blocks_of(rule, suffix) if rule.pool == pool and not rule.share else none for rule in rules]
    placed = records.select(F.posexplode(F.array(*by_rule)).alias(PLACE, BLOCK))
    return placed.select(PLACE, F.explode(BLOCK).alias(BLOCK))


def _list_blocks_of_rule(
    left: DataFrame, right: DataFrame, rule: BlockingRule, level: int, at: int = 0
) -> tuple[DataFrame, DataFrame]:
    """Return both sides of one rule at a level, ``at`` its place among the rules."""
    place = F.lit(at).alias(PLACE)
    return (
        left.select(place, block(rule, level, LEFT).alias(BLOCK)),
        right.select(place, block(rule, level, RIGHT).alias(BLOCK)),
    )


def _count_blocks(left: DataFrame, right: DataFrame) -> DataFrame:
    """Return the blocks with records on both sides, and their pairs."""
    procedures, references = PairsForecast.nb_procedures, PairsForecast.nb_references
    count = F.count("*")
    # References are few where keys settle: procedures are counted only in blocks that have some.
    met = right.groupBy(PLACE, BLOCK).agg(count.alias(references)).hint("shuffle_hash")
    both = left.join(met, on=[PLACE, BLOCK], how="inner").groupBy(PLACE, BLOCK, references).agg(count.alias(procedures))
    return both.withColumn(PairsForecast.nb_pairs, F.col(procedures) * F.col(references))


def _classify_blocks(blocks: DataFrame, limit: int) -> list[dict[str, Any]]:
    """Count the blocks by rule and size, those above the limit apart and listed: joins need to know which they are."""
    pairs = F.col(PairsForecast.nb_pairs)
    above = pairs > limit
    sizes = (PairsForecast.nb_procedures, PairsForecast.nb_references, PairsForecast.nb_pairs)
    grouped = blocks.groupBy(PLACE, _under(pairs), above.alias(ABOVE)).agg(
        F.count("*").alias(PairsForecast.nb_blocks),
        F.sum(PairsForecast.nb_procedures).alias(PairsForecast.nb_procedures),
        F.sum(PairsForecast.nb_references).alias(PairsForecast.nb_references),
        F.sum(pairs).alias(PairsForecast.nb_pairs),
        F.max(pairs).alias(PairsForecast.nb_pairs_largest),
        F.collect_list(F.when(above, F.struct(BLOCK, *sizes))).alias(LISTED),
    )
    return sorted((row.asDict() for row in grouped.collect()), key=lambda row: (row[PLACE], row[PairsForecast.under]))


def _under(pairs: Column) -> Column:
    power = F.rpad(F.lit("1"), F.length(pairs.cast("string")) + 1, F.lit("0"))
    return power.cast("bigint").alias(PairsForecast.under)


def _row(counted: dict[str, Any], rule: BlockingRule, level: int) -> dict[str, Any]:
    of_rule: dict[str, Any] = {RULE: rule.name, PairsForecast.level: level, PairsForecast.outcome: COMPARED}
    return {**{column: value for column, value in counted.items() if column not in (PLACE, ABOVE, LISTED)}, **of_rule}


def _list_too_large(
    pools: Pools, rule: BlockingRule, inside: Sequence[DataFrame], classes: Sequence[dict[str, Any]]
) -> DataFrame:
    """Return the blocks listed in these classes, at the level after ``inside``, ranked, with what becomes of them."""
    level = len(inside)
    outcome = SPLIT if level < len(rule.finer) else SET_ASIDE
    listed = sorted(
        ((row[PairsForecast.under], one) for row in classes for one in row[LISTED]),
        key=lambda each: (-each[1][PairsForecast.nb_pairs], each[1][BLOCK]),
    )
    rows = [
        {
            **one.asDict(),
            RULE: rule.name,
            PairsForecast.level: level,
            PairsForecast.under: under,
            PairsForecast.outcome: outcome,
            PairsForecast.rank: rank,
            PairsForecast.nb_blocks: 1,
            PairsForecast.nb_pairs_largest: one[PairsForecast.nb_pairs],
        }
        for rank, (under, one) in enumerate(listed, start=1)
    ]
    procedures, references = pools[rule.pool]
    blocks = procedures.sparkSession.createDataFrame(rows, PairsForecast.struct().add(BLOCK, LongType()))
    left, _ = sides(procedures, references, rule, level, inside)
    names = left.select(block(rule, level, LEFT).alias(BLOCK), _name(rule, level).alias(PairsForecast.block))
    with_names = names.join(F.broadcast(blocks.select(BLOCK)), on=BLOCK, how="left_semi").distinct()
    return blocks.drop(PairsForecast.block).join(with_names, on=BLOCK, how="inner").transform(cut_lineage)


def _name(rule: BlockingRule, level: int) -> Column:
    """Name a block by what may be shown of its key: places, services, offences and spans of days."""
    parts = [F.concat(F.lit(f"{c} "), F.col(f"{c}_{LEFT}")) for c in agreeing(rule, level) if c in NAMED]
    for place, window in enumerate(buckets(rule, level)):
        width, bucket = window.high - window.low + 1, F.col(f"{BUCKET}_{place}_{LEFT}")
        ends: list[Column] = [(bucket * width).cast("int"), ((bucket + 1) * width - 1).cast("int")]
        if window.left.startswith(DAYS):
            ends = [F.date_from_unix_date(end) for end in ends]
        parts.append(F.concat_ws(" ", F.lit(window.left), ends[0], F.lit("–"), ends[1]))
    return F.concat_ws(", ", *parts)
