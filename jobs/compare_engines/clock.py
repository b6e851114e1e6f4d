"""What an arm costs while its clock runs: wall time, and processor time and memory of all processes of its session."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from linkage.platform.progress.measures import Meter

SAMPLE_SECONDS = 0.2
PROC = Path("/proc")
# Fields of /proc/PID/stat counted after the parenthesised name, as proc(5) numbers them less three.
SESSION, TIMES, RESIDENT = 3, slice(11, 15), 21


def session_usage(session: int) -> tuple[float, dict[str, float]]:
    """Return processor seconds of all processes of a session, ended children included; resident MB of each, now."""
    ticks, resident = 0, {}
    for process in PROC.glob("[0-9]*/stat"):
        with suppress(OSError, IndexError, ValueError):  # a process ends while we look
            fields = process.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            if int(fields[SESSION]) == session:
                ticks += sum(map(int, fields[TIMES]))
                resident[process.parent.name] = int(fields[RESIDENT]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    return ticks / os.sysconf("SC_CLK_TCK"), resident


class Clock:
    """Runs inside ``with``; ``figures`` then has its part of the record.

    ``meter`` counts Spark's shuffle and spill; null without one. ``running`` is a file that is there while the clock
    runs, with the time it started: who set a limit reads it.
    """

    def __init__(self, running: Path, meter: Meter | None = None) -> None:
        self.figures: dict[str, Any] = {}
        self._running, self._meter = running, meter
        self._stop, self._peak = threading.Event(), 0.0
        self._usage: Callable[[], tuple[float, dict[str, float]]] | None = None
        if (PROC / "self" / "stat").exists():
            self._usage = lambda: session_usage(os.getsid(0))

    def __enter__(self) -> Clock:
        if self._meter:
            self._meter()
        self._running.write_text(str(time.time()), encoding="ascii")
        self._sampler = threading.Thread(target=self._sample, name="clock", daemon=True)
        self._cpu = self._usage()[0] if self._usage else 0.0
        self._began = time.monotonic()
        self._sampler.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        wall = time.monotonic() - self._began
        cpu = self._usage()[0] - self._cpu if self._usage else None
        self._stop.set()
        self._sampler.join()
        self._running.unlink(missing_ok=True)
        if kind is not None:
            return
        spark = self._meter() if self._meter else None
        self.figures = {
            "wall_s": round(wall, 3),
            "cpu_s": None if cpu is None else round(cpu, 2),
            "peak_mb": round(self._peak, 1) if self._usage else None,
            "shuffle_bytes": spark.shuffle_write_bytes if spark else None,
            "spill_bytes": spark.spill_disk_bytes if spark else None,
        }

    def _sample(self) -> None:
        before: dict[str, float] = {}
        while self._usage:
            now = self._usage()[1]
            # A process that Java has just forked shows the memory of its parent as its own, until it runs its program.
            self._peak = max(self._peak, sum(resident for process, resident in now.items() if process in before))
            before = now
            if self._stop.wait(SAMPLE_SECONDS):
                return
