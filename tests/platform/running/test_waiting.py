"""Who waits for room on a cluster reads so, and not at every line of the log."""

from __future__ import annotations

import pytest

from linkage.platform.running import waiting
from linkage.platform.running.waiting import Waiting

REPORT = b"2026-12-01 01:00:00 INFO Client: Application report for application_17_0004 (state: %s)\n"
NO_EXECUTOR = b"2026-12-01 01:00:00 WARN YarnScheduler: Initial job has not accepted any resources\n"
NO_ROOM = "application_17_0004: the cluster has no room for it yet; waiting."


@pytest.mark.parametrize(
    ("line", "sentences"),
    [
        (REPORT % b"ACCEPTED", [None, NO_ROOM, None]),
        (REPORT % b"RUNNING", ["application_17_0004: running on the cluster.", None, None]),
        (NO_EXECUTOR, [None, "The cluster gives this run no executor yet; waiting.", None]),
        (b"2026-12-01 01:00:00 WARN Client: neither\n", [None, None, None]),
    ],
)
def test_what_lasts_is_said_and_not_again_at_once(line: bytes, sentences: list[str | None]) -> None:
    reader = Waiting()
    assert [reader.in_words(line) for _ in sentences] == sentences


def test_what_goes_on_is_said_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "SECONDS_APART", 0.0)
    reader = Waiting()
    assert [reader.in_words(REPORT % b"ACCEPTED") for _ in range(3)] == [None, NO_ROOM, NO_ROOM]
