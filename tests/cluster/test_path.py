"""The whole path on executors of their own, on HDFS, and with an executor killed: the links of local mode, to the row."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import polars
import pytest
from polars.testing import assert_frame_equal

from tests.cluster.commands import SIZE, command, links, submit
from tests.cluster.daemons import Hdfs, Standalone, hdfs

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800)]


def on(cluster: Standalone, *arguments: str, **properties: str) -> list[str]:
    """The command, its driver here and its executors on the cluster."""
    where = ("--env", "standalone", "--master", cluster.url, "--deploy-mode", "client")
    return command(*arguments, *where, **{**SIZE, **properties})


def figures(stderr: str) -> list[dict[str, object]]:
    """What the run recorded of each step."""
    file = stderr.rpartition("figures of each step: ")[2].strip()
    return [json.loads(line) for line in Path(file).read_text(encoding="utf-8").splitlines()]


def kill_one_that_shuffles(cluster: Standalone) -> int:
    """Ends an executor outright once it has made something that other tasks will ask it for."""
    before = {worker: worker.shuffled() for worker in cluster.workers}
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for worker in cluster.workers:
            if len(worker.shuffled() - before[worker]) >= 5:
                (pid,) = worker.executors()
                os.kill(pid, signal.SIGKILL)
                return pid
        time.sleep(0.05)
    raise AssertionError("no executor shuffled anything")


@pytest.fixture(scope="module")
def distributed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hdfs]:
    with hdfs(tmp_path_factory.mktemp("hdfs")) as started:
        yield started


def test_two_workers_make_the_links_of_local_mode(
    cluster: Standalone, country: Path, local_lake: Path, tmp_path: Path
) -> None:
    lake = tmp_path / "lake"
    done = submit(on(cluster, "all", "--lake", str(lake), "--deliveries", str(country), "--version", "v1"))
    assert_frame_equal(links(lake), links(local_lake))
    assert all(list(worker.work.glob("app-*/*/appariement.zip")) for worker in cluster.workers)
    assert not (lake / "_scratch").exists()
    assert figures(done.stderr)[-1]["scratch_left_bytes"] == 0


def test_an_executor_killed_in_the_middle_of_scoring_changes_no_link(
    cluster: Standalone, local_lake: Path, tmp_path: Path
) -> None:
    lake, told = tmp_path / "lake", []
    shutil.copytree(local_lake, lake)
    model = ("--model", str(lake / "models" / "v1.json"), "--estimated")
    # Joins shuffle here as they do at size, and in many tasks.
    large = {"spark.sql.autoBroadcastJoinThreshold": "-1", "spark.sql.adaptive.coalescePartitions.enabled": "false"}
    large["spark.sql.shuffle.partitions"] = "20"
    scoring = on(cluster, "scored_pairs", "--lake", str(lake), *model, **large)
    with subprocess.Popen(scoring, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        killed = 0
        for line in running.stderr:
            told.append(line)
            if line.startswith("scored_pairs · scoring cases") and line.endswith("…\n"):
                killed = kill_one_that_shuffles(cluster)
    said = "".join(told)
    assert running.returncode == 0, said
    assert killed
    (scored,) = (record for record in figures(said) if str(record.get("step")).startswith("scoring cases"))
    assert int(str(scored["failed_tasks"])) + int(str(scored["retried_stages"])) > 0, (
        "nothing was lost: killed too early"
    )
    submit(on(cluster, "links", "--lake", str(lake), "--version", "v2"))
    made = polars.read_delta(str(lake / "links")).filter(polars.col("version") == "v2").drop("version")
    assert_frame_equal(made.sort("id_procedure", "id_affaire"), links(local_lake))


def test_lake_and_deliveries_on_hdfs_make_the_links_of_local_files(
    cluster: Standalone, distributed: Hdfs, country: Path, local_lake: Path, tmp_path: Path
) -> None:
    deliveries, lake = f"{distributed.uri}/deliveries", f"{distributed.uri}/lake"
    distributed.shell("-put", str(country), deliveries)
    done = submit(on(cluster, "all", "--lake", lake, "--deliveries", deliveries, "--version", "v1"))
    distributed.shell("-get", lake, str(tmp_path / "lake"))
    assert_frame_equal(links(tmp_path / "lake"), links(local_lake))
    assert not (tmp_path / "lake" / "_scratch").exists()
    assert int(str(figures(done.stderr)[-1]["scratch_peak_bytes"])) > 0
