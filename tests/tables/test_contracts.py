"""What a whole run of a small country writes keeps every declaration: keys too, which no write looks at."""

from __future__ import annotations

from pathlib import Path

import polars
import pytest

from jobs import CATALOGUE
from linkage.platform.lake.schema import Table
from linkage.tables import dictionary

NOT_MADE_HERE = ("review_decisions", "study_extracts/")
"""What needs a person's decisions or a study."""


def broken(rows: polars.DataFrame, table: type[Table]) -> dict[str, int]:
    """Return what rows of a table break, and how many: a null, a code, a key that several have."""
    nulls = {f"{column}: null": rows[column].null_count() for column in table.columns if not column.nulls}
    codes = {
        f"{column}: code": rows.filter(~polars.col(column).is_in(column.values)).height
        for column in table.columns
        if column.values
    }
    keys = rows.height - rows.select(map(str, table.key)).n_unique() if table.key else 0
    return {name: count for name, count in {**nulls, **codes, "key": keys}.items() if count}


def test_every_table_of_a_small_country_keeps_its_declaration(linked_lake: Path) -> None:
    tables = [table for table in dictionary.tables() if not table.path.startswith(NOT_MADE_HERE)]
    rows = {table: polars.read_delta(str(linked_lake / table.path)) for table in tables}
    assert {table.path: found for table in tables if (found := broken(rows[table], table))} == {}


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
