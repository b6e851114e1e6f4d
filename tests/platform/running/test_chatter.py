"""A log that one warning does not drown, and that has what the screen was spared."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from linkage.platform.progress.console import Console
from linkage.platform.progress.events import Event
from linkage.platform.progress.progress import Progress
from linkage.platform.running import launch
from linkage.platform.running.chatter import KEPT, Chatter

AT = b"2026-11-02 03:04:05 "


def logged(*lines: bytes) -> list[bytes]:
    log = io.BytesIO()
    chatter = Chatter(log)
    chatter.follow(lines)
    chatter.close()
    return log.getvalue().splitlines(keepends=True)


def test_a_warning_that_repeats_itself_but_for_its_numbers_is_counted() -> None:
    plans = [AT + b"WARN Plan: too long: %d of 19970.5\n" % number for number in range(1, 11)]
    other = AT + b"WARN Window: all data in one partition\n"
    assert logged(*plans[:5], other, *plans[5:]) == [
        *plans[:KEPT],
        other,
        b"7 times more, N standing for numbers: Plan: too long: N of N\n",
    ]


def test_the_lines_of_a_warning_go_with_it() -> None:
    warning = [AT + b"WARN Task: lost\n", b"java.io.IOException\n", b"\tat x\n"]
    assert logged(*warning * (KEPT + 1), AT + b"INFO on\n", b"more\n") == [
        *warning * KEPT,
        AT + b"INFO on\n",
        b"more\n",
        b"1 times more, N standing for numbers: Task: lost\n",
    ]


@pytest.mark.parametrize("line", [AT + b"ERROR Task: failed\n", b"Traceback (most recent call last):\n", b"WARN x\n"])
def test_errors_and_what_is_not_a_dated_warning_are_written_every_time(line: bytes) -> None:
    assert logged(*[line] * 10) == [line] * 10


def test_what_a_child_says_on_both_streams_is_in_its_log(tmp_path: Path) -> None:
    noise = tmp_path / "noise"
    noise.write_bytes((AT + b"WARN Plan: 1\n") * 10)
    (tmp_path / "events").write_text(Event("say", text="18 deliveries.", aside=True).line(), encoding="utf-8")
    command = ["sh", "-c", f"cat {noise} >&2; echo plain; cat {tmp_path}/events"]
    assert launch.run(command, os.environ, tmp_path / "x.log", asked={}, on_cluster=False) == 0
    lines = (tmp_path / "x.log").read_text(encoding="utf-8").splitlines()
    assert lines.count("2026-11-02 03:04:05 WARN Plan: 1") == KEPT
    assert lines[-1] == "7 times more, N standing for numbers: Plan: N"
    assert "plain" in lines and "18 deliveries." in lines


def test_a_brief_run_shows_its_conclusion_and_leaves_the_rest_to_the_log() -> None:
    out = io.StringIO()
    progress = Progress(Console(out, io.StringIO()), is_brief=True)
    progress.say("a detail")
    progress.table("Rows", ("rows",), [(1,)])
    progress.conclude("F1 0.99")
    assert out.getvalue() == "F1 0.99\n"
