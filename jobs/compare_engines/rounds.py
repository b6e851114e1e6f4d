"""The rounds of the benchmark: every arm in turn, again and again, each in a process and on a lake of its own."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jobs import sources, standardised
from jobs.compare_engines import children, job, lakes, machine
from jobs.compare_engines.arms import RUNNING
from jobs.compare_engines.figures import CEILING, FIELDS, OURS, Record, arms, ceiling
from jobs.synthetic import job as synthetic
from jobs.synthetic.deliveries import TRUTH
from linkage.platform.errors import UserFacingError
from linkage.platform.progress.events import SPARK_OPTIONS_VARIABLE
from linkage.platform.running.hardening import SET_BY_SESSION
from linkage.platform.running.job import Job, JobModule
from linkage.platform.running.run import Run

SEED = 1
NO_FIGURES: Record = dict.fromkeys(FIELDS)


def compare(run: Run, names: Sequence[str]) -> None:
    """Run the arms, ours first in each round; write ``--out`` after each, and the machine beside it."""
    out, options = Path(run.args.out), _spark_options(run)
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.with_suffix(".machine.json")
    launcher, going = children.command(), sorted(names, key=lambda name: name != OURS)
    records: list[Record] = []
    _write(beside, _machine(run))
    with children.terminable(), _work_folder(out.parent) as work:
        lake, truth = _country(run, launcher, options, work)
        for number in range(1, run.args.runs + 1):
            for arm in list(going):
                given = {"--lake": lake, "--truth": truth, "--procedures": run.args.procedures, "--arm": arm}
                with run.progress.step(f"{arm}, run {number} of {run.args.runs}"):
                    record, ending = _arm(launcher, given, options, work / f"{arm}-{number}", ceiling(records))
                known = next((earlier for earlier in records if earlier["affaires"] is not None), NO_FIGURES)
                counted = {name: known[name] for name in ("procedures", "affaires") if known[name] is not None}
                records.append({**NO_FIGURES, "procedures": run.args.procedures, **counted, **record, "run": number})
                _write(out, records)
                run.progress.say(f"{arm}, run {number}: {record['wall_s']:,.1f} s{ending}")
                if record["stopped"]:
                    going.remove(arm)
    _closing_table(run, records)
    run.progress.say(f"The records are in {out}, the machine in {beside}.")


def _country(run: Run, launcher: list[str], options: list[str], work: Path) -> tuple[Path, Path]:
    """Return the lake with standardised tables and its truth: those given, or a fictitious country's made here."""
    if run.args.lake:
        return Path(run.args.lake), Path(run.args.truth)
    lake, deliveries = work / "country", work / "deliveries"
    country = ["--out", str(deliveries), "--procedures", str(run.args.procedures), "--seed", str(SEED)]
    in_lake = ["--lake", str(lake)]
    steps: list[tuple[JobModule, list[str]]] = [
        (synthetic, country),
        (sources, [*in_lake, "--deliveries", str(deliveries)]),
        (standardised, in_lake),
    ]
    for module, arguments in steps:
        name = Job.of(module).name
        with run.progress.step(f"a fictitious country: {name}"):
            children.run_to_end([*launcher, name, *arguments, *options], work / f"{name}.log")
    for delivery in deliveries.iterdir():
        if delivery.name != TRUTH:
            shutil.rmtree(delivery)
    return lake, deliveries / TRUTH


def _arm(
    launcher: list[str], given: dict[str, Any], options: list[str], work: Path, ceiling: float | None
) -> tuple[Record, str]:
    """Run one arm in one round; return its record, and how it ended where that was early."""
    lakes.linked_copy(given["--lake"], work / "lake")
    record_file, name = work / "record.json", given["--arm"]
    arguments = [
        str(part) for pair in {**given, "--lake": work / "lake", "--out": record_file}.items() for part in pair
    ]
    command = [*launcher, Job.of(job).name, *arguments, *options]
    ended = children.run(
        command, work / "output.log", running=work / RUNNING, ceiling=None if name == OURS else ceiling
    )
    record, ending = {"arm": name, "stopped": True}, ""
    if ended.stopped_after is not None:
        record["wall_s"], ending = round(ended.stopped_after, 1), f", stopped at {CEILING} times ours"
    elif ended.status == 0 and record_file.is_file():
        record = {**json.loads(record_file.read_text(encoding="utf-8")), "stopped": False}
    elif name == OURS or not ended.clock_showed:
        raise UserFacingError(f"{name} ended with status {ended.status}: {ended.last_lines}")
    else:  # out of memory or disk, for instance: the least it takes is what it took
        record["wall_s"], ending = round(ended.clock_showed, 1), f", then it failed: {ended.last_lines}"
    shutil.rmtree(work)
    return record, ending


def _closing_table(run: Run, records: Sequence[Record]) -> None:
    by_arm = arms(records)
    columns = ("arm", "median, s", "spread, s", "ratio to ours", "s per million pairs", "peak MB", "F1")
    rows = []
    for arm in by_arm.values():
        spread, ratio = f"{min(arm.walls):.1f}–{max(arm.walls):.1f}", arm.ratio(by_arm.get(OURS))
        shown = (arm.s_per_million_pairs, arm.middle("peak_mb"), arm.middle("f1"))
        rows.append((arm.name, arm.reached(by_arm.get(OURS)), spread, str(ratio) if ratio else None, *shown))
    run.progress.table("arms side by side", columns, rows)


def _spark_options(run: Run) -> list[str]:
    """Return what this run was given for Spark, for the jobs it starts."""
    return ["--env", run.args.env, "--master", str(run.spark.sparkContext.master), *_given()]


def _given() -> list[str]:
    return shlex.split(os.environ.get(SPARK_OPTIONS_VARIABLE, ""))


def _machine(run: Run) -> Any:
    system = run.spark.sparkContext._jvm.java.lang.System  # type: ignore[union-attr]
    return machine.description(
        driver_memory=run.spark.sparkContext.getConf().get("spark.driver.memory") or "",
        java=str(system.getProperty("java.version")),
        master=str(run.spark.sparkContext.master),
        spark_options=_shown(_given()),
        code_version=run.code_version,
    )


def _shown(options: Sequence[str]) -> list[str]:
    """Return the properties among them, but for secrets: no path of a file."""
    secret = re.compile(SET_BY_SESSION["spark.redaction.regex"])
    return [option for option in options if "=" in option and not secret.search(option)]


def _write(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@contextmanager
def _work_folder(parent: Path) -> Iterator[Path]:
    """Open a folder for lakes and results, which hold identifiers: gone at the end, also on failure."""
    folder = Path(tempfile.mkdtemp(prefix=".compare_engines-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
