"""The commits of a Delta table, read from its log: Delta's own history would be a Spark job for one line."""

from __future__ import annotations

import json
import re
from typing import Any

from linkage.platform.errors import UserFacingError
from linkage.platform.lake.reading import UNREADABLE, Reader

LOG = "_delta_log"
RECOVERY = "docs/operations.md says what can still be read and how to make it again."
LEAK = re.compile(r'\\"minValues\\":\{\\"')
"""Statistics of a column in a commit, which are values of its rows."""
_COMMIT = re.compile(r"(\d{20})\.json")


def last_version(files: Reader, location: str) -> int | None:
    """Return the number of the table's last commit; None when it has none."""
    commits = [_COMMIT.fullmatch(name) for name in files.children(f"{location}/{LOG}")]
    return max((int(commit[1]) for commit in commits if commit), default=None)


def read_actions(files: Reader, location: str, version: int) -> list[dict[str, Any]]:
    """Return what one commit did, action by action.

    Raises
    ------
    UserFacingError
        Its file is missing, empty or cut; or it holds statistics of columns.
    """
    name = f"{LOG}/{version:020d}.json"
    try:
        text = files.read_text(f"{location}/{name}")
        actions = [dict(json.loads(line)) for line in text.splitlines()]
        is_whole = any("commitInfo" in action for action in actions)
    except (ValueError, TypeError, *UNREADABLE):
        is_whole = False
    if not is_whole:
        raise UserFacingError(f"{location}: {name} is missing or damaged. {RECOVERY}")
    if LEAK.search(text):
        raise UserFacingError(
            f"{location}: {name} holds statistics of columns, identifiers perhaps among them, none expected: something "
            f"else wrote this table. {RECOVERY}"
        )
    return actions


def read_commit(files: Reader, location: str, version: int) -> dict[str, Any]:
    """Return what one commit says of itself: its operation, metrics and metadata; raises as ``read_actions``."""
    actions = read_actions(files, location, version)
    return dict(next(action["commitInfo"] for action in actions if "commitInfo" in action))


def rows_written(commit: dict[str, Any]) -> int:
    """Return the number of rows that a commit wrote."""
    return int(commit["operationMetrics"].get("numOutputRows", 0))


def written_metadata(files: Reader, location: str, version: int) -> dict[str, Any]:
    """Return what the write of a version's rows recorded of itself, also where a restore brought them back."""
    commit = read_commit(files, location, version)
    while commit["operation"] == "RESTORE":  # of what a failed run wrote over
        commit = read_commit(files, location, int(commit["operationParameters"]["version"]))
    return dict(json.loads(commit.get("userMetadata") or "{}"))


def restored(files: Reader, location: str, version: int) -> int | None:
    """Return the version that a commit put back; None when it did something else."""
    commit = read_commit(files, location, version)
    return int(commit["operationParameters"]["version"]) if commit["operation"] == "RESTORE" else None
