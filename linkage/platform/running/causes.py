"""What an unexpected error comes from, where the user, the machine or another job is at fault: told by its class."""

from __future__ import annotations

import errno
import os
import re
import socket
from collections.abc import Iterator

from linkage.platform.errors import InputError, UserFacingError
from linkage.platform.java_errors import JavaError, java_errors
from linkage.platform.lake.commits import RECOVERY

PATH_NOT_FOUND, PYTHON_WORKER_FAILED = "PATH_NOT_FOUND", "PYTHON_EXCEPTION"
FAILED_READ, NOT_EXIST = "FAILED_READ_FILE", "FAILED_READ_FILE.FILE_NOT_EXIST"
"""Spark's conditions."""
DISK_FULL = re.escape(os.strerror(errno.ENOSPC))
"""What the operating system says when a disk is full: Java repeats it, and has no class of its own for it."""
CLOSED = "{}: this account may not open it."
NAMED_AT_FAULT = {
    rf"java\.io\.FileNotFoundException: (\S+) \({re.escape(os.strerror(errno.EROFS))}\)": (
        "{}: its file system is read-only: it cannot be written."
    ),
    rf"java\.io\.FileNotFoundException: (\S+) \({re.escape(os.strerror(errno.EACCES))}\)": CLOSED,
    r"java\.nio\.file\.AccessDeniedException: (\S+)": CLOSED,
    r"org\.apache\.hadoop\.security\.AccessControlException: Permission denied: .*?inode=\"([^\"]+)\"": CLOSED,
    r"org\.apache\.hadoop\.fs\.UnsupportedFileSystemException: No FileSystem for scheme \"([^\"]+)\"": (
        "{}://: Hadoop knows no such file system here."
    ),
    rf"java\.net\.UnknownHostException: ({re.escape(socket.gethostname())})(?![\w.-])": (
        "{}: this machine's own name has no address: give it one in /etc/hosts, or set SPARK_LOCAL_IP."
    ),
    r"java\.net\.UnknownHostException: ([\w.-]+)": "{}: no machine of that name is known here.",
    r"YarnException: Failed to submit \w+ to YARN : (?:.* to )?(.+)": "YARN refuses to run this: {}.",
    r"IllegalArgumentException: (Required .* above the max threshold .* of this cluster)!": (
        "YARN refuses to run this: {}: ask for less in --conf, or raise what its nodes give."
    ),
}
"""Java's exceptions that name a place, a machine or a queue, and what is wrong with it."""
ADVICE = {
    rf"java\.(io\.IOException|nio\.file\.FileSystemException): (.*: )?{DISK_FULL}": (
        "No space is left where Spark spills or writes: free some, or set spark.local.dir."
    ),
    r"java\.lang\.OutOfMemoryError\b": "Spark had too little memory: give more, as in --conf spark.driver.memory=8g.",
    r"java\.net\.ConnectException\b": "A machine that a path or --master names does not answer.",
    r"io\.delta\.exceptions\.Concurrent\w+": ("Another job wrote the same table at the same time: run this one again."),
}
"""Java's exceptions by their class, and what the user may do."""


def known_cause(error: Exception) -> UserFacingError | None:
    """Return what the user may read of an unexpected error; None where nobody knows what it comes from."""
    thrown = list(java_errors(error))
    for cause in thrown:
        if cause.condition == PATH_NOT_FOUND:
            return InputError(f"{cause.parameters.get('path')}: no such file or folder.")
        if cause.condition == PYTHON_WORKER_FAILED and (raised := _raised_in_worker(cause.message)):
            return raised
        if cause.condition.startswith(FAILED_READ):
            what = "it is missing" if cause.condition == NOT_EXIST else "it cannot be read: it is damaged, or cut"
            return UserFacingError(f"{cause.parameters.get('path')}: {what}. {RECOVERY}")
    return cause_in("\n".join(_as_written(cause) for cause in thrown))


def cause_in(stack_traces: str) -> UserFacingError | None:
    """Return what the user may read of exceptions as Java writes them; None where nobody knows what they come from."""
    for exception, what in NAMED_AT_FAULT.items():
        if named := re.search(exception, stack_traces):
            return InputError(what.format(named[1]))
    return next((UserFacingError(advice) for name, advice in ADVICE.items() if _names(stack_traces, name)), None)


def _as_written(cause: JavaError) -> str:
    """Return an exception as Java writes it: a task's own reaches the driver as text in the message of its job's."""
    return f"{cause.class_name}: {cause.message}"


def _names(stack_traces: str, exception: str) -> bool:
    return re.search(rf"(?<![\w.$]){exception}", stack_traces) is not None


def _raised_in_worker(traceback: str) -> UserFacingError | None:
    """Return the error for users that ended a Python worker's traceback; its class is named before its message."""
    for kind in _kinds(UserFacingError):
        _, class_found, message = traceback.rpartition(f"\n{kind.__module__}.{kind.__qualname__}: ")
        if class_found:
            return kind(re.sub(r"\s*SQLSTATE: \w{5}\s*$", "", message).strip())
    return None


def _kinds(kind: type[UserFacingError]) -> Iterator[type[UserFacingError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)
