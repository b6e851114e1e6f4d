"""Match rates from the ledger; precision, recall and F1 against known truth."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.sides import PAIR
from linkage.tables.candidate_pairs import SET_ASIDE
from linkage.tables.links import LINKED, RETAINED, TO_REVIEW, UNLINKED, Ledger, Link
from linkage.tables.quality import Accuracy, MatchRate

ALL_PASSES = "*"


def measure_match_rate(ledger: DataFrame) -> DataFrame:
    """Measure the share of cases with a retained link, per version, source and vintage: ``quality/match_rate``."""
    cases = ledger.where(F.col(Ledger.outcome) != SET_ASIDE)

    def count(outcome: str) -> Column:
        return F.coalesce(F.sum(F.when(F.col(Ledger.outcome) == outcome, F.col(Ledger.nb))), F.lit(0))

    return cases.groupBy(Ledger.version, Ledger.source, Ledger.millesime).agg(
        F.sum(Ledger.nb).alias(MatchRate.nb),
        count(LINKED).alias(MatchRate.nb_linked),
        count(UNLINKED + TO_REVIEW).alias(MatchRate.nb_to_review),
        (count(LINKED) / F.sum(Ledger.nb)).alias(MatchRate.match_rate),
    )


def measure_accuracy(links: DataFrame, truth: DataFrame, *, version: str) -> DataFrame:
    """Measure the retained links against the true pairs, per pass and overall: ``quality/accuracy``.

    Method: precision = true retained / retained; recall = true retained / true; F1 is their harmonic mean. A pass's
    recall is what it adds to the whole. ``a_revoir`` counts nowhere.
    """
    retained = links.where(F.col(Link.status) == RETAINED)
    true_pairs = truth.select(*PAIR).dropDuplicates(PAIR)
    links_with_truth = retained.join(true_pairs.withColumn("true", F.lit(1)), on=PAIR, how="left")
    totals = [
        F.count("*").alias(Accuracy.nb_links),
        F.coalesce(F.sum("true"), F.lit(0)).alias(Accuracy.nb_true_links),
    ]
    by_pass = links_with_truth.groupBy(Accuracy.link_pass).agg(*totals)
    whole = links_with_truth.agg(F.lit(ALL_PASSES).alias(Accuracy.link_pass), *totals)
    counts = whole.unionByName(by_pass).crossJoin(true_pairs.agg(F.count("*").alias("nb_true")))
    links_, true, expected = F.col(Accuracy.nb_links), F.col(Accuracy.nb_true_links), F.col("nb_true")
    is_whole = F.col(Accuracy.link_pass) == ALL_PASSES
    return counts.select(
        F.lit(version).alias(Accuracy.version),
        Accuracy.link_pass,
        Accuracy.nb_links,
        Accuracy.nb_true_links,
        F.when(is_whole, expected - true).alias(Accuracy.nb_missed),
        F.try_divide(true, links_).alias(Accuracy.precision),
        F.try_divide(true, expected).alias(Accuracy.recall),
        F.when(is_whole, F.try_divide(2 * true, links_ + expected)).alias(Accuracy.f1),
    )
