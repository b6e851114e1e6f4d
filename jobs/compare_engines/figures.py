"""The records of a benchmark put together: medians, spreads, ratios to ours, and how cost grows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Record = Mapping[str, Any]
OURS = "ours"
CEILING = 10
"""An arm that takes more than this many times the median of ours is stopped, and not run again."""
FIELDS = (
    "arm",
    "run",
    "procedures",
    "affaires",
    "wall_s",
    "stopped",
    "cpu_s",
    "peak_mb",
    "shuffle_bytes",
    "spill_bytes",
    "pairs",
    "f1",
)
"""Of a record, in this order; null where an arm has no such figure."""


@dataclass(frozen=True)
class Ratio:
    """Wall time over that of ours in the same round: median, smallest, largest; ``at_least`` where it was stopped."""

    median: float
    low: float
    high: float
    at_least: bool

    def __str__(self) -> str:
        shown = f"{self.median:.2f} ({self.low:.2f}–{self.high:.2f})"
        return f"≥ {shown}" if self.at_least else shown


@dataclass(frozen=True)
class Arm:
    """The rounds of one arm at one size."""

    name: str
    records: Sequence[Record]

    @property
    def stopped(self) -> bool:
        """Return whether it did not end: its wall times are then those reached, the least it takes."""
        return any(record["stopped"] for record in self.records)

    @property
    def walls(self) -> list[float]:
        """Return seconds of each round."""
        return [record["wall_s"] for record in self.records]

    @property
    def s_per_million_pairs(self) -> float | None:
        """Return median seconds per million pairs compared; None where the pairs are not known."""
        pairs = self.middle("pairs")
        return median(self.walls) / pairs * 1e6 if pairs else None

    def middle(self, field: str) -> float | None:
        """Return the median of a figure over the rounds that have it."""
        figures: list[float] = [record[field] for record in self.records if record[field] is not None]
        return median(figures) if figures else None

    def failed(self, ours: Arm | None) -> bool:
        """Return whether it failed by itself, as when memory ends: what was stopped had reached the ceiling then."""
        for record in self.records:
            limit = ceiling([one for one in ours.records if one["run"] <= record["run"]]) if ours else None
            if record["stopped"] and limit and record["wall_s"] < round(limit, 1):
                return True
        return False

    def reached(self, ours: Arm | None) -> str:
        """Return its median wall time in seconds, or how far it came."""
        shown = "failed after " if self.failed(ours) else "≥ " if self.stopped else ""
        return f"{shown}{median(self.walls):,.1f}"

    def ratio(self, ours: Arm | None) -> Ratio | None:
        """Return its ratio to ours, round by round; None when ours did not run, or when it failed."""
        if ours is None or self.failed(ours):
            return None
        by_run = {record["run"]: record["wall_s"] for record in ours.records}
        ratios = [record["wall_s"] / by_run[record["run"]] for record in self.records if by_run.get(record["run"])]
        return Ratio(median(ratios), min(ratios), max(ratios), self.stopped) if ratios else None


def ceiling(records: Sequence[Record]) -> float | None:
    """Return the seconds after which an arm is stopped, by these records of our rounds; None before the first."""
    walls = [record["wall_s"] for record in records if record["arm"] == OURS]
    return CEILING * median(walls) if walls else None


def arms(records: Sequence[Record]) -> dict[str, Arm]:
    """Return the arms of one benchmark, in the order in which they first ran."""
    names = dict.fromkeys(record["arm"] for record in records)
    return {name: Arm(name, [record for record in records if record["arm"] == name]) for name in names}


def exponent(points: Sequence[tuple[int, float]]) -> float | None:
    """Return the slope of log seconds on log procedures by least squares: 1 is proportional; None below two sizes."""
    logs = [(math.log(procedures), math.log(seconds)) for procedures, seconds in points]
    if len({x for x, _ in logs}) < 2:
        return None
    mean_x, mean_y = (sum(values) / len(logs) for values in zip(*logs, strict=True))
    return float(sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs))
