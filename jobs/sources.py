"""Deliveries → typed Delta tables; bad rows set aside and counted.

Every delivery of the folder is checked first; if anything is refused, nothing is written. The same delivery again
changes nothing; a later one (later date_extraction) replaces the rows it corrects. How each producer writes its
files is declared in conf/sources/, what is set aside and when that is too much in conf/method/sources.toml.
"""

import argparse

from linkage import config, options
from linkage.command import Run, main
from linkage.settings import SourcesSettings
from linkage.sources import intake
from linkage.sources.declaration import Declaration

COLUMNS = ("delivery", "file", "rows read", "kept", "set aside", "rules broken", "dates blanked")


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.deliveries(parser)


def check(args: argparse.Namespace) -> None:
    declarations(), settings()


def declarations() -> dict[str, Declaration]:
    return {name: config.settings(f"sources/{name}.toml", Declaration) for name in config.names("sources", ".toml")}


def settings() -> SourcesSettings:
    return config.settings("method/sources.toml", SourcesSettings)


def run(run: Run) -> None:
    report = intake.receive(run.store, run.args.deliveries, declarations(), settings(), run.progress)
    rows = []
    for line in report:
        found = line.counts
        table = f"sources/{line.source}_{line.file}"
        run.progress.rows("sources", table, read=found.read, written=found.kept, set_aside=found.nb_rejected)
        if found.nb_rejected or found.effacees:
            rules = ", ".join(f"{rule} {count}" for rule, count in sorted(found.rejected.items()))
            rows.append((line.delivery, line.file, found.read, found.kept, found.nb_rejected, rules, found.effacees))
    run.progress.say(f"{len({line.delivery for line in report})} new deliveries.")
    if rows:
        run.progress.table("Rows set aside, dates blanked", COLUMNS, rows)


if __name__ == "__main__":
    main(__file__)
