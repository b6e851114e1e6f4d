"""Passes from strict to loose: a pair belongs to the first whose levels it reaches."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.settings import LinksSettings, PassSettings
from linkage.tables.linkage import Link, ScoredPair
from linkage.tables.records import BEYOND

THRESHOLD, REVIEW, SHARED, SECOND = "threshold", "review", "several_affaires", "second_affaire"


def assign(scored_pairs: DataFrame, *, settings: LinksSettings) -> DataFrame:
    """The scored pairs with their pass, less those below the review threshold of it."""
    return worth_a_look(named(scored_pairs, settings=settings))


def worth_a_look(named: DataFrame) -> DataFrame:
    """Less the pairs below the review threshold of their pass."""
    return named.where(F.col(ScoredPair.match_weight) >= F.col(REVIEW))


def named(scored_pairs: DataFrame, *, settings: LinksSettings) -> DataFrame:
    """The scored pairs with their pass, its thresholds and whether it lets a procedure have several affairs."""

    def by_pass(value: str) -> Column:
        chosen = [F.when(_reaches(declared), F.lit(getattr(declared, value))) for declared in settings.passes]
        return F.coalesce(*chosen)

    return scored_pairs.select(
        "*",
        by_pass("name").alias(Link.link_pass),
        by_pass("threshold").alias(THRESHOLD),
        by_pass("review").alias(REVIEW),
        by_pass("several_affaires").alias(SHARED),
        by_pass("second_affaire").alias(SECOND),
    )


def _reaches(declared: PassSettings) -> Column:
    level = {name: F.col(ScoredPair.levels)[name] for name in declared.levels}
    conditions = [F.coalesce(level[name].isin(*labels), F.lit(False)) for name, labels in declared.levels.items()]
    beyond = F.col(ScoredPair.rang) == BEYOND
    return reduce(Column.__and__, conditions, beyond if declared.beyond else ~beyond)
