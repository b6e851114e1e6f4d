"""Standardised → pairs worth comparing: the key first, then service and dates, persons, place."""

import argparse

from pyspark.sql import functions as F

from jobs.candidate_pairs import forecast
from linkage import candidate_pairs
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.tables.candidate_pairs import CandidatePair, PairsForecast, SetAsideRecord
from linkage.tables.standardised import Record
from linkage.versions import made_of, method


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)


def check(args: argparse.Namespace) -> None:
    method.candidate_pairs_settings()


def run(run: Run) -> None:
    settings = method.candidate_pairs_settings()
    records = run.store.read(Record)
    made_of.require_current(run.store, made_of.STANDARDISED)
    with run.progress.step("forecast of the pairs"):
        planned = candidate_pairs.plan(records, settings=settings)
        run.store.write(planned.forecast, PairsForecast)
    forecast.show(run.progress, run.store.read(PairsForecast), settings.rules)
    with (
        run.progress.step(f"{len(settings.rules)} blocking rules"),
        run.store.together(),
    ):
        apart = run.store.write(planned.set_aside, SetAsideRecord)
        recorded = {made_of.MADE_OF: made_of.made_of(run.store, made_of.CANDIDATE_PAIRS)}
        nb_pairs = run.store.write(planned.pairs, CandidatePair, metadata=recorded)
    run.progress.rows(run.job.name, SetAsideRecord.path, set_aside=apart)
    run.progress.rows(run.job.name, CandidatePair.path, written=nb_pairs)
    counts = run.store.read(CandidatePair).groupBy(CandidatePair.blocking_rule).agg(F.count("*").alias("nb"))
    pairs_of = {row[CandidatePair.blocking_rule]: row["nb"] for row in counts.collect()}
    rows = [(rule.name, pairs_of.get(rule.name, 0)) for rule in settings.rules]
    run.progress.table("candidate pairs by blocking rule", ("rule", "pairs"), rows)
