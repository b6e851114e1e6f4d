"""What Delta wrote, as it is read without Spark and through Hadoop: the same."""

from __future__ import annotations

from pathlib import Path

from pyspark.sql import SparkSession

from linkage.platform.lake.files import Files
from linkage.platform.lake.published import Published
from linkage.platform.lake.reading import Here
from linkage.platform.lake.store import Store
from tests.platform.lake.test_store import Left, Right, rows


def test_a_lake_is_read_alike_here_and_through_hadoop(spark: SparkSession, lake: str) -> None:
    store = Store(spark, lake)
    store.write(rows(spark, ("a", 2020), ("b", 2021)), Left)
    store.write(rows(spark, ("c", 2021)), Left, slice="year = 2021", metadata={"made_of": 1})
    files = Files(spark)
    for published in (Published(Here(), lake), Published(files, lake)):
        assert sorted((row["id"], str(row["year"])) for row in published.rows(Left)) == [("a", "2020"), ("c", "2021")]
        assert published.partitions(Left) == {"2020", "2021"}
        assert published.metadata(Left) == {"made_of": 1}
        assert (published.version(Left), published.exists(Right)) == (1, False)
        assert published.written_at(Left) is not None and published.written_at(Right) is None
    assert files.sizes(lake) == Here().sizes(lake)
    assert files.free_bytes(lake) > 0 and Here().free_bytes(lake) > 0


def test_rows_are_those_of_the_record_whatever_a_dead_run_committed_after(spark: SparkSession, lake: str) -> None:
    store = Store(spark, lake)
    store.write(rows(spark, ("a", 2020)), Left)
    rows(spark, ("b", 2020)).write.format("delta").mode("append").save(str(Path(lake) / Left.path))
    published = Published(Here(), lake)
    assert [row["id"] for row in published.rows(Left)] == ["a"]


def test_a_table_of_many_commits_is_read_from_its_checkpoint_on(spark: SparkSession, lake: str) -> None:
    store = Store(spark, lake)
    spark.conf.set("spark.databricks.delta.properties.defaults.checkpointInterval", "2")
    for name in "abc":
        store.write(rows(spark, (name, 2020)), Left)
    log = Path(lake) / Left.path / "_delta_log"
    assert list(log.glob("*.checkpoint.parquet"))
    for commit in sorted(log.glob("*.json"))[:-1]:
        commit.unlink()
    assert [row["id"] for row in Published(Here(), lake).rows(Left)] == ["c"]
