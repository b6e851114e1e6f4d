"""Small tables drawn in a test: only the columns that matter are given, the rest is null or empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from linkage.concepts.sides import AFFAIRE
from linkage.platform.lake.schema import Column, Table
from linkage.settings.scored_pairs import CASES, JONCTIONS
from linkage.tables.scored_pairs import ScoredPair, ScoredPattern
from linkage.tables.sources import JUSTICE, POLICE
from linkage.tables.standardised import BEYOND, PROCEDURE, REFERENCE, Affaire, Record


def draw(spark: SparkSession, table: type[Table], rows: Iterable[Mapping[str, Any]]) -> DataFrame:
    """Return the declared table with the rows given; sets that are not given are empty, other columns null.

    A case whose source is not given is of cassiopee or of lrppn, by its side.
    """
    empty: dict[str, Any] = {column: [] if column.kind.startswith("array") else None for column in table.columns}
    return spark.createDataFrame([{**empty, **_source(table, row), **row} for row in rows], table.struct())


def _source(table: type[Table], row: Mapping[str, Any]) -> dict[str, str]:
    if Record.source not in table.columns:
        return {}
    of_justice = table is Affaire or row.get(Record.side) in (AFFAIRE, REFERENCE)
    return {Record.source: JUSTICE[0] if of_justice else POLICE[0]}


def draw_whole(spark: SparkSession, table: type[Table], rows: Iterable[Mapping[str, Any]]) -> DataFrame:
    """Return the same with something in every column that is never null: such a table can be written."""
    plain: dict[str, Any] = {column: _something(column) for column in table.columns if not column.nulls}
    return draw(spark, table, [{**plain, **_source(table, row), **row} for row in rows])


def _something(column: Column) -> Any:
    """Return a value that the column may hold and that no test looks at."""
    if column.kind.startswith("array"):
        return []
    if column.kind.startswith("map"):
        return {}
    of_kind: dict[str, Any] = {"string": column.values[0] if column.values else "-", "boolean": False, "double": 0.0}
    of_kind |= {"date": date(2020, 1, 1), "timestamp": datetime(2020, 1, 1)}
    return of_kind.get(column.kind, 0)


def draw_scored(spark: SparkSession, pairs: Iterable[Mapping[str, Any]]) -> tuple[DataFrame, DataFrame]:
    """Return ``scored_pairs`` and ``scored_patterns`` of pairs given with their ``levels``."""
    known: list[tuple[str, Mapping[str, Any]]] = []
    rows = []
    for pair in pairs:
        pattern = (JONCTIONS if pair.get("rang") == BEYOND else CASES, pair["levels"])
        known += [pattern] if pattern not in known else []
        others = {name: value for name, value in pair.items() if name != "levels"}
        rows.append({**others, ScoredPair.agreement_pattern: known.index(pattern)})
    patterns: list[dict[str, Any]] = [
        {ScoredPattern.agreement_pattern: place, ScoredPattern.model: model, ScoredPattern.levels: levels}
        for place, (model, levels) in enumerate(known)
    ]
    return draw(spark, ScoredPair, rows), draw(spark, ScoredPattern, patterns)


def procedure(key: int, **said: Any) -> dict[str, Any]:
    """Return a procedure's record, of key ``key`` and id ``p<key>``."""
    usual = {"code_service": "48A100", "annee": 2020, "numero": key, "force": "PN", "jour_enregistrement": 100}
    return {**usual, Record.side: PROCEDURE, Record.record_key: key, Record.id: f"p{key}", Record.rang: 0, **said}


def reference(key: int, **said: Any) -> dict[str, Any]:
    """Return an affair's reference, of key ``key`` and id ``a<key>``."""
    usual = {"force": "PN", "jour_arrivee": 110}
    return {**usual, Record.side: REFERENCE, Record.record_key: key, Record.id: f"a{key}", Record.rang: 1, **said}
