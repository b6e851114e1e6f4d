"""The whole path as a user types it, for the tests that share one finished lake."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Small data in short runs: the time is spent compiling, and Java's first compiler is enough.
QUICK = {**os.environ, "SPARK_SUBMIT_OPTS": "-XX:TieredStopAtLevel=1"}


def submit(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A job through spark-submit, whatever its exit code."""
    command = [ROOT / "spark-submit.sh", *arguments]
    return subprocess.run(command, env=QUICK, capture_output=True, text=True, timeout=900, check=False)


def done(*arguments: str) -> None:
    """A job that must succeed."""
    ran = submit(*arguments)
    assert ran.returncode == 0, ran.stderr
