"""Tables written together appear together, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from linkage.platform.errors import InputError
from linkage.platform.lake.schema import Column, Table
from linkage.platform.lake.store import Store


class Left(Table):
    """One row per thing."""

    path = "left"
    partitions = ("year",)
    id = Column("string", "thing")
    year = Column("int", "year")


class Right(Left):
    """One row per thing."""

    path = "right"


def rows(spark: SparkSession, *things: tuple[str, int]) -> DataFrame:
    return spark.createDataFrame(list(things), "id string, year int")


def ids(store: Store, table: type[Table]) -> list[str]:
    return sorted(row["id"] for row in store.read(table).collect())


def test_a_slice_replaces_its_own_rows_and_no_others(spark: SparkSession, lake: str) -> None:
    store = Store(spark, lake)
    assert store.write(rows(spark, ("a", 2020), ("b", 2021)), Left, slice="year IN (2020, 2021)") == 2
    assert store.write(rows(spark, ("c", 2021)), Left, slice="year IN (2021)", metadata={"run": 2}) == 1
    assert ids(store, Left) == ["a", "c"]
    assert store.metadata(Left) == {"run": 2}
    assert store.version(Left) == 1


def comments(spark: SparkSession, store: Store, table: type[Table]) -> dict[str, str]:
    described = spark.sql(f"DESCRIBE delta.`{store.location(table)}`").collect()
    return {
        row["col_name"]: row["comment"] for row in described if row["comment"] and not row["col_name"].startswith("#")
    }


def test_spark_describes_a_column_as_it_is_declared_and_a_slice_keeps_it(spark: SparkSession, lake: str) -> None:
    class Counted(Left):
        year = Column("int", "year of the thing", unit="years", nulls="undated")

    store = Store(spark, lake)
    store.write(rows(spark, ("a", 2020)), Left)
    assert comments(spark, store, Left) == {"id": "thing", "year": "year"}
    store.write(rows(spark, ("b", 2020)), Counted, slice="year = 2020")
    assert comments(spark, store, Left) == {"id": "thing", "year": "year"}
    store.write(rows(spark, ("b", 2020)), Counted)
    assert comments(spark, store, Left) == {"id": "thing", "year": "year of the thing ; unité : years ; vide : undated"}


def test_several_tables_are_written_each_with_its_own_rows_and_metadata(spark: SparkSession, lake: str) -> None:
    store = Store(spark, lake)
    frames: dict[type[Table], DataFrame] = {
        Left: rows(spark, ("a", 2020), ("b", 2020)),
        Right: rows(spark, ("c", 2020)),
    }
    assert store.write_each(frames, slice="year = 2020", metadata={"run": 1}) == {Left: 2, Right: 1}
    assert (ids(store, Left), ids(store, Right)) == (["a", "b"], ["c"])
    assert store.metadata(Left) == store.metadata(Right) == {"run": 1}


def test_a_table_of_several_that_fails_leaves_none_of_them(spark: SparkSession, lake: str) -> None:
    store = Store(spark, lake)
    store.write(rows(spark, ("a", 2020)), Left)
    broken = rows(spark, ("c", 2020)).selectExpr("raise_error('no') AS id", "year")
    with pytest.raises(PySparkException), store.together():
        store.write_each({Left: rows(spark, ("b", 2020)), Right: broken}, slice="year = 2020")
    assert ids(store, Left) == ["a"]
    assert not store.exists(Right)


def test_tables_have_no_feature_that_a_delta_reader_may_lack(spark: SparkSession, lake: str) -> None:
    store = Store(spark, lake)
    store.write(rows(spark, ("a", 2020)), Left)
    detail = spark.sql(f"DESCRIBE DETAIL delta.`{store.location(Left)}`").first()
    assert detail is not None
    assert detail["properties"]["delta.enableDeletionVectors"] == "false"
    assert not {"deletionVectors", "columnMapping"} & set(detail["tableFeatures"])
    assert "minValues" not in store.files.read_text(f"{store.location(Left)}/_delta_log/{0:020d}.json")


def test_a_failure_in_the_middle_leaves_every_table_as_it_was(spark: SparkSession, lake: str) -> None:
    store = Store(spark, lake)
    store.write(rows(spark, ("a", 2020)), Left)
    with pytest.raises(ZeroDivisionError), store.together():
        store.write(rows(spark, ("b", 2020)), Left)
        store.write(rows(spark, ("b", 2020)), Right)
        raise ZeroDivisionError
    assert ids(store, Left) == ["a"]
    assert spark.read.format("delta").load(store.location(Left)).first() == ("a", 2020)
    assert not store.exists(Right)
    with pytest.raises(InputError):
        store.read(Right)


def test_after_a_kill_readers_see_the_last_good_state_and_the_next_run_restores_it(
    spark: SparkSession, lake: str
) -> None:
    store = Store(spark, lake)
    store.write(rows(spark, ("a", 2020)), Left, metadata={"run": 1})
    killed = store.together()
    killed.__enter__()
    store.write(rows(spark, ("b", 2020)), Left, metadata={"run": 2})
    store.write(rows(spark, ("b", 2020)), Right)
    reader = Store(spark, lake)
    assert ids(reader, Left) == ["a"]
    assert (reader.version(Left), reader.metadata(Left)) == (0, {"run": 1})
    assert (reader.version(Right), reader.metadata(Right)) == (None, {})
    with pytest.raises(InputError):
        reader.read(Right)
    assert reader.recover() == ["left", "right"]
    assert reader.recover() == []
    assert spark.read.format("delta").load(reader.location(Left)).first() == ("a", 2020)
    assert (reader.version(Left), reader.metadata(Left)) == (0, {"run": 1})
    with reader.together():
        reader.write(rows(spark, ("c", 2020), ("d", 2020)), Right)
        assert ids(reader, Right) == ["c", "d"]  # a run sees what it has written
        assert not Store(spark, lake).exists(Right)  # and nobody else does
    assert ids(reader, Left) == ["a"]
    assert ids(Store(spark, lake), Right) == ["c", "d"]


def test_a_first_run_killed_before_its_record_leaves_a_lake_that_the_next_run_fills(
    spark: SparkSession, lake: str
) -> None:
    store = Store(spark, lake)
    killed = store.together()
    killed.__enter__()
    store.write(rows(spark, ("a", 2020)), Left)
    again = Store(spark, lake)
    assert not again.exists(Left)
    assert again.recover() == ["left"]
    again.write(rows(spark, ("b", 2020)), Right)
    assert ids(Store(spark, lake), Right) == ["b"]


def test_a_table_whose_first_commit_was_never_recorded_is_made_anew_with_its_properties(
    spark: SparkSession, lake: str
) -> None:
    store = Store(spark, lake)
    store.write(rows(spark, ("a", 2020)), Left)
    (Path(lake) / "right" / "_delta_log").mkdir(parents=True)  # killed before the first commit
    assert not store.exists(Right)
    store.write(rows(spark, ("b", 2020)), Right)
    assert ids(store, Right) == ["b"]
    detail = spark.sql(f"DESCRIBE DETAIL delta.`{store.location(Right)}`").first()
    assert detail is not None
    assert detail["properties"]["delta.dataSkippingNumIndexedCols"] == "0"


def test_an_earlier_version_is_read_as_it_was_and_one_that_is_gone_is_refused(spark: SparkSession, lake: str) -> None:
    store = Store(spark, lake)
    store.write(rows(spark, ("a", 2020)), Left)
    store.write(rows(spark, ("b", 2020)), Left)
    assert [row["id"] for row in store.read(Left, at=0).collect()] == ["a"]
    assert ids(store, Left) == ["b"]
    with pytest.raises(InputError, match="version 7 of left is gone; the table is at 1"):
        store.read(Left, at=7)


def test_a_lake_begins_with_its_first_table_and_reading_leaves_nothing_behind(
    spark: SparkSession, tmp_path: Path
) -> None:
    before, mistyped, made = spark.sparkContext.getCheckpointDir(), tmp_path / "mistyped", tmp_path / "made"
    made.mkdir()
    try:
        for place in (mistyped, made):
            store = Store(spark, str(place))
            store.scratch.open()
            with pytest.raises(InputError, match="there is no lake yet"):
                store.read(Left)
            store.scratch.close()
    finally:
        spark.sparkContext.setCheckpointDir(str(before))
    assert not mistyped.exists()
    assert list(made.iterdir()) == []  # somebody made it: it stays
    Store(spark, str(made)).write(rows(spark, ("a", 2020)), Left)
    assert ids(Store(spark, str(made)), Left) == ["a"]
    with pytest.raises(InputError, match="there is no table right yet"):
        Store(spark, str(made)).read(Right)
    (mistyped / "_scratch" / "app-killed").mkdir(parents=True)
    Store(spark, str(mistyped)).write(rows(spark, ("a", 2020)), Left)  # a run killed before its first table
    (mistyped / "_lake.json").unlink()
    with pytest.raises(InputError, match="made by something else"):
        Store(spark, str(mistyped))


def test_scratch_follows_the_lakes_uri_and_goes_with_the_run(spark: SparkSession, tmp_path: Path) -> None:
    before = spark.sparkContext.getCheckpointDir()
    lake = (tmp_path / "lake").as_uri()
    store = Store(spark, lake)
    (tmp_path / "lake" / "_scratch" / "app-killed").mkdir(parents=True)
    try:
        store.scratch.open()
        kept = spark.sparkContext.getCheckpointDir()
        assert kept is not None
        assert kept.startswith(f"{lake.replace('file://', 'file:')}/_scratch/")
        spark.range(10).checkpoint()
        assert store.scratch.bytes() > 0
        assert store.scratch.clear_others() == ["_scratch/app-killed"]
        assert store.scratch.clear_others() == []
        assert store.scratch.bytes() > 0  # this run's own stays
        store.scratch.close()
        assert not (tmp_path / "lake" / "_scratch").exists()
    finally:
        spark.sparkContext.setCheckpointDir(str(before))
