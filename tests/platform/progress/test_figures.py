"""What each step cost: one record per step, and only then a remark."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage.platform.progress.events import Event
from linkage.platform.progress.measures import Measures, shuffled_bytes, spark_meter, volume
from linkage.platform.progress.progress import Progress


class Seen:
    """Keeps what a run says."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def handle(self, event: Event) -> None:
        self.events.append(event)

    def records(self) -> list[dict[str, object]]:
        return [json.loads(event.text) for event in self.events if event.kind == "record"]


def measured(*taken: Measures) -> Callable[[], Measures]:
    """A meter that gives these, one after another, then nothing."""
    left = list(taken)
    return lambda: left.pop(0) if left else Measures()


def test_sums_are_added_and_the_most_uneven_spark_stage_tells_its_slowest_task_and_its_median() -> None:
    even = Measures(tasks=1, shuffle_write_bytes=10, slowest_task_s=50.0, median_task_s=50.0)
    uneven = Measures(tasks=3, spill_disk_bytes=5, slowest_task_s=20.0, median_task_s=1.0)
    whole = Measures(tasks=4, shuffle_write_bytes=10, spill_disk_bytes=5, slowest_task_s=20.0, median_task_s=1.0)
    assert even + uneven == uneven + even == whole


@pytest.mark.parametrize(
    ("measures", "said"),
    [
        (Measures(shuffle_write_bytes=10**12, slowest_task_s=9.9, median_task_s=0.1), ""),
        (Measures(slowest_task_s=50.0, median_task_s=10.0), ""),
        (Measures(slowest_task_s=51.0, median_task_s=10.0), "slowest task 51 s, median 10.0 s"),
        (Measures(spill_disk_bytes=1_500_000_000), "spilled 1.5 GB to disk"),
        (Measures(failed_tasks=2, retried_stages=1), "2 tasks failed and 1 Spark stages were run again"),
    ],
)
def test_a_step_is_remarked_on_only_where_there_is_something_to_see(measures: Measures, said: str) -> None:
    assert measures.remarks() == said


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 MB"), (1, "1 MB"), (12_000_000, "12 MB"), (1_240_000_000, "1.2 GB")]
)
def test_bytes_are_said_as_people_say_them(count: int, said: str) -> None:
    assert volume(count) == said


def test_each_step_has_one_record_with_its_own_cost_and_the_rows_said_after_it() -> None:
    seen = Seen()
    progress = Progress(seen)
    # What is taken: at the start of the stage's step (the stage's own), at its end, at the end of the stage.
    progress._journal.measure_with(measured(Measures(tasks=1), Measures(tasks=4, spill_disk_bytes=7), Measures()))
    with progress.stage("scored_pairs"):
        with progress.step("scoring"):
            pass
        progress.rows("scored_pairs", "scored_pairs", read=10, written=6)
    progress.ended("scored_pairs", status=0, left=0)
    step, stage, run = seen.records()
    assert (step["stage"], step["step"], step["outcome"]) == ("scored_pairs", "scoring", "end")
    assert (step["tasks"], step["spill_disk_bytes"]) == (4, 7)
    assert step["tables"] == {"scored_pairs": {"in": 10, "out": 6}}
    assert (stage["step"], stage["tasks"]) == ("", 1)
    assert (run["kind"], run["status"], run["scratch_left_bytes"]) == ("run", 0, 0)


def test_seconds_of_a_stage_are_those_outside_its_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("linkage.platform.progress.figures.time.monotonic", lambda: now[0])
    seen = Seen()
    progress = Progress(seen)
    with progress.stage("links"):
        now[0] = 5
        progress.rows("links", "links", written=1)
        with progress.step("passes"):
            now[0] = 12
    progress.ended("links", status=0, left=0)
    assert [record["seconds"] for record in seen.records()[:2]] == [7, 5]


