"""Deliveries → typed Delta tables; bad rows set aside and counted.

Every delivery of the folder is checked before anything is written. The same delivery again changes nothing; one with a
later date_extraction replaces the rows it corrects. conf/sources/ declares how each producer writes its files,
conf/method what is set aside and when that is too much.
"""

import argparse
from collections.abc import Callable

from pyspark.sql import Column
from pyspark.sql import functions as F

from linkage.governance import keys
from linkage.governance.pseudonyms import Pseudonyms
from linkage.platform import config
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.settings.sources import SourcesSettings
from linkage.sources import intake
from linkage.sources.declaration import Declaration
from linkage.sources.intake import FileReport
from linkage.tables.sources import source_table
from linkage.versions import method

COLUMNS = ("delivery", "file", "rows read", "kept", "set aside", "rules broken", "dates blanked")


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.deliveries(parser)
    options.key(parser)
    options.dry_run(parser)


def declarations_and_settings() -> tuple[dict[str, Declaration], SourcesSettings]:
    """Return the declaration of each source, by its name, and the method's settings."""
    declared = {name: config.settings(f"sources/{name}.toml", Declaration) for name in config.names("sources", ".toml")}
    return declared, method.sources_settings()


def check(args: argparse.Namespace) -> None:
    declarations_and_settings()
    if keys.is_given(args):
        keys.check_before_start(args)


def fingerprint_of(args: argparse.Namespace) -> Callable[[Column], Column]:
    """Return what makes of a line set aside its fingerprint: under a key of its own, none without a key.

    Unkeyed, whoever can list the lines that there may be finds this one.
    """
    if not keys.is_given(args):
        return lambda _: F.lit(None).cast("string")
    pseudonyms = Pseudonyms.derived(keys.job_key(args), keys.REJECTS)
    return lambda line: pseudonyms.of("ligne", line)


def run(run: Run) -> None:
    if run.args.dry_run:
        forecast(run)
        return
    report = _taken_by(intake.receive, run)
    for line in report:
        read, kept, set_aside = line.counts.read, line.counts.kept, line.counts.nb_rejected
        run.progress.rows(
            run.job.name, source_table(line.source, line.file).path, read=read, written=kept, set_aside=set_aside
        )
    run.progress.say(f"{len({line.delivery for line in report})} new deliveries.")
    rows = [line.row() for line in report if line.counts.nb_rejected or line.counts.effacees]
    if rows:
        run.progress.table("Rows set aside, dates blanked", COLUMNS, rows)


def forecast(run: Run) -> list[FileReport]:
    """Say what would be received, and write nothing; return it. What would be refused is, as in earnest."""
    report = _taken_by(intake.forecast, run)
    if report:
        run.progress.table("Would be received", COLUMNS, [line.row() for line in report])
    run.progress.say(f"{len({line.delivery for line in report})} deliveries would be received; nothing was written.")
    return report


def _taken_by(intake_of: Callable[..., list[FileReport]], run: Run) -> list[FileReport]:
    fingerprint = fingerprint_of(run.args)
    return intake_of(
        run.store, run.args.deliveries, *declarations_and_settings(), run.progress, fingerprint=fingerprint
    )
