"""What a step cost, as Spark itself counts it: tasks, rows, shuffle, spill, the slowest task against the median."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

SKEWED, LONG_TASK_S = 5, 10
"""A task is worth a remark when it takes five times the median of its Spark stage, and more than ten seconds."""
LISTENERS_MS = 10_000
LOOK_BEHIND = 20
"""Spark stages already counted that are looked at again: one that is run again keeps its number."""


@dataclass(frozen=True)
class Measures:
    """Sums over Spark stages; the task that went furthest beyond the median of its own stage, and that median."""

    spark_stages: int = 0
    retried_stages: int = 0
    tasks: int = 0
    failed_tasks: int = 0
    task_s: float = 0.0
    cpu_s: float = 0.0
    rows_read: int = 0
    rows_written: int = 0
    bytes_read: int = 0
    bytes_written: int = 0
    shuffle_read_bytes: int = 0
    shuffle_write_bytes: int = 0
    spill_memory_bytes: int = 0
    spill_disk_bytes: int = 0
    slowest_task_s: float = 0.0
    median_task_s: float = 0.0

    def __add__(self, other: Measures) -> Measures:
        uneven = max(self, other, key=lambda of: (of.slowest_task_s - of.median_task_s, of.slowest_task_s))
        tasks = {"slowest_task_s": uneven.slowest_task_s, "median_task_s": uneven.median_task_s}
        summed = {field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(self)}
        return Measures(**{**summed, **tasks})

    def remarks(self) -> str:
        """Return what an operator should see at once; empty when there is nothing to see."""
        remarks = []
        if self.spill_disk_bytes:
            remarks.append(f"spilled {volume(self.spill_disk_bytes)} to disk")
        if self.slowest_task_s > max(LONG_TASK_S, SKEWED * self.median_task_s):
            remarks.append(f"slowest task {self.slowest_task_s:.0f} s, median {self.median_task_s:.1f} s")
        if self.failed_tasks or self.retried_stages:
            remarks.append(f"{self.failed_tasks} tasks failed and {self.retried_stages} Spark stages were run again")
        return "; ".join(remarks)


Meter = Callable[[], Measures]


def volume(count: int) -> str:
    """Return bytes as people say them: ``12 MB``, ``1.2 GB``."""
    if count < 10**9:
        return f"{-(-count // 10**6)} MB"
    return f"{count / 10**9:.1f} GB"


def shuffled_bytes(spark_context: Any) -> int:
    """Return the bytes that all executors wrote for shuffles since the session began."""
    executors = spark_context._jsc.sc().statusStore().executorList(False)
    return sum(executors.apply(place).totalShuffleWrite() for place in range(executors.size()))


def spark_meter(spark_context: Any) -> Meter:
    """Return a function that counts what Spark did since it was last called.

    Reads the store that feeds Spark's interface and REST service, which Spark keeps when both are off, in any
    deploy mode. It is emptied from 1,000 Spark stages on: no step of ours comes near.
    """
    scala, store = spark_context._jsc.sc(), spark_context._jsc.sc().statusStore()
    gateway, jvm = spark_context._gateway, spark_context._jvm
    none, middle_and_last = gateway.new_array(jvm.double, 0), gateway.new_array(jvm.double, 2)
    middle_and_last[0], middle_and_last[1] = 0.5, 1.0
    counted_stages: set[tuple[int, int]] = set()

    def durations(stage: Any) -> tuple[float, float]:
        if stage.numCompleteTasks() > 1:
            summary = store.taskSummary(stage.stageId(), stage.attemptId(), middle_and_last)
            if summary.isDefined():
                return summary.get().duration().apply(0) / 1e3, summary.get().duration().apply(1) / 1e3
        return stage.executorRunTime() / 1e3, stage.executorRunTime() / 1e3

    def since_last() -> Measures:
        scala.listenerBus().waitUntilEmpty(LISTENERS_MS)
        newest_first = store.stageList(None, False, False, none, jvm.java.util.ArrayList())
        total, nb_counted = Measures(), 0
        for place in range(newest_first.size()):
            stage = newest_first.apply(place)
            attempt = (stage.stageId(), stage.attemptId())
            if attempt in counted_stages:
                nb_counted += 1
                if nb_counted == LOOK_BEHIND:
                    break
            elif stage.status().toString() in ("COMPLETE", "FAILED"):
                counted_stages.add(attempt)
                total += _of_stage(stage, *durations(stage))
        return total

    return since_last


def _of_stage(stage: Any, median_task_s: float, slowest_task_s: float) -> Measures:
    """Return what an attempt of a Spark stage cost; Spark has times in milliseconds, of processors in nanoseconds."""
    return Measures(
        spark_stages=1,
        retried_stages=int(stage.attemptId() > 0),
        tasks=stage.numCompleteTasks(),
        failed_tasks=stage.numFailedTasks(),
        task_s=stage.executorRunTime() / 1e3,
        cpu_s=stage.executorCpuTime() / 1e9,
        rows_read=stage.inputRecords(),
        rows_written=stage.outputRecords(),
        bytes_read=stage.inputBytes(),
        bytes_written=stage.outputBytes(),
        shuffle_read_bytes=stage.shuffleReadBytes(),
        shuffle_write_bytes=stage.shuffleWriteBytes(),
        spill_memory_bytes=stage.memoryBytesSpilled(),
        spill_disk_bytes=stage.diskBytesSpilled(),
        median_task_s=median_task_s,
        slowest_task_s=slowest_task_s,
    )
