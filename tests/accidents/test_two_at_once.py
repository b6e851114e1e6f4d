"""One run at a time on a lake: the second is refused, readers never wait and never see half a version."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars
import pytest
from pyspark.sql import SparkSession

from linkage.platform.errors import InputError
from linkage.platform.lake import lock
from tests.accidents.lakes import JOBS, KEY, STUDY, Stop, table_hashes
from tests.clone import ROOT
from tests.whole import in_session, submit

HOLD = """
import fcntl, json, sys
lock = open(sys.argv[1], "w")
fcntl.lockf(lock, fcntl.LOCK_EX)
lock.write(sys.argv[2])
lock.flush()
print(flush=True)
input()
"""
OTHER = {"job": "links", "process": 77, "host": "nuit", "person": "exploitant", "started": "2026-11-29T02:00:00+00:00"}
OF_VERSION = ("links", "person_links", "unlinked", "ledger", "versions")


@contextmanager
def another_run(lake: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Hold the lake's lock in another process, as the driver of a job does."""
    lake.mkdir(exist_ok=True)
    command = [sys.executable, "-c", HOLD, str(lake / lock.FILE), json.dumps({**OTHER, "token": "t"})]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        try:
            yield other
        finally:
            other.kill()


def arguments(job: str, lake: Path, country: Path, folder: Path) -> list[str]:
    key = folder / "key"
    key.write_text(KEY, encoding="ascii")
    key.chmod(0o600)
    more = {
        "sources": ["--deliveries", str(country)],
        "estimate_model": ["--out", str(folder / "model.json")],
        "scored_pairs": ["--model", str(lake / "models" / "v1.json")],
        "links": ["--version", "v2"],
        "quality": ["--version", "v1"],
        "linked_base": ["--version", "v1", "--key", str(key)],
        "study_extracts": ["--version", "v1", "--study", STUDY, "--key", str(key), "--out", str(folder / "out")],
    }
    return [job, "--lake", str(lake), *more.get(job, [])]


@pytest.mark.parametrize("job", JOBS)
def test_a_second_run_is_refused_names_the_first_and_touches_nothing(
    job: str, links_of_v2: Stop, country: Path, spark: SparkSession, tmp_path: Path
) -> None:
    lake = links_of_v2.copy(tmp_path)
    before = {file: file.stat().st_mtime_ns for file in lake.rglob("*") if file.is_file() and file.name != lock.FILE}
    with (
        another_run(lake),
        pytest.raises(InputError, match=r"another run writes in it \(links, process 77 on nuit, of exp"),
    ):
        in_session(spark, *arguments(job, lake, country, tmp_path))
    assert before == {file: file.stat().st_mtime_ns for file in before}
    assert not (tmp_path / "out").exists()


def test_a_run_killed_outright_is_taken_over_and_that_is_said(
    links_of_v2: Stop, spark: SparkSession, tmp_path: Path
) -> None:
    lake = links_of_v2.copy(tmp_path)
    with another_run(lake) as other:
        other.kill()
        other.wait()
    events = in_session(spark, *links_of_v2.arguments(lake))
    assert any("ended without a word: links, process 77" in event.text for event in events)
    assert table_hashes(lake) == links_of_v2.after


def test_a_reader_of_the_record_sees_all_of_a_version_or_nothing(
    links_of_v2: Stop, spark: SparkSession, tmp_path: Path
) -> None:
    lake = links_of_v2.copy(tmp_path)
    seen: list[frozenset[str]] = []
    ended = threading.Event()

    def poll() -> None:
        while not ended.is_set():
            recorded = json.loads((lake / "_lake.json").read_text(encoding="utf-8"))["tables"]
            with_v2 = {
                path
                for path in OF_VERSION
                if "v2" in set(polars.scan_delta(str(lake / path), version=recorded[path]).collect()["version"])
            }
            seen.append(frozenset(with_v2))

    reader = threading.Thread(target=poll)
    reader.start()
    try:
        links_of_v2.run_again(spark, lake)
        time.sleep(0.5)
    finally:
        ended.set()
        reader.join()
    assert set(seen) == {frozenset(), frozenset(OF_VERSION)}


@pytest.mark.accidents
@pytest.mark.parametrize("apart", [0.0, 0.5, 2.0])
def test_of_two_jobs_started_together_on_a_new_lake_one_works_and_one_is_refused(
    apart: float, country: Path, tmp_path: Path
) -> None:
    lake = tmp_path / "lake"
    ended = together([["sources", "--lake", str(lake), "--deliveries", str(country)]] * 2, apart=apart)
    assert sorted(status for status, _ in ended) == [0, 2], ended
    assert any("another run writes in it" in said for status, said in ended if status == 2)


@pytest.mark.accidents
@pytest.mark.parametrize("number", [2, 3])
def test_of_several_jobs_that_publish_one_version_one_does_and_the_lake_is_an_undisturbed_runs(
    number: int, links_of_v2: Stop, tmp_path: Path
) -> None:
    lake = links_of_v2.copy(tmp_path)
    ended = together([links_of_v2.arguments(lake)] * number, apart=0.0)
    assert sorted(status for status, _ in ended) == [0] + [2] * (number - 1), ended
    assert table_hashes(lake) == links_of_v2.after


@pytest.mark.accidents
@pytest.mark.parametrize("who", ["launcher", "driver", "jvm"])
def test_when_one_of_a_runs_processes_is_killed_the_others_end_within_seconds(
    who: str, links_of_v2: Stop, spark: SparkSession, tmp_path: Path
) -> None:
    lake = links_of_v2.copy(tmp_path)
    with subprocess.Popen(
        [ROOT / "spark-submit.sh", *links_of_v2.arguments(lake)], stderr=subprocess.PIPE, start_new_session=True
    ) as launcher:
        processes = wait_for_processes(launcher.pid, lake)
        os.kill(processes[who], signal.SIGKILL)
        deadline = time.monotonic() + 15
        while alive := [name for name, process in processes.items() if is_running(process)]:
            assert time.monotonic() < deadline, f"still there: {alive}"
            time.sleep(0.2)
    links_of_v2.run_again(spark, lake)
    assert table_hashes(lake) == links_of_v2.after


def wait_for_processes(launcher: int, lake: Path) -> dict[str, int]:
    """Return the processes of a run once its driver holds the lake."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        holder = (lake / lock.FILE).read_text(encoding="utf-8") if (lake / lock.FILE).exists() else ""
        if holder.endswith("}"):
            driver = int(json.loads(holder)["process"])
            status = Path(f"/proc/{driver}/status").read_text(encoding="ascii")
            jvm = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("PPid"))
            return {"launcher": launcher, "driver": driver, "jvm": jvm}
        time.sleep(0.1)
    raise AssertionError("the driver never took the lake")


def is_running(process: int) -> bool:
    """Return whether a process runs; one that ended and whose parent has not looked yet does not."""
    status = Path(f"/proc/{process}/stat")
    try:
        return status.read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def together(commands: list[list[str]], *, apart: float) -> list[tuple[int, str]]:
    """Run commands side by side, each started so many seconds after the one before; return statuses and what was said."""
    ended: list[tuple[int, str]] = []

    def one(command: list[str]) -> None:
        finished = submit(*command)
        ended.append((finished.returncode, finished.stderr))

    threads = [threading.Thread(target=one, args=(command,)) for command in commands]
    for thread in threads:
        thread.start()
        time.sleep(apart)
    for thread in threads:
        thread.join()
    return ended
