"""What a whole run of a small country writes keeps every declaration: keys too, which no write looks at."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs import CATALOGUE
from linkage.platform.lake.schema import Table
from linkage.platform.lake.store import Store
from linkage.tables import dictionary

NOT_MADE_HERE = ("review_decisions", "study_extracts/")
"""What needs a person's decisions or a study."""


def broken(store: Store, table: type[Table]) -> dict[str, int]:
    """Return what rows of a table break, and how many: a null, a code, a key that several have."""
    rows = store.read(table)
    nulls = {f"{column}: null": F.col(column).isNull() for column in table.columns if not column.nulls}
    codes = {f"{column}: code": ~F.col(column).isin(*column.values) for column in table.columns if column.values}
    counted = [F.count_if(condition).alias(name) for name, condition in {**nulls, **codes}.items()]
    keys = F.count("*") - F.count_distinct(F.struct(*table.key)) if table.key else F.lit(0)
    row = rows.agg(*counted, keys.alias("key")).first()
    assert row is not None
    return {name: count for name, count in row.asDict().items() if count}


def test_every_table_of_a_small_country_keeps_its_declaration(spark: SparkSession, linked_lake: Path) -> None:
    store = Store(spark, str(linked_lake))
    tables = [table for table in dictionary.tables() if not table.path.startswith(NOT_MADE_HERE)]
    assert {table.path: found for table in tables if (found := broken(store, table))} == {}


@pytest.mark.parametrize("table", dictionary.tables(), ids=lambda table: table.path)
def test_every_table_says_its_grain_and_a_job_of_the_catalogue_makes_it(table: type[Table]) -> None:
    assert table.grain.startswith("Une ligne par ")
    assert table.grain.endswith(".")
    assert table.job in CATALOGUE.names


def test_every_code_of_the_analysts_tables_has_its_meaning() -> None:
    base = [table for table in dictionary.tables() if table.path.startswith("linked_base/")]
    closed = [column for table in base for column in table.columns if column.values]
    assert len(closed) > 20
    assert [str(column) for column in closed if set(column.codes) != set(column.values)] == []


@pytest.mark.parametrize("table", dictionary.tables(), ids=lambda table: table.path)
def test_keys_and_partitions_are_columns_and_a_key_is_never_null_as_a_whole(table: type[Table]) -> None:
    assert {*table.key, *table.partitions} <= set(table.names())
    filled = [column for column in table.columns if column in table.key and not column.nulls]
    assert filled or not table.key
