"""What Spark says in its log while a cluster has no room for a run, in words for whoever watches."""

from __future__ import annotations

import re
import time
from collections import Counter

SECONDS_APART = 600.0
"""The same sentence comes at most this often."""
_ACCEPTED = re.compile(rb"Application report for (application_\d+_\d+) \(state: ACCEPTED\)")
_RUNNING = re.compile(rb"Application report for (application_\d+_\d+) \(state: RUNNING\)")
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
        self._times: Counter[re.Pattern[bytes]] = Counter()
        self._said: dict[re.Pattern[bytes], float] = {}

    def in_words(self, line: bytes) -> str | None:
        """Return the sentence to show for a line; None for most lines, and for what was shown just before."""
        for kind, sentence in _SENTENCES.items():
            if not (heard := kind.search(line)):
                continue
            self._times[kind] += 1
            if self._times[kind] == 1 and kind in _ONCE_IS_USUAL:
                return None
            if time.monotonic() - self._said.get(kind, -SECONDS_APART) < SECONDS_APART:
                return None
            self._said[kind] = time.monotonic()
            return sentence.format(heard[1].decode())
        return None
