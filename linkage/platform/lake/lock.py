"""One run at a time on a lake: a lock that the process which writes holds, and that ends with it."""

from __future__ import annotations

import getpass
import json
import os
import socket
import threading
import time
import uuid
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from py4j.protocol import Py4JJavaError

from linkage.platform.errors import InputError, UserFacingError
from linkage.platform.lake.file_lock import FileLock
from linkage.platform.lake.files import Files
from linkage.platform.lake.reading import UNREADABLE, Reader
from linkage.platform.lake.record import Recorded

FILE = "_lock.json"
EXCLUSIVE = ("file", "hdfs", "viewfs")
"""File systems that can make a file only where there is none, in one step."""
HEARTBEAT_SECONDS = 10.0
MISSED = 6
"""Heartbeats that a holder on another machine may miss before it is taken for dead."""


class LakeLock:
    """The lock of one lake.

    On a file system of this machine (or one that it mounts) the operating system holds it for the driver's JVM, the
    process that commits, and gives it back when that process ends, however it ends. Elsewhere it is a file made only
    where there is none; its holder renews it, and one that was not renewed while somebody watched is taken over.
    """

    def __init__(self, files: Files, lake: str, *, job: str) -> None:
        self._files, self._lake, self._file = files, lake, f"{lake}/{FILE}"
        self._token = uuid.uuid4().hex
        self._about = {
            "host": socket.gethostname(),
            "process": os.getpid(),
            "job": job,
            "person": person(),
            "started": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "token": self._token,
        }
        self._of_system: FileLock | None = None
        self._held = False
        self._stop = threading.Event()
        self._heart: threading.Thread | None = None

    @property
    def is_exclusive(self) -> bool:
        """Whether the file system can refuse a second run for certain."""
        return self._files.scheme(self._lake) in EXCLUSIVE

    def take(self) -> str:
        """Take the lock; return what it was taken over from, or nothing.

        Raises
        ------
        InputError
            Another run holds it.
        """
        before = self._take_of_system() if self._files.scheme(self._lake) == "file" else self._take_by_file()
        self._held = True
        return f"taken over from a run that ended without a word: {_sentence(before)}" if before else ""

    def require_held(self) -> None:
        """Check, before a commit, that no other run has taken the lock over.

        Raises
        ------
        UserFacingError
            One has: this process was taken for dead.
        """
        if self._held and self._read().get("token") != self._token:
            raise UserFacingError(
                f"--lake {self._lake}: another run took this lake over while this one was silent; nothing more is "
                "written. Run the job again when the other has ended."
            )

    def release(self) -> None:
        """Give the lock back. Its file stays in a lake, empty: a process may already wait for that very file."""
        if not self._held:
            return
        self._held = False
        self._stop.set()
        if self._heart is not None:  # a last beat would write the file again
            self._heart.join()
        if self._of_system is not None:
            self._of_system.write(b"")
            if not Recorded(self._files, self._lake).exists:  # a mistyped path: nothing is left there
                self._files.delete(self._file)
            self._of_system.release()
        elif self._read().get("token") == self._token:
            self._files.delete(self._file)

    def _take_of_system(self) -> dict[str, Any]:
        self._files.make_folder(self._lake)
        self._of_system = self._files.lock(self._file)
        if self._of_system is None:
            raise InputError(self._refusal(self._read()))
        before = self._read()
        try:
            self._of_system.write(json.dumps(self._about).encode())
        except BaseException:  # a full disk: whoever starts next finds the lake free
            self._of_system.release()
            raise
        return before

    def _take_by_file(self) -> dict[str, Any]:
        content = json.dumps({**self._about, "beat": 0}).encode()
        before: dict[str, Any] = {}
        if not self._files.create_new(self._file, content):
            before = self._watched_dead()
            aside = f"{self._file}.{self._token}"
            with suppress(Py4JJavaError):
                self._files.rename(self._file, aside)
            if self._read(aside).get("token") != before.get("token") or not self._files.create_new(self._file, content):
                raise InputError(self._refusal(self._read()))
            self._files.delete(aside)
        self._heart = threading.Thread(target=self._beat, name="lake lock", daemon=True)
        self._heart.start()
        return before

    def _watched_dead(self) -> dict[str, Any]:
        """Return the holder that does not renew its lock while it is watched: a clock alone proves nothing."""
        first = self._read()
        if self._files.seconds_since_change(self._file) < HEARTBEAT_SECONDS * MISSED:
            raise InputError(self._refusal(first))
        time.sleep(HEARTBEAT_SECONDS * 2)
        if self._read() != first:
            raise InputError(self._refusal(first))
        return first

    def _beat(self) -> None:
        count = 0
        while not self._stop.wait(HEARTBEAT_SECONDS):
            count += 1
            with suppress(Exception):  # the next one may come through; require_held tells when it is too late
                if self._read().get("token") == self._token:
                    self._files.write_bytes(self._file, json.dumps({**self._about, "beat": count}).encode())

    def _read(self, file: str = "") -> dict[str, Any]:
        if self._of_system is not None:
            return _parsed(self._of_system.read())
        return _content(self._files, file or self._file)

    def _refusal(self, holder: dict[str, Any]) -> str:
        return f"--lake {self._lake}: another run writes in it ({_sentence(holder)}). Wait for its end."


def seen(files: Reader, lake: str) -> tuple[str, bool]:
    """Return who wrote the lock's file, in words, and whether that run lives; nothing of one that gave it back.

    The lock is not taken, and nobody waits.
    """
    file = f"{lake}/{FILE}"
    is_held = files.is_held(file, silent_s=HEARTBEAT_SECONDS * MISSED)
    holder = _content(files, file)
    return _sentence(holder) if holder or is_held else "", is_held


def person() -> str:
    """Return the account that runs this process."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container whose user has no name
        return str(os.getuid())


def _content(files: Reader, file: str) -> dict[str, Any]:
    with suppress(*UNREADABLE):
        if files.exists(file):
            return _parsed(files.read_bytes(file))
    return {}


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        return dict(json.loads(content or b"{}"))
    except ValueError:  # cut, when its writer was killed
        return {}


def _sentence(holder: dict[str, Any]) -> str:
    if not holder:
        return "which has not written who it is yet"
    return "{job}, process {process} on {host}, of {person}, since {started}".format_map(
        {name: holder.get(name, "?") for name in ("job", "process", "host", "person", "started")}
    )
