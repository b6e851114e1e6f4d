"""What the tests of clusters run: the project's own command, small enough for a cluster on this machine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import polars

from tests.clone import ROOT

PROCEDURES = 1500
SIZE = {
    "spark.driver.memory": "2g",
    "spark.dynamicAllocation.initialExecutors": "2",
    "spark.executor.cores": "1",
    "spark.executor.memory": "1g",
    "spark.executor.memoryOverhead": "384m",
    "spark.sql.shuffle.partitions": "4",
    "spark.databricks.delta.snapshotPartitions": "2",
    "spark.hadoop.dfs.replication": "1",
}


def command(*arguments: str, **properties: str) -> list[str]:
    """The words of a job with properties of Spark."""
    given = [word for key, value in properties.items() for word in ("--conf", f"{key}={value}")]
    return [str(ROOT / "spark-submit.sh"), *arguments, *given]


def submit(words: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """What a job said that must succeed."""
    done = run(words, **environment)
    assert done.returncode == 0, done.stderr
    return done


def run(words: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    """What a job said, and its status."""
    env = {**os.environ, **environment}
    return subprocess.run(words, env=env, capture_output=True, text=True, timeout=900, check=False)


def links(lake: Path) -> polars.DataFrame:
    """The links of a lake, in one order, whatever their version is called."""
    read = polars.read_delta(str(lake / "links")).drop("version")
    return read.sort("id_procedure", "id_affaire")