def test_the_closing_table_shows_the_steps_that_took_a_share_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("linkage.platform.progress.figures.time.monotonic", lambda: now[0])
    seen = Seen()
    progress = Progress(seen)
    cost = Measures(tasks=4, shuffle_write_bytes=2 * 10**9, spill_disk_bytes=1, slowest_task_s=30.0, median_task_s=2.0)
    progress._journal.measure_with(measured(Measures(), Measures(), Measures(), cost))
    with progress.stage("links"):
        with progress.step("short"):
            now[0] = 4
        with progress.step("long"):
            now[0] = 100
    progress.summary()
    (table,) = (event for event in seen.events if event.kind == "table")
    assert table.rows == [["links · long", 96, 4, "2.0 GB", "1 MB", 30.0, 2.0]]


def test_a_step_that_fails_has_its_record_too() -> None:
    seen = Seen()
    progress = Progress(seen)
    with pytest.raises(ValueError, match="broken"), progress.step("reading"):
        raise ValueError("broken")
    progress.ended("links", status=1, left=0)
    assert [record.get("outcome") for record in seen.records()] == ["stopped", None]


def test_a_meter_that_fails_stops_nothing() -> None:
    def gone() -> Measures:
        raise ConnectionError("the JVM is gone")

    seen = Seen()
    progress = Progress(seen)
    progress._journal.measure_with(gone)
    with progress.step("reading"):
        pass
    progress.ended("links", status=0, left=0)
    assert seen.records()[0]["tasks"] == 0


def test_remarks_are_said_when_the_step_ends() -> None:
    seen = Seen()
    progress = Progress(seen)
    progress._journal.measure_with(measured(Measures(spill_disk_bytes=10**6)))
    with progress.step("reading"):
        pass
    assert [event.text for event in seen.events if event.kind == "end"] == ["spilled 1 MB to disk"]


def test_scratch_is_looked_at_and_its_peak_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkage.platform.progress.progress.POLL_SECONDS", 0.01)
    monkeypatch.setattr("linkage.platform.progress.progress.SCRATCH_SECONDS", 0.0)
    sizes = iter([10**6, 3 * 10**9])
    seen = Seen()
    progress = Progress(seen)
    looked: list[int] = []

    def size() -> int:
        looked.append(next(sizes, 5))
        return looked[-1]

    progress.watch_scratch(size)
    progress.watch(lambda: (0, 0))
    with progress.step("reading"):
        while len(looked) < 3:
            pass
    progress.close()
    progress.ended("links", status=0, left=0)
    assert seen.records()[-1]["scratch_peak_bytes"] == 3 * 10**9
    assert seen.events[-1].text == "scratch: 3.0 GB at most, deleted"


def test_spark_says_tasks_rows_and_shuffle_once(spark: SparkSession) -> None:
    meter = spark_meter(spark.sparkContext)
    meter()  # what other tests did
    spark.range(0, 1000, numPartitions=3).groupBy((F.col("id") % 7).alias("k")).count().collect()
    taken = meter()
    assert taken.spark_stages >= 2
    assert taken.tasks >= 4
    assert taken.rows_read == 1000
    assert taken.shuffle_write_bytes > 0
    assert taken.shuffle_read_bytes == taken.shuffle_write_bytes
    assert taken.slowest_task_s >= taken.median_task_s > 0
    assert taken.failed_tasks == 0
    assert meter() == Measures()


def test_scratch_of_which_nothing_is_known_is_not_called_deleted() -> None:
    seen = Seen()
    Progress(seen).ended("links", status=1, left=None)
    assert seen.records()[-1]["scratch_left_bytes"] is None
    assert seen.events[-1].text == "scratch: 0 MB at most, perhaps not deleted"


def test_what_executors_shuffled_only_grows_with_shuffles(spark: SparkSession) -> None:
    def settled() -> int:
        spark.sparkContext._jsc.sc().listenerBus().waitUntilEmpty(10_000)
        return shuffled_bytes(spark.sparkContext)

    before = settled()
    spark.range(100).collect()
    assert settled() == before
    spark.range(100).repartition(2).collect()
    assert settled() > before
