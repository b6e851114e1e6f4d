"""What a container of the image starts, and what never goes into the image."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.clone import ROOT
from tests.platform.executables import script

EXECUTOR = {
    "SPARK_APPLICATION_ID": "app",
    "SPARK_EXECUTOR_ID": "7",
    "SPARK_EXECUTOR_CORES": "4",
    "SPARK_EXECUTOR_MEMORY": "8192m",
    "SPARK_DRIVER_URL": "spark://driver",
    "SPARK_EXECUTOR_POD_IP": "10.0.0.7",
    "SPARK_EXECUTOR_POD_NAME": "pod-7",
    "SPARK_RESOURCE_PROFILE_ID": "0",
}


def started(tmp_path: Path, *arguments: str, **environment: str) -> list[str]:
    """Run the entry point where Java says with what it was started; return that."""
    java = script(tmp_path / "fake", "java", 'printf "%s\\n" "$@"')
    path = f"{java.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.check_output(
        [ROOT / "conf/spark/entrypoint.sh", *arguments],
        env={**os.environ, "PATH": path, **environment},
        text=True,
    ).splitlines()


def test_an_executor_gets_what_kubernetes_says_of_it(tmp_path: Path) -> None:
    options = {f"SPARK_JAVA_OPT_{number}": f"-Dnumber={number}" for number in (10, 9, *range(9))}
    said = started(tmp_path, "executor", **EXECUTOR, **options)
    assert said[:12] == [*(f"-Dnumber={number}" for number in range(11)), "-Xmx8192m"]
    backend = said.index("org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend")
    given = dict(zip(said[backend + 1 :: 2], said[backend + 2 :: 2], strict=True))
    assert given["--executor-id"] == "7" and given["--podName"] == "pod-7" and given["--driver-url"] == "spark://driver"
    assert given.keys() == {
        *("--app-id", "--executor-id", "--cores", "--driver-url"),
        *("--hostname", "--podName", "--resourceProfileId"),
    }


def test_any_other_word_is_a_job(tmp_path: Path) -> None:
    assert any(line.startswith("  links ") for line in started(tmp_path))


def test_lakes_keys_and_logs_stay_out_of_the_image() -> None:
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {"logs", "lake", "deliveries", "demo-lake*", "**/*.key", ".venv", ".git"} <= set(left_out)
