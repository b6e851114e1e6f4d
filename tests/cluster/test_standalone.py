"""The way from a command to a running job, on a real standalone cluster of one worker."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from linkage import java
from tests.clone import Clone

SPARK_HOME = str(resources.files("pyspark"))
SMALL = {
    "spark.executor.cores": "1",
    "spark.executor.memory": "512m",
    "spark.executor.memoryOverhead": "384m",
    "spark.driver.memory": "1g",
    "spark.sql.shuffle.partitions": "2",
}


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _daemon(log: Path, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "SPARK_HOME": SPARK_HOME, "JAVA_HOME": str(java.home()), "SPARK_DAEMON_MEMORY": "256m"}
    command = [f"{SPARK_HOME}/bin/spark-class", f"org.apache.spark.deploy.{name}", "--host", "127.0.0.1", *arguments]
    with log.open("wb") as out:
        return subprocess.Popen(command, env=environment, stdout=out, stderr=out)


def _wait_for(words: str, log: Path) -> None:
    deadline = time.monotonic() + 120
    while words not in log.read_text(encoding="utf-8", errors="replace"):
        assert time.monotonic() < deadline, f"{words!r} is not in {log}"
        time.sleep(0.2)


@pytest.fixture
def master(tmp_path: Path) -> Iterator[str]:
    """The URL of a master with one worker of one core."""
    url = f"spark://127.0.0.1:{_free_port()}"
    port = url.rpartition(":")[2]
    daemons = [_daemon(tmp_path / "master.log", "master.Master", "--port", port, "--webui-port", "0")]
    try:
        _wait_for("I have been elected leader", tmp_path / "master.log")
        size = ("--cores", "1", "--memory", "1g", "--webui-port", "0", "--work-dir", str(tmp_path / "work"))
        daemons.append(_daemon(tmp_path / "worker.log", "worker.Worker", *size, url))
        _wait_for("Successfully registered with master", tmp_path / "worker.log")
        yield url
    finally:
        for daemon in daemons:
            daemon.terminate()
        for daemon in daemons:
            daemon.wait(60)


def test_code_and_settings_travel_to_the_executors_of_a_cluster(clone: Clone, tmp_path: Path, master: str) -> None:
    properties = [word for key, value in SMALL.items() for word in ("--conf", f"{key}={value}")]
    standalone = str(clone.root / "conf/spark/standalone.conf")
    lake = str(tmp_path / "lake")
    done = clone.run("count", "--lake", lake, "--master", master, "--properties-file", standalone, *properties)
    assert done.returncode == 0, done.stderr
    said = dict(
        line.split(" ", 1) for line in done.stdout.splitlines() if line.startswith(("executor", "driver", "settings"))
    )
    # The worker's own copy, in the folder of this application.
    assert said["executor"].endswith("appariement.zip/linkage/options.py")
    assert said["executor"] != said["driver"]
    assert said["settings"].rstrip("/").endswith("appariement.zip/conf")
    assert list((tmp_path / "work").glob("app-*/0/appariement.zip"))
