"""The whole path on YARN, its driver here or on a node: the links of local mode, to the row."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from tests.cluster.commands import SIZE, command, links, run, submit
from tests.cluster.daemons import Yarn, wait_for, yarn

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1800)]

QUEUE = "nuit"


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yarn]:
    """A YARN of one node that has room for a driver and two executors."""
    with yarn(tmp_path_factory.mktemp("yarn"), queue=QUEUE, memory_mb=6144) as resources:
        yield resources


def on(resources: Yarn, deploy_mode: str, *arguments: str, queue: str = QUEUE) -> list[str]:
    """The command, its driver where the deploy mode says and its executors on the node."""
    staging = {"spark.yarn.queue": queue, "spark.yarn.stagingDir": (resources.files.parent / "staging").as_uri()}
    return command(*arguments, "--env", "yarn", "--deploy-mode", deploy_mode, **SIZE, **staging)


def files_of(resources: Yarn) -> dict[str, str]:
    return {"HADOOP_CONF_DIR": str(resources.files)}


@pytest.mark.parametrize("deploy_mode", ["client", "cluster"])
def test_yarn_makes_the_links_of_local_mode(
    deploy_mode: str, resources: Yarn, country: Path, local_lake: Path, tmp_path: Path
) -> None:
    lake = tmp_path / "lake"
    arguments = ("all", "--lake", str(lake), "--deliveries", str(country), "--version", "v1")
    submit(on(resources, deploy_mode, *arguments), **files_of(resources))
    assert_frame_equal(links(lake), links(local_lake))
    assert not (lake / "_scratch").exists()
    assert [app["queue"] for app in resources.applications()][-1] == f"root.{QUEUE}"


def test_a_driver_on_a_node_says_why_it_stopped_where_it_is_told_to_look(resources: Yarn, tmp_path: Path) -> None:
    arguments = ("sources", "--lake", str(tmp_path / "lake"), "--deliveries", str(tmp_path / "nowhere"))
    before = {app["id"] for app in resources.applications()}
    done = run(on(resources, "cluster", *arguments), **files_of(resources))
    (application,) = {str(app["id"]) for app in resources.applications()} - before
    assert done.returncode == 2
    assert f"yarn logs -applicationId {application} says why." in done.stderr
    assert "\tat " not in done.stderr
    outputs = [file.read_text(encoding="utf-8") for file in (resources.logs / application).rglob("stdout")]
    assert sum(f"--deliveries {tmp_path}/nowhere: no such folder." in text for text in outputs) == 1  # tried once


@pytest.mark.parametrize("deploy_mode", ["client", "cluster"])
def test_a_queue_that_is_not_there_is_said_in_words(deploy_mode: str, resources: Yarn, tmp_path: Path) -> None:
    arguments = ("sources", "--lake", str(tmp_path / "lake"), "--deliveries", str(tmp_path))
    done = run(on(resources, deploy_mode, *arguments, queue="niut"), **files_of(resources))
    assert done.returncode == 2
    assert "YARN refuses to run this: unknown queue: niut." in done.stderr


@pytest.mark.parametrize(
    ("deploy_mode", "of"), [("client", "spark.yarn.am.memory"), ("cluster", "spark.driver.memory")]
)
def test_more_memory_than_a_node_has_is_said_in_words(
    deploy_mode: str, of: str, resources: Yarn, tmp_path: Path
) -> None:
    arguments = ("sources", "--lake", str(tmp_path / "lake"), "--deliveries", str(tmp_path))
    done = run([*on(resources, deploy_mode, *arguments), "--conf", f"{of}=6500m"], **files_of(resources))
    assert done.returncode == 2
    assert "is above the max threshold (6144 MB) of this cluster: ask for less" in done.stderr


@pytest.mark.parametrize("deploy_mode", ["client", "cluster"])
def test_a_run_for_which_there_is_no_node_says_that_it_waits(deploy_mode: str, tmp_path: Path) -> None:
    with yarn(tmp_path, queue=QUEUE, memory_mb=6144, nodes=0) as resources:
        arguments = ("sources", "--lake", str(tmp_path / "lake"), "--deliveries", str(tmp_path))
        words = [*on(resources, deploy_mode, *arguments), "--conf", "spark.yarn.report.loggingFrequency=5"]
        log, env = tmp_path / "screen", {**os.environ, **files_of(resources)}
        with log.open("wb") as screen, subprocess.Popen(words, env=env, stderr=screen) as launcher:
            try:
                wait_for(": the cluster has no room for it yet; waiting.", log)
            finally:
                launcher.terminate()
        (application,) = resources.applications()
        assert f"{application['id']}: the cluster has no room" in log.read_text(encoding="utf-8")
        if deploy_mode == "cluster":
            assert f"yarn application -kill {application['id']} ends it." in log.read_text(encoding="utf-8")
