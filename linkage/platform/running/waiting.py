"""What Spark says in its log while a cluster has no room for a run, in words for whoever watches."""

from __future__ import annotations

import re
import time

SECONDS_APART = 600.0
"""The same sentence comes at most this often."""
_REPORT = rb"Application report for (application_\d+_\d+) \(state: %s\)"
_ACCEPTED, _RUNNING = (re.compile(_REPORT % state) for state in (b"ACCEPTED", b"RUNNING"))
_NO_EXECUTOR = re.compile(rb"Initial job has not accepted any resources()")
_SENTENCES = {
    _ACCEPTED: "{}: the cluster has no room for it yet; waiting.",
    _RUNNING: "{}: running on the cluster.",
    _NO_EXECUTOR: "The cluster gives this run no executor yet; waiting.",
}
_ONCE_IS_USUAL = {_ACCEPTED, _NO_EXECUTOR}
"""Every run on a cluster is without room for a moment."""


class Waiting:
    """Reads the lines of a log as they come."""

    def __init__(self) -> None:
        self._next_times: dict[re.Pattern[bytes], float] = {}

    def in_words(self, line: bytes) -> str | None:
        """Return the sentence to show for a line; None for most lines, and for what was shown just before."""
        for kind, sentence in _SENTENCES.items():
            if heard := kind.search(line):
                return sentence.format(heard[1].decode()) if self._is_due(kind) else None
        return None

    def _is_due(self, kind: re.Pattern[bytes]) -> bool:
        now = time.monotonic()
        if kind not in self._next_times and kind in _ONCE_IS_USUAL:
            self._next_times[kind] = now
            return False
        if now < self._next_times.get(kind, now):
            return False
        self._next_times[kind] = now + SECONDS_APART
        return True
