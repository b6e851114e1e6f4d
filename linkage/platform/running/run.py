"""Runs a job in the driver: its arguments, one session, progress, errors and exit codes."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linkage.platform.errors import InputError, UserFacingError
from linkage.platform.progress.console import Console
from linkage.platform.progress.events import EVENTS_VARIABLE, EventLines, Sink
from linkage.platform.progress.measures import shuffled_bytes, spark_meter
from linkage.platform.progress.progress import Progress, task_counts
from linkage.platform.running import hardening, pack
from linkage.platform.running.companions import end_with_companions
from linkage.platform.running.job import Catalogue, Job, JobModule

if TYPE_CHECKING:  # listing and explaining jobs must not load Spark
    from pyspark.sql import SparkSession

    from linkage.platform.lake.lock import LakeLock
    from linkage.platform.lake.reading import Reader
    from linkage.platform.lake.store import Store

WORTH_A_RELEASE = 100_000_000
"""Bytes shuffled since the last one."""


class Run:
    """What a job's ``run`` receives: its arguments, and the session and store when it asks for them."""

    def __init__(self, job: Job, args: argparse.Namespace, progress: Progress, parent: Run | None = None) -> None:
        self.job, self.args, self.progress, self._parent = job, args, progress, parent
        self._released = 0
        self._lock: LakeLock | None = None

    @cached_property
    def spark(self) -> SparkSession:
        """Return the one session of the run."""
        if self._parent is not None:
            return self._parent.spark
        from linkage.platform.running import session

        with self.progress.step("starting Spark"):
            spark = session.build(f"appariement {self.job.name}")
        self.progress.watch(task_counts(spark.sparkContext), spark_meter(spark.sparkContext))
        self.progress.watch_scratch(self._scratch_bytes)
        return spark

    @cached_property
    def store(self) -> Store:
        """Return the tables under ``--lake``; with ``--dry-run``, for a job that takes no lock and writes nothing."""
        if self._parent is not None and self._parent.args.lake == self.args.lake:
            return self._parent.store
        from linkage.platform.lake.lock import LakeLock
        from linkage.platform.lake.store import Store
        from linkage.platform.running import modes

        store = Store(self.spark, self.args.lake)
        if getattr(self.args, "dry_run", False):
            return store
        self._lock = LakeLock(store.files, store.lake, job=self.job.name)
        if not self._lock.is_exclusive:
            self.progress.note(
                f"--lake {self.args.lake}: its file system cannot refuse a second run for certain: start one at a time."
            )
        if taken_over := self._lock.take():
            self.progress.note(f"--lake {self.args.lake}: {taken_over}")
        store.lock = self._lock
        if opened := modes.close_to_others(self.args.lake):
            self.progress.note(
                f"--lake {self.args.lake}: {', '.join(opened)}: all users could read it; closed to them."
            )
        store.scratch.open()
        if left := store.scratch.clear_others():
            self.progress.note(f"--lake {self.args.lake}: deleted what a killed run left: {', '.join(left)}.")
        if undone := store.recover():
            self.progress.note(f"--lake {self.args.lake}: an unfinished run was undone: {', '.join(undone)}.")
        return store

    @cached_property
    def files(self) -> Reader:
        """Return what reads files, for a job that only reads: of this machine where it needs no session."""
        from linkage.platform.lake.reading import Here

        if not self.job.needs_spark(self.args):
            return Here()
        from linkage.platform.lake.files import Files

        return Files(self.spark)

    @cached_property
    def code_version(self) -> str:
        """Return which code is running: git's commit, or a hash of the files."""
        return pack.code_version()

    @contextmanager
    def new_folder(self, out: str) -> Iterator[str]:
        """Give a folder to fill, which becomes ``out`` at the end: whatever ends this run, ``out`` is whole or empty.

        Raises
        ------
        InputError
            ``out`` holds something: what was handed over is never overwritten.
        """
        from linkage.platform.lake.files import Files
        from linkage.platform.lake.reading import unfinished_of

        files = Files(self.spark)
        if entries := files.children(out):
            raise InputError(f"--out {out}: a new or empty folder expected, found {entries[0]} in it.")
        if files.exists(unfinished_of(out)):
            self.progress.note(f"--out {out}: deleted what an unfinished run left: {unfinished_of(out)}.")
        with files.whole_folder(out) as unfinished:
            yield unfinished

    def call(self, module: JobModule, **arguments: Any) -> None:
        """Run another job in this session, with this run's arguments, then those given here."""
        job = Job.of(module)
        values = {**vars(self.args), **arguments}
        declared = job.parser()._actions
        job_arguments = {
            action.dest: values.get(action.dest, action.default) for action in declared if action.dest != "help"
        }
        unknown = arguments.keys() - job_arguments.keys()
        if unknown:
            raise TypeError(f"the job {job.name} does not take {', '.join(sorted(unknown))}")
        missing = [action.dest for action in declared if action.required and job_arguments[action.dest] is None]
        if missing:
            raise TypeError(f"the job {job.name} needs {', '.join(missing)}")
        args = argparse.Namespace(**job_arguments)
        job.check(args)
        with self.progress.stage(job.name):
            job.run(Run(job, args, self.progress, parent=self))
        self.release()

    def release(self) -> None:
        """Have Spark delete the shuffles nobody reads any more: it does when the JVM collects what held them.

        Where little was shuffled since the last time, to collect all of the heap would cost more than it frees.
        """
        if self._parent is not None:
            self._parent.release()
        elif (shuffled := shuffled_bytes(self.spark.sparkContext)) - self._released >= WORTH_A_RELEASE:
            self.spark.sparkContext._jvm.System.gc()  # type: ignore[union-attr]
            self._released = shuffled

    def close(self, status: int, reason: str) -> None:
        """Leave the lake and end the session, where there are any; record what became of the run."""
        self.progress.close()
        left = self.leave_lake()
        self.progress.ended(self.job.name, status=status, reason=reason, left=left)
        if "spark" in self.__dict__:
            self.spark.stop()

    def leave_lake(self) -> int | None:
        """Delete what lies in scratch and give the lock back; return the bytes left, None where nobody can tell."""
        left: int | None = 0
        if "store" in self.__dict__ and self._lock is not None:
            left = None
            with suppress(Exception):  # A dead JVM must not replace the error that killed it.
                self.store.scratch.close()
                left = self.store.scratch.bytes()
        if self._lock is not None:
            with suppress(Exception):  # the lock of a dead JVM went with it
                self._lock.release()
        return left

    def _scratch_bytes(self) -> int:
        """Return the bytes in the run's folders now: on the lake, and where the launcher made Spark spill."""
        spilled = os.environ["SPARK_LOCAL_DIRS"] if EVENTS_VARIABLE in os.environ else None
        in_lake = self.store.scratch.bytes() if "store" in self.__dict__ else 0
        return in_lake + (_bytes_below(Path(spilled)) if spilled else 0)


