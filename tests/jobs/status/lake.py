"""A lake written by hand: its record, the logs of its tables and their files, as the jobs leave them; no Spark."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from linkage.platform.lake.schema import Table

WRITTEN_AT = 1_700_000_000_000


class HandWritten:
    """A lake whose tables are written one commit at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables: dict[str, int] = {}
        folder.mkdir()
        self.record()

    def record(self) -> None:
        content = {"lake": "appariement", "layout": 2, "tables": self.tables}
        (self.folder / "_lake.json").write_text(json.dumps(content), encoding="utf-8")

    def log(self, path: str) -> Path:
        return self.folder / path / "_delta_log"

    def commit(
        self,
        table: type[Table],
        rows: Mapping[str, Any],
        *,
        partition: Mapping[str, str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        replaces: str = "",
        publish: bool = True,
    ) -> str:
        """Write rows as one file and one commit; return the file's path in the table."""
        log = self.log(table.path)
        log.mkdir(parents=True, exist_ok=True)
        version = len(list(log.glob("*.json")))
        file = f"part-{version}.parquet"
        parquet.write_table(pa.table(dict(rows)), log.parent / file)
        added = {
            "path": file,
            "size": (log.parent / file).stat().st_size,
            "partitionValues": dict(partition or {}),
        }
        about = {
            "operation": "WRITE",
            "timestamp": WRITTEN_AT,
            "operationMetrics": {"numOutputRows": "1"},
            "userMetadata": json.dumps(dict(metadata or {})),
        }
        actions: list[dict[str, Any]] = [{"commitInfo": about}, {"add": added}]
        actions += [{"remove": {"path": replaces}}] if replaces else []
        (log / f"{version:020d}.json").write_text("\n".join(map(json.dumps, actions)), encoding="utf-8")
        if publish:
            self.tables[table.path] = version
            self.record()
        return file

    def checkpoint(self, table: type[Table], *files: str) -> None:
        """Keep of the log a checkpoint at its last commit, which adds these files, and that commit."""
        log = self.log(table.path)
        commits = sorted(log.glob("*.json"))
        sizes = {file: (log.parent / file).stat().st_size for file in files}
        added = [{"path": file, "size": size, "partitionValues": [("version", "v1")]} for file, size in sizes.items()]
        kinds = pa.struct(
            [("path", pa.string()), ("size", pa.int64()), ("partitionValues", pa.map_(pa.string(), pa.string()))]
        )
        rows = pa.array([None, *added], kinds)
        parquet.write_table(pa.table({"add": rows}), log / f"{len(commits) - 1:020d}.checkpoint.parquet")
        for commit in commits[:-1]:
            commit.unlink()
