"""Scores of our candidate pairs: Splink's levels, weights and probabilities, by projection or by Splink's predict()."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, StringType

from linkage.scored_pairs.model import Model
from linkage.scored_pairs.patterns import pattern
from linkage.scored_pairs.predict import predict
from linkage.scored_pairs.projection import project, reaches_floor
from linkage.settings.scored_pairs import ModelSettings
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.standardised import PROCEDURE, REFERENCE, Record

PAIR: list[str] = [CandidatePair.procedure_key, CandidatePair.reference_key]
SIDES = ((CandidatePair.procedure_key, PROCEDURE, "l"), (CandidatePair.reference_key, REFERENCE, "r"))
Ids = Mapping[str, Mapping[str, str]]
IDS: Ids = {
    PROCEDURE: {Record.source: ScoredPair.source, Record.id: ScoredPair.id_procedure},
    REFERENCE: {Record.id: ScoredPair.id_affaire, Record.rang: ScoredPair.rang},
}
NO_IDS: Ids = {PROCEDURE: {}, REFERENCE: {}}


def score_with_ids(
    records: DataFrame, candidate_pairs: DataFrame, model: Model, *, settings: ModelSettings
) -> DataFrame:
    """Return the candidate pairs that reach the floor or that a key settles, scored, with the ids of both records."""
    return score(records, candidate_pairs, model, settings=settings, ids=IDS)


def score(
    records: DataFrame,
    pairs: DataFrame,
    model: Model,
    *,
    settings: ModelSettings,
    ids: Ids = NO_IDS,
) -> DataFrame:
    """Return the pairs whose weight reaches the floor, with their columns, weight, probability and agreement pattern.

    Reads: ``records`` (``side``, ``record_key`` and the columns compared); ``pairs`` (``procedure_key``,
    ``reference_key`` and any other). ``ids`` has the columns of each side that come along, and their new names.
    """
    if settings.scorer == "predict":
        scored = predict(records, pairs, model, settings=settings).join(pairs, on=PAIR, how="inner")
        scored = scored.where(reaches_floor(scored, settings))
        for key, side, _ in SIDES:
            if ids[side]:
                scored = scored.join(_select_named(records, key, side, ids[side]), on=key, how="inner")
        return _add_pattern(scored, settings)
    return score_compared(_put_side_by_side(records, pairs, settings, ids), model, settings=settings)


def score_compared(compared: DataFrame, model: Model, *, settings: ModelSettings) -> DataFrame:
    """Score pairs that already carry what is compared, as ``column_l`` and ``column_r``."""
    return _add_pattern(project(compared, model, settings=settings), settings)


def _add_pattern(scored: DataFrame, settings: ModelSettings) -> DataFrame:
    gammas = [f"gamma_{comparison.name}" for comparison in settings.comparisons]
    return scored.withColumn(ScoredPair.agreement_pattern, pattern(settings)).drop(*gammas)


def _put_side_by_side(records: DataFrame, pairs: DataFrame, settings: ModelSettings, ids: Ids) -> DataFrame:
    """Return the pairs with what is compared of both sides, and the ids asked for."""
    compared = pairs
    for key, side, suffix in SIDES:
        values = [_small(records, column).alias(f"{column}_{suffix}") for column in settings.compared]
        # Pairs are many for one record: hash the records of a partition rather than sort its pairs.
        hashed = _select_named(records, key, side, ids[side], values).hint("shuffle_hash")
        compared = compared.join(hashed, on=key, how="inner")
    return compared


def _select_named(
    records: DataFrame, key: str, side: str, names: Mapping[str, str], others: list[Column] | None = None
) -> DataFrame:
    ids = [F.col(column).alias(name) for column, name in names.items()]
    return records.where(F.col(Record.side) == side).select(F.col(Record.record_key).alias(key), *ids, *(others or []))


def _small(records: DataFrame, column: str) -> Column:
    """Return sets of texts as sets of integers, cheaper to move and compare: only what they share is looked at."""
    if records.schema[column].dataType == ArrayType(StringType()):
        return F.transform(column, lambda value: F.xxhash64(value))
    return F.col(column)
