"""Splink's own ``predict()`` on Spark, on our candidate pairs: what the projection must equal."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from splink import Linker, SparkAPI

from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.levels import SPARK
from linkage.scored_pairs.model import LEFT, RIGHT, Model, splink_settings
from linkage.settings.scored_pairs import ModelSettings
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.standardised import PROCEDURE, REFERENCE, Record

SEPARATOR = "-__-"


def predict(records: DataFrame, pairs: DataFrame, model: Model, *, settings: ModelSettings) -> DataFrame:
    """Return the pairs with the ``gamma_`` of each comparison, weight and probability.

    Splink keeps its intermediate tables in Spark's storage, which is encrypted; as Parquet they would lie in clear.
    """
    sides = {
        name: records.where(F.col(Record.side) == side).select(Record.record_key, *settings.compared)
        for name, side in ((LEFT, PROCEDURE), (RIGHT, REFERENCE))
    }
    spark = records.sparkSession
    api = SparkAPI(spark_session=spark, break_lineage_method="persist", register_udfs_automatically=False)  # type: ignore[no-untyped-call]
    linker = Linker(
        [api.register(side, dataset_display_name=name) for name, side in sides.items()],
        splink_settings(comparisons(settings.comparisons, SPARK), model),
    )
    blocked = pairs.select(
        F.lit("0").alias("match_key"),
        F.concat(F.lit(LEFT + SEPARATOR), CandidatePair.procedure_key).alias("join_key_l"),
        F.concat(F.lit(RIGHT + SEPARATOR), CandidatePair.reference_key).alias("join_key_r"),
    )
    linker.table_management.register_blocked_pairs_for_predict(api.register(blocked))
    predicted = linker.inference.predict()
    for name in sides:
        # What was predicted is computed by now; the next model registers its own tables under these names.
        spark.catalog.dropTempView(name)
    scored: DataFrame = predicted.as_spark_dataframe()
    return scored.select(
        F.col(f"{Record.record_key}_l").alias(CandidatePair.procedure_key),
        F.col(f"{Record.record_key}_r").alias(CandidatePair.reference_key),
        ScoredPair.match_weight,
        ScoredPair.match_probability,
        *(f"gamma_{comparison.name}" for comparison in settings.comparisons),
    )
