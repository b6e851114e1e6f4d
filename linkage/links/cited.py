"""Affairs that cite several PVs: what one of their procedures lacks, another may have brought."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.settings.links import CitedTogetherSettings
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.scored_pairs import ScoredPair

CITED = "pv_cites"
"""What an affair shows by citing several PVs, each confirmed; the evidence of a link has it with the levels."""
SEVERAL = "plusieurs, chacun confirmé"


def raise_cited_together(scored_pairs: DataFrame, *, settings: CitedTogetherSettings | None) -> DataFrame:
    """Return the scored pairs with ``pv_cites``, those of affairs that cite several PVs at ``at_least`` bits.

    Reads: ``settles``. Method: the model of cases compares a procedure with the whole affair. Where the affair has
    several, what it has of the others speaks against each: more persons, other offences, other days. Where confirmed
    keys settle several procedures of one affair, none of these pairs weighs less than ``at_least``.
    Nulls: ``pv_cites`` where the weight stays as it was.
    Example: an affair cites P and Q, both keys confirmed, at 12 and -7 bits: at 6 bits at least, Q goes to 6.
    """
    if settings is None:
        return scored_pairs.withColumn(CITED, F.lit(None).cast("string"))
    settled = scored_pairs.where(ScoredPair.settles).select(ScoredPair.id_affaire, CandidatePair.procedure_key)
    low = scored_pairs.where(F.col(ScoredPair.settles) & (F.col(ScoredPair.match_weight) < settings.at_least))
    together = (
        settled.join(F.broadcast(low.select(ScoredPair.id_affaire)), on=ScoredPair.id_affaire, how="left_semi")
        .groupBy(ScoredPair.id_affaire)
        .agg(F.count_distinct(CandidatePair.procedure_key).alias("procedures"))
        .where("procedures > 1")
        .select(ScoredPair.id_affaire, F.lit(SEVERAL).alias(CITED))
    )
    is_raised = (
        F.col(CITED).isNotNull() & F.col(ScoredPair.settles) & (F.col(ScoredPair.match_weight) < settings.at_least)
    )
    weight, probability = settings.at_least, 1 / (1 + 2.0**-settings.at_least)
    return scored_pairs.join(F.broadcast(together), on=ScoredPair.id_affaire, how="left").withColumns(
        {
            CITED: F.when(is_raised, F.col(CITED)),
            ScoredPair.match_weight: F.when(is_raised, weight).otherwise(F.col(ScoredPair.match_weight)),
            ScoredPair.match_probability: F.when(is_raised, probability).otherwise(F.col(ScoredPair.match_probability)),
        }
    )
