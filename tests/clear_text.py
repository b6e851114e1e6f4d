"""Looks, while jobs run, for identifiers in clear in what they leave on the disk besides their tables."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

IDENTIFIER = re.compile(rb"(?<![0-9A-Z])[NGC][0-9]{10}(?![0-9])")
"""What the fictitious country calls a procedure or an affair."""
EVERY_SECONDS = 0.1


@contextmanager
def watched(*folders: Path) -> Iterator[list[str]]:
    """Give a list that has, at the end, the files of the folders in which an identifier was seen."""
    seen: dict[tuple[str, int], bool] = {}
    found: list[str] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(EVERY_SECONDS):
            for file in _files(folders):
                with suppress(OSError):  # deleted while we look
                    size = file.stat().st_size
                    if size and (str(file), size) not in seen:
                        seen[str(file), size] = bool(IDENTIFIER.search(file.read_bytes()))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield found
    finally:
        ended.set()
        looking.join()
        found += sorted({file for (file, _), has in seen.items() if has})
        assert seen, "nothing was there to look at"


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    for folder in folders:
        for place, _, names in os.walk(folder):
            yield from (Path(place, name) for name in names if not name.endswith((".zip", ".jar", ".so")))
