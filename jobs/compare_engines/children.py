"""A job in a process of its own, through ./spark-submit.sh: waited for, limited, stopped with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from linkage.platform.errors import InputError, UserFacingError
from linkage.platform.progress.events import EVENTS_VARIABLE

SECONDS_TO_STOP = 30
POLL_SECONDS = 0.5
LAST_LINES = 3
"""Lines of a child's output that an error shows: the reason, and the launcher's words around it."""
# What Spark and the launcher set for this process must not reach the next one.
_OURS = ("PYTHONPATH", "PYTHONSAFEPATH", EVENTS_VARIABLE)
_SPARKS = ("SPARK_", "_SPARK_", "PYSPARK_", "_PYSPARK_")
_KEPT = ("SPARK_LOCAL_DIRS",)


@dataclass(frozen=True)
class Ended:
    """How a child ended: its status, or the seconds its clock showed when it was stopped; its last lines of output."""

    status: int
    stopped_after: float | None
    clock_showed: float
    last_lines: str


def command() -> list[str]:
    """Return the launcher of this clone.

    Raises
    ------
    InputError
        The job does not run from a clone, as in cluster deploy mode.
    """
    launcher = Path(sys.argv[0]).resolve().parent.parent / "spark-submit.sh"
    if not launcher.is_file():
        raise InputError("compare_engines starts ./spark-submit.sh itself: run it from a clone, in client deploy mode.")
    return [str(launcher)]


def run(argv: Sequence[str], log: Path, *, running: Path | None = None, ceiling: float | None = None) -> Ended:
    """Run a command in a session of its own to its end, or until its clock shows more than ``ceiling`` seconds.

    ``running`` is the file that is there while the clock runs, with the time it started.
    """
    showed, over = 0.0, False
    with log.open("wb") as log_file, terminable():
        child = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=log_file,
            stderr=subprocess.STDOUT,
            env=_environment(),
            start_new_session=True,
        )
        try:
            while child.poll() is None and not over:
                showed = _seconds(running) or showed
                over = ceiling is not None and showed > ceiling
                if not over:
                    with suppress(subprocess.TimeoutExpired):
                        child.wait(POLL_SECONDS)
        finally:
            stop(child)
    last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-LAST_LINES:]
    return Ended(child.returncode, showed if over else None, showed, " ".join(last))


def stop(child: subprocess.Popen[bytes]) -> None:
    """End a child and its process group, if it still runs: ask first, then kill."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        if child.poll() is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with suppress(subprocess.TimeoutExpired):
            child.wait(SECONDS_TO_STOP)


def run_to_end(argv: Sequence[str], log: Path) -> None:
    """Run a command to its end.

    Raises
    ------
    UserFacingError
        It failed.
    """
    ended = run(argv, log)
    if ended.status != 0:
        raise UserFacingError(f"{argv[1]} ended with status {ended.status}: {ended.last_lines}")


def _seconds(running: Path | None) -> float:
    with suppress(OSError, ValueError, AttributeError):
        return time.time() - float(running.read_text(encoding="ascii"))  # type: ignore[union-attr]
    return 0.0


def _environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or (name not in _OURS and not name.startswith(_SPARKS))
    }


@contextmanager
def terminable() -> Iterator[None]:
    """Turn a signal into an exit: what was begun is ended and cleaned, a child in a session of its own first."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    previous = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
