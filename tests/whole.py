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
    """Run a job through spark-submit; return what it printed, whatever its exit code."""
    return subprocess.run(
        [ROOT / "spark-submit.sh", *arguments], capture_output=True, text=True, timeout=900, check=False
    )


def done(*arguments: str) -> None:
    """Run a job that must succeed."""
    finished = submit(*arguments)
    assert finished.returncode == 0, finished.stderr


def in_session(spark: SparkSession, name: str, *arguments: str) -> list[Event]:
    """Run the job in this session, without spark-submit; return what it reported."""
    events: list[Event] = []
    sink: Any = SimpleNamespace(handle=events.append)
    job = CATALOGUE.load(name)
    args = job.parser().parse_args(arguments)
    run = Run(job, args, Progress(sink))
    run.__dict__["spark"] = spark
    job.check(args)
    try:
        job.run(run)
    finally:
        run.leave_lake()
    return events
