"""spark-submit as a child: its events to the user, its records and chatter to two files, its end in any case."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO

from linkage.platform.errors import UserFacingError
from linkage.platform.progress.console import Console, as_text, duration
from linkage.platform.progress.events import EVENT_MARKER, EVENTS_VARIABLE, Event, read_event
from linkage.platform.running.chatter import Chatter
from linkage.platform.running.companions import LAUNCHER_VARIABLE, is_alive
from linkage.platform.running.records import Records, of_log
from linkage.platform.running.waiting import Waiting

STOPPED = "stopped; the last good state is still readable."
SECONDS_TO_STOP = 20
SECONDS_TO_END = 5
_PREFIX = f"appariement-{socket.gethostname()}-"
_ON_YARN = re.compile(r"application_\d+_\d+")
_ENDED_ON_YARN = re.compile(r"User application exited with status (\d+)")
_ENDED_SPARK = re.compile(r'^Exception in thread "main" (.*(?:\n(?:\t|Caused by: ).*)*)', re.MULTILINE)
_FOR_THE_LOG = re.compile(rb"\S+ \S+ (?:WARN |INFO Client: )|WARNING: |\s|Caused by: |Exception in thread ")
"""What Spark writes beside what it says of a driver elsewhere: warnings, where in its code something was thrown, and
reports of YARN that ``waiting`` words."""


@contextmanager
def run_directory(parent: Path) -> Iterator[Path]:
    """Make a folder of this run, for what Spark spills and the packed code; delete it at the end, also on failure.

    Folders of runs of this machine that were killed outright go first.
    """
    parent.mkdir(parents=True, exist_ok=True)
    for abandoned in parent.glob(f"{_PREFIX}[0-9]*-*"):
        if not is_alive(int(abandoned.name.removeprefix(_PREFIX).split("-")[0])):
            shutil.rmtree(abandoned, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def refuse(log: Path, *, asked: Mapping[str, object], error: UserFacingError) -> None:
    """Record a run that was refused before it began, so that who looks for it finds why."""
    with suppress(OSError):  # the user reads the error itself
        log.parent.mkdir(exist_ok=True)
        with _private(of_log(log)) as file:
            Records(file, asked).end(error.exit_code, str(error), 0.0)


def run(
    command: Sequence[str], environment: Mapping[str, str], log: Path, *, asked: Mapping[str, object], on_cluster: bool
) -> int:
    """Run spark-submit to its end; return its status, or the job's. ``asked`` says of what run the records are.

    With ``on_cluster`` the driver is elsewhere: what spark-submit says about it is shown as it comes.
    """
    log.parent.mkdir(exist_ok=True)
    began = time.monotonic()
    console = Console()
    with _private(log) as log_file, _private(of_log(log)) as record_file:
        records, chatter = Records(record_file, asked), Chatter(log_file)
        child = subprocess.Popen(
            command,
            env={**environment, **({} if on_cluster else {EVENTS_VARIABLE: "1", LAUNCHER_VARIABLE: str(os.getpid())})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if on_cluster else subprocess.PIPE,
            start_new_session=True,  # Ctrl-C reaches this process only, which then stops the whole group
        )
        assert child.stdout is not None
        with _terminable(), _followed(_watched(child.stderr or (), console), chatter):
            try:
                reported = _relay(child.stdout, chatter, console, records, echo=on_cluster)
                status = child.wait()
            except _Stopped as stopped:
                _stop(child)
                console.close()
                after, reason = STOPPED, f"signal {signal.Signals(stopped.number).name}"
                if on_cluster:
                    after = reason = _after_stop(log)
                sys.stderr.write(f"{after}\n")
                records.end(128 + stopped.number, reason, time.monotonic() - began)
                return 128 + stopped.number
        silent = ""
        if status and not reported:
            status, silent = _status_and_reason(log, status)
        records.end(max(status, 0) or int(status < 0), silent, time.monotonic() - began)
    console.close()
    if status == 0:
        where = "" if on_cluster else f"; figures of each step: {of_log(log)}"
        sys.stderr.write(f"done in {duration(time.monotonic() - began)}{where}\n")
    elif silent:
        sys.stderr.write(f"{silent} Details: {log}\n")
    else:
        sys.stderr.write(f"failed after {duration(time.monotonic() - began)}. Details: {log}\n")
    return status if status >= 0 else 1


def _status_and_reason(log: Path, status: int) -> tuple[int, str]:
    """Return the status and the reason of a run whose driver said nothing here, from what Spark wrote."""
    from linkage.platform.running.causes import cause_in

    log_text = log.read_text(encoding="utf-8", errors="replace")
    if (ended := _ENDED_ON_YARN.search(log_text)) and (application := _ON_YARN.search(log_text)):
        says_why = f"yarn logs -applicationId {application[0]} says why."
        return int(ended[1]), f"The job ended on the cluster with status {ended[1]}; {says_why}"
    if (thrown := _ENDED_SPARK.search(log_text)) and (cause := cause_in(thrown[1])):
        return cause.exit_code, str(cause)
    return status, f"Spark stopped with status {status} before the job could say why."


def _after_stop(log: Path) -> str:
    """Return what becomes of a job whose driver is on the cluster: only the cluster can end it."""
    application = _ON_YARN.search(log.read_text(encoding="utf-8", errors="replace"))
    ends_it = f": yarn application -kill {application[0]} ends it" if application else ""
    return f"stopped waiting; a job that was submitted goes on on the cluster{ends_it}."


@contextmanager
def _followed(stream: Iterable[bytes], chatter: Chatter) -> Iterator[None]:
    """Keep what comes from a stream in the log meanwhile; at the end, what was counted."""
    following = threading.Thread(target=chatter.follow, args=(stream,), name="log", daemon=True)
    following.start()
    try:
        yield
    finally:
        following.join(SECONDS_TO_END)  # what the child started may hold the stream open
        chatter.close()


def _watched(lines: Iterable[bytes], console: Console) -> Iterator[bytes]:
    """Return the lines, and show meanwhile what they say of a run that waits for room on a cluster."""
    waiting = Waiting()
    for line in lines:
        if sentence := waiting.in_words(line):
            console.handle(Event("note", text=sentence))
        yield line


def _relay(stream: IO[bytes], chatter: Chatter, console: Console, records: Records, *, echo: bool) -> bool:
    """Sort the child's lines until it ends; return whether one of them reported an error."""
    reported, heard = False, False
    console.wait("starting")
    for raw in _watched(stream, console):
        before, marker, _ = raw.partition(EVENT_MARKER.encode())
        event = read_event(raw.decode("utf-8", errors="replace")) if marker else None
        if event is not None:
            if not heard:
                console.go_on()
            heard = True
            console.handle(event)
            if event.kind == "record":
                records.keep(event.text)
            elif said := as_text(event):  # whoever is sent to the log finds results and reason there
                chatter.add(said.encode())
            reported = reported or event.kind == "error"
        if before:
            chatter.add(before)
        if before and echo and not _FOR_THE_LOG.match(before):
            sys.stderr.write(before.decode("utf-8", errors="replace"))
    return reported


class _Stopped(BaseException):
    def __init__(self, number: int) -> None:
        self.number = number


@contextmanager
def _terminable() -> Iterator[None]:
    def stop(number: int, _frame: FrameType | None) -> None:
        for each in before:  # once is enough: what follows is the end of the child
            signal.signal(each, signal.SIG_IGN)
        raise _Stopped(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(child: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, number)
            child.wait(SECONDS_TO_STOP)
            return
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            return


@contextmanager
def _private(log: Path) -> Iterator[IO[bytes]]:
    """Open a file that only its owner reads (chatter may quote data), unbuffered (two processes write to it)."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab", buffering=0) as stream:
        yield stream
