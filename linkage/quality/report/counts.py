"""What the report counts of a version's tables: aggregates, without a case or a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.sides import CASE, OF_PROCEDURE, PAIR
from linkage.concepts.sums import add_exactly
from linkage.quality.known import list_cases
from linkage.quality.report import words
from linkage.settings.quality import ReportSettings
from linkage.tables.candidate_pairs import COMPARED, CandidatePair, PairsForecast
from linkage.tables.links import RETAINED, Link, PersonLink
from linkage.tables.quality import DOUBT, NO, REJECTED, YES, ReviewDecision, ReviewSample
from linkage.tables.scored_pairs import ScoredPair, ScoredPattern
from linkage.tables.standardised import Personne, Procedure

NB, EXPECTED = "nb", "expected"
COMPARISON, LABEL = "comparison", "label"


def count_bands(scored_pairs: DataFrame, links: DataFrame, *, settings: ReportSettings) -> DataFrame:
    """Count scored pairs by weight band (lower bound, in bits) and status: ``bin, status, nb``."""
    best = scored_pairs.groupBy(*PAIR).agg(F.max(ScoredPair.match_weight).alias("weight"))
    status = F.coalesce(F.col(Link.status), F.lit(REJECTED)).alias("status")
    band = _band("weight", settings).alias("bin")
    pairs = best.join(links.select(*PAIR, Link.status), on=PAIR, how="left")
    return pairs.groupBy(band, status).agg(F.count("*").alias("nb"))


def count_model_bands(patterns: DataFrame, *, settings: ReportSettings) -> DataFrame:
    """Count the pairs that each model weighed by weight band, before persons change any: ``model, bin, nb``."""
    band = _band(ScoredPattern.match_weight, settings).alias("bin")
    return patterns.groupBy(ScoredPattern.model, band).agg(F.sum(ScoredPattern.nb_pairs).alias(NB)).orderBy("bin")


def count_passes(links: DataFrame) -> DataFrame:
    """Count links by pass and status, and those true by their probability: ``link_pass, status, nb, expected``."""
    counts = links.groupBy(Link.link_pass, Link.status)
    return counts.agg(F.count("*").alias(NB), _expected(Link.match_probability))


def count_dossiers(links: DataFrame) -> DataFrame:
    """Count dossiers by number of retained links: ``nb_links, nb``."""
    sizes = links.where(F.col(Link.status) == RETAINED).groupBy(Link.id_dossier).agg(F.count("*").alias("nb_links"))
    return sizes.groupBy("nb_links").agg(F.count("*").alias("nb"))


def count_persons(person_links: DataFrame) -> DataFrame:
    """Count pairs of persons in retained links by role in the procedure: ``role, nb, nb_role_change, expected``."""
    changed = F.sum(F.when(F.col(PersonLink.role_change), 1).otherwise(0)).alias("nb_role_change")
    return (
        person_links.groupBy(PersonLink.role)
        .agg(F.count("*").alias(NB), changed, _expected(PersonLink.match_probability))
        .orderBy(PersonLink.role)
    )


def count_unread(procedures: DataFrame, affaires: DataFrame, rows: Iterable[DataFrame]) -> DataFrame:
    """Count the values set aside, unreadable or carried, by source and year: ``source, millesime, repair, nb``.

    ``rows``: what has ``repairs``, with ``source`` and ``id``.
    """
    repaired = [frame.select(*CASE, F.explode(Personne.repairs).alias("repair")) for frame in rows]
    of_words = reduce(DataFrame.unionByName, repaired).filter(F.col("repair").isin(*words.UNREAD))
    placed = of_words.join(list_cases(procedures, affaires), on=CASE, how="inner")
    return placed.groupBy(Procedure.source, Procedure.millesime, "repair").agg(F.count("*").alias("nb"))


def count_decisions(sample: DataFrame, decisions: DataFrame) -> DataFrame:
    """Count the decisions of the review: ``stratum, nb_population, nb_sampled, oui, non, doute``."""
    joined = sample.join(decisions.select(*PAIR, ReviewDecision.decision), on=PAIR, how="left")
    strata = [ReviewSample.stratum, ReviewSample.nb_population, ReviewSample.nb_sampled]
    counts = [F.count(F.when(F.col(ReviewDecision.decision) == word, 1)).alias(word) for word in (YES, NO, DOUBT)]
    return joined.groupBy(*strata).agg(*counts).orderBy(ReviewSample.stratum)


def count_thresholds(links: DataFrame, *, settings: ReportSettings) -> DataFrame:
    """Count the pairs that won their competition, retained or to review, by weight band: ``bin, nb, expected``.

    ``expected`` is how many are true by their probability.
    """
    band = _band(Link.match_weight, settings).alias("bin")
    return links.groupBy(band).agg(F.count("*").alias(NB), _expected(Link.match_probability)).orderBy("bin")


def count_agreements(scored_pairs: DataFrame, patterns: DataFrame, links: DataFrame) -> DataFrame:
    """Count the retained links by the level that each comparison reached: ``model, comparison, label, nb``.

    Of several references of an affair, the one that weighs most. ``label`` is null where one side has no value.
    """
    retained = links.where(F.col(Link.status) == RETAINED).select(*PAIR)
    best = F.max_by(ScoredPair.agreement_pattern, F.struct(ScoredPair.match_weight, ScoredPair.agreement_pattern))
    of_links = (
        scored_pairs.join(retained, on=PAIR, how="left_semi")
        .groupBy(*PAIR)
        .agg(best.alias(ScoredPattern.agreement_pattern))
    )
    counted = of_links.groupBy(ScoredPattern.agreement_pattern).agg(F.count("*").alias(NB))
    reached = patterns.select(
        ScoredPattern.agreement_pattern, ScoredPattern.model, F.explode(ScoredPattern.levels).alias(COMPARISON, LABEL)
    )
    return (
        counted.join(reached, on=ScoredPattern.agreement_pattern, how="inner")
        .groupBy(ScoredPattern.model, COMPARISON, LABEL)
        .agg(F.sum(NB).alias(NB))
    )


def count_rules(candidate_pairs: DataFrame) -> DataFrame:
    """Count the candidate pairs by the first rule that formed them: ``blocking_rule, nb``."""
    return candidate_pairs.groupBy(CandidatePair.blocking_rule).agg(F.count("*").alias(NB))


def count_blocks(forecast: DataFrame) -> DataFrame:
    """Count the blocks above the budget by rule and what became of them: ``blocking_rule, outcome, nb, pairs``."""
    above = forecast.where(F.col(PairsForecast.outcome) != COMPARED)
    return above.groupBy(PairsForecast.blocking_rule, PairsForecast.outcome).agg(
        F.sum(PairsForecast.nb_blocks).alias(NB), F.sum(PairsForecast.nb_pairs).alias("pairs")
    )


def count_conjugal(procedures: DataFrame, links: DataFrame, *, conjugal: Sequence[str]) -> DataFrame:
    """Count the procedures with an offence of conjugal violence: one row, ``nb``, those ``sent`` and ``linked``."""
    linked = links.where(F.col(Link.status) == RETAINED).select(*OF_PROCEDURE).distinct().withColumn("linked", F.lit(1))
    of_violence = procedures.where(F.arrays_overlap(Procedure.natinfs, F.array(*map(F.lit, conjugal))))
    return of_violence.join(linked, on=OF_PROCEDURE, how="left").agg(
        F.count("*").alias(NB), F.count(Procedure.date_transmission).alias("sent"), F.count("linked").alias("linked")
    )


def _band(weight: str, settings: ReportSettings) -> Column:
    return F.floor(F.col(weight) / settings.bin_bits) * settings.bin_bits


def _expected(probability: str) -> Column:
    return F.coalesce(add_exactly(probability), F.lit(0.0)).alias(EXPECTED)