def main(catalogue: Catalogue) -> int:
    """Run the job that the first argument names, in the driver; return 0 done, 2 user's input, 3 data, 1 other."""
    os.umask(hardening.UMASK)  # where the launcher is on another machine
    job = catalogue.load(sys.argv[1])
    return execute(job, job.parser().parse_args(sys.argv[2:]))


def execute(job: Job, args: argparse.Namespace) -> int:
    """Run a job and return its exit code; report what went wrong in one message, without a trace.

    A trace may quote data. It goes to this process's standard error, which the launcher keeps in the log file.
    """
    under_launcher = EVENTS_VARIABLE in os.environ
    end_with_companions()
    sink: Sink = EventLines(sys.stdout) if under_launcher else Console()
    run, status, reason = Run(job, args, Progress(sink, is_brief=not getattr(args, "verbose", True))), 1, ""
    try:
        job.check(args)
        with run.progress.stage(job.name):
            assert run.spark  # started first, so that its seconds are not counted in the job's first step
            job.run(run)
        run.progress.summary()
        if not under_launcher:  # which counts the start and the end of Spark too
            run.progress.done()
        status = 0
    except UserFacingError as error:
        status, reason = error.exit_code, str(error)
        run.progress.error(reason)
    except Exception as error:  # noqa: BLE001 - whatever it is, the user reads one sentence
        traceback.print_exc()
        from linkage.platform.running.causes import known_cause

        cause = known_cause(error) or UserFacingError(f"{job.name} stopped on an unexpected {type(error).__name__}.")
        status, reason = cause.exit_code, str(cause)
        run.progress.error(f"{cause} The last good state is still readable.")
    finally:
        run.close(status, reason)
    return status


def _bytes_below(folder: Path) -> int:
    sizes = []
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):  # Spark deletes while we look
                sizes.append(Path(place, name).stat().st_size)
    return sum(sizes)
