"""How a job declares its arguments and runs: parsing, one session, progress, errors and exit codes."""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import linkage
from linkage import pack
from linkage.console import Console
from linkage.errors import InputError, UserFacingError
from linkage.measures import shuffled_bytes, spark_meter
from linkage.progress import EVENTS_VARIABLE, EventLines, Progress, Sink, task_counts

if TYPE_CHECKING:  # listing and explaining jobs must not load Spark
    from pyspark.sql import SparkSession

    from linkage.store import Store

Arguments = Callable[[argparse.ArgumentParser], None]
Check = Callable[[argparse.Namespace], None]

WORTH_A_RELEASE = 100_000_000
"""Bytes shuffled since the last one."""


@dataclass(frozen=True)
class Job:
    """One module of ``jobs/``: what it does, what it takes, how it runs.

    ``check`` is what the job can refuse without Spark: settings, combinations of arguments.
    """

    name: str
    description: str
    arguments: Arguments
    check: Check
    run: Callable[[Run], None]

    def parser(self) -> argparse.ArgumentParser:
        """The parser of the job's own arguments and of ``--env``."""
        parser = argparse.ArgumentParser(
            prog=f"spark-submit.sh {self.name}",
            description=self.description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        self.arguments(parser)
        parser.add_argument(
            "--env", metavar="NAME", default="local", help="a file of conf/env, without .toml (default: local)"
        )
        return parser


def load(name: str) -> Job:
    """The job of that name."""
    module = importlib.import_module(f"jobs.{name}")
    check: Check = getattr(module, "check", lambda _: None)
    return Job(name, module.__doc__ or "", module.arguments, check, module.run)


def listing() -> dict[str, str]:
    """Every job with the first line of its description, in the data's order; nothing is imported."""
    folder = Path(linkage.__file__).parent.parent / "jobs"
    described = {file.stem: _first_line(file) for file in sorted(folder.glob("[a-z]*.py"))}
    order = [name for name in importlib.import_module("jobs").ORDER if name in described]
    return {name: described[name] for name in [*order, *(name for name in described if name not in order)]}


def _first_line(file: Path) -> str:
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]


class Run:
    """What a job's ``run`` receives: its arguments, and the session and store when it asks for them."""

    def __init__(self, job: Job, args: argparse.Namespace, progress: Progress, parent: Run | None = None) -> None:
        self.job, self.args, self.progress, self._parent = job, args, progress, parent
        self._released = 0

    @cached_property
    def spark(self) -> SparkSession:
        """The one session of the run."""
        if self._parent is not None:
            return self._parent.spark
        from linkage import session

        with self.progress.step("starting Spark"):
            spark = session.build(f"appariement {self.job.name}")
        self.progress.watch(task_counts(spark.sparkContext), spark_meter(spark.sparkContext))
        self.progress.watch_scratch(self._scratch_bytes)
        return spark

    @cached_property
    def store(self) -> Store:
        """The tables under ``--lake``."""
        if self._parent is not None and self._parent.args.lake == self.args.lake:
            return self._parent.store
        from linkage.store import Store

        store = Store(self.spark, self.args.lake)
        store.open_scratch()
        if left := store.other_scratch():
            self.progress.note(
                f"--lake {self.args.lake}: {', '.join(left)}: left by runs that were killed outright, or still in use. "
                "They hold identifiers: delete them when no other job runs."
            )
        return store

    @cached_property
    def code_version(self) -> str:
        """Which code is running: git's commit, or a hash of the files."""
        return pack.code_version()

    def call(self, name: str, **arguments: Any) -> None:
        """Runs another job in this session; it takes this run's arguments, then those given here."""
        job = load(name)
        given = {**vars(self.args), **arguments}
        declared = job.parser()._actions
        wanted = {action.dest: given.get(action.dest, action.default) for action in declared if action.dest != "help"}
        unknown = arguments.keys() - wanted.keys()
        if unknown:
            raise TypeError(f"the job {name} does not take {', '.join(sorted(unknown))}")
        missing = [action.dest for action in declared if action.required and wanted[action.dest] is None]
        if missing:
            raise TypeError(f"the job {name} needs {', '.join(missing)}")
        args = argparse.Namespace(**wanted)
        job.check(args)
        with self.progress.stage(name):
            job.run(Run(job, args, self.progress, parent=self))
        self.release()

    def release(self) -> None:
        """Has Spark delete the shuffles nobody reads any more: it does when the JVM collects what held them.

        Where little was shuffled since the last time, to collect all of the heap would cost more than it frees.
        """
        if self._parent is not None:
            self._parent.release()
        elif (shuffled := shuffled_bytes(self.spark.sparkContext)) - self._released >= WORTH_A_RELEASE:
            self.spark.sparkContext._jvm.System.gc()  # type: ignore[union-attr]
            self._released = shuffled

    def close(self, status: int = 1) -> None:
        """Ends the session, if there is one, and with it what lay in scratch."""
        self.progress.close()
        left: int | None = 0
        if "store" in self.__dict__:
            left = None
            with suppress(Exception):  # A dead JVM must not replace the error that killed it.
                self.store.close_scratch()
                left = self.store.scratch_bytes()
        self.progress.ended(self.job.name, status=status, left=left)
        if "spark" in self.__dict__:
            self.spark.stop()

    def _scratch_bytes(self) -> int:
        """What lies in the run's folders now: on the lake, and where the launcher made Spark spill."""
        spilled = os.environ["SPARK_LOCAL_DIRS"] if EVENTS_VARIABLE in os.environ else None
        in_lake = self.store.scratch_bytes() if "store" in self.__dict__ else 0
        return in_lake + (_bytes_below(Path(spilled)) if spilled else 0)


