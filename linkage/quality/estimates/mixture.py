"""The probability that a candidate is the procedure of its reference, which has one at most among its candidates."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.scored_pairs import ScoredPair

P = "p"
RATIO, EVIDENCE = "ratio", "evidence"
BITS, STEP = 60.0, 0.05
TURNS = 200


def score_ratios(scored: DataFrame, candidate_pairs: DataFrame, *, prior: float) -> DataFrame:
    """Return the scored pairs with their likelihood ratio per candidate of their reference, and its sum there.

    ``prior`` is the model's share of matches among candidates: it is taken out of the weight.
    """
    candidates = candidate_pairs.groupBy(CandidatePair.reference_key).agg(F.count("*").alias("candidates"))
    odds = prior / (1 - prior)
    whole = (
        Window.partitionBy(CandidatePair.reference_key)
        .orderBy(RATIO)  # so that no digit of the sum depends on the order of rows
        .rowsBetween(Window.unboundedPreceding, Window.unboundedFollowing)
    )
    ratio = F.pow(F.lit(2.0), F.least(F.col(ScoredPair.match_weight), F.lit(BITS))) / F.lit(odds)
    return (
        scored.join(candidates, on=CandidatePair.reference_key, how="inner")
        .withColumn(RATIO, ratio / F.col("candidates"))
        .withColumn(EVIDENCE, F.sum(RATIO).over(whole))
        .drop("candidates")
    )


def count_evidence(ratios: DataFrame) -> DataFrame:
    """Count the references by amount of evidence, in steps of a twentieth of a bit: ``step, nb``."""
    each = ratios.groupBy(CandidatePair.reference_key).agg(F.first(EVIDENCE).alias(EVIDENCE))
    step = F.round(F.log2(EVIDENCE) / STEP)
    return each.groupBy(step.alias("step")).agg(F.count("*").alias("nb")).orderBy("step")


def estimate_share(evidence_counts: pd.DataFrame, references: int) -> float:
    """Estimate the share of references whose procedure is among their candidates.

    Method: a reference has one procedure among its candidates, each as likely beforehand, or none. The share is the
    maximum of the likelihood, by EM, as in bipartite record linkage (Sadinle, JASA 112, 2017): that a pair competes
    with few others tells more than the share of matches among all pairs does.
    ``references`` also counts those none of whose candidates reached the floor.
    """
    evidence, nb = np.exp2(evidence_counts["step"].to_numpy(float) * STEP), evidence_counts["nb"].to_numpy(float)
    share = 0.9
    for _ in range(TURNS):
        share = float((nb * share * evidence / (1 - share + share * evidence)).sum() / max(references, 1))
        share = min(max(share, 1e-6), 1 - 1e-6)
    return share


def score_pairs(ratios: DataFrame, share: float) -> DataFrame:
    """Return the scored pairs with ``p``, the probability that the candidate is the procedure of its reference."""
    p = F.lit(share) * F.col(RATIO) / (1 - F.lit(share) + F.lit(share) * F.col(EVIDENCE))
    return ratios.withColumn(P, p).drop(RATIO, EVIDENCE)
