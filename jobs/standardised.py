"""Sources → one spelling for each fact: PV keys, dates, communes, offences and persons."""

import argparse

import pandas as pd  # type: ignore[import-untyped]
from pyspark.sql import DataFrame

from linkage import config, options, stages, standardised
from linkage.command import Run, main
from linkage.settings import StandardisedSettings
from linkage.tables.schema import Table
from linkage.tables.sources import FILES, source_table

SETTINGS = "method/standardised.toml"


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)


def check(args: argparse.Namespace) -> None:
    config.settings(SETTINGS, StandardisedSettings)


def run(run: Run) -> None:
    settings = config.settings(SETTINGS, StandardisedSettings)
    sources = {
        f"{source}_{file}": run.store.read(source_table(source, file), made_by="sources")
        for source, files in FILES.items()
        for file in files
    }
    communes, natinf = (
        run.spark.createDataFrame(pd.DataFrame(config.nomenclature(name))) for name in ("communes", "natinf")
    )

    said = {stages.MADE_OF: stages.made_of(run.store, stages.STANDARDISED)}

    def keep(table: type[Table], frame: DataFrame) -> DataFrame:
        with run.progress.step(table.path):
            run.progress.rows("standardised", table.path, written=run.store.write(frame, table, metadata=said))
        return run.store.read(table)

    standardised.build(sources, communes, natinf, settings, keep=keep)


if __name__ == "__main__":
    main(__file__)
