"""A standalone cluster, an HDFS and a YARN of this machine alone, started by a test and stopped with it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from linkage.platform.setup import delta_jars, java

SPARK_HOME = Path(str(resources.files("pyspark")))
TEST_JARS = Path(sys.prefix) / "test-jars"
JUNIT = ("org.junit.jupiter", "junit-jupiter-api", "5.13.3")
BOUNCY_CASTLE = ("org.bouncycastle", "bcpkix-jdk18on", "1.82")
"""Hadoop's mini-cluster calls them and does not carry them."""


@contextmanager
def daemon(log: Path, command: Sequence[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that knows nothing of the clone: no variable of this run, a folder of its own."""
    bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    own = {**bare, "JAVA_HOME": str(java.home()), "SPARK_HOME": str(SPARK_HOME), **environment}
    with log.open("wb") as out:
        started = subprocess.Popen(command, env=own, cwd=log.parent, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(30)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait(30)


@dataclass(frozen=True)
class Worker:
    """A worker, where its executors work and where they spill."""

    process: subprocess.Popen[bytes]
    work: Path
    spill: Path

    def executors(self) -> list[int]:
        """The executors it has started, as the kernel tells."""
        children = ["ps", "-ww", "--ppid", str(self.process.pid), "-o", "pid=,args="]
        listed = subprocess.run(children, capture_output=True, text=True, check=False)
        lines = [line.split(maxsplit=1) for line in listed.stdout.splitlines()]
        return [int(pid) for pid, command in lines if "CoarseGrainedExecutorBackend" in command]

    def shuffled(self) -> set[Path]:
        """What its executors keep for the next Spark stages."""
        return set(self.spill.rglob("shuffle_*.data"))


@dataclass(frozen=True)
class Standalone:
    """A master and its workers."""

    url: str
    workers: tuple[Worker, ...]


@contextmanager
def standalone(folder: Path, *, workers: int, memory: str) -> Iterator[Standalone]:
    """A standalone cluster on loopback: one core and ``memory`` a worker."""
    host, port = ("--host", "127.0.0.1"), str(free_port())
    spark_class, small = str(SPARK_HOME / "bin" / "spark-class"), {"SPARK_DAEMON_MEMORY": "256m"}
    url = f"spark://127.0.0.1:{port}"
    with ExitStack() as started:
        log = folder / "master.log"
        master = [spark_class, "org.apache.spark.deploy.master.Master", *host, "--port", port, "--webui-port", "0"]
        started.enter_context(daemon(log, master, **small))
        wait_for("I have been elected leader", log)
        running = []
        for number in range(workers):
            work, spill, log = (folder / f"{name}-{number}" for name in ("work", "spill", "worker"))
            spill.mkdir()
            size = ("--cores", "1", "--memory", memory, "--webui-port", "0", "--work-dir", str(work))
            worker = [spark_class, "org.apache.spark.deploy.worker.Worker", *host, *size, url]
            process = started.enter_context(daemon(log, worker, **small, SPARK_LOCAL_DIRS=str(spill)))
            wait_for("Successfully registered with master", log)
            running.append(Worker(process, work, spill))
        yield Standalone(url, tuple(running))


@dataclass(frozen=True)
class Hdfs:
    """A name node and a data node."""

    uri: str
    folder: Path

    def shell(self, *arguments: str) -> None:
        """``hadoop fs`` with these arguments."""
        classes = f"{self.folder}:{SPARK_HOME}/jars/*"
        command = [str(java.home() / "bin/java"), "-cp", classes, "org.apache.hadoop.fs.FsShell", *arguments]
        subprocess.run(command, check=True, timeout=120)


@contextmanager
def hdfs(folder: Path) -> Iterator[Hdfs]:
    """Hadoop's own mini-cluster, of the version that Spark carries, its jars fetched from Maven on first use."""
    details, log = folder / "details.json", folder / "hdfs.log"
    _settings(folder / "core-site.xml", {})
    command = [*_hadoop(folder, folder), f"-Dtest.build.data={folder}/data"]
    manager = ["org.apache.hadoop.test.MiniDFSClusterManager", "-datanodes", "1", "-format"]
    options = ["-D", "dfs.replication=1", "-D", f"hadoop.tmp.dir={folder}/tmp", "-writeDetails", str(details)]
    with daemon(log, [*command, *manager, *options]):
        wait_for("namenode_port", details)
        port = json.loads(details.read_text(encoding="utf-8"))["namenode_port"]
        yield Hdfs(f"hdfs://localhost:{port}", folder)


RESOURCE_MANAGER = tuple(
    f"yarn.resourcemanager.{name}address" for name in ("", "scheduler.", "resource-tracker.", "admin.", "webapp.")
)
NODE_MANAGER = tuple(f"yarn.nodemanager.{name}address" for name in ("", "localizer.", "webapp."))
"""Where YARN's daemons listen."""


@dataclass(frozen=True)
class Yarn:
    """A resource manager, and its node manager where there is one."""

    files: Path
    logs: Path
    web: str

    def applications(self) -> list[dict[str, object]]:
        """What the resource manager knows of each application."""
        apps = self.asked("apps")["apps"] or {}
        return list(apps.get("app", []))

    def has_nodes(self, number: int) -> bool:
        """Whether the resource manager answers, and so many node managers have joined it."""
        with suppress(OSError):  # nobody listens yet
            return bool(self.asked("metrics")["clusterMetrics"]["totalNodes"] == number)
        return False

    def asked(self, resource: str) -> dict[str, Any]:
        """The answer of the resource manager's web service."""
        with urllib.request.urlopen(f"http://{self.web}/ws/v1/cluster/{resource}", timeout=10) as answer:
            return dict(json.load(answer))


@contextmanager
def yarn(folder: Path, *, queue: str, memory_mb: int, nodes: int = 1) -> Iterator[Yarn]:
    """Hadoop's own two daemons of YARN, with one queue that jobs may name; one node with this memory, or none."""
    ports = {name: f"127.0.0.1:{free_port()}" for name in (*RESOURCE_MANAGER, *NODE_MANAGER)}
    files, logs = folder / "files", folder / "containers"
    files.mkdir()
    _settings(files / "core-site.xml", {})
    node = {
        "yarn.nodemanager.local-dirs": str(folder / "local"),
        "yarn.nodemanager.log-dirs": str(logs),
        "yarn.nodemanager.resource.memory-mb": str(memory_mb),
        "yarn.nodemanager.vmem-check-enabled": "false",
        "yarn.scheduler.minimum-allocation-mb": "128",
    }
    _settings(files / "yarn-site.xml", {"yarn.resourcemanager.hostname": "127.0.0.1", **node, **ports})
    root = "yarn.scheduler.capacity"
    shares = {f"{root}.root.queues": queue, f"{root}.root.{queue}.capacity": "100"}
    _settings(files / "capacity-scheduler.xml", {**shares, f"{root}.maximum-am-resource-percent": "1"})
    server, cluster = "org.apache.hadoop.yarn.server", Yarn(files, logs, ports["yarn.resourcemanager.webapp.address"])
    with ExitStack() as stack:
        for name in ("resourcemanager.ResourceManager", *["nodemanager.NodeManager"] * nodes):
            stack.enter_context(daemon(folder / f"{name}.log", [*_hadoop(files, folder), f"{server}.{name}"]))
        wait_until(lambda: cluster.has_nodes(nodes), f"{nodes} nodes are not there: see {folder}")
        yield cluster


def _settings(file: Path, properties: Mapping[str, str]) -> None:
    """Write a file of Hadoop's settings."""
    each = "".join(
        f"<property><name>{key}</name><value>{value}</value></property>\n" for key, value in properties.items()
    )
    file.write_text(f"<configuration>\n{each}</configuration>\n", encoding="utf-8")


def _hadoop(settings: Path, folder: Path) -> list[str]:
    """Java with the mini-cluster of the Hadoop that Spark carries, its jars fetched from Maven on first use."""
    api = next((SPARK_HOME / "jars").glob("hadoop-client-api-*.jar"))
    version = api.stem.removeprefix("hadoop-client-api-")
    coordinates = (("org.apache.hadoop", "hadoop-client-minicluster", version), JUNIT, BOUNCY_CASTLE)
    jars = [f"{_jars(artifact, folder)}/*" for artifact in coordinates]
    classes = ":".join([str(settings), *jars, f"{SPARK_HOME}/jars/*"])
    return [str(java.home() / "bin/java"), "-Xmx512m", "-cp", classes]


def _jars(coordinates: tuple[str, str, str], folder: Path) -> Path:
    group, artifact, version = coordinates
    place = TEST_JARS / f"{artifact}-{version}"
    if not place.exists():
        log = folder / "jars.log"
        delta_jars.resolve(SPARK_HOME, place, (group, artifact), [version], java.home(), log)
    return place


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def wait_for(words: str, log: Path) -> None:
    """Waits until a file says these words."""
    wait_until(
        lambda: log.exists() and words in log.read_text(encoding="utf-8", errors="replace"),
        f"{words!r} is not in {log}",
    )


def wait_until(condition: Callable[[], bool], missing: str) -> None:
    """Waits until a condition holds, two minutes at most."""
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, missing
        time.sleep(0.2)
