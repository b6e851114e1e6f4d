"""What each blocking rule brings at several widths of its windows: pairs that it forms, known links that it holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.candidate_pairs.blocking import LEFT, RIGHT, form, holds, is_within
from linkage.candidate_pairs.build import make_pools
from linkage.concepts import draws
from linkage.concepts.jonctions import OF_SETTLED
from linkage.settings.candidate_pairs import BlockingRule, Window
from linkage.settings.quality import WidthsSettings
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.standardised import BEYOND, PROCEDURE, REFERENCE, Record

NB, HELD, ALONE, ANY = "nb", "held", "alone", "any"


@dataclass(frozen=True)
class Width:
    """A rule with one of its windows made wider or narrower; with ``window`` None, the rule as it is set."""

    rule: BlockingRule
    window: Window | None = None
    factor: float = 1.0


def list_widths(rules: Sequence[BlockingRule], factors: Sequence[float]) -> list[Width]:
    """Return each rule as it is set, then with each of its windows scaled by each factor, the others unchanged."""
    widths = []
    for rule in rules:
        widths.append(Width(rule))
        for place, window in enumerate(rule.windows):
            for factor in factors:
                scaled = _scale(window, factor)
                windows = (*rule.windows[:place], scaled, *rule.windows[place + 1 :])
                widths.append(Width(rule.model_copy(update={"windows": windows}), scaled, factor))
    return widths


def count_formed(
    records: DataFrame,
    candidate_pairs: DataFrame,
    rules: Sequence[BlockingRule],
    *,
    widths: Sequence[Width],
    settings: WidthsSettings,
) -> list[int]:
    """Estimate how many pairs each of ``widths`` forms; one number for each, in their order. Spark runs here.

    Method: the references of each pool are drawn by a hash, a known share of them, and meet all procedures of the
    pool; what they form is divided by the share. Blocks above the budget are compared as they are.
    """
    references = records.where(F.col(Record.side) == REFERENCE).count()
    share = min(1.0, settings.references / max(references, 1))
    pools = make_pools(records, add_settled(candidate_pairs.where(CandidatePair.settles), records), rules)
    is_drawn = draws.is_drawn(share, settings.seed, of=Record.record_key)
    drawn = {pool: (procedures, right.where(is_drawn)) for pool, (procedures, right) in pools.items()}
    counted = [
        _count_widths(*drawn[rule.pool], rule, [width for width in widths if width.rule.name == rule.name])
        for rule in rules
    ]
    nb_of = {row["rule"]: iter(row[NB]) for row in reduce(DataFrame.unionByName, counted).collect()}
    return [round(next(nb_of[width.rule.name]) / share) for width in widths]


def count_held(pairs: DataFrame, rules: Sequence[BlockingRule], *, widths: Sequence[Width], by: str) -> DataFrame:
    """Count, of known pairs, how many each of ``widths`` holds, and how many no other rule holds.

    Reads: both records of each pair, columns ``_l`` and ``_r``, and the column ``by``. ``rules``: all that look at
    such pairs, as they are set.
    Returns: a row per value of ``by``: ``nb``; ``held`` and ``alone``, arrays in the order of ``widths``; ``any``,
    how many at least one rule holds.
    """
    base = {rule.name: F.col(f"holds_{rule.name}") for rule in rules}
    none = F.lit(False)
    others = {name: reduce(Column.__or__, (base[one] for one in base if one != name), none) for name in base}
    held = [base[width.rule.name] if width.window is None else holds(width.rule) for width in widths]
    alone = [one & ~others[width.rule.name] for one, width in zip(held, widths, strict=True)]
    return (
        pairs.withColumns({f"holds_{rule.name}": holds(rule) for rule in rules})
        .groupBy(by)
        .agg(
            F.count("*").alias(NB),
            F.array(*map(F.count_if, held)).alias(HELD),
            F.array(*map(F.count_if, alone)).alias(ALONE),
            F.count_if(reduce(Column.__or__, base.values(), none)).alias(ANY),
        )
    )


def join_records(pairs: DataFrame, procedures: DataFrame, references: DataFrame) -> DataFrame:
    """Return pairs of keys with both records, columns ``_l`` and ``_r``."""
    for records, suffix, key in (
        (procedures, LEFT, CandidatePair.procedure_key),
        (references, RIGHT, CandidatePair.reference_key),
    ):
        side = records.select(*(F.col(column).alias(f"{column}_{suffix}") for column in records.columns))
        pairs = pairs.join(side, on=F.col(key) == F.col(f"{Record.record_key}_{suffix}"), how="inner")
    return pairs


def add_settled(settled: DataFrame, records: DataFrame) -> DataFrame:
    """Return pairs that a key settles with the affair's ``id`` and what ``make_pools`` reads of the procedure."""
    procedures = records.where(F.col(Record.side) == PROCEDURE).select(
        F.col(Record.record_key).alias(CandidatePair.procedure_key), *OF_SETTLED
    )
    references = records.where((F.col(Record.side) == REFERENCE) & (F.col(Record.rang) != BEYOND)).select(
        F.col(Record.record_key).alias(CandidatePair.reference_key), Record.id
    )
    with_procedures = settled.select(*CandidatePair.key).join(procedures, on=CandidatePair.procedure_key, how="inner")
    return with_procedures.join(references, on=CandidatePair.reference_key, how="inner")


def _count_widths(
    procedures: DataFrame, references: DataFrame, rule: BlockingRule, widths: Sequence[Width]
) -> DataFrame:
    """Return one row: ``rule``, and the pairs of each width, formed once under the widest windows."""
    factors = [1.0, *(width.factor for width in widths)]
    widest = rule.model_copy(update={"windows": tuple(_scale(window, max(factors)) for window in rule.windows)})
    days = [f"{day}_{suffix}" for one in rule.windows for day, suffix in ((one.left, LEFT), (one.right, RIGHT))]
    formed = form(procedures, references, widest, carried=[*dict.fromkeys(days)], few=True)
    each_once = formed.dropDuplicates(list(CandidatePair.key)) if rule.share else formed
    counts = [F.count_if(is_within(width.rule)) for width in widths]
    return each_once.agg(F.array(*counts).alias(NB)).withColumn("rule", F.lit(rule.name))


def _scale(window: Window, factor: float) -> Window:
    return window.model_copy(update={"low": math.floor(window.low * factor), "high": math.ceil(window.high * factor)})
