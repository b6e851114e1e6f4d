"""How sure a version is: match rates by source and year; precision and recall where the truth is known."""

import argparse

from pyspark.sql import functions as F

from linkage import options, publication
from linkage.command import Run, main
from linkage.quality import indicators
from linkage.quality.truth import read_truth
from linkage.tables.linkage import Ledger, Link, Version
from linkage.tables.quality import Accuracy, MatchRate


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.version(parser)
    options.truth(parser)


def run(run: Run) -> None:
    store, version = run.store, run.args.version
    publication.require(store, version)
    of_version = F.col(Version.version) == version
    with run.progress.step("match rates"):
        rates = indicators.match_rate(store.read(Ledger, made_by="links").where(of_version))
        store.write(rates, MatchRate, slice=publication.in_version(version))
    rates = store.read(MatchRate).where(of_version).orderBy(MatchRate.source, MatchRate.millesime)
    shown = (MatchRate.source, MatchRate.millesime, MatchRate.nb, MatchRate.nb_linked, MatchRate.nb_to_review)
    shown_rates = rates.select(*shown, MatchRate.match_rate).withColumn(
        MatchRate.millesime, F.col(MatchRate.millesime).cast("string")
    )
    rows = [tuple(row) for row in shown_rates.collect()]
    titles = ("source", "year", "cases", "linked", "to review", "match rate")
    run.progress.table(f"version {version}: match rate by source and year", titles, rows)
    if run.args.truth:
        with run.progress.step("links against the truth"):
            truth = read_truth(run.spark, store.files, run.args.truth)
            judged = indicators.accuracy(store.read(Link).where(of_version), truth, version=version)
            store.write(judged, Accuracy, slice=publication.in_version(version))
        judged = store.read(Accuracy).where(of_version).orderBy(F.desc(Accuracy.nb_links)).drop(Accuracy.version)
        titles = ("pass", "links", "true", "missed", "precision", "recall", "F1")
        rows = [tuple(row) for row in judged.collect()]
        run.progress.table(f"version {version}: links against the truth", titles, rows)


if __name__ == "__main__":
    main(__file__)
