"""Scores by Splink's Spark backend: our candidate pairs, Splink's levels, weights and probabilities."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from splink import Linker, SparkAPI

from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.levels import SPARK
from linkage.scored_pairs.model import LEFT, RIGHT, Model, splink_settings
from linkage.settings import ModelSettings
from linkage.tables.linkage import CandidatePair, ScoredPair
from linkage.tables.records import PROCEDURE, REFERENCE, Record

SEPARATOR = "-__-"
PAIR: list[str] = [CandidatePair.procedure_key, CandidatePair.reference_key]


def with_ids(
    spark: SparkSession, records: DataFrame, candidate_pairs: DataFrame, model: Model, *, settings: ModelSettings
) -> DataFrame:
    """The candidate pairs whose weight reaches the floor, scored, with the ids of both records."""
    procedures, references = (records.where(F.col(Record.side) == side) for side in (PROCEDURE, REFERENCE))
    procedure = procedures.select(
        F.col(Record.record_key).alias(CandidatePair.procedure_key), F.col(Record.id).alias(ScoredPair.id_procedure)
    )
    reference = references.select(
        F.col(Record.record_key).alias(CandidatePair.reference_key),
        F.col(Record.id).alias(ScoredPair.id_affaire),
        F.col(Record.rang).alias(ScoredPair.rang),
    )
    return (
        score(spark, records, candidate_pairs, model, settings=settings)
        .join(candidate_pairs, on=PAIR, how="inner")
        .join(procedure, on=CandidatePair.procedure_key, how="inner")
        .join(reference, on=CandidatePair.reference_key, how="inner")
    )


def score(
    spark: SparkSession, records: DataFrame, pairs: DataFrame, model: Model, *, settings: ModelSettings
) -> DataFrame:
    """The pairs whose weight reaches the floor: their keys, weight, probability and the level of each comparison.

    Reads: ``records`` (``side``, ``record_key`` and the columns compared); ``pairs`` (``procedure_key``,
    ``reference_key``). Splink writes its intermediate tables as Parquet under Spark's checkpoint directory, which the
    session deletes.
    """
    columns = dict.fromkeys(column for comparison in settings.comparisons for column in comparison.columns)
    sides = {
        name: records.where(F.col(Record.side) == side).select(Record.record_key, *columns)
        for name, side in ((LEFT, PROCEDURE), (RIGHT, REFERENCE))
    }
    api = SparkAPI(spark_session=spark, break_lineage_method="parquet", register_udfs_automatically=False)  # type: ignore[no-untyped-call]
    linker = Linker(
        [api.register(side, dataset_display_name=name) for name, side in sides.items()],
        splink_settings(settings.comparisons, "spark", model),
    )
    blocked = pairs.select(
        F.lit("0").alias("match_key"),
        F.concat(F.lit(LEFT + SEPARATOR), CandidatePair.procedure_key).alias("join_key_l"),
        F.concat(F.lit(RIGHT + SEPARATOR), CandidatePair.reference_key).alias("join_key_r"),
    )
    linker.table_management.register_blocked_pairs_for_predict(api.register(blocked))
    predicted = linker.inference.predict(threshold_match_weight=settings.weight_floor)
    for name in sides:
        # What was predicted lies in Parquet by now; the next model registers its own tables under these names.
        spark.catalog.dropTempView(name)
    scored: DataFrame = predicted.as_spark_dataframe()
    return scored.select(
        F.col(f"{Record.record_key}_l").alias(CandidatePair.procedure_key),
        F.col(f"{Record.record_key}_r").alias(CandidatePair.reference_key),
        ScoredPair.match_weight,
        ScoredPair.match_probability,
        _levels(settings).alias(ScoredPair.levels),
    )


def _levels(settings: ModelSettings) -> Column:
    """The label of the level each comparison reached. Splink numbers levels from the last (0) to the first, null -1."""
    reached = []
    for comparison in comparisons(settings.comparisons, SPARK):
        labels = F.array(*(F.lit(level.label) for level in reversed(comparison.levels)))
        gamma = F.col(f"gamma_{comparison.name}")
        reached.append(F.when(gamma >= 0, F.get(labels, gamma)))
    return F.map_from_arrays(F.array(*(F.lit(c.name) for c in settings.comparisons)), F.array(*reached))
