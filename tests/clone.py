"""A clone with one job of its own, on a machine that is prepared: for tests that go through spark-submit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from linkage.platform.setup import prepare

ROOT = Path(__file__).parent.parent
JOB = '''
"""Counts, and shows where its code and settings come from.

More on it.
"""

import argparse
import os
import sys
import time

import pandas as pd

from linkage.platform import config
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.platform.errors import ContractError, InputError


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    parser.add_argument("--rows", type=options.positive, default=10)
    parser.add_argument("--fail", choices=("settings", "contract", "crash", "kept", "sleep"))


def check(args: argparse.Namespace) -> None:
    if args.fail == "settings":
        raise InputError("conf/method/count.toml: threshold: 2 found, at most 1 expected.")


def _where_the_code_is(frames):
    from linkage.platform.running import options

    for frame in frames:
        yield pd.DataFrame({"file": [options.__file__], "path": [os.pathsep.join(sys.path)]})


def run(run: Run) -> None:
    if run.args.fail == "contract":
        raise ContractError("sources/police_procedures: 3 rows found, 4 expected.")
    if run.args.fail == "crash":
        run.spark.sql("SELECT CAST('DUPONT' AS INT)").collect()
    with run.progress.step("counting"):
        rows = run.spark.range(run.args.rows).count()
    run.progress.rows("sources", "numbers", read=rows, written=rows, set_aside=0)
    if run.args.fail in ("kept", "sleep"):
        assert run.store
        run.spark.range(run.args.rows).checkpoint()
    print("chatter of a library")
    files = run.spark.range(1).mapInPandas(_where_the_code_is, "file string, path string").collect()
    run.progress.say(f"executor {files[0].file}")
    run.progress.say(f"executor_path {files[0].path}")
    run.progress.say(f"driver {options.__file__}")
    run.progress.say(f"settings {config.conf()}")
    run.progress.say(f"lake {run.args.lake}")
    run.progress.say(f"spills in {os.environ['SPARK_LOCAL_DIRS']}")
    run.progress.say(f"heap {run.spark.conf.get('spark.driver.memory')}")
    run.progress.say(f"options {os.environ['APPARIEMENT_SPARK_OPTIONS']}")
    if run.args.fail == "kept":
        raise ContractError("sources/police_procedures: checkpointed, then refused.")
    while run.args.fail == "sleep":
        time.sleep(0.1)
'''
CATALOGUE = """from linkage.platform.running.job import Catalogue

CATALOGUE = Catalogue("jobs", ("count",))
"""
# Small and quick, whatever else the machine does.
SMALL = ("--master", "local[1]", "--conf", "spark.driver.memory=1g", "--conf", "spark.sql.shuffle.partitions=2")


@dataclass(frozen=True)
class Clone:
    """A clone with one job of its own, on a machine that is prepared."""

    root: Path

    def command(self, *arguments: str) -> list[str]:
        return [str(self.root / "spark-submit.sh"), *arguments]

    def run(self, *arguments: str, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=cwd or self.root,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def logs(self) -> list[Path]:
        return sorted(self.root.glob("logs/count-*.log"))


def make_clone(folder: Path) -> Clone:
    """Copy what a clone holds, but for the jobs, and link this run's environment as its own."""
    root = folder / "clone"
    root.mkdir()
    for name in ("linkage", "conf"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("spark-submit.sh", "pyproject.toml", prepare.RUN, prepare.DEVELOP):
        shutil.copy(ROOT / name, root)
    (root / "jobs").mkdir()
    shutil.copy(ROOT / "jobs" / "__main__.py", root / "jobs")
    (root / "jobs" / "__init__.py").write_text(CATALOGUE, encoding="utf-8")
    (root / "jobs" / "count.py").write_text(JOB.lstrip(), encoding="utf-8")
    (root / ".venv").mkdir()
    for entry in Path(sys.prefix).iterdir():
        if entry.name not in (prepare.RUN, prepare.DEVELOP):
            (root / ".venv" / entry.name).symlink_to(entry)
    for lock in (prepare.RUN, prepare.DEVELOP):
        (root / ".venv" / lock).write_text(prepare.recipe(lock), encoding="utf-8")
    return Clone(root)
