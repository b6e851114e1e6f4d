"""Where a run is: stage, step, tasks done of total, elapsed; and the rows in, out and set aside per stage."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from linkage.platform.progress.events import Cell, Event, Sink
from linkage.platform.progress.figures import Journal
from linkage.platform.progress.measures import Meter, volume

POLL_SECONDS = 1.0
SCRATCH_SECONDS = 5.0
LONG_SHARE = 0.05
"""A step is in the closing table when it took at least this share of the run."""


TaskCounts = Callable[[], tuple[int, int]]


def task_counts(spark_context: Any) -> TaskCounts:
    """Return a function that counts tasks done and tasks in all, over the Spark stages now active."""
    tracker = spark_context.statusTracker()

    def counts() -> tuple[int, int]:
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        active = [stage for stage in stages if stage is not None]
        return sum(stage.numCompletedTasks for stage in active), sum(stage.numTasks for stage in active)

    return counts


Bytes = Callable[[], int]


class Progress:
    """What a run reports while it works, and what it remembers for the closing table.

    One that is brief keeps its results aside, for the log, but for its conclusion.
    """

    def __init__(self, sink: Sink, *, is_brief: bool = False) -> None:
        self._sink, self._is_brief = sink, is_brief
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._open: list[tuple[str, str, float]] = []
        self._rows: dict[tuple[str, str], list[int | None]] = {}
        self._task_counts: TaskCounts | None = None
        self._scratch: Bytes = int
        self._scratch_peak = 0
        self._journal = Journal(self._record)
        self._closed = threading.Event()
        self._poller = threading.Thread(target=self._poll, name="progress", daemon=True)

    def watch(self, counts: TaskCounts, meter: Meter | None = None) -> None:
        """Report every second, from now on, how many tasks are done (``task_counts``), and what each step costs."""
        self._task_counts = counts
        if meter is not None:
            self._journal.measure_with(meter)
        if not self._poller.is_alive():
            self._poller.start()

    def watch_scratch(self, size: Bytes) -> None:
        """Look every few seconds, from now on, how much lies in the run's scratch."""
        self._scratch = size

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Report a stage of the linkage, by the name of its table."""
        with self._section(name, ""):
            yield

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Report a step of the current stage, in a few words."""
        stage = self._open[-1][0] if self._open else ""
        with self._section(stage, text):
            yield

    def say(self, text: str) -> None:
        """Report a result, in a sentence or a few lines."""
        self._emit(Event("say", text=text, aside=self._is_brief))

    def conclude(self, text: str) -> None:
        """Report what the user shall know in the end, also where the run is brief."""
        self._emit(Event("say", text=text))

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """Report a small table of results; numbers to the right, a dash for None."""
        listed = [list(row) for row in rows]
        self._emit(Event("table", text=title, columns=list(columns), rows=listed, aside=self._is_brief))

    def note(self, text: str) -> None:
        """Report what the operator may want to know, beside the results."""
        self._emit(Event("note", text=text))

    def error(self, text: str) -> None:
        """Report what went wrong, complete and safe to show."""
        self._emit(Event("error", text=text))

    def rows(
        self,
        stage: str,
        table: str,
        *,
        read: int | None = None,
        written: int | None = None,
        set_aside: int | None = None,
    ) -> None:
        """Remember the rows of one table for the closing table; counts of several calls are added."""
        counts = self._rows.setdefault((stage, table), [None, None, None])
        for place, count in enumerate((read, written, set_aside)):
            if count is not None:
                counts[place] = (counts[place] or 0) + count
        self._journal.rows(table, (read, written, set_aside))

    def done(self) -> None:
        """Report the end of a run, when all went well."""
        self._emit(Event("done", seconds=time.monotonic() - self._began))

    def ended(self, job: str, *, status: int, reason: str = "", left: int | None) -> None:
        """Record the run, why it failed, and the scratch it needed; ``left`` bytes of it are there (None: unknown)."""
        self._journal.flush()
        seconds = round(time.monotonic() - self._began, 3)
        scratch = {"scratch_peak_bytes": self._scratch_peak, "scratch_left_bytes": left}
        self._record({"kind": "run", "job": job, "status": status, "reason": reason, "seconds": seconds, **scratch})
        if self._scratch_peak or left != 0:
            fate = "deleted" if left == 0 else f"{volume(left)} could not be deleted" if left else "perhaps not deleted"
            self.note(f"scratch: {volume(self._scratch_peak)} at most, {fate}")

    def close(self) -> None:
        """Stop looking at Spark; called before the session ends."""
        self._look_at_scratch()
        self._closed.set()
        if self._poller.is_alive():
            self._poller.join(timeout=5)

    def summary(self) -> None:
        """Report the closing tables: the steps that took long, then rows in, out and set aside per stage."""
        self._journal.flush()
        least = LONG_SHARE * (time.monotonic() - self._began)
        long = [record for record in self._journal.records if record["seconds"] >= max(least, 1)]
        if long:
            columns = ("step", "seconds", "tasks", "shuffled", "spilled", "slowest task, s", "median, s")
            self.table("Longest steps", columns, [_line(record) for record in long])
        if self._rows:
            rows = [(stage, table, *counts) for (stage, table), counts in self._rows.items()]
            self.table("Rows per stage", ("stage", "table", "in", "out", "set aside"), rows)

    @contextmanager
    def _section(self, stage: str, step: str) -> Iterator[None]:
        began = time.monotonic()
        self._open.append((stage, step, began))
        self._journal.opened(stage, step)
        self._emit(Event("start", stage, step))
        kind = "stopped"
        try:
            yield
            kind = "end"
        finally:
            self._open.pop()
            remarks = self._journal.closed(kind).remarks()
            self._emit(Event(kind, stage, step, text=remarks, seconds=time.monotonic() - began))

    def _record(self, record: Mapping[str, Any]) -> None:
        self._emit(Event("record", text=json.dumps(record)))

    def _look_at_scratch(self) -> None:
        with suppress(Exception):  # a folder goes while it is read, or the session with it
            self._scratch_peak = max(self._scratch_peak, self._scratch())

    def _poll(self) -> None:
        looked = time.monotonic()
        while not self._closed.wait(POLL_SECONDS):
            if time.monotonic() - looked >= SCRATCH_SECONDS:
                self._look_at_scratch()
                looked = time.monotonic()
            counts, current = self._task_counts, self._open[-1:]
            if counts is None or not current:
                continue
            try:
                done, total = counts()
            except Exception:  # noqa: BLE001 - the session is stopping under us: there is nothing left to tell
                return
            stage, step, began = current[0]
            self._emit(Event("tick", stage, step, done=done, total=total, seconds=time.monotonic() - began))

    def _emit(self, event: Event) -> None:
        with self._lock:
            self._sink.handle(event)


def _line(record: Mapping[str, Any]) -> tuple[Cell, ...]:
    """Return one step as a line of the closing table."""
    name = " · ".join(part for part in (record["stage"], record["step"]) if part)
    moved, spilled = (volume(record[f"{what}_bytes"]) for what in ("shuffle_write", "spill_disk"))
    tasks = (record["slowest_task_s"], record["median_task_s"]) if record["tasks"] else (None, None)
    return (name, round(record["seconds"], 1), record["tasks"], moved, spilled, *tasks)
