"""The whole path as a user types it, for the tests that share one finished lake."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def submit(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A job through spark-submit, whatever its exit code."""
    return subprocess.run(
        [ROOT / "spark-submit.sh", *arguments], capture_output=True, text=True, timeout=900, check=False
    )


def done(*arguments: str) -> None:
    """A job that must succeed."""
    ran = submit(*arguments)
    assert ran.returncode == 0, ran.stderr
