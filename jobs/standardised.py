"""Sources → one spelling for each fact: PV keys, dates, communes, offences and persons."""

import argparse

import pandas as pd
from pyspark.sql import DataFrame

from linkage import standardised
from linkage.platform import config
from linkage.platform.lake.schema import Table
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.tables.sources import FILES, source_table
from linkage.versions import made_of, method


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)


def check(args: argparse.Namespace) -> None:
    method.standardised_settings()


def run(run: Run) -> None:
    settings = method.standardised_settings()
    sources = {
        f"{source}_{file}": run.store.read(source_table(source, file))
        for source, files in FILES.items()
        for file in files
    }
    communes, mouvements, natinf = (
        run.spark.createDataFrame(pd.DataFrame(config.nomenclature(name)))
        for name in ("communes", "mouvements_communes", "natinf")
    )

    recorded = {made_of.MADE_OF: made_of.made_of(run.store, made_of.STANDARDISED)}

    def keep(table: type[Table], frame: DataFrame) -> DataFrame:
        with run.progress.step(table.path):
            run.progress.rows(run.job.name, table.path, written=run.store.write(frame, table, metadata=recorded))
        return run.store.read(table)

    standardised.build(sources, communes, mouvements, natinf, settings, keep=keep)
