"""Agreement patterns: the levels that a pair reached, together, as one integer; and back to their words."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.levels import SPARK
from linkage.settings.scored_pairs import MODELS, ModelSettings
from linkage.tables.scored_pairs import ScoredPattern

LARGEST = 2**63 - 1


def pattern(settings: ModelSettings) -> Column:
    """Return the pattern of a pair that has the ``gamma_`` of each comparison, its model told apart too.

    Method: a digit per comparison, -1 (no information) being 0, each to a base of its own; the model is the lowest.
    """
    terms = [(F.col(f"gamma_{name}") + 1).cast("bigint") * base for name, _, base in _digits(settings)]
    return sum(terms, F.lit(MODELS.index(settings.model)).cast("bigint"))


def patterns(scored: DataFrame, *, settings: ModelSettings) -> DataFrame:
    """Return ``scored_patterns`` of one model: the patterns of its pairs among ``scored``, in words, weighed.

    Reads: ``agreement_pattern``, ``match_weight``, ``match_probability``; a pattern has one of each.
    """
    of_model = F.col(ScoredPattern.agreement_pattern) % len(MODELS) == MODELS.index(settings.model)
    reached = []
    for _, labels, base in _digits(settings):
        # Splink numbers levels from the last (0) to the first, no information -1: digit 0, which no label has.
        digit = F.expr(f"({ScoredPattern.agreement_pattern} div {base}) % {len(labels) + 1}").cast("int")
        reached.append(F.get(F.array(F.lit(None).cast("string"), *map(F.lit, reversed(labels))), digit))
    names = F.array(*(F.lit(name) for name, _, _ in _digits(settings)))
    return (
        scored.where(of_model)
        .groupBy(ScoredPattern.agreement_pattern)
        .agg(
            F.max(ScoredPattern.match_weight).alias(ScoredPattern.match_weight),
            F.max(ScoredPattern.match_probability).alias(ScoredPattern.match_probability),
            F.count("*").alias(ScoredPattern.nb_pairs),
        )
        .withColumn(ScoredPattern.model, F.lit(settings.model))
        .withColumn(ScoredPattern.levels, F.map_from_arrays(names, F.array(*reached)))
    )


def too_many_levels(settings: ModelSettings) -> list[str]:
    """Return why an integer cannot tell apart all that a model's comparisons may find; empty where it can."""
    reached = prod([len(MODELS), *(len(labels) + 1 for _, labels, _ in _digits(settings))])
    if reached <= LARGEST:
        return []
    return [
        f"model of {settings.model}: its comparisons have {reached:,} agreement patterns, {LARGEST:,} at most: declare "
        "fewer comparisons, or fewer bounds and ranges."
    ]


def _digits(settings: ModelSettings) -> Iterator[tuple[str, list[str], int]]:
    """Return each comparison: its name, its labels from strict to loose, and what its digit counts for in a pattern."""
    base = len(MODELS)
    for comparison in comparisons(settings.comparisons, SPARK):
        labels = [level.label for level in comparison.levels]
        yield comparison.name, labels, base
        base *= len(labels) + 1
