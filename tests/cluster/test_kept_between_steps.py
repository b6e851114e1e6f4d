"""What is kept between steps outlives an executor, and lies on no disk in clear."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from linkage.platform.running.session import cached_jars
from linkage.platform.setup import java
from tests.clone import ROOT
from tests.cluster.daemons import SPARK_HOME, Standalone

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

PARTS, ROWS = 4, 20_000
IDENTIFIER = b"N0000012345"
PROGRAM = f"""
import sys
from pyspark.sql import functions as F
from linkage.concepts.lineage import cut_lineage
from linkage.platform.running import session

spark = session.build("kept", dict(word.split("=", 1) for word in sys.argv[1:]))
identifier = F.concat(F.lit("N"), F.lpad(F.col("id").cast("string"), 10, "0"))
kept = spark.range({ROWS}, numPartitions={PARTS}).select(identifier.alias("id")).transform(cut_lineage)
print("kept", flush=True)
sys.stdin.readline()
print(kept.distinct().count(), flush=True)
spark.stop()
"""
SIZE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "768m",
    "spark.executor.memory": "768m",
    "spark.sql.shuffle.partitions": "2",
    # both executors before the first task, for each part to have two
    "spark.scheduler.minRegisteredResourcesRatio": "1.0",
    "spark.scheduler.maxRegisteredResourcesWaitingTime": "120s",
    # What is compressed would be found by nobody, encrypted or not.
    "spark.rdd.compress": "false",
}


def test_an_executor_killed_loses_nothing_that_was_kept_and_what_it_leaves_is_encrypted(cluster: Standalone) -> None:
    given = {**SIZE, "spark.master": cluster.url, "spark.jars": ",".join(cached_jars())}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "JAVA_HOME": str(java.home()), "SPARK_HOME": str(SPARK_HOME)}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *(f"{key}={value}" for key, value in given.items())],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "kept\n"
        blocks = [sorted(worker.spill.rglob("rdd_*")) for worker in cluster.workers]
        assert [len(of_worker) for of_worker in blocks] == [PARTS, PARTS]
        assert [block.name for of_worker in blocks for block in of_worker if IDENTIFIER in block.read_bytes()] == []
        (killed,) = cluster.workers[0].executors()
        os.kill(killed, signal.SIGKILL)
        said, errors = program.communicate("go on\n", timeout=300)
    assert said == f"{ROWS}\n", errors[-3000:]
