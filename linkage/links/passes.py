"""Passes from strict to loose: a pair belongs to the first whose levels it reaches."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.links.feedback import RETURN, watched
from linkage.settings.links import LinksSettings, PassSettings, SecondAffaireSettings
from linkage.settings.scored_pairs import JONCTIONS
from linkage.tables.links import Link
from linkage.tables.scored_pairs import ScoredPair, ScoredPattern

THRESHOLD, REVIEW, SHARED = "threshold", "review", "several_affaires"
OF_BLOCKING = (ScoredPair.blocking_rule, ScoredPair.settles)
"""Columns of a candidate that a link no longer has."""
SECOND = "second_affaire"
"""The weight from which the pair, if its affair is left with nothing, may give it a procedure that has another."""


def assign(scored_pairs: DataFrame, patterns: DataFrame, *, settings: LinksSettings) -> DataFrame:
    """Return the scored pairs with their pass, less those below the review threshold of it."""
    return drop_below_review(add_pass(scored_pairs, patterns, settings=settings))


def drop_below_review(with_pass: DataFrame) -> DataFrame:
    """Drop the pairs below the review threshold of their pass.

    Example: with a review threshold of 0, a pair of -0.1 bits leaves, and one of 0 bits stays.
    """
    return with_pass.where(F.col(ScoredPair.match_weight) >= F.col(REVIEW))


def add_pass(scored_pairs: DataFrame, patterns: DataFrame, *, settings: LinksSettings) -> DataFrame:
    """Add what their levels decide to the scored pairs.

    That is their pass, its thresholds, when a procedure may have several affairs through them, and what persons may
    show of them.

    Reads: the pairs; ``scored_patterns``. Method: a pattern decides, once for all its pairs.
    """

    def by_pass(value: str) -> Column:
        chosen = [F.when(_reaches(declared), F.lit(getattr(declared, value))) for declared in settings.passes]
        return F.coalesce(*chosen)

    decided = patterns.select(
        ScoredPair.agreement_pattern,
        by_pass("name").alias(Link.link_pass),
        by_pass("threshold").alias(THRESHOLD),
        by_pass("review").alias(REVIEW),
        by_pass("several_affaires").alias(SHARED),
        _second(settings).alias(SECOND),
        watched(settings.persons_feedback).alias(RETURN),
    )
    return scored_pairs.drop(*OF_BLOCKING).join(F.broadcast(decided), on=ScoredPair.agreement_pattern, how="inner")


def _reaches(declared: PassSettings) -> Column:
    beyond = F.col(ScoredPattern.model) == JONCTIONS
    return (beyond if declared.beyond else ~beyond) & _levels(declared)


def _second(settings: LinksSettings) -> Column:
    enough = [F.when(_levels(declared), F.lit(declared.threshold)) for declared in settings.second_affaire]
    return F.array_min(F.array(*enough, F.lit(None).cast("double")))


def _levels(declared: PassSettings | SecondAffaireSettings) -> Column:
    reached = [F.col(ScoredPattern.levels)[name].isin(*labels) for name, labels in declared.levels.items()]
    return reduce(Column.__and__, (F.coalesce(condition, F.lit(False)) for condition in reached), F.lit(True))
