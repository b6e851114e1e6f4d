"""The records of a run: what was asked stands first, and a last one says what became of it, whoever died."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from jobs import CATALOGUE
from linkage.platform.progress.events import Event
from linkage.platform.running import launch, records, submit

ASKED = {"job": "links", "lake": "/lake", "version": "v1", "began": "2026-11-02T03:04:05+0100", "code": "abc"}


def written(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in records.of_log(log).read_text(encoding="utf-8").splitlines()]


def test_the_last_record_of_the_driver_gets_what_was_asked(tmp_path: Path) -> None:
    last: dict[str, Any] = {
        "kind": "run",
        "job": "links",
        "status": 2,
        "reason": "--version v1: taken.",
        "seconds": 3.0,
    }
    events = Event("record", text=json.dumps(last)).line() + Event("error", text=last["reason"]).line()
    (tmp_path / "events").write_text(events, encoding="utf-8")
    command = ["sh", "-c", f"cat {tmp_path}/events; exit 2"]
    assert launch.run(command, os.environ, tmp_path / "x.log", asked=ASKED, on_cluster=False) == 2
    first, ended = written(tmp_path / "x.log")
    assert first["kind"] == "start" and ASKED.items() <= first.items()
    assert {**ASKED, **last, "outcome": "refused"}.items() <= ended.items()


@pytest.mark.parametrize(
    ("ends", "status", "outcome"), [("exit 1", 1, "failed"), ("kill -9 $$", 1, "failed"), ("exit 0", 0, "done")]
)
def test_where_the_driver_wrote_no_last_record_the_launcher_does(
    ends: str, status: int, outcome: str, tmp_path: Path
) -> None:
    assert launch.run(["sh", "-c", ends], os.environ, tmp_path / "x.log", asked=ASKED, on_cluster=False) == status
    _, ended = written(tmp_path / "x.log")
    assert ASKED.items() <= ended.items() and (ended["status"], ended["outcome"]) == (status, outcome)
    assert ended["reason"] == "" if status == 0 else "before the job could say why" in ended["reason"]


def test_a_run_that_is_refused_before_spark_starts_has_its_records_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(submit, "LOGS", tmp_path / "logs")
    argv = ["sources", "--lake", str(tmp_path / "lake"), "--deliveries", str(tmp_path / "none")]
    assert submit.main(CATALOGUE, argv) == 2
    (ended,) = records.last_runs(tmp_path / "logs", str(tmp_path / "lake"), at_most=9)
    assert (ended["job"], ended["outcome"]) == ("sources", "refused")
    assert ended["reason"] == f"--deliveries {tmp_path}/none: no such folder." == capsys.readouterr().err.strip()


def test_a_run_that_was_told_to_stop_says_by_which_signal(tmp_path: Path) -> None:
    start = (
        "import os, pathlib, sys; from linkage.platform.running import launch;"
        f"log = pathlib.Path({str(tmp_path / 'x.log')!r});"
        "sys.exit(launch.run(['sleep', '60'], os.environ, log, asked={'job': 'links'}, on_cluster=False))"
    )
    with subprocess.Popen([sys.executable, "-c", start], stderr=subprocess.DEVNULL) as launcher:
        deadline = time.monotonic() + 60
        while not records.of_log(tmp_path / "x.log").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1)
        launcher.send_signal(signal.SIGTERM)
        assert launcher.wait(30) == 128 + signal.SIGTERM
    ended = written(tmp_path / "x.log")[-1]
    assert (ended["kind"], ended["status"], ended["outcome"], ended["reason"]) == (
        "run",
        143,
        "stopped",
        "signal SIGTERM",
    )
