"""What a lake holds, how fresh each stage is, what is unfinished, what runs and what ran; reads only, in seconds.

It takes no lock, waits for nobody, and starts Spark only where the lake is not on this machine. The last runs are those
whose records lie in logs/ of this clone and are this account's.
"""

import argparse
from datetime import datetime

from jobs.status.look import damages, disk_of, stages_of, unfinished_in, versions_of
from linkage.platform.errors import UserFacingError
from linkage.platform.lake import lock
from linkage.platform.lake.published import Published
from linkage.platform.progress.console import duration
from linkage.platform.progress.progress import Progress
from linkage.platform.running import options, records
from linkage.platform.running.run import Run
from linkage.platform.running.submit import LOGS

RUNS = 5


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)


def needs_spark(args: argparse.Namespace) -> bool:
    """Return whether the lake lies where only Hadoop reads."""
    return options.Location(args.lake).here is None


def run(run: Run) -> None:
    progress, lake = run.progress, Published(run.files, run.args.lake)
    holder, is_held = lock.seen(lake.files, lake.lake)
    sizes = lake.files.sizes(lake.lake)
    progress.say(f"Lake {lake.lake}: {len(lake.versions)} tables, {disk_of(lake, sizes)}.")
    _say_holder(progress, holder, is_held=is_held)
    damaged = damages(lake, sizes)
    if not damaged:
        progress.table("Stages", ("stage", "made", "state"), [_dated(*row) for row in stages_of(lake)])
        titles = ("version", "published", "code", "links", "quality", "base", "of what the lake holds now")
        progress.table("Published versions", titles, [_dated(*row) for row in versions_of(lake)])
    _say_unfinished(progress, unfinished_in(lake, sizes), is_held=is_held)
    _say_runs(run)
    if damaged:
        raise UserFacingError(damaged)


def _say_holder(progress: Progress, holder: str, *, is_held: bool) -> None:
    if is_held:
        progress.say(f"Now: a run writes in it ({holder}).")
    elif holder:
        progress.say(f"Now: nobody writes in it; a run ended without a word ({holder}). The next job takes over.")
    else:
        progress.say("Now: nobody writes in it.")


def _say_unfinished(progress: Progress, unfinished: list[str], *, is_held: bool) -> None:
    if not unfinished:
        progress.say("Unfinished writes: none.")
        return
    fate = "the run that writes now may own them" if is_held else "the next job on the lake undoes them"
    progress.say("\n".join([f"Unfinished writes ({fate}):", *(f"  {one}" for one in unfinished)]))


def _say_runs(run: Run) -> None:
    last = records.last_runs(LOGS, run.args.lake, at_most=RUNS)
    if not last:
        run.progress.say(f"Last runs: none has its records in {LOGS}.")
        return
    rows = [
        (
            record["job"],
            record.get("version"),
            _minute(datetime.strptime(record["began"], "%Y-%m-%dT%H:%M:%S%z")),
            duration(record["seconds"]) if "seconds" in record else None,
            record["outcome"],
            record["reason"] or None,
            record["code"],
        )
        for record in last
    ]
    titles = ("job", "version", "began", "took", "outcome", "reason", "code")
    run.progress.table("Last runs, the newest first", titles, rows)
    for folder in records.left_unfinished(run.files, last):
        run.progress.say(f"Unfinished: {folder}. The same command again deletes it.")


def _dated(name: str, at: datetime | None, *others: str | int | None) -> tuple[str | int | None, ...]:
    return name, _minute(at) if at else None, *others


def _minute(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M")
