"""The projection gives what Splink's predict() gives, on 100,000 pairs that reach every level of every comparison."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, StructType

from linkage import config
from linkage.scored_pairs import scoring
from linkage.scored_pairs.cases import SETTLED
from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.model import Model
from linkage.settings import ModelSettings, ScoredPairsSettings
from linkage.tables.records import PROCEDURE, REFERENCE, Record
from linkage.tables.standardised import Personne
from tests.scored_pairs.literal_pairs import CASES, DECLARED, JOINED, PERSONS, RECORDS

METHOD = config.settings("method/scored_pairs.toml", ScoredPairsSettings)
TEXTS = METHOD.persons.model_copy(update={"comparisons": tuple(DECLARED)})
PROCEDURES, REFERENCES = 400, 250
KEPT = ["procedure_key", "reference_key", "match_weight", "match_probability", "levels"]


def drawn(cases: list[Any], settings: ModelSettings, dice: random.Random) -> list[dict[str, Any]]:
    """Records that say, of each comparison, what one side of a literal pair says."""
    rows = []
    for number in range(PROCEDURES + REFERENCES):
        side = PROCEDURE if number < PROCEDURES else REFERENCE
        row: dict[str, Any] = {"side": side, "record_key": number}
        for comparison in settings.comparisons:
            said = dice.choice([case for case in cases if case[0] == comparison.name] or [("", {}, {}, None)])
            row |= said[1] if side == PROCEDURE else said[2]
        rows.append(row)
    return rows


def records(spark: SparkSession, schema: StructType, cases: list[Any], settings: ModelSettings) -> DataFrame:
    names = {field.name for field in schema.fields}
    keys = {"side": "string", "record_key": "bigint"}
    others = [StructType.fromDDL(f"{name} {kind}").fields[0] for name, kind in keys.items() if name not in names]
    whole = StructType([*schema.fields, *others])
    empty = {field.name: [] if isinstance(field.dataType, ArrayType) else None for field in whole.fields}
    rows = drawn(cases, settings, random.Random(8))
    return spark.createDataFrame([{**empty, **row} for row in rows], whole)


def invented(settings: ModelSettings) -> Model:
    """A model whose levels all weigh differently."""
    dice = random.Random(21)
    levels = {comparison.name: len(comparison.levels) for comparison in comparisons(settings.comparisons, "spark")}
    shares = {
        name: [(dice.uniform(0.01, 0.9), dice.uniform(0.01, 0.9)) for _ in range(nb)] for name, nb in levels.items()
    }
    return Model(0.137, shares, {})


@pytest.mark.parametrize(
    ("settings", "schema", "cases"),
    [
        (METHOD, StructType([*Record.struct().fields, *StructType.fromDDL(f"{SETTLED} boolean").fields]), CASES),
        (METHOD.jonctions, Record.struct(), JOINED + CASES),
        (METHOD.persons, Personne.struct(), PERSONS),
        (TEXTS, StructType.fromDDL("rue string, nom string, prenom string"), RECORDS),
    ],
    ids=["cases", "jonctions", "persons", "texts"],
)
def test_weights_probabilities_and_levels_are_those_of_predict(
    spark: SparkSession, settings: ModelSettings, schema: StructType, cases: list[Any]
) -> None:
    both = records(spark, schema, cases, settings)
    left, right = (
        both.where(F.col("side") == side).select(F.col("record_key").alias(key))
        for side, key in ((PROCEDURE, "procedure_key"), (REFERENCE, "reference_key"))
    )
    pairs = left.crossJoin(right)
    every = settings.model_copy(update={"weight_floor": -50.0})
    found = {
        scorer: scoring.score(
            spark, both, pairs, invented(settings), settings=every.model_copy(update={"scorer": scorer})
        )
        .select(*KEPT)
        .toPandas()
        .set_index(KEPT[:2])
        .sort_index()
        for scorer in ("projection", "predict")
    }
    ours, splink = found["projection"], found["predict"]
    assert len(ours) == PROCEDURES * REFERENCES == 100_000
    assert ours.index.equals(splink.index)
    assert (ours["match_weight"] - splink["match_weight"]).abs().max() <= 1e-9
    assert (ours["match_probability"] - splink["match_probability"]).abs().max() <= 1e-9
    assert ours["levels"].equals(splink["levels"])
    for comparison in comparisons(settings.comparisons, "spark"):
        reached = {levels[comparison.name] for levels in ours["levels"]}
        assert reached >= {case[3] for case in cases if case[0] == comparison.name}, comparison.name
