"""Jobs as a user types them, and the same in the session of the tests."""

from __future__ import annotations

import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pyspark.sql import SparkSession

from jobs import CATALOGUE
from linkage.platform.progress.events import Event
from linkage.platform.progress.progress import Progress
from linkage.platform.running.run import Run

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


def in_session(spark: SparkSession, name: str, *arguments: str) -> list[Event]:
    """The job in this session, without spark-submit; what it said."""
    said: list[Event] = []
    handle: Any = SimpleNamespace(handle=said.append)
    job = CATALOGUE.load(name)
    args = job.parser().parse_args(arguments)
    run = Run(job, args, Progress(handle))
    run.__dict__["spark"] = spark
    job.check(args)
    job.run(run)
    return said
