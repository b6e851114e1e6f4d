"""For whom the links are less sure: rates by subgroup, each beside the whole, small cells protected."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from linkage.concepts.sides import CASE
from linkage.concepts.sums import add_exactly
from linkage.quality.estimates.intervals import gap_to_whole, wilson
from linkage.quality.traits import WHOLE
from linkage.settings.quality import SubgroupsSettings
from linkage.tables.quality import Subgroup

OTHERS = "autres"
WHOLE_OF = "whole_"
"""Begins the columns of all cases beside those of a group."""
GROUP: list[str] = [Subgroup.side, Subgroup.dimension, Subgroup.modalite]
DIMENSION: list[str] = [Subgroup.side, Subgroup.dimension]
RATE, RATE_OF_ALL = "taux_appariement", "taux_appariement_total"
EST_PRECISION, EST_RECALL = "precision_estimee", "rappel_estime"
ESTIMATED = (EST_PRECISION, EST_RECALL)
TRUE_PRECISION, TRUE_RECALL = "precision_vraie", "rappel_vrai"
# Measure → successes and trials, as sums over cases.
MEASURES: dict[str, tuple[str, str]] = {
    RATE: ("nb_linked_sent", "nb_sent"),
    RATE_OF_ALL: ("nb_linked", "nb_cases"),
    EST_PRECISION: ("expected_found", "nb_links"),
    EST_RECALL: ("expected_found", "expected_true"),
    TRUE_PRECISION: ("nb_true_found", "nb_links"),
    TRUE_RECALL: ("nb_true_found", "nb_true"),
}


def measure_subgroups(
    traits: DataFrame,
    cases: DataFrame,
    *,
    version: str,
    settings: SubgroupsSettings,
    spread_of_whole: Mapping[str, float] | None = None,
) -> DataFrame:
    """Measure ``quality/subgroups`` of one version, from its groups and the counts of ``expectations.count_cases``.

    ``spread_of_whole`` is, by measure, how far the expected errors of all cases may be off, as a share of them.
    Method: Wilson intervals; gaps by Newcombe's method. Estimated precision is the mean probability of the retained
    links, estimated recall their expected true number over that plus the expected number of those missed; their
    intervals count fewer cases, for errors that are estimated: those of the whole, and those of a group beside it
    (``group_spread``).

    Example
    -------
    Of 60 sent procedures of a gendarmerie 48 are linked, of 510 in all 448: ``estimate`` is 0.8 and ``gap`` is
    48 / 60 - 448 / 510 = -0.078. With ``smallest = 10``, groups of 30, 12 and 9 are shown as 30 and ``autres``, 21.
    """
    cases_of_groups = traits.join(cases, on=[Subgroup.side, *CASE], how="inner")
    shown = cases_of_groups.join(
        F.broadcast(_name_shown(cases_of_groups, smallest=settings.smallest)), on=GROUP, how="inner"
    )
    # Merged groups overlap where a case has several persons: it counts once in what is shown.
    merged = shown.withColumn(Subgroup.modalite, F.col("shown")).drop("shown").dropDuplicates([*CASE, *GROUP])
    totals = merged.groupBy(*GROUP).agg(*_sum_counts()).where(F.col("nb_sent") >= settings.smallest)
    whole = totals.where(F.col(Subgroup.dimension) == WHOLE).select(
        Subgroup.side, *(F.col(name).alias(f"{WHOLE_OF}{name}") for name in _names_of_counts())
    )
    of_whole = spread_of_whole or {}
    spreads = {measure: math.hypot(settings.group_spread, of_whole.get(measure, 0.0)) for measure in ESTIMATED}
    measured = F.explode(
        F.array(*(_measure(measure, spreads.get(measure, 0.0), settings=settings) for measure in MEASURES))
    ).alias("measured")
    beside = (
        totals.join(F.broadcast(whole), on=Subgroup.side, how="left")
        # Columns of their own: written out in every bound, they are more code than Spark compiles.
        .withColumns(
            {name: count for measure in ESTIMATED for name, count in _as_many_as_tell(measure, spreads[measure])}
        )
        .select(*GROUP, measured)
    )
    # Without truth, what needs it is not there at all.
    return (
        beside.select(F.lit(version).alias(Subgroup.version), *GROUP, "measured.*").where(F.col("known")).drop("known")
    )


def _name_shown(cases_of_groups: DataFrame, *, smallest: int) -> DataFrame:
    """Return the name under which each group is shown: its own, or ``autres``.

    Groups of fewer cases than ``smallest`` are merged. If together they are still too few, the next smallest joins
    them, so that what is hidden cannot be had by subtracting what is shown from the whole.
    """
    sizes = cases_of_groups.groupBy(*GROUP).agg(F.sum("nb_sent").alias("size")).where(F.col("size") > 0)
    by_size = Window.partitionBy(*DIMENSION).orderBy("size", Subgroup.modalite)
    before = F.coalesce(F.sum("size").over(by_size.rowsBetween(Window.unboundedPreceding, -1)), F.lit(0))
    some_small = F.min("size").over(Window.partitionBy(*DIMENSION)) < smallest
    hidden = (F.col("size") < smallest) | (some_small & (before < smallest))
    of_all = F.col(Subgroup.dimension) == WHOLE
    return sizes.select(
        *GROUP, F.when(hidden & ~of_all, F.lit(OTHERS)).otherwise(F.col(Subgroup.modalite)).alias("shown")
    )


def _names_of_counts() -> list[str]:
    return sorted({name for pair in MEASURES.values() for name in pair})


def _sum_counts() -> list[Column]:
    return [add_exactly(name).alias(name) for name in _names_of_counts()]


def _as_many_as_tell(measure: str, spread: float) -> Iterator[tuple[str, Column]]:
    """Yield, by name, successes and trials of the cases that would tell as much as an estimate does, and of the whole.

    Method: of ``w`` expected errors, chance has the variance w and the estimate (s w)², s being ``spread``:
    together those of trials / (1 + s² w) cases of which each is known.
    """
    for of in ("", WHOLE_OF):
        successes, trials = (F.col(f"{of}{name}") for name in MEASURES[measure])
        effect = 1 + spread**2 * F.greatest(trials - successes, F.lit(0.0))
        yield from zip(_telling(measure, of), (successes / effect, trials / effect), strict=True)


def _telling(measure: str, of: str) -> tuple[str, str]:
    """Return the columns that have the successes and trials from which the bounds of a measure are computed."""
    successes, trials = MEASURES[measure]
    suffix = f"_telling_{measure}" if measure in ESTIMATED else ""
    return f"{of}{successes}{suffix}", f"{of}{trials}{suffix}"


def _measure(measure: str, spread: float, *, settings: SubgroupsSettings) -> Column:
    """Return one measure of a group, as a struct; nulls where it counts too few."""
    successes, trials = MEASURES[measure]
    part, whole = (
        (F.col(part_of), F.col(all_of)) for part_of, all_of in (_telling(measure, of) for of in ("", WHOLE_OF))
    )
    enough = F.col(trials) >= settings.smallest
    low, high = wilson(*part, confidence=settings.confidence)
    if measure in ESTIMATED:  # of a few cases, one error more or less is chance too
        of_one_case = 1 / F.col(trials)
        low, high = F.greatest(low - of_one_case, F.lit(0.0)), F.least(high + of_one_case, F.lit(1.0))
    gap, gap_low, gap_high = gap_to_whole(part, whole, confidence=settings.confidence)
    values = {
        Subgroup.nb: F.col(trials),
        Subgroup.estimate: F.try_divide(F.col(successes), F.col(trials)),
        Subgroup.low: low,
        Subgroup.high: high,
        Subgroup.gap: gap,
        Subgroup.gap_low: gap_low,
        Subgroup.gap_high: gap_high,
    }
    named_gap = settings.named_gap_estimated if measure in ESTIMATED else settings.named_gap
    is_named = (F.col(trials) > settings.named_above) & (gap < -named_gap)
    return F.struct(
        F.lit(measure).alias(Subgroup.measure),
        *(F.when(enough, value).alias(name) for name, value in values.items()),
        F.lit(spread).alias(Subgroup.spread),
        F.coalesce(is_named, F.lit(False)).alias(Subgroup.named),
        (F.col(successes).isNotNull() & F.col(trials).isNotNull()).alias("known"),
    )
