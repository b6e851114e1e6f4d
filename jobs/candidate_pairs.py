"""Standardised → pairs worth comparing: the key first, then service and dates, persons, place."""

import argparse

from pyspark.sql import functions as F

from linkage import candidate_pairs, config, forecasting, options, stages
from linkage.command import Run, main
from linkage.settings import CandidatePairsSettings
from linkage.tables.linkage import CandidatePair, PairsForecast, SetAsideRecord
from linkage.tables.records import Record

SETTINGS = "method/candidate_pairs.toml"


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)


def check(args: argparse.Namespace) -> None:
    config.settings(SETTINGS, CandidatePairsSettings)


def run(run: Run) -> None:
    settings = config.settings(SETTINGS, CandidatePairsSettings)
    records = run.store.read(Record, made_by="standardised")
    stages.require_current(run.store, stages.STANDARDISED)
    with run.progress.step("forecast of the pairs"):
        planned = candidate_pairs.plan(records, settings=settings)
        run.store.write(planned.forecast, PairsForecast)
    forecasting.show(run.progress, run.store.read(PairsForecast), settings.rules)
    with (
        run.progress.step(f"{len(settings.rules)} blocking rules"),
        run.store.together((SetAsideRecord, CandidatePair)),
    ):
        apart = run.store.write(planned.set_aside, SetAsideRecord)
        said = {stages.MADE_OF: stages.made_of(run.store, stages.CANDIDATE_PAIRS)}
        written = run.store.write(planned.pairs, CandidatePair, metadata=said)
    run.progress.rows("candidate_pairs", SetAsideRecord.path, set_aside=apart)
    run.progress.rows("candidate_pairs", CandidatePair.path, written=written)
    counts = run.store.read(CandidatePair).groupBy(CandidatePair.blocking_rule).agg(F.count("*").alias("nb"))
    found = {row[CandidatePair.blocking_rule]: row["nb"] for row in counts.collect()}
    rows = [(rule.name, found.get(rule.name, 0)) for rule in settings.rules]
    run.progress.table("candidate pairs by blocking rule", ("rule", "pairs"), rows)


if __name__ == "__main__":
    main(__file__)
