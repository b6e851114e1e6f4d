"""A lake as its readers see it, from its record and its Delta logs: without Spark, without its lock, in a second."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from linkage.platform.errors import InputError
from linkage.platform.lake import commits, record
from linkage.platform.lake.reading import Reader
from linkage.platform.lake.record import Recorded, damaged
from linkage.platform.lake.schema import Table

_CHECKPOINT = re.compile(r"(\d{20})\.checkpoint\.parquet")


class Published:
    """The tables that the record of a lake names, each at the version that it names.

    Raises
    ------
    InputError
        There is no lake, or its record cannot be read.
    """

    def __init__(self, files: Reader, lake: str) -> None:
        self.files, self.lake = files, lake.rstrip("/")
        self.record = Recorded(files, self.lake)
        if not self.record.exists:
            found = "no such folder" if not files.exists(self.lake) else f"no {record.FILE} in it"
            raise InputError(f"--lake {self.lake}: {found}: there is no lake at this path.")
        self.versions = self.record.tables()

    def version(self, table: type[Table]) -> int | None:
        """Return the Delta version that readers see of a table; None when it has not been made."""
        return self.versions.get(table.path)

    def exists(self, table: type[Table]) -> bool:
        """Return whether the table has been written and recorded."""
        return table.path in self.versions

    def metadata(self, table: type[Table]) -> dict[str, Any]:
        """Return what the write of a table recorded of itself."""
        version = self.version(table)
        return {} if version is None else commits.written_metadata(self.files, self._location(table.path), version)

    def written_at(self, table: type[Table]) -> datetime | None:
        """Return when the rows that readers see were written, by this machine's time zone."""
        version = self.version(table)
        if version is None:
            return None
        commit = commits.read_commit(self.files, self._location(table.path), version)
        return datetime.fromtimestamp(commit["timestamp"] / 1000).astimezone()

    def data_files(self, path: str) -> dict[str, Mapping[str, Any]]:
        """Return the files that hold a table's rows, by their path in it, each as the log added it.

        Raises
        ------
        UserFacingError
            A commit is missing or damaged.
        """
        version, added = self.versions[path], {}
        self.record.require_whole(path, version)
        for action in self._actions(path, version):
            if file := action.get("add"):
                added[unquote(file["path"])] = file
            elif file := action.get("remove"):
                added.pop(unquote(file["path"]), None)
        return added

    def rows(self, table: type[Table]) -> Iterator[dict[str, Any]]:
        """Yield the rows of a small table; a partition column that its files leave out is the text that the log has."""
        from pyarrow import parquet

        if table.path not in self.versions:
            return
        for path, file in self.data_files(table.path).items():
            content = self.files.read_bytes(f"{self._location(table.path)}/{path}")
            for row in parquet.ParquetFile(io.BytesIO(content)).read().to_pylist():
                yield {**dict(file["partitionValues"]), **row}

    def partitions(self, table: type[Table]) -> set[str]:
        """Return the values of the first partition column that a table has rows of."""
        if table.path not in self.versions:
            return set()
        return {dict(file["partitionValues"])[table.partitions[0]] for file in self.data_files(table.path).values()}

    def _actions(self, path: str, version: int) -> Iterator[dict[str, Any]]:
        """Yield what a table's log did up to a version, from its last checkpoint on."""
        log = f"{self._location(path)}/{commits.LOG}"
        checkpoints = (match for name in self.files.children(log) if (match := _CHECKPOINT.fullmatch(name)))
        last = max((int(match[1]) for match in checkpoints if int(match[1]) <= version), default=-1)
        if last >= 0:
            from pyarrow import ArrowInvalid, parquet

            content = io.BytesIO(self.files.read_bytes(f"{log}/{last:020d}.checkpoint.parquet"))
            try:
                yield from parquet.ParquetFile(content).read(["add"]).to_pylist()
            except ArrowInvalid:
                raise damaged(self.lake, path, f"its checkpoint {last} cannot be read") from None
        for number in range(last + 1, version + 1):
            yield from commits.read_actions(self.files, self._location(path), number)

    def _location(self, path: str) -> str:
        return f"{self.lake}/{path}"
