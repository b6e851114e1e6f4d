"""The forecast of the pairs, as a run shows it before it compares them."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.platform.progress.progress import Progress
from linkage.settings.candidate_pairs import BlockingRule
from linkage.tables.candidate_pairs import COMPARED, SET_ASIDE, SPLIT, PairsForecast

SHOWN = 20


def show(progress: Progress, forecast: DataFrame, rules: Sequence[BlockingRule]) -> None:
    """Show two tables of ``candidate_pairs_forecast``: by rule, and the largest of the blocks above the budget."""
    counts_of = {row[PairsForecast.blocking_rule]: row for row in sum_by_rule(forecast).collect()}
    columns = ("blocks", "largest", COMPARED, SPLIT, SET_ASIDE)
    progress.table(
        "pairs that the joins compare, forecast",
        ("rule", "blocks", "largest block", *columns[2:]),
        [(rule.name, *(counts_of[rule.name][c] if rule.name in counts_of else 0 for c in columns)) for rule in rules],
    )
    column_of = {
        "rule": PairsForecast.blocking_rule,
        "key": PairsForecast.level,
        "rank": PairsForecast.rank,
        "block": PairsForecast.block,
        "procedures": PairsForecast.nb_procedures,
        "references": PairsForecast.nb_references,
        "pairs": PairsForecast.nb_pairs,
        "outcome": PairsForecast.outcome,
    }
    above = forecast.where(F.col(PairsForecast.rank).isNotNull()).select(*column_of.values())
    largest = above.orderBy(F.desc(PairsForecast.nb_pairs), *list(column_of.values())[:3]).limit(SHOWN).collect()
    if largest:
        title = f"blocks above the budget, {SHOWN} largest; all are in {PairsForecast.path}"
        progress.table(title, tuple(column_of), [tuple(row) for row in largest])


def sum_by_rule(forecast: DataFrame) -> DataFrame:
    """Return one row per rule: its blocks, the pairs of the largest, the pairs compared, split and set aside."""
    pairs, outcome = F.col(PairsForecast.nb_pairs), F.col(PairsForecast.outcome)
    at_first_level = F.col(PairsForecast.level) == 0
    return forecast.groupBy(PairsForecast.blocking_rule).agg(
        F.sum(F.when(at_first_level, F.col(PairsForecast.nb_blocks))).alias("blocks"),
        F.max(F.when(at_first_level, F.col(PairsForecast.nb_pairs_largest))).alias("largest"),
        *(F.sum(F.when(outcome == name, pairs).otherwise(0)).alias(name) for name in (COMPARED, SPLIT, SET_ASIDE)),
    )
