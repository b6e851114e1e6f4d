"""The way from a command to a running job, on a real standalone cluster of two workers."""

from __future__ import annotations

from pathlib import Path

from tests.clone import ROOT, Clone
from tests.cluster.daemons import Standalone

SMALL = {
    "spark.executor.cores": "1",
    "spark.executor.memory": "512m",
    "spark.executor.memoryOverhead": "384m",
    "spark.driver.memory": "1g",
    "spark.sql.shuffle.partitions": "2",
    # both executors before the first task, for both to have something to do
    "spark.dynamicAllocation.initialExecutors": "2",
    "spark.scheduler.minRegisteredResourcesRatio": "1.0",
}


def test_code_and_settings_travel_to_the_executors_of_a_cluster(
    clone: Clone, tmp_path: Path, cluster: Standalone
) -> None:
    properties = [word for key, value in SMALL.items() for word in ("--conf", f"{key}={value}")]
    standalone = str(clone.root / "conf/spark/standalone.conf")
    lake = str(tmp_path / "lake")
    done = clone.run("count", "--lake", lake, "--master", cluster.url, "--properties-file", standalone, *properties)
    assert done.returncode == 0, done.stderr
    said = dict(
        line.split(" ", 1) for line in done.stdout.splitlines() if line.startswith(("executor", "driver", "settings"))
    )
    # The worker's own copy, in the folder of this application.
    assert said["executor"].endswith("appariement.zip/linkage/platform/running/options.py")
    assert said["executor"] != said["driver"]
    assert said["settings"].rstrip("/").endswith("appariement.zip/conf")
    # Nothing else to import from: neither this clone nor the one the tests run in.
    places = said["executor_path"].split(":")
    assert not {str(clone.root), str(ROOT)} & set(places)
    assert any(place.endswith("appariement.zip") for place in places)
    for worker in cluster.workers:
        assert list(worker.work.glob("app-*/*/appariement.zip"))
