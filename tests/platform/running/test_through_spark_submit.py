"""A job through Spark's own spark-submit: what comes out, what fails, what stops."""

from __future__ import annotations

import json
import os
import shlex
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from tests.clone import SMALL, Clone


def test_a_job_runs_from_the_packed_code_with_results_progress_and_chatter_apart(clone: Clone, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = clone.run("count", "--lake", "lake", "--rows", "7", *SMALL, cwd=elsewhere)
    assert done.returncode == 0, done.stderr
    results = done.stdout.splitlines()
    said = dict(
        line.split(" ", 1)
        for line in results
        if line.startswith(("executor", "driver", "settings", "lake", "heap", "options"))
    )
    assert "appariement.zip/linkage/platform/running/options.py" in said["executor"]
    assert "appariement.zip/linkage/platform/running/options.py" in said["driver"]
    assert said["settings"].rstrip("/").endswith("appariement.zip/conf")
    assert said["lake"] == str(elsewhere / "lake")
    assert said["heap"] == "1g"
    assert shlex.split(said["options"]) == [*SMALL[2:]]
    assert [line.split() for line in results if "numbers" in line] == [["sources", "numbers", "7", "7", "0"]]
    assert "count · counting …" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("done in ")
    assert "chatter of a library" not in done.stdout + done.stderr
    (log,) = clone.logs()
    assert "chatter of a library" in log.read_text(encoding="utf-8")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    figures = log.with_suffix(".jsonl")
    assert stat.S_IMODE(figures.stat().st_mode) == 0o600
    records = [json.loads(line) for line in figures.read_text(encoding="utf-8").splitlines()]
    (counted,) = (record for record in records if record.get("step") == "counting")
    assert counted["tasks"] >= 1
    assert counted["tables"] == {"numbers": {"in": 7, "out": 7, "set_aside": 0}}
    assert done.stderr.splitlines()[-1].endswith(f"figures of each step: {figures}")
    spilled = next(line for line in results if line.startswith("spills in ")).removeprefix("spills in ")
    assert not Path(spilled).exists()
    assert [entry.name for entry in elsewhere.iterdir()] == []


@pytest.mark.parametrize(
    ("fail", "code", "said"),
    [
        ("contract", 3, "sources/police_procedures: 3 rows found, 4 expected."),
        ("crash", 1, "count stopped on an unexpected NumberFormatException."),
        ("kept", 3, " MB at most, deleted"),
    ],
)
def test_a_failed_job_gives_its_exit_code_and_one_message(fail: str, code: int, said: str, clone: Clone) -> None:
    done = clone.run("count", "--lake", "lake", "--fail", fail, *SMALL)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "DUPONT" not in done.stdout + done.stderr
    (log,) = clone.logs()
    assert str(log) in done.stderr
    assert said in log.read_text(encoding="utf-8")
    assert "QueryContextLogger" not in log.read_text(encoding="utf-8")
    assert not (clone.root / "lake" / "_scratch").exists()
    records = [json.loads(line) for line in log.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()]
    ended = records[-1]
    assert (ended["kind"], ended["status"], ended["job"]) == ("run", code, "count")
    assert ended["lake"] == str(clone.root / "lake") and ended["code"] and ended["began"]
    assert ended["reason"] in done.stderr and (fail == "kept" or said in ended["reason"])


def test_a_job_that_is_told_to_stop_stops_with_all_it_started(clone: Clone, tmp_path: Path) -> None:
    running = subprocess.Popen(
        clone.command("count", "--lake", "lake", "--fail", "sleep", *SMALL),
        cwd=clone.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert running.stdout is not None
    assert any(line.startswith("heap") for line in running.stdout)  # it now sleeps
    running.send_signal(signal.SIGTERM)
    time.sleep(0.1)
    running.send_signal(signal.SIGTERM)  # an impatient user must not leave half of it running
    _, err = running.communicate(timeout=60)
    assert running.returncode == 128 + signal.SIGTERM
    assert "stopped; the last good state is still readable." in err
    assert not list(tmp_path.glob("appariement-*"))
    assert (clone.root / "lake" / "_scratch").exists()
    assert not list((clone.root / "lake").glob("_scratch/*"))
    deadline = time.monotonic() + 20
    while _of_this_clone(clone) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not _of_this_clone(clone)


def _of_this_clone(clone: Clone) -> list[str]:
    listed = subprocess.check_output(["ps", "-eo", "args"], text=True)
    return [line for line in listed.splitlines() if str(clone.root) in line and "jobs/count.py" in line]
