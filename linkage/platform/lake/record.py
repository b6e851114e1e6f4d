"""The lake's record: which Delta version of each table readers see, in one small file that is replaced at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from linkage.platform.errors import InputError, UserFacingError
from linkage.platform.lake import commits
from linkage.platform.lake.reading import UNREADABLE, Reader

if TYPE_CHECKING:  # who only reads needs no Spark
    from linkage.platform.lake.files import Files

FILE = "_lake.json"
LAYOUT = 2


def damaged(lake: str, path: str, what: str) -> UserFacingError:
    """Return the error that names a damaged table and tells how to go on."""
    return UserFacingError(f"--lake {lake}: {path}: {what}. {commits.RECOVERY}")


class Recorded:
    """The file ``_lake.json`` as readers see it. A table that it does not name is not there yet, whatever lies there.

    Everything that a job publishes becomes visible in one step: the tables are committed first, then the record
    names their new versions. What a killed run committed and never recorded is seen by nobody.
    """

    def __init__(self, files: Reader, lake: str) -> None:
        self._files, self._lake, self._file = files, lake, f"{lake}/{FILE}"

    @property
    def exists(self) -> bool:
        """Whether the folder is a lake."""
        return self._files.exists(self._file)

    def tables(self) -> dict[str, int]:
        """Return the Delta version of each table by path; none when there is no lake.

        Raises
        ------
        InputError
            The record is damaged, or of another layout.
        """
        if not self.exists:
            return {}
        try:
            content = json.loads(self._files.read_text(self._file))
            layout = content["layout"]
            tables = content["tables"] if layout == LAYOUT else {}
        except (ValueError, KeyError, TypeError, *UNREADABLE):
            raise InputError(
                f"--lake {self._lake}: {FILE} is damaged: it names the state of every table. Put back the file of the "
                "last backup; docs/operations.md says how to write it again from the tables."
            ) from None
        if layout != LAYOUT:
            raise InputError(
                f"--lake {self._lake}: layout {layout} found, {LAYOUT} expected; this code cannot read it. "
                "Make a new lake from the deliveries."
            )
        return {str(path): int(version) for path, version in tables.items()}

    def folders(self) -> Iterator[str]:
        """Return the path of every folder of the lake that holds a Delta log, recorded or not."""
        waiting = [name for name in self._files.children(self._lake) if not name.startswith(("_", "."))]
        while waiting:
            path = waiting.pop(0)
            if not self._files.is_folder(f"{self._lake}/{path}"):
                continue
            children = self._files.children(f"{self._lake}/{path}")
            if commits.LOG in children:
                yield path
            elif path.count("/") < 2:
                waiting += [f"{path}/{name}" for name in children if not name.startswith(("_", "."))]

    def require_whole(self, path: str, version: int) -> int:
        """Return the last version in a table's log, checked to reach the one that is recorded, itself whole.

        Raises
        ------
        UserFacingError
            Commits are missing at its end, or the recorded one is damaged: Delta would read the table as it was
            before them, without a word.
        """
        last = commits.last_version(self._files, f"{self._lake}/{path}")
        if last is None or last < version:
            ends = "has no commit at all" if last is None else f"ends at version {last}"
            raise damaged(self._lake, path, f"its log {ends}, the lake's record names version {version}")
        commits.read_commit(self._files, f"{self._lake}/{path}", version)
        return last


class Record(Recorded):
    """The same file for the run that writes."""

    def __init__(self, files: Files, lake: str, reader: Reader) -> None:
        super().__init__(reader, lake)
        self._writes = files

    def replace(self, tables: Mapping[str, int]) -> None:
        """Write the versions that readers see from now on."""
        content = {"lake": "appariement", "layout": LAYOUT, "tables": dict(sorted(tables.items()))}
        self._writes.write_for_all(self._file, json.dumps(content, indent=1) + "\n")  # analysts read at its versions
