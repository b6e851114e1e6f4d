"""Reads and writes the Delta tables of a lake; nothing else does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pandas as pd
from delta.tables import DeltaTable
from py4j.protocol import Py4JJavaError
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, DataFrameWriter, SparkSession

from linkage.platform.errors import InputError
from linkage.platform.lake import commits, contracts, lock, properties, record, scratch
from linkage.platform.lake.files import Files
from linkage.platform.lake.lock import LakeLock
from linkage.platform.lake.reading import Here, Reader
from linkage.platform.lake.record import Record, damaged
from linkage.platform.lake.schema import Table
from linkage.platform.lake.scratch import Scratch


class Store:
    """The tables of one lake, each at exactly ``<lake>/<path>``.

    Raises
    ------
    InputError
        The folder holds something that this project did not write.
    """

    def __init__(self, spark: SparkSession, lake: str) -> None:
        self.spark, self.lake, self.files = spark, lake.rstrip("/"), Files(spark)
        # Hundreds of times in a run: where they lie on this machine, Python takes a tenth of the time.
        self.reader: Reader = Here() if self.files.scheme(self.lake) == "file" else self.files
        self.record, self.scratch = Record(self.files, self.lake, self.reader), Scratch(spark, self.files, self.lake)
        self.lock: LakeLock | None = None  # of the run that writes
        self._pending: dict[str, int] | None = None
        self._recording = threading.Lock()
        if self.record.exists:
            self.record.tables()
        elif set(self.files.children(self.lake)) - {scratch.FOLDER, lock.FILE}:
            raise InputError(
                f"--lake {self.lake}: the folder is not empty and has no {record.FILE}: it was made by something else. "
                "Give a new folder or a lake of this project."
            )

    def recover(self) -> list[str]:
        """Put back, under the lock, the tables that a dead run changed and never recorded; return their paths."""
        recorded = self.record.tables()
        return [path for path in self.record.folders() if self._put_back(path, recorded.get(path))]

    def location(self, table: type[Table]) -> str:
        """Return the table's URI."""
        return f"{self.lake}/{table.path}"

    def exists(self, table: type[Table]) -> bool:
        """Return whether the table has been written and recorded."""
        return table.path in self._current()

    def read(self, table: type[Table], *, at: int | None = None) -> DataFrame:
        """Return the table's recorded rows, or those of an earlier Delta version, in the declared columns.

        Raises
        ------
        InputError
            The table has not been made yet, and the message names the job that makes it; or the version is gone.
        UserFacingError
            The table's log is damaged: it ends before the version that is recorded, or cannot be read.
        """
        if not self.record.exists:
            raise InputError(
                f"--lake {self.lake}: there is no lake yet. Check the path, or run the jobs that come first: "
                "./spark-submit.sh lists them in order."
            )
        version = self.version(table)
        if version is None:
            raise InputError(f"--lake {self.lake}: there is no table {table.path} yet. Run the job {table.job} first.")
        last = self.record.require_whole(table.path, version)
        wanted = version if at is None else at
        reader = self.spark.read.format("delta")
        if wanted != last:
            reader = reader.option("versionAsOf", str(wanted))
        try:
            frame = reader.load(self.location(table))
            properties.require(self.spark, self.location(table), table.path, lake=self.lake)
            return frame
        except AnalysisException:
            if at is None:
                raise
            raise InputError(
                f"--lake {self.lake}: version {at} of {table.path} is gone; the table is at {version}."
            ) from None
        except Py4JJavaError as error:  # what Delta throws of a log that it cannot read
            kind = error.java_exception.getClass().getSimpleName()
            raise damaged(self.lake, table.path, f"its log cannot be read ({kind})") from error

    def read_or_empty(self, table: type[Table]) -> DataFrame:
        """Return the table's recorded rows, or none when it has not been written."""
        return self.read(table) if self.exists(table) else self.spark.createDataFrame([], table.struct())

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make the tables written inside visible all at once at the end, in one write of the lake's record.

        Until then every other reader has them as they were; what fails, or is killed, is never seen.
        """
        self._pending = {}
        try:
            yield
        except BaseException:
            self._pending = None
            with suppress(Exception):  # the next run does it where this one cannot
                self.recover()
            raise
        written, self._pending = self._pending, None
        self._publish(written)

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
        before = self._prepare(table)
        writer = self._writer(frame, table, before).mode("overwrite")
        writer = writer.option("userMetadata", json.dumps(dict(metadata or {}), sort_keys=True))
        if before is not None and slice is not None:
            writer = writer.option("replaceWhere", slice)
        elif before is not None:
            writer = writer.option("overwriteSchema", "true")
        return self._commit(writer, table)

    def append(self, frame: DataFrame, table: type[Table]) -> int:
        """Add rows to a table of which none is ever changed or deleted, in one commit; return their number."""
        before = self._prepare(table)
        return self._commit(self._writer(frame, table, before).mode("append"), table)

    def write_each(
        self,
        frames: Mapping[type[Table], DataFrame],
        *,
        slice: str | None = None,
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
        """Return the Delta version of the rows that ``read`` gives; None when the table has not been written."""
        return self._current().get(table.path)

    def metadata(self, table: type[Table]) -> dict[str, Any]:
        """Return what the write of the rows that ``read`` gives recorded of itself."""
        version = self.version(table)
        return {} if version is None else commits.written_metadata(self.reader, self.location(table), version)

    def _prepare(self, table: type[Table]) -> int | None:
        """Check what is there before a write, and that this run still has the lake; return the recorded version."""
        before = self.version(table)
        self._put_back(table.path, before)
        if before is not None:
            properties.require(self.spark, self.location(table), table.path, lake=self.lake)
        if self.lock is not None:
            self.lock.require_held()
        with self._recording:
            if not self.record.exists:  # what a first run leaves when it is killed is a lake's, and made again
                self.record.replace({})
        return before

    def _writer(self, frame: DataFrame, table: type[Table], before: int | None) -> DataFrameWriter:
        writer = contracts.checked(table.conform(frame), table).write.format("delta")
        if table.partitions:
            writer = writer.partitionBy(*map(str, table.partitions))
        return writer if before is not None else writer.options(**properties.DECLARED)

    def _commit(self, writer: DataFrameWriter, table: type[Table]) -> int:
        location = self.location(table)
        try:
            writer.save(location)
        except Exception as error:
            if broken := contracts.broken_contract(error):
                raise broken from None
            raise
        last = commits.last_version(self.reader, location)
        assert last is not None
        with self._recording:
            if self._pending is None:
                self._publish({table.path: last})
            else:
                self._pending[table.path] = last
        return commits.rows_written(commits.read_commit(self.reader, location, last))

    def _current(self) -> dict[str, int]:
        """Return the versions that this run sees: those recorded, and what it has written of a group."""
        return {**self.record.tables(), **(self._pending or {})}

    def _publish(self, versions: Mapping[str, int]) -> None:
        if self.lock is not None:
            self.lock.require_held()
        self.record.replace({**self.record.tables(), **versions})

    def _put_back(self, path: str, version: int | None) -> bool:
        """Undo what lies beyond a table's recorded version, so that readers of its last version see it too."""
        location = f"{self.lake}/{path}"
        if version is None:
            left = self.files.exists(location)
            if left:
                self.files.delete(location)
            return left
        last = self.record.require_whole(path, version)
        if last == version or commits.restored(self.reader, location, last) == version:
            return False
        DeltaTable.forPath(self.spark, location).restoreToVersion(version)
        return True
