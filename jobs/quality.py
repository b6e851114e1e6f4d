"""How sure a version is, for whom less so, and the report; precision and recall where the truth is known."""

import argparse
from concurrent.futures import ThreadPoolExecutor

from linkage import config, estimating, options, reviewing
from linkage.assessment import SETTINGS, Assessment
from linkage.command import Run, main
from linkage.quality.truth import read_persons_truth, read_truth
from linkage.settings import QualitySettings
from linkage.tables.review import ReviewDecision


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.version(parser)
    options.truth(parser)
    parser.add_argument(
        "--decisions",
        metavar="FILE",
        type=options.location,
        help="decisions of the clerical review, as its page saves them",
    )


def check(args: argparse.Namespace) -> None:
    config.settings(SETTINGS, QualitySettings)


def run(run: Run) -> None:
    store, version, progress = run.store, run.args.version, run.progress
    assessment = Assessment(store, version)
    if run.args.decisions:
        with progress.step("decisions of the review"):
            progress.rows("quality", ReviewDecision.path, written=reviewing.take(assessment, run.args.decisions))
    with progress.step("match rates"):
        rates = assessment.match_rates()
    titles: tuple[str, ...] = ("source", "year", "cases", "linked", "to review", "match rate")
    progress.table(f"version {version}: match rate by source and year", titles, rates)
    truth = read_truth(run.spark, store.files, run.args.truth) if run.args.truth else None
    if truth is not None:
        with progress.step("links against the truth"):
            judged = assessment.against_truth(truth)
        titles = ("pass", "links", "true", "missed", "precision", "recall", "F1")
        progress.table(f"version {version}: links against the truth", titles, judged)
        persons = read_persons_truth(run.spark, store.files, run.args.truth)
        if persons is not None:
            titles = ("role", "persons", "true", "missed", "precision", "recall", "F1")
            judged = assessment.persons_against_truth(persons)
            progress.table(f"version {version}: persons against the truth", titles, judged)
    # Each reads nothing that another of them writes: while one plans or commits, the other computes.
    with (
        progress.step("error rates without truth: sure keys hidden and looked for again; review; weights"),
        ThreadPoolExecutor(max_workers=2) as two,
    ):
        estimating_errors = two.submit(estimating.estimate, assessment)
        drawing, weighting = two.submit(reviewing.prepare, assessment), two.submit(assessment.weights)
        estimated, review = estimating_errors.result(), drawing.result()
        weighting.result()
    if reviewed := reviewing.estimate(assessment):
        titles = ("measure", "estimate", "low", "high", "pairs")
        progress.table(f"version {version}: estimates of the clerical review", titles, reviewed)
    if estimated is None:
        progress.say("conf/method changed since this version: its error rates are not estimated again.")
    elif not estimated:
        progress.say("Too few sure keys to estimate error rates without truth.")
    else:
        titles = ("measure", "method", "estimate", "low", "high")
        progress.table(f"version {version}: estimated without truth", titles, estimated)
    with progress.step("subgroups"):
        for column in assessment.subgroups(truth):
            progress.say(f"{column}: no case has a value; its subgroup says 'sans information' only.")
    with progress.step("report"):
        place = assessment.report(run.code_version)
    progress.say(f"Review (restricted zone, it shows identifying data): {review}")
    progress.say(f"Report: {place}")


if __name__ == "__main__":
    main(__file__)
