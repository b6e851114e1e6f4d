"""The records of a run, in a file beside its log: the first says what was asked, the last what became of it."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from linkage.platform.lake.reading import Reader, unfinished_of
from linkage.platform.running.companions import is_alive
from linkage.platform.running.options import Location

Record = dict[str, Any]
START, RUN, STEP = "start", "run", "step"
OUTCOMES = {0: "done", 1: "failed", 2: "refused", 3: "contract broken"}
RUNNING, KILLED, STOPPED = "running", "killed", "stopped"
_FILE = re.compile(r".+-(\d{8}-\d{6})-\d+\.jsonl")


def outcome(status: int) -> str:
    """Return what an exit code means, in a word."""
    return OUTCOMES.get(status, STOPPED)


def of_log(log: Path) -> Path:
    """Return the file of the records of the run that writes this log."""
    return log.with_suffix(".jsonl")


class Records:
    """The file of one run, as its launcher writes it: what was asked, the driver's records, the end in any case."""

    def __init__(self, file: IO[bytes], asked: Mapping[str, Any]) -> None:
        self._file = file
        self._asked = {**asked, "host": socket.gethostname(), "process": os.getpid()}
        self._is_ended = False
        self._write({"kind": START, **self._asked})

    def keep(self, text: str) -> None:
        """Write a record of the driver; its last one gets what was asked."""
        record = json.loads(text)
        if record["kind"] == RUN:
            record = {**record, **self._asked, "outcome": outcome(record["status"])}
            self._is_ended = True
        self._write(record)

    def end(self, status: int, reason: str, seconds: float) -> None:
        """Write the last record, unless the driver did."""
        if not self._is_ended:
            ended = {"status": status, "outcome": outcome(status), "reason": reason, "seconds": round(seconds, 3)}
            self._write({"kind": RUN, **self._asked, **ended})

    def _write(self, record: Record) -> None:
        self._file.write(json.dumps(record).encode() + b"\n")


def last_runs(logs: Path, lake: str, *, at_most: int) -> list[Record]:
    """Return the last records of the last runs on a lake, the newest first; of one that still runs, what it does.

    Without a last record, a run still runs, or was killed with its launcher. Records of other accounts are not read.
    """
    files = [(match[1], file) for file in logs.glob("*.jsonl") if (match := _FILE.fullmatch(file.name))]
    found: list[Record] = []
    for _, file in sorted(files, reverse=True):
        if len(found) == at_most:
            break
        records = list(_read(file))
        if records and records[0].get("kind") == START and _place(records[0].get("lake") or "") == _place(lake):
            found.append(records[-1] if records[-1].get("kind") == RUN else _unended(records))
    return found


def left_unfinished(files: Reader, runs: Iterable[Record]) -> list[str]:
    """Return the folders that dead runs began to hand out and did not end."""
    begun = [unfinished_of(run["out"]) for run in runs if run.get("out") and run["outcome"] != RUNNING]
    return sorted({folder for folder in begun if files.exists(folder)})


def _unended(records: list[Record]) -> Record:
    asked, last = records[0], records[-1]
    if asked["host"] != socket.gethostname() or not is_alive(asked["process"]):
        return {**asked, "outcome": KILLED, "reason": "no last record: its launcher was killed, or its machine stopped"}
    step = " · ".join(part for part in (last.get("stage"), last.get("step")) if part)
    return {**asked, "outcome": RUNNING, "reason": f"last step that ended: {step}" if step else ""}


def _read(file: Path) -> Iterator[Record]:
    with suppress(PermissionError):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            with suppress(ValueError):  # cut when its writer was killed
                yield json.loads(line)


def _place(lake: str) -> str:
    """Return a lake as it can be compared, however it was typed."""
    here = Location(lake).here
    return str(here.resolve()) if here else lake.rstrip("/")
