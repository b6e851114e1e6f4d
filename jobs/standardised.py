"""Sources → one spelling for each fact: PV keys, dates, communes, offences and persons."""

import argparse
from collections.abc import Mapping

import pandas as pd
from pyspark.sql import DataFrame

from linkage import standardised
from linkage.platform import config
from linkage.platform.errors import InputError
from linkage.platform.lake.schema import Table
from linkage.platform.lake.store import Store
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.tables.sources import FILES, JUSTICE, POLICE, parent_file, source_table
from linkage.versions import made_of, method


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)


def check(args: argparse.Namespace) -> None:
    method.standardised_settings()


def run(run: Run) -> None:
    settings = method.standardised_settings()
    require_both_sides(run, sources_received(run.store))
    sources = {
        f"{source}_{file}": run.store.read_or_empty(source_table(source, file))
        for source, files in FILES.items()
        for file in files
    }
    communes, mouvements, natinf = (
        run.spark.createDataFrame(pd.DataFrame(config.nomenclature(name)))
        for name in ("communes", "mouvements_communes", "natinf")
    )

    recorded = {made_of.MADE_OF: made_of.made_of(run.store, made_of.STANDARDISED)}

    def keep(frames: Mapping[type[Table], DataFrame]) -> dict[type[Table], DataFrame]:
        with run.progress.step(", ".join(table.path for table in frames)):
            for table, written in run.store.write_each(frames, metadata=recorded).items():
                run.progress.rows(run.job.name, table.path, written=written)
        return {table: run.store.read(table) for table in frames}

    standardised.build(sources, communes, mouvements, natinf, settings, keep=keep)


def sources_received(store: Store) -> set[str]:
    """Return the sources of which the lake has a delivery."""
    return {source for source in FILES if store.exists(source_table(source, parent_file(source)))}


def require_both_sides(run: Run, delivered: set[str]) -> None:
    """Show which sources nothing was delivered of; refuse a lake in which police or justice has none.

    Raises
    ------
    InputError
        There is nothing to link on one side.
    """
    for names, there in ((POLICE, delivered & {*POLICE}), (JUSTICE, delivered & {*JUSTICE})):
        if not there:
            raise InputError(
                f"--lake {run.args.lake}: no delivery of {' or '.join(names)}; found {', '.join(sorted(delivered))}. "
                "A linkage takes one of each side: deliver it, and run the job sources again."
            )
        for source in sorted({*names} - there):
            run.progress.say(f"{source}: nothing was delivered; the affairs of its procedures stay without a link.")
