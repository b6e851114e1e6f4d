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
from linkage.tables.schema import Table
from linkage.tables.standardised import Personne
from tests.scored_pairs.literal_pairs import CASES, DECLARED, JOINED, PERSONS, RECORDS

METHOD = config.settings("method/scored_pairs.toml", ScoredPairsSettings)
TEXTS = METHOD.persons.model_copy(update={"comparisons": tuple(DECLARED)})
PROCEDURES, REFERENCES = 400, 250
KEPT = ["procedure_key", "reference_key", "match_weight", "match_probability", "levels"]


def ddl(table: type[Table]) -> str:
    return ", ".join(f"{column} {column.kind}" for column in table.columns)


def drawn(cases: list[Any], settings: ModelSettings, dice: random.Random) -> list[dict[str, Any]]:
    """Records that say, of each comparison, what one side of a literal pair says."""
    rows = []
    for number in range(PROCEDURES + REFERENCES):
        side = PROCEDURE if number < PROCEDURES else REFERENCE
        row: dict[str, Any] = {"side": side, "record_key": number}
        for comparison in settings.comparisons:
            said = dice.choice([case for case in cases if case[0] == comparison.name] or [("", {}, {}, None)])
            # What an earlier comparison said of the columns they share stands.
            row = (said[1] if side == PROCEDURE else said[2]) | row
        rows.append(row)
    return rows


def records(spark: SparkSession, columns: str, cases: list[Any], settings: ModelSettings) -> DataFrame:
    schema = StructType.fromDDL(columns)
    empty = {field.name: [] if isinstance(field.dataType, ArrayType) else None for field in schema.fields}
    rows = drawn(cases, settings, random.Random(8))
    return spark.createDataFrame([{**empty, **row} for row in rows], schema)


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
            ddl(Record),
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
