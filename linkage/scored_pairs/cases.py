"""The two models that score pairs of cases, and what candidate pairs add to the records that they compare."""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts import jonctions as joined
from linkage.scored_pairs.estimation import estimate
from linkage.scored_pairs.model import Model
from linkage.scored_pairs.scoring import score_with_ids
from linkage.settings.scored_pairs import ScoredPairsSettings
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.standardised import BEYOND, REFERENCE, Record

SETTLED = "reglee"
"""Whether a confirmed key already gives the procedure an affair: a second one is a disjonction or a transfer."""


def estimate_cases(
    records: DataFrame,
    candidate_pairs: DataFrame,
    *,
    settings: ScoredPairsSettings,
    neighbours: Callable[[Column], DataFrame] | None = None,
) -> Model:
    """Learn the model of cases in all candidates but those of jonctions, from what the settled references show.

    ``neighbours`` gives further pairs of the references drawn: see ``estimate``.
    """
    of_cases, _ = split(candidate_pairs, settings)
    return estimate(
        records,
        of_cases,
        settings=settings,
        completed=lambda drawn: add_settled(drawn, candidate_pairs),
        neighbours=neighbours,
    )


def estimate_jonctions(records: DataFrame, candidate_pairs: DataFrame, *, settings: ScoredPairsSettings) -> Model:
    """Learn the model of jonctions in their candidates."""
    _, of_jonctions = split(candidate_pairs, settings)
    return estimate(
        records,
        of_jonctions.drop(CandidatePair.settles),
        settings=settings.jonctions,
        completed=lambda drawn: complete_jonctions(drawn, records, candidate_pairs),
    )


def score_cases(
    records: DataFrame,
    candidate_pairs: DataFrame,
    cases: Model,
    jonctions: Model,
    *,
    settings: ScoredPairsSettings,
) -> DataFrame:
    """Return ``scored_pairs``: the candidate pairs that reach their model's floor, with the ids of both cases."""
    of_cases, of_jonctions = split(candidate_pairs, settings)
    # What lies beyond an affair's references is met by the rules of jonctions alone.
    records_of_cases = add_settled(records.where(F.col(Record.rang) != BEYOND), candidate_pairs)
    met = complete_jonctions(_keep_met(records, of_jonctions), records, candidate_pairs)
    return score_with_ids(records_of_cases, of_cases, cases, settings=settings).unionByName(
        score_with_ids(met, of_jonctions, jonctions, settings=settings.jonctions)
    )


def complete_jonctions(few: DataFrame, records: DataFrame, candidate_pairs: DataFrame) -> DataFrame:
    """Return the records of a few candidates of jonctions with what the affair's settled procedures leave to them."""
    affaires = few.where(F.col(Record.rang) == BEYOND).select(Record.id).dropDuplicates()
    references = (
        records.where((F.col(Record.side) == REFERENCE) & (F.col(Record.rang) != BEYOND))
        .join(F.broadcast(affaires), on=Record.id, how="left_semi")
        .select(F.col(Record.record_key).alias(CandidatePair.reference_key), Record.id)
    )
    settled = (
        candidate_pairs.where(CandidatePair.settles)
        .join(F.broadcast(references), on=CandidatePair.reference_key, how="inner")
        .select(F.col(CandidatePair.procedure_key).alias(Record.record_key), Record.id)
    )
    return joined.complete(few, records, settled)


def _keep_met(records: DataFrame, pairs: DataFrame) -> DataFrame:
    """Return the records of a few pairs, on either side: all would be shuffled to meet them otherwise."""
    procedures, references = (
        pairs.select(F.col(key).alias(Record.record_key))
        for key in (CandidatePair.procedure_key, CandidatePair.reference_key)
    )
    return records.join(F.broadcast(procedures.union(references)), on=Record.record_key, how="left_semi")


def split(candidate_pairs: DataFrame, settings: ScoredPairsSettings) -> tuple[DataFrame, DataFrame]:
    """Return the pairs of the model of cases, and those of the model of jonctions."""
    of_jonctions = F.col(CandidatePair.blocking_rule).isin(*settings.jonctions.rules)
    return candidate_pairs.where(~of_jonctions), candidate_pairs.where(of_jonctions)


def add_settled(records: DataFrame, candidate_pairs: DataFrame) -> DataFrame:
    """Return the records with ``reglee``."""
    settled = (
        candidate_pairs.where(CandidatePair.settles)
        .groupBy(F.col(CandidatePair.procedure_key).alias(Record.record_key))
        .agg(F.lit(True).alias(SETTLED))
        .hint("shuffle_hash")
    )
    return records.join(settled, on=Record.record_key, how="left").withColumn(
        SETTLED, F.coalesce(SETTLED, F.lit(False))
    )
