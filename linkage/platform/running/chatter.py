"""The log of a run: everything that Spark and the libraries wrote, a warning that repeats itself counted."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable
from typing import IO

KEPT = 3
"""Times that one warning is written; it is counted after that."""
_DATED = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ")
_WARNING = re.compile(rb"WARN (.*)", re.DOTALL)
_NUMBER = re.compile(rb"\d[\d.,]*")


class Chatter:
    """Writes a log. Warnings that differ by their numbers only are one, and so are the lines that belong to each."""

    def __init__(self, log: IO[bytes]) -> None:
        self._log, self._lock = log, threading.Lock()
        self._counts: Counter[bytes] = Counter()
        self._passes = True

    def add(self, text: bytes) -> None:
        """Write a text as it is."""
        with self._lock:
            self._log.write(text)

    def follow(self, stream: Iterable[bytes]) -> None:
        """Write the lines of a stream until it ends, repetitions counted."""
        for line in stream:
            if dated := _DATED.match(line):
                self._passes = self._is_new(line[dated.end() :])
            if self._passes:
                self.add(line)

    def close(self) -> None:
        """Write how often each warning came that was not written every time."""
        for kind, count in self._counts.most_common():
            if count > KEPT:
                self.add(b"%d times more, N standing for numbers: %s\n" % (count - KEPT, kind))

    def _is_new(self, line: bytes) -> bool:
        warning = _WARNING.match(line)
        if warning is None:
            return True
        kind = _NUMBER.sub(b"N", warning[1].rstrip())
        self._counts[kind] += 1
        return self._counts[kind] <= KEPT
