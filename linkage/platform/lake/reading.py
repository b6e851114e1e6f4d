"""Reads a lake's files without Spark, where they lie on this machine; takes nothing and writes nothing."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from py4j.protocol import Py4JJavaError

from linkage.platform.errors import InputError
from linkage.platform.running.options import Location

UNREADABLE = (OSError, Py4JJavaError)
"""What a file that cannot be read throws: here, and through Hadoop."""
_LOCK = "hhqqi"
"""The system's ``struct flock``: kind, whence, start, length, process."""


def unfinished_of(folder: str) -> str:
    """Return where a folder lies until it is whole."""
    return f"{folder.rstrip('/')}.unfinished"


class Reader(Protocol):
    """What reads files: those of this machine (``Here``), or any that Hadoop reaches (``Files``)."""

    def exists(self, path: str) -> bool:
        """Return whether there is a file or a folder."""

    def is_folder(self, path: str) -> bool:
        """Return whether there is a folder."""

    def children(self, folder: str) -> list[str]:
        """Return the names in a folder, sorted; none when there is no such folder."""

    def read_bytes(self, path: str) -> bytes:
        """Return the file's bytes."""

    def read_text(self, path: str) -> str:
        """Return the file as UTF-8 text."""

    def sizes(self, folder: str) -> dict[str, int]:
        """Return the bytes of every file below a folder, by its path in it."""

    def free_bytes(self, folder: str) -> int:
        """Return the bytes that can still be written where a folder lies."""

    def is_held(self, path: str, *, silent_s: float) -> bool:
        """Return whether a process holds a lock on a file, or has renewed it in the last seconds."""


class Here:
    """The files of this machine, read by Python."""

    def exists(self, path: str) -> bool:
        """Return whether there is a file or a folder."""
        with _readable(path):
            return _here(path).exists()

    def is_folder(self, path: str) -> bool:
        """Return whether there is a folder."""
        with _readable(path):
            return _here(path).is_dir()

    def children(self, folder: str) -> list[str]:
        """Return the names in a folder, sorted; none when there is no such folder."""
        with _readable(folder):
            return sorted(entry.name for entry in _here(folder).iterdir()) if self.is_folder(folder) else []

    def read_bytes(self, path: str) -> bytes:
        """Return the file's bytes."""
        with _readable(path):
            return _here(path).read_bytes()

    def read_text(self, path: str) -> str:
        """Return the file as UTF-8 text."""
        return self.read_bytes(path).decode("utf-8")

    def sizes(self, folder: str) -> dict[str, int]:
        """Return the bytes of every file below a folder, by its path in it; what goes meanwhile is left out."""
        top, found = _here(folder), {}
        for place, _, names in os.walk(top):
            for file in (Path(place, name) for name in names):
                try:
                    found[str(file.relative_to(top))] = file.lstat().st_size
                except FileNotFoundError:  # the run that writes deletes while we look
                    continue
        return found

    def free_bytes(self, folder: str) -> int:
        """Return the bytes that can still be written where a folder lies."""
        return shutil.disk_usage(_here(folder)).free

    def is_held(self, path: str, *, silent_s: float) -> bool:  # noqa: ARG002 - the system knows without waiting
        """Return whether a process holds the lock of a file; asking does not take it."""
        if not self.exists(path):
            return False
        asked = struct.pack(_LOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        with _readable(path), _here(path).open("rb") as file:
            answer = fcntl.fcntl(file, fcntl.F_GETLK, asked)
        return bool(struct.unpack(_LOCK, answer)[0] != fcntl.F_UNLCK)


@contextmanager
def _readable(path: str) -> Iterator[None]:
    """Say in words that this account may not read."""
    try:
        yield
    except PermissionError:
        raise InputError(f"{path}: this account may not read it.") from None


def _here(path: str) -> Path:
    here = Location(path).here
    assert here is not None
    return here
