"""Damage of a table or of the record is refused by name, and never read past."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from linkage.platform.errors import InputError, UserFacingError
from linkage.platform.lake.store import Store
from tests.platform.lake.test_store import Left, rows


def test_a_log_that_went_backwards_is_refused_and_never_followed(spark: SparkSession, lake: str) -> None:
    store = Store(spark, lake)
    store.write(rows(spark, ("a", 2020)), Left)
    store.write(rows(spark, ("b", 2020)), Left)
    (Path(lake) / "left" / "_delta_log" / f"{1:020d}.json").unlink()
    for attempt in (lambda: store.read(Left), lambda: store.write(rows(spark, ("c", 2020)), Left)):
        with pytest.raises(UserFacingError, match="left: its log ends at version 0, the lake's record names version 1"):
            attempt()


@pytest.mark.parametrize("kept", [0, 100])
def test_a_last_commit_that_is_empty_or_cut_is_named(spark: SparkSession, lake: str, kept: int) -> None:
    store = Store(spark, lake)
    store.write(rows(spark, ("a", 2020)), Left)
    store.write(rows(spark, ("b", 2020)), Left)
    commit = Path(lake) / "left" / "_delta_log" / f"{1:020d}.json"
    commit.write_bytes(commit.read_bytes()[:kept])
    with pytest.raises(UserFacingError, match=rf"left: _delta_log/{1:020d}.json is missing or damaged"):
        store.read(Left)


def test_a_table_that_something_else_changed_is_refused_and_the_leak_named(spark: SparkSession, lake: str) -> None:
    store = Store(spark, lake)
    store.write(rows(spark, ("a", 2020)), Left)
    spark.sql(f"ALTER TABLE delta.`{store.location(Left)}` SET TBLPROPERTIES ('delta.dataSkippingNumIndexedCols' = 32)")
    store.record.replace({Left.path: 1})
    for attempt in (lambda: store.read(Left), lambda: store.write(rows(spark, ("c", 2020)), Left)):
        with pytest.raises(UserFacingError, match=r"left: .*dataSkippingNumIndexedCols is 32, 0 expected.*identifiers"):
            attempt()
    rows(spark, ("c", 2020)).write.format("delta").mode("append").save(store.location(Left))
    store.record.replace({Left.path: 2})
    with pytest.raises(UserFacingError, match="holds statistics of columns, identifiers perhaps among them"):
        store.read(Left)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"layout": 2}'])
def test_a_damaged_record_is_named(spark: SparkSession, lake: str, content: str) -> None:
    store = Store(spark, lake)
    store.write(rows(spark, ("a", 2020)), Left)
    (Path(lake) / "_lake.json").write_text(content)
    with pytest.raises(InputError, match=r"_lake\.json is damaged"):
        Store(spark, lake)


def test_a_lake_of_another_layout_is_refused(spark: SparkSession, lake: str) -> None:
    Store(spark, lake).write(rows(spark, ("a", 2020)), Left)
    (Path(lake) / "_lake.json").write_text('{"lake": "appariement", "layout": 1}')
    with pytest.raises(InputError, match="layout 1 found, 2 expected"):
        Store(spark, lake)