def main(file: str) -> NoReturn:
    """Runs the job of a file of ``jobs/`` and exits: 0 done, 2 user's input, 3 data, 1 anything else."""
    job = load(Path(file).stem)
    sys.exit(execute(job, job.parser().parse_args()))


def execute(job: Job, args: argparse.Namespace) -> int:
    """Runs a job and returns its exit code; what went wrong is said in one message, without a trace.

    A trace may quote data. It goes to this process's standard error, which the launcher keeps in the log file.
    """
    under_launcher = EVENTS_VARIABLE in os.environ
    sink: Sink = EventLines(sys.stdout) if under_launcher else Console()
    run, status = Run(job, args, Progress(sink)), 1
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
        run.progress.error(str(error))
        status = error.exit_code
    except Exception as error:
        traceback.print_exc()
        known = _known_cause(error) or UserFacingError(f"{job.name} stopped on an unexpected {type(error).__name__}.")
        run.progress.error(f"{known} The last good state is still readable.")
        status = known.exit_code
    finally:
        run.close(status)
    return status


def _bytes_below(folder: Path) -> int:
    sizes = []
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):  # Spark deletes while we look
                sizes.append(Path(place, name).stat().st_size)
    return sum(sizes)


# What Spark says when the machine or another job is at fault, and what the user may do.
_KNOWN = {
    "No space left on device": "No space is left where Spark spills or writes: free some, or set spark.local.dir.",
    "java.lang.OutOfMemoryError": "Spark had too little memory: give more, as in --conf spark.driver.memory=8g.",
    "io.delta.exceptions.Concurrent": "Another job wrote the same table at the same time: run this one again.",
}


def _known_cause(error: Exception) -> UserFacingError | None:
    from pyspark.errors import PySparkException

    if isinstance(error, PySparkException) and error.getCondition() == "PATH_NOT_FOUND":
        return InputError(f"{(error.getMessageParameters() or {}).get('path')}: no such file or folder.")
    said = str(error)
    if "no key file, or another key" in said:  # as linkage.linked_base.pseudonyms says it, in a worker
        return InputError("--key: a machine of the cluster has no such file, or another key in it.")
    return next((UserFacingError(advice) for sign, advice in _KNOWN.items() if sign in said), None)
