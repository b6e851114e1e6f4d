"""What is kept between steps outlives an executor, and lies on no disk in clear."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from linkage.platform.setup import java
from tests.clone import ROOT

pytestmark = [pytest.mark.cluster, pytest.mark.spark]
PROGRAM = """
import os, signal, subprocess, sys, time
from pathlib import Path
from pyspark.sql import functions as F
from linkage.concepts.lineage import cut_lineage
from linkage.platform.running import session

places = Path(sys.argv[1])
spark = session.build("kept", {
    "spark.master": "local-cluster[2,1,768]", "spark.executor.memory": "768m", "spark.driver.memory": "768m",
    "spark.jars": ",".join(session.cached_jars()), "spark.local.dir": str(places), "spark.authenticate": "true",
    "spark.network.crypto.enabled": "true",
})
kept = spark.range(20000, numPartitions=4).select(F.concat(F.lit("N"), F.lpad("id", 10, "0")).alias("id")).transform(cut_lineage)
in_clear = [file.name for file in places.rglob("*") if file.is_file() and b"N0000012345" in file.read_bytes()]
blocks = [file.name for file in places.rglob("rdd_*")]
listed = subprocess.check_output(["ps", "-eo", "pid,ppid,args"], text=True).splitlines()
executors = [line.split()[0] for line in listed if "CoarseGrainedExecutorBackend" in line and str(places) in line or "--app-id " + spark.sparkContext.applicationId in line]
os.kill(int(executors[0]), signal.SIGKILL)
time.sleep(3)
print("RESULT", len(executors), len(blocks), in_clear, kept.distinct().count())
spark.stop()
"""


def test_it_outlives_an_executor_and_is_encrypted(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "JAVA_HOME": str(java.home()), "SPARK_LOCAL_DIRS": str(tmp_path), "PYSPARK_PYTHON": sys.executable}  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    (said,) = [line for line in ended.stdout.splitlines() if line.startswith("RESULT")] or [ended.stderr[-2000:]]
    executors, blocks, rest = said.removeprefix("RESULT ").split(" ", 2)
    assert int(executors) == 2
    assert int(blocks) == 8  # four parts, twice
    assert rest == "[] 20000"
