"""The projection gives what Splink's predict() gives, on 100,000 pairs that reach every level of every comparison."""

from __future__ import annotations

import random
from typing import Any

import pandas as pd
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage.concepts.jonctions import DATES_RESTANTES
from linkage.platform import config
from linkage.scored_pairs import scoring
from linkage.scored_pairs.cases import SETTLED
from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.model import Model
from linkage.scored_pairs.patterns import patterns
from linkage.settings.scored_pairs import ModelSettings, ScoredPairsSettings
from linkage.tables.standardised import PROCEDURE, REFERENCE, Personne, Record
from linkage.versions import method
from tests.scored_pairs.literal_pairs import (
    CASES,
    DECLARED,
    JOINED,
    PERSONS,
    PROCEDURES,
    RECORDS,
    REFERENCES,
    ddl,
    records,
)

METHOD = method.scored_pairs_settings()
TEXTS = METHOD.persons.model_copy(update={"comparisons": tuple(DECLARED)})
PAIR = ["procedure_key", "reference_key"]


def invented(settings: ModelSettings) -> Model:
    """A model whose levels all weigh differently."""
    dice = random.Random(21)
    levels = {comparison.name: len(comparison.levels) for comparison in comparisons(settings.comparisons, "spark")}
    shares = {
        name: [(dice.uniform(0.01, 0.9), dice.uniform(0.01, 0.9)) for _ in range(nb)] for name, nb in levels.items()
    }
    return Model(0.137, shares, {})


@pytest.mark.parametrize(
    ("settings", "columns", "cases"),
    [
        (METHOD, f"{ddl(Record)}, {SETTLED} boolean", CASES),
        (
            METHOD.jonctions,
            f"{ddl(Record)}, {DATES_RESTANTES} array<int>",
            JOINED + [case for case in CASES if case[0] not in {joined[0] for joined in JOINED}],
        ),
        (METHOD.persons, f"{ddl(Personne)}, record_key bigint", PERSONS),
        (TEXTS, "side string, record_key bigint, rue string, nom string, prenom string", RECORDS),
    ],
    ids=["cases", "jonctions", "persons", "texts"],
)
def test_weights_probabilities_and_levels_are_those_of_predict(
    spark: SparkSession, settings: ModelSettings, columns: str, cases: list[Any]
) -> None:
    both = records(spark, columns, cases, settings)
    left, right = (
        both.where(F.col("side") == side).select(F.col("record_key").alias(key))
        for side, key in ((PROCEDURE, "procedure_key"), (REFERENCE, "reference_key"))
    )
    pairs = left.crossJoin(right).withColumn("blocking_rule", F.concat(F.lit("rule "), F.col("procedure_key")))
    if "id" in both.columns:
        both = both.withColumn("id", F.concat(F.lit("id "), F.col("record_key")))
    ids = scoring.IDS if {"id", "rang"} <= set(both.columns) else scoring.NO_IDS
    every = settings.model_copy(update={"weight_floor": -50.0})
    scored = {
        scorer: scoring.score(
            both, pairs, invented(settings), settings=every.model_copy(update={"scorer": scorer}), ids=ids
        ).checkpoint()
        for scorer in ("projection", "predict")
    }
    read: list[pd.DataFrame] = [frame.toPandas() for frame in scored.values()]
    ours, splink = (frame.set_index(PAIR).sort_index() for frame in read)
    assert len(ours) == PROCEDURES * REFERENCES == 100_000
    assert ours.index.equals(splink.index)
    assert (ours["match_weight"] - splink["match_weight"]).abs().max() <= 1e-9
    assert (ours["match_probability"] - splink["match_probability"]).abs().max() <= 1e-9
    others = sorted({*ours.columns} - {"match_weight", "match_probability"})
    assert {"agreement_pattern", "blocking_rule"} <= {*others}
    assert ours[others].equals(splink[others])
    words: pd.DataFrame = patterns(scored["projection"], settings=settings).toPandas()
    words = words.set_index("agreement_pattern")
    assert words["nb_pairs"].sum() == 100_000
    assert ours["match_weight"].eq(ours["agreement_pattern"].map(words["match_weight"])).all()
    for comparison in comparisons(settings.comparisons, "spark"):
        reached = {levels[comparison.name] for levels in words["levels"]}
        assert reached >= {case[3] for case in cases if case[0] == comparison.name}, comparison.name


def test_the_scorer_of_cases_is_that_of_the_other_models() -> None:
    declared = config.toml(method.file_of(method.SCORED_PAIRS))
    chosen = ScoredPairsSettings.model_validate({**declared, "scorer": "predict"})
    assert {chosen.scorer, chosen.jonctions.scorer, chosen.persons.scorer} == {"predict"}


def test_pairs_below_the_floor_are_left_out(spark: SparkSession) -> None:
    both = records(spark, f"{ddl(Record)}, {DATES_RESTANTES} array<int>", JOINED + CASES, METHOD.jonctions)
    left = both.where(F.col("record_key") < 5).select(F.col("record_key").alias("procedure_key"))
    right = both.where(F.col("side") == REFERENCE).select(F.col("record_key").alias("reference_key"))
    weights = {}
    for floor in (-50.0, 0.0):
        settings = METHOD.jonctions.model_copy(update={"weight_floor": floor})
        scored = scoring.score(both, left.crossJoin(right), invented(settings), settings=settings)
        weights[floor] = {(row[0], row[1]): row[2] for row in scored.select(*PAIR, "match_weight").collect()}
    every, above = weights[-50.0], weights[0.0]
    assert 0 < len(above) < len(every) == 5 * 250
    assert above == {pair: weight for pair, weight in every.items() if weight >= 0}
