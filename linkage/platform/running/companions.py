"""Launcher, JVM and driver end together: none goes on, and publishes, after another was killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

LAUNCHER_VARIABLE = "APPARIEMENT_LAUNCHER"
"""The launcher sets it to its process number for the driver that it starts on this machine."""
POLL_SECONDS = 1.0


def end_with_companions() -> None:
    """From now on, end this driver and its JVM within seconds of the death of the launcher or of the JVM."""
    launcher = int(os.environ.get(LAUNCHER_VARIABLE, "0"))
    if launcher:
        threading.Thread(target=_watch, args=(launcher, os.getppid()), name="companions", daemon=True).start()


def _watch(launcher: int, jvm: int) -> None:
    while is_alive(launcher) and os.getppid() == jvm:
        time.sleep(POLL_SECONDS)
    # The launcher gave driver and JVM a process group of their own; Spark's exit hooks delete what it spilled.
    os.killpg(os.getpgrp(), signal.SIGTERM)


def is_alive(process: int) -> bool:
    """Whether a process of this machine runs; one that ended and that its parent has not looked at yet does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:  # not Linux, or it ended just now
        return not Path("/proc/self").exists()
    return status.rpartition(")")[2].split()[0] != "Z"
