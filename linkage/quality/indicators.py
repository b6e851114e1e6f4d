"""Match rates from the ledger; precision, recall and F1 against known truth."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.tables.linkage import Ledger, Link
from linkage.tables.quality import Accuracy, MatchRate

RETAINED = "retenu"
ALL_PASSES = "*"
LINKED, TO_REVIEW, SET_ASIDE = "linked", "unlinked:a_revoir", "set_aside"


def match_rate(ledger: DataFrame) -> DataFrame:
    """``quality/match_rate``: the share of cases with a retained link, per version, source and vintage."""
    kept = ledger.where(F.col(Ledger.outcome) != SET_ASIDE)

    def counted(outcome: str) -> F.Column:
        return F.coalesce(F.sum(F.when(F.col(Ledger.outcome) == outcome, F.col(Ledger.nb))), F.lit(0))

    return kept.groupBy(Ledger.version, Ledger.source, Ledger.millesime).agg(
        F.sum(Ledger.nb).alias(MatchRate.nb),
        counted(LINKED).alias(MatchRate.nb_linked),
        counted(TO_REVIEW).alias(MatchRate.nb_to_review),
        (counted(LINKED) / F.sum(Ledger.nb)).alias(MatchRate.match_rate),
    )


def accuracy(links: DataFrame, truth: DataFrame) -> DataFrame:
    """``quality/accuracy``: retained links against the true pairs, per pass and overall.

    Method: precision = true retained / retained; recall = true retained / true; F1 is their harmonic mean. A pass's
    recall is what it adds to the whole. ``a_revoir`` counts nowhere.
    """
    pair = [Link.id_procedure, Link.id_affaire]
    retained = links.where(F.col(Link.status) == RETAINED)
    version = links.agg(F.max(Link.version).alias(Link.version))
    true_pairs = truth.select(*pair).dropDuplicates(pair)
    total = true_pairs.agg(F.count("*").alias("nb_true"))
    judged = retained.join(true_pairs.withColumn("true", F.lit(1)), on=pair, how="left")
    counts = (
        judged.rollup(Link.link_pass)
        .agg(F.count("*").alias(Accuracy.nb_links), F.coalesce(F.sum("true"), F.lit(0)).alias(Accuracy.nb_true_links))
        .crossJoin(total)
        .crossJoin(version)
    )
    whole = F.col(Link.link_pass).isNull()
    precision = F.try_divide(F.col(Accuracy.nb_true_links), F.col(Accuracy.nb_links))
    recall = F.try_divide(F.col(Accuracy.nb_true_links), F.col("nb_true"))
    f1 = F.try_divide(2 * F.col(Accuracy.nb_true_links), F.col(Accuracy.nb_links) + F.col("nb_true"))
    return counts.select(
        Link.version,
        F.coalesce(Link.link_pass, F.lit(ALL_PASSES)).alias(Accuracy.link_pass),
        Accuracy.nb_links,
        Accuracy.nb_true_links,
        F.when(whole, F.col("nb_true") - F.col(Accuracy.nb_true_links)).alias(Accuracy.nb_missed),
        precision.alias(Accuracy.precision),
        recall.alias(Accuracy.recall),
        F.when(whole, f1).alias(Accuracy.f1),
    )
