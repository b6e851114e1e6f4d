"""The commits of a Delta table, read from its log: Delta's own history would be a Spark job for one line."""

from __future__ import annotations

import json
import re
from typing import Any

from py4j.protocol import Py4JJavaError

from linkage.platform.errors import UserFacingError
from linkage.platform.lake.files import Files

LOG = "_delta_log"
RECOVERY = "docs/operations.md says what can still be read and how to make it again."
LEAK = re.compile(r'\\"minValues\\":\{\\"')
"""Statistics of a column in a commit, which are values of its rows."""
_COMMIT = re.compile(r"(\d{20})\.json")


def last_version(files: Files, location: str) -> int | None:
    """Return the number of the table's last commit; None when it has none."""
    commits = [_COMMIT.fullmatch(name) for name in files.children(f"{location}/{LOG}")]
    return max((int(commit[1]) for commit in commits if commit), default=None)


def read_commit(files: Files, location: str, version: int) -> dict[str, Any]:
    """Return what one commit says of itself: its operation, metrics and metadata.

    Raises
    ------
    UserFacingError
        Its file is missing, empty or cut; or it holds statistics of columns.
    """
    name = f"{LOG}/{version:020d}.json"
    try:
        text = files.read_text(f"{location}/{name}")
        actions = [json.loads(line) for line in text.splitlines()]
        written = dict(next(action["commitInfo"] for action in actions if "commitInfo" in action))
    except (ValueError, StopIteration, Py4JJavaError):
        raise UserFacingError(f"{location}: {name} is missing or damaged. {RECOVERY}") from None
    if LEAK.search(text):
        raise UserFacingError(
            f"{location}: {name} holds statistics of columns, identifiers perhaps among them, none expected: something "
            f"else wrote this table. {RECOVERY}"
        )
    return written


def rows_written(commit: dict[str, Any]) -> int:
    """Return the number of rows that a commit wrote."""
    return int(commit["operationMetrics"].get("numOutputRows", 0))


def written_metadata(files: Files, location: str, version: int) -> dict[str, Any]:
    """Return what the write of a version's rows recorded of itself, also where a restore brought them back."""
    commit = read_commit(files, location, version)
    while commit["operation"] == "RESTORE":  # of what a failed run wrote over
        commit = read_commit(files, location, int(commit["operationParameters"]["version"]))
    return dict(json.loads(commit.get("userMetadata") or "{}"))


def restored(files: Files, location: str, version: int) -> int | None:
    """Return the version that a commit put back; None when it did something else."""
    commit = read_commit(files, location, version)
    return int(commit["operationParameters"]["version"]) if commit["operation"] == "RESTORE" else None
