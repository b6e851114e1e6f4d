"""Reads and writes the Delta tables of a lake; nothing else does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pandas as pd
from delta.tables import DeltaTable
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession

from linkage.platform.errors import InputError
from linkage.platform.lake import commits, contracts
from linkage.platform.lake.files import Files
from linkage.platform.lake.schema import Table

MARKER = "_lake.json"
SCRATCH = "_scratch"
UNDO = "_undo.json"
LAYOUT = {"lake": "appariement", "layout": 1}
# Every Delta reader must open the tables: no deletion vectors, no column mapping. Identifiers must not
# be copied into the log as statistics: none is collected.
PROPERTIES = {
    "delta.enableDeletionVectors": "false",
    "delta.columnMapping.mode": "none",
    "delta.dataSkippingNumIndexedCols": "0",
    "delta.enableInCommitTimestamps": "true",
}


class Store:
    """The tables of one lake, each at exactly ``<lake>/<path>``.

    Raises
    ------
    InputError
        The folder holds something that this project did not write.
    """

    def __init__(self, spark: SparkSession, lake: str) -> None:
        self.spark, self.lake, self.files = spark, lake.rstrip("/"), Files(spark)
        self._marker = f"{self.lake}/{MARKER}"
        self._was_there = self.files.exists(self.lake)
        if self.files.exists(self._marker):
            layout = json.loads(self.files.read_text(self._marker))
            if layout != LAYOUT:
                raise InputError(
                    f"--lake {self.lake}: layout {layout} found, {LAYOUT} expected; this code cannot read it."
                )
        elif set(self.files.children(self.lake)) - {SCRATCH}:
            raise InputError(
                f"--lake {self.lake}: the folder is not empty and has no {MARKER}: it was made by something else. "
                "Give a new folder or a lake of this project."
            )

    def open_scratch(self) -> None:
        """Make a folder of the lake Spark's checkpoint directory: on a cluster, executors must share it."""
        self._run = self.spark.sparkContext.applicationId
        self._scratch = f"{self.lake}/{SCRATCH}/{self._run}"
        self.spark.sparkContext.setCheckpointDir(self._scratch)
        self.files.delete_at_exit(self._scratch)  # a signal ends Python before it can

    def other_scratch(self) -> list[str]:
        """Return the run folders that other runs left, or still use."""
        return [f"{SCRATCH}/{name}" for name in self.files.children(f"{self.lake}/{SCRATCH}") if name != self._run]

    def scratch_bytes(self) -> int:
        """Return the bytes that lie in the run folder now."""
        return self.files.size_of_all(self._scratch)

    def close_scratch(self) -> None:
        """Delete the run folder, whatever became of the run: checkpoints and Splink's tables hold identifiers."""
        self.files.delete(self._scratch)
        self.files.delete_if_empty(f"{self.lake}/{SCRATCH}")
        if not self._was_there:
            self.files.delete_if_empty(self.lake)

    def location(self, table: type[Table]) -> str:
        """Return the table's URI."""
        return f"{self.lake}/{table.path}"

    def exists(self, table: type[Table]) -> bool:
        """Return whether the table has been written."""
        return self.files.exists(f"{self.location(table)}/_delta_log")

    def read(self, table: type[Table], *, at: int | None = None) -> DataFrame:
        """Return the table's current rows, or those of an earlier Delta version, in the declared columns.

        Raises
        ------
        InputError
            The table has not been made yet, and the message names the job that makes it; or the version is gone.
        """
        if not self.files.exists(self._marker):
            raise InputError(
                f"--lake {self.lake}: there is no lake yet. Check the path, or run the jobs that come first: "
                "./spark-submit.sh lists them in order."
            )
        before = self._undo_list()
        if not self.exists(table) or before.get(table.path, 0) is None:
            raise InputError(f"--lake {self.lake}: there is no table {table.path} yet. Run the job {table.job} first.")
        reader = self.spark.read.format("delta")
        if at is None:
            at = before.get(table.path)
        if at is None:
            return reader.load(self.location(table))
        try:
            return reader.option("versionAsOf", str(at)).load(self.location(table))
        except AnalysisException:
            raise InputError(
                f"--lake {self.lake}: version {at} of {table.path} is gone; the table is at {self.version(table)}."
            ) from None

    def read_or_empty(self, table: type[Table]) -> DataFrame:
        """Return the table's current rows, or none when it has not been written."""
        there = self.exists(table) and self._undo_list().get(table.path, 0) is not None
        return self.read(table) if there else self.spark.createDataFrame([], table.struct())

    @contextmanager
    def together(self, tables: Iterable[type[Table]]) -> Iterator[None]:
        """Make the tables written inside appear all at once at the end: until then, every reader has them as they were.

        What a failed or killed run wrote is undone, at once or by the next run that comes here.
        """
        self._mark()
        self.undo()
        journal = f"{self.lake}/{UNDO}"
        self.files.write_text(journal, json.dumps({table.path: self.version(table) for table in tables}))
        try:
            yield
        except BaseException:
            self.undo()
            raise
        self.files.delete(journal)

    def undo(self) -> list[str]:
        """Put back the tables that an unfinished run had begun to write; return their names."""
        undone = []
        for path, version in self._undo_list().items():
            location = f"{self.lake}/{path}"
            if version is None:
                if self.files.exists(location):
                    self.files.delete(location)
                    undone.append(path)
            elif commits.last_version(self.files, location) != version:
                DeltaTable.forPath(self.spark, location).restoreToVersion(version)
                undone.append(path)
        self.files.delete(f"{self.lake}/{UNDO}")
        return undone

    def _undo_list(self) -> dict[str, int | None]:
        journal = f"{self.lake}/{UNDO}"
        return dict(json.loads(self.files.read_text(journal))) if self.files.exists(journal) else {}

    def write(
        self,
        frame: DataFrame,
        table: type[Table],
        *,
        slice: str | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> int:
        """Replace the table, or only the rows where ``slice`` (a condition on partition columns) holds, in one commit.

        Returns the number of rows written, from the commit itself.

        Raises
        ------
        ContractError
            The frame lacks a column or has it of another type, or a row has a null or a code that its column does not
            allow: nothing is written. Keys are not looked at: that would be another pass over the rows.
        """
        self._mark()
        writer = (
            contracts.checked(table.conform(frame), table)
            .write.format("delta")
            .mode("overwrite")
            .option("userMetadata", json.dumps(dict(metadata or {}), sort_keys=True))
        )
        if table.partitions:
            writer = writer.partitionBy(*map(str, table.partitions))
        if not self.exists(table):
            writer = writer.options(**PROPERTIES)
        elif slice is not None:
            writer = writer.option("replaceWhere", slice)
        else:
            writer = writer.option("overwriteSchema", "true")
        try:
            writer.save(self.location(table))
        except Exception as error:
            if broken := contracts.broken_contract(error):
                raise broken from None
            raise
        location = self.location(table)
        last = commits.last_version(self.files, location)
        assert last is not None
        return commits.rows_written(commits.read_commit(self.files, location, last))

    def append(self, frame: DataFrame, table: type[Table]) -> None:
        """Add rows to a table of which none is ever changed or deleted, in one commit, at once and for good.

        Raises
        ------
        ContractError
            As ``write``.
        """
        self._mark()
        writer = contracts.checked(table.conform(frame), table).write.format("delta").mode("append")
        if not self.exists(table):
            writer = writer.options(**PROPERTIES, **{"delta.appendOnly": "true"})
        try:
            writer.save(self.location(table))
        except Exception as error:
            if broken := contracts.broken_contract(error):
                raise broken from None
            raise

    def write_each(
        self,
        frames: Mapping[type[Table], DataFrame],
        *,
        slice: str,
        metadata: Mapping[str, Any] | None = None,
    ) -> dict[type[Table], int]:
        """Write several tables as ``write`` does, two at a time: while one plans or commits, the other computes."""

        def one(table: type[Table]) -> int:
            return self.write(frames[table], table, slice=slice, metadata=metadata)

        with ThreadPoolExecutor(max_workers=2) as two:
            return dict(zip(frames, two.map(one, frames), strict=True))

    def from_pandas(self, rows: pd.DataFrame, table: type[Table]) -> DataFrame:
        """Return a frame of the rows in the table's declared columns; what is missing is null.

        Raises
        ------
        ContractError
            Two rows have the same key.
        """
        contracts.check_keys(rows, table)
        named = rows[table.names()].astype(object)
        records = named.where(named.notna(), None).to_dict("records")
        # A few rows: in as many parts as there are cores, each would be a task and a file.
        return self.spark.createDataFrame(records, table.struct()).coalesce(1)

    def version(self, table: type[Table]) -> int | None:
        """Return the Delta version of the rows that ``read`` gives; None when it has not been written."""
        before = self._undo_list()
        return before[table.path] if table.path in before else commits.last_version(self.files, self.location(table))

    def metadata(self, table: type[Table]) -> dict[str, Any]:
        """Return what the write of the rows that ``read`` gives recorded of itself."""
        version = self.version(table)
        return {} if version is None else commits.written_metadata(self.files, self.location(table), version)

    def _mark(self) -> None:
        """Make the folder a lake: with its first table, so that a job that only reads leaves nothing behind."""
        if not self.files.exists(self._marker):
            self.files.write_text(self._marker, json.dumps(LAYOUT))
