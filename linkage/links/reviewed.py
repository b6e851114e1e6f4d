"""The decisions of the clerical review: they go before weights."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from linkage.concepts.sides import PAIR
from linkage.links.decision import keep_one_per_case
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.links import RETAINED, TO_REVIEW, Link
from linkage.tables.quality import DOUBT, NO, YES, ReviewDecision
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.standardised import BEYOND

REVIEW = "revue"
"""The decision on a pair; the evidence of a link shows it with the levels."""
DECISION = ReviewDecision.decision


def keep_latest(decisions: DataFrame) -> DataFrame:
    """Return the last decision of each pair, whatever the version reviewed: its names and ``decision``.

    Ties: the same moment twice, the last version by name counts.
    Example: ``non`` in March and ``oui`` in February: ``non`` counts.
    """
    order = Window.partitionBy(*PAIR).orderBy(F.desc(ReviewDecision.reviewed_at), F.desc(ReviewDecision.version))
    ranked = decisions.withColumn("rank", F.row_number().over(order))
    return ranked.where(F.col("rank") == 1).select(*PAIR, DECISION)


def drop_refused(with_pass: DataFrame, decisions: DataFrame | None) -> DataFrame:
    """Drop the scored pairs decided ``non`` and the rivals of those decided ``oui``.

    A reference is one PV: when its procedure is known, there is nothing left to compete for. An affair beyond
    its references may take several procedures, so nobody is excluded there.
    Example: ``oui`` for P1-A1 drops P2-A1 of the same reference; ``non`` for P1-A1 drops that pair alone.
    """
    if decisions is None:
        return with_pass
    decided = keep_latest(decisions)
    refused, accepted = (decided.where(F.col(DECISION) == word).drop(DECISION) for word in (NO, YES))
    open_ = with_pass.join(refused, on=PAIR, how="left_anti")
    accepted_pairs = keep_one_per_case(with_pass.join(accepted, on=PAIR, how="left_semi")).where(
        F.col(ScoredPair.rang) != BEYOND
    )
    owned = accepted_pairs.groupBy(CandidatePair.reference_key).agg(F.lit(True).alias("owned"))
    marked = open_.join(owned, on=CandidatePair.reference_key, how="left").join(
        accepted.withColumn("accepted", F.lit(True)), on=PAIR, how="left"
    )
    free = F.col("owned").isNull() | F.col("accepted").isNotNull()
    return marked.where(free).select(*with_pass.columns)


def settle(decided: DataFrame, with_pass: DataFrame, decisions: DataFrame | None) -> DataFrame:
    """Put a person's decisions in the place of the weights': ``oui`` is retained, ``doute`` stays to review.

    A column more, ``revue``: what a person decided, null where nobody did.

    ``with_pass`` are all scored pairs with their pass: a pair decided ``oui`` that competition or a threshold had left
    out comes back from there. One that is no longer scored at all cannot come back.
    Example: a pair decided ``oui`` that lies below the thresholds is a retained link again.
    """
    if decisions is None:
        return decided.withColumn(REVIEW, F.lit(None).cast("string"))
    reviewed = keep_latest(decisions).where(F.col(DECISION) != NO)
    accepted = reviewed.where(F.col(DECISION) == YES)
    missing = keep_one_per_case(with_pass.join(accepted.select(*PAIR), on=PAIR, how="left_semi")).join(
        decided.select(*PAIR), on=PAIR, how="left_anti"
    )
    # A pair that comes back from outside the competition has no margin.
    unknown = {
        field.name: F.lit(None).cast(field.dataType) for field in decided.schema if field.name not in with_pass.columns
    }
    again = missing.withColumns(unknown).withColumn(Link.status, F.lit(RETAINED))
    word = F.col(DECISION)
    status = F.when(word == YES, RETAINED).when(word == DOUBT, TO_REVIEW).otherwise(F.col(Link.status))
    return (
        decided.unionByName(again.select(*decided.columns))
        .join(reviewed, on=PAIR, how="left")
        .withColumn(Link.status, status)
        .select(*decided.columns, word.alias(REVIEW))
    )
