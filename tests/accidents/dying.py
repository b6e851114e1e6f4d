"""A driver that is killed outright, with its JVM, at one named point: ``python -m tests.accidents.dying JOB OPTIONS…``.

``DIE_AT`` names the point: ``before:TABLE``, ``files:TABLE`` (files written, no commit), ``commit:TABLE`` (committed,
not recorded), ``unrecorded`` (all committed, the record written beside and not renamed), ``recorded`` (the record
renamed, nothing after it).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyspark.sql.readwriter import DataFrameWriter

from jobs import CATALOGUE
from linkage.platform.lake import record
from linkage.platform.lake.files import Files
from linkage.platform.running import run, session


def main(point: str, arguments: list[str]) -> int:
    """Run the job with the point armed; return its exit code where the point is never reached."""
    job = CATALOGUE.load(arguments[0])
    args = job.parser().parse_args(arguments[1:])
    spark = session.build_local("dying", {"spark.local.dir": os.environ["SPILL"]})
    spark.sparkContext.setLogLevel("OFF")
    jvm = spark.sparkContext._gateway.proc.pid  # type: ignore[union-attr]

    def die() -> None:
        for process in (jvm, os.getpid()):
            os.kill(process, signal.SIGKILL)

    kind, _, table = point.partition(":")
    _ARM[kind](die, f"{args.lake}/{table}")
    return run.execute(job, args)


def _before(die: Callable[[], None], location: str) -> None:
    _around_save(location, before=die)


def _after_commit(die: Callable[[], None], location: str) -> None:
    _around_save(location, after=die)


def _around_save(
    location: str, before: Callable[[], None] | None = None, after: Callable[[], None] | None = None
) -> None:
    save = DataFrameWriter.save

    def dying(self: DataFrameWriter, path: str | None = None, **options: Any) -> None:
        if before is not None and path == location:
            before()
        save(self, path, **options)
        if after is not None and path == location:
            after()

    DataFrameWriter.save = dying  # type: ignore[method-assign, assignment]


def _at_files(die: Callable[[], None], location: str) -> None:
    folder = Path(location)
    there = set(folder.rglob("*.parquet"))

    def watch() -> None:
        while not set(folder.rglob("*.parquet")) - there:
            time.sleep(0.001)
        die()

    threading.Thread(target=watch, daemon=True).start()


def _at_record(die: Callable[[], None], *, renamed: bool) -> None:
    replace = Files._replace

    def dying(self: Files, old: str, new: str) -> None:
        published = new.endswith(record.FILE) and bool(json.loads(self.read_text(old))["tables"])
        if published and not renamed:
            die()
        replace(self, old, new)
        if published:
            die()

    Files._replace = dying  # type: ignore[method-assign]


_ARM: dict[str, Callable[[Callable[[], None], str], None]] = {
    "before": _before,
    "files": _at_files,
    "commit": _after_commit,
    "unrecorded": lambda die, _: _at_record(die, renamed=False),
    "recorded": lambda die, _: _at_record(die, renamed=True),
}


if __name__ == "__main__":
    sys.exit(main(os.environ["DIE_AT"], sys.argv[1:]))
