"""One record per step: how long, what Spark did meanwhile, the rows in and out. No value of a row is in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from linkage.platform.progress.measures import Measures, Meter

Record = dict[str, Any]
TABLE_COUNTS = ("in", "out", "set_aside")


@dataclass
class _Section:
    """A stage or a step that is open: its seconds and measures are its own, without those of what it holds."""

    stage: str
    step: str
    at: str
    began: float
    inside_s: float = 0.0
    measures: Measures = field(default_factory=Measures)
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    outcome: str = ""
    seconds: float = 0.0


class Journal:
    """Follows the sections of a run as they open and close, and hands over a record for each that did something.

    A record waits for the next section to open or close: rows that are counted after a step belong to it.
    """

    def __init__(self, keep: Callable[[Record], None]) -> None:
        self._keep = keep
        self._meter: Meter | None = None
        self._open: list[_Section] = []
        self._closed: _Section | None = None
        self.records: list[Record] = []

    def measure_with(self, meter: Meter) -> None:
        """Count what Spark does too, from now on."""
        self._meter = meter

    def opened(self, stage: str, step: str) -> None:
        """Begin a section; what Spark did before it is its parent's."""
        self._count()
        self.flush()
        self._open.append(_Section(stage, step, time.strftime("%Y-%m-%dT%H:%M:%S%z"), time.monotonic()))

    def closed(self, outcome: str) -> Measures:
        """End the innermost section; return what it cost."""
        self._count()
        self.flush()
        section = self._open.pop()
        whole = time.monotonic() - section.began
        section.outcome, section.seconds = outcome, whole - section.inside_s
        if self._open:
            self._open[-1].inside_s += whole
        if section.step or section.measures.tasks or section.tables:
            self._closed = section
        return section.measures

    def rows(self, table: str, counts: tuple[int | None, ...]) -> None:
        """Count rows of a table for the step that is open, else for the one that has just ended."""
        inside = self._open[-1] if self._open else None
        section = inside if inside is not None and inside.step else self._closed or inside
        if section is not None:
            table_counts = section.tables.setdefault(table, {})
            for name, count in zip(TABLE_COUNTS, counts, strict=True):
                if count is not None:
                    table_counts[name] = table_counts.get(name, 0) + count

    def flush(self) -> None:
        """Hand over the record that waits."""
        if self._closed is not None:
            section, self._closed = self._closed, None
            numbers = {name: round(value, 3) for name, value in asdict(section.measures).items()}
            about = {"stage": section.stage, "step": section.step, "began": section.at, "outcome": section.outcome}
            record = {"kind": "step", **about, "seconds": round(section.seconds, 3), **numbers}
            self.records.append({**record, "tables": section.tables})
            self._keep(self.records[-1])

    def _count(self) -> None:
        if self._meter is None or not self._open:
            return
        try:
            self._open[-1].measures += self._meter()
        except Exception:  # noqa: BLE001 - the session is gone: the job has worse to say
            self._meter = None
