"""Which level a pair reaches, on literal pairs, the same in Spark and in DuckDB."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from pyspark.sql import SparkSession
from pyspark.sql.types import ArrayType, BooleanType, IntegerType, LongType, StructField, StructType

from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.levels import Comparison
from linkage.tables.standardised import Personne, Record
from linkage.versions import method
from tests.scored_pairs.literal_pairs import CASES, DECLARED, JOINED, PERSONS, RECORDS


@pytest.mark.parametrize("engine", ["spark", "duckdb"])
def test_each_pair_of_persons_reaches_the_level_a_statistician_expects(spark: SparkSession, engine: str) -> None:
    declared = method.scored_pairs_settings().persons.comparisons
    schema = StructType([StructField("record_key", LongType()), *Personne.struct().fields])
    _check(spark, PERSONS, schema, {c.name: c for c in comparisons(declared, engine)}, engine)


@pytest.mark.parametrize("engine", ["spark", "duckdb"])
def test_each_pair_of_texts_reaches_the_level_a_statistician_expects(spark: SparkSession, engine: str) -> None:
    schema = StructType.fromDDL("record_key bigint, rue string, nom string, prenom string")
    assert isinstance(schema, StructType)
    _check(spark, RECORDS, schema, {c.name: c for c in comparisons(DECLARED, engine)}, engine)


def _check(spark: SparkSession, cases: Any, schema: StructType, by_name: dict[str, Comparison], engine: str) -> None:
    empty: dict[str, Any] = {
        field.name: [] if isinstance(field.dataType, ArrayType) else None for field in schema.fields
    }
    left, right = (
        spark.createDataFrame([{**empty, "record_key": i, **case[side]} for i, case in enumerate(cases)], schema)
        for side in (1, 2)
    )
    found = _levels(_side_by_side(left, right), by_name, engine)
    expected = {(number, case[0]): case[3] for number, case in enumerate(cases)}
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize("engine", ["spark", "duckdb"])
def test_each_pair_reaches_the_level_a_statistician_expects(spark: SparkSession, engine: str) -> None:
    declared = method.scored_pairs_settings()
    added = [StructField("reglee", BooleanType()), StructField("dates_restantes", ArrayType(IntegerType()))]
    schema = StructType([*Record.struct().fields, *added])
    for cases, model in ((CASES, declared), (JOINED, declared.jonctions)):
        _check(spark, cases, schema, {c.name: c for c in comparisons(model.comparisons, engine)}, engine)


def _side_by_side(left: Any, right: Any) -> Any:
    left, right = (side.toDF(*(f"{c}_{end}" for c in side.columns)) for side, end in ((left, "l"), (right, "r")))
    return left.join(right, on=left["record_key_l"] == right["record_key_r"], how="inner")


def _levels(joined: Any, by_name: dict[str, Comparison], engine: str) -> dict[tuple[int, str], str | None]:
    cases = ", ".join(f"{_case(comparison)} AS {name}" for name, comparison in by_name.items())
    if engine == "spark":
        rows = joined.selectExpr(
            "record_key_l AS number", *(f"{_case(c)} AS {n}" for n, c in by_name.items())
        ).toPandas()
    else:
        pairs = joined.toArrow()  # noqa: F841  read by name below
        relation = duckdb.sql(f"SELECT record_key_l AS number, {cases} FROM pairs")
        assert relation is not None
        rows = relation.df()
    return {
        (int(row["number"]), name): row[name] if isinstance(row[name], str) else None
        for _, row in rows.iterrows()
        for name in by_name
    }


def _case(comparison: Comparison) -> str:
    whens = [f"WHEN {level.sql} THEN '{level.label}'" for level in comparison.levels if level.sql != "ELSE"]
    return f"CASE WHEN {comparison.null} THEN NULL {' '.join(whens)} ELSE '{comparison.levels[-1].label}' END"
