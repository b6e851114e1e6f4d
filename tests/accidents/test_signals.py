"""Ctrl-C and kills at any instant, of the launcher as the user starts it: no trace, and the same command ends the work."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.accidents.lakes import table_hashes
from tests.clone import ROOT
from tests.whole import submit

SEED = 26
KILLS = 10


@pytest.mark.accidents
@pytest.mark.parametrize("seconds", [0.05, 0.4, 1.0, 2.5, 7.0, 12.0])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_job_without_a_trace(
    seconds: float, number: signal.Signals, country: Path, tmp_path: Path
) -> None:
    command = [str(ROOT / "spark-submit.sh"), "sources", "--lake", str(tmp_path / "lake"), "--deliveries", str(country)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as job:
        time.sleep(seconds)
        os.killpg(job.pid, number)
        out, said = job.communicate(timeout=60)
    assert job.returncode in (-number, 128 + number), (job.returncode, said)
    assert "Traceback" not in said + out


@pytest.mark.accidents
@pytest.mark.timeout(3600)
def test_ten_kills_in_one_run_change_nothing(finished_lake: Path, country: Path, tmp_path: Path) -> None:
    lake, draw = tmp_path / "lake", random.Random(SEED)
    command = [
        "all",
        "--lake",
        str(lake),
        "--deliveries",
        str(country),
        "--version",
        "v1",
        "--truth",
        f"{country}/truth",
    ]
    for _ in range(KILLS):
        with subprocess.Popen(
            [ROOT / "spark-submit.sh", *command], stderr=subprocess.DEVNULL, start_new_session=True
        ) as job:
            time.sleep(draw.uniform(3, 60))
            victims = [job.pid, *_below(job.pid)]
            os.kill(draw.choice(victims), signal.SIGKILL)
            job.wait(900)  # one that loses a worker of Python goes on
    ended = submit(*command)
    assert ended.returncode == 0, ended.stderr
    assert table_hashes(lake) == table_hashes(finished_lake)
    assert not (lake / "_scratch").exists()


@pytest.mark.accidents
@pytest.mark.timeout(1800)
def test_ctrl_c_while_the_deliveries_of_the_demonstration_are_written(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    command = ["demo", "--lake", str(lake), "--procedures", "1500"]
    with subprocess.Popen(
        [ROOT / "spark-submit.sh", *command], stderr=subprocess.DEVNULL, start_new_session=True
    ) as job:
        unfinished = tmp_path / "lake-deliveries.unfinished"
        while not unfinished.exists():
            time.sleep(0.05)
        time.sleep(3)
        os.killpg(job.pid, signal.SIGINT)
        job.wait(60)
    assert not (tmp_path / "lake-deliveries").exists()
    ended = submit(*command)
    assert ended.returncode == 0, ended.stderr
    assert not unfinished.exists()


def _below(process: int) -> list[int]:
    """Return the processes that a process started, and theirs."""
    children = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in task.read_text(encoding="ascii").split():
            children += [int(child), *_below(int(child))]
    return children
