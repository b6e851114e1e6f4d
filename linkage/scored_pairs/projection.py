"""Splink's own SQL for levels, weights and probability, in one projection over pairs that carry what is compared."""

from __future__ import annotations

from dataclasses import replace

import splink.internals.spark.database_api  # noqa: F401 - gives sqlglot the dialect "customspark"
import sqlglot
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from splink import SettingsCreator
from splink.internals.dialects import SplinkDialect
from splink.internals.predict import _combine_prior_and_mws

from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.levels import SPARK, Comparison, Level
from linkage.scored_pairs.model import Model, splink_settings
from linkage.settings.scored_pairs import ModelSettings
from linkage.tables.scored_pairs import ScoredPair

PARTITION = "partition"


def project(compared: DataFrame, model: Model, *, settings: ModelSettings) -> DataFrame:
    """Return the pairs whose weight reaches the floor, weighed as Splink's ``predict()`` does.

    They keep their columns but those compared, and gain the ``gamma_`` of each comparison, ``match_weight`` and
    ``match_probability``.

    Reads: a row per pair, with the columns compared as ``column_l`` and ``column_r``.
    Method: the expressions are those that Splink 5 generates from the same settings. Splink computes a similarity again
    for each level that looks at it; here each is a column first, made where a level may need it.
    """
    declared = comparisons(settings.comparisons, SPARK)
    names = {
        similarity: f"similarity_{place}"
        for place, similarity in enumerate(dict.fromkeys(s for comparison in declared for s in comparison.similarities))
    }
    read = {f"{column}_{side}" for column in settings.compared for side in ("l", "r")}
    other_columns = [column for column in compared.columns if column not in read]
    core = (
        SettingsCreator.from_path_or_dict(
            splink_settings([_reading(c, {s.sql: name for s, name in names.items()}) for c in declared], model)
        )
        .get_settings(SPARK)
        .core_model_settings
    )
    gammas = [_spark(c._case_statement) for c in core.comparisons]
    # Spark moves no filter below a column that is not deterministic. It would put the one on the weight, with every
    # comparison written out several times in it, into the join.
    levels = compared.selectExpr(
        "*", *(f"CASE WHEN {s.needed} THEN {s.sql} END AS {name}" for s, name in names.items())
    ).selectExpr(*other_columns, *gammas, f"spark_partition_id() AS {PARTITION}")
    parts = levels.selectExpr(
        "*", *(_spark(c._columns_to_select_for_match_weight_parts(False, False)[1]) for c in core.comparisons)
    )
    weight, probability = _combine_prior_and_mws(
        model.prior,
        [term for comparison in core.comparisons for term in comparison._match_weight_columns_to_sum],
        SplinkDialect.from_string(SPARK),
    )
    weighed = parts.selectExpr(
        *other_columns,
        *(c._gamma_column_name for c in core.comparisons),
        _spark(f"{weight} AS {ScoredPair.match_weight}"),
        _spark(f"{probability} AS {ScoredPair.match_probability}"),
        PARTITION,
    )
    return weighed.where(reaches_floor(weighed, settings) & (F.col(PARTITION) >= 0)).drop(PARTITION)


def reaches_floor(weighed: DataFrame, settings: ModelSettings) -> Column:
    """Return whether a pair is kept: by its weight, or because a confirmed key settles it, whatever it weighs."""
    reached = F.col(ScoredPair.match_weight) >= settings.weight_floor
    return reached | F.col(ScoredPair.settles) if ScoredPair.settles in weighed.columns else reached


def _reading(comparison: Comparison, names: dict[str, str]) -> Comparison:
    """Return the comparison with its similarities read by name."""
    levels = []
    for level in comparison.levels:
        sql = level.sql
        for similarity in comparison.similarities:
            sql = sql.replace(similarity.sql, names[similarity.sql])
        levels.append(Level(level.label, sql))
    return replace(comparison, levels=tuple(levels))


def _spark(sql: str) -> str:
    """Return SQL as Splink's Spark backend writes what it generates."""
    return sqlglot.transpile(sql, read="spark", write="customspark")[0]
