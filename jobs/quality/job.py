"""How sure a version is, for whom less so, and the report; precision and recall where the truth is known."""

import argparse
from concurrent.futures import ThreadPoolExecutor

from jobs.quality import estimates, report, review
from jobs.quality.truth import read_persons_truth, read_truth
from jobs.quality.version import Assessment
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.quality.known import find_unknown
from linkage.tables.quality import ReviewDecision
from linkage.tables.standardised import Procedure
from linkage.versions import method


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
    method.quality_settings()


def run(run: Run) -> None:
    store, version, progress = run.store, run.args.version, run.progress
    assessment = Assessment(store, version)
    if run.args.decisions:
        with progress.step("decisions of the review"):
            progress.rows(run.job.name, ReviewDecision.path, written=review.take(assessment, run.args.decisions))
    with progress.step("match rates"):
        rates = assessment.write_match_rates()
    titles: tuple[str, ...] = ("source", "year", "cases", "linked", "to review", "match rate")
    progress.table(f"version {version}: match rate by source and year", titles, rates)
    truth = None
    if run.args.truth:
        procedures = assessment.read_seen(Procedure)
        truth = read_truth(store.files, run.args.truth, procedures)
        with progress.step("links against the truth"):
            accuracy = assessment.write_accuracy(truth)
        titles = ("pass", "links", "true", "missed", "precision", "recall", "F1")
        progress.table(f"version {version}: links against the truth", titles, accuracy)
        persons = read_persons_truth(store.files, run.args.truth, procedures)
        if persons is not None:
            titles = ("role", "persons", "true", "missed", "precision", "recall", "F1")
            accuracy = assessment.write_person_accuracy(persons)
            progress.table(f"version {version}: persons against the truth", titles, accuracy)
    # Each reads nothing that another of them writes: while one plans or commits, the other computes.
    with (
        progress.step("error rates without truth: sure keys hidden and looked for again; review; weights"),
        ThreadPoolExecutor(max_workers=2) as two,
    ):
        estimating = two.submit(estimates.estimate, assessment)
        drawing, weighting = two.submit(review.prepare, assessment), two.submit(assessment.write_weights)
        estimated, page, unweighted = estimating.result(), drawing.result(), weighting.result()
    if unweighted:
        progress.say(f"{unweighted} linked procedures have no weight: each stands for itself.")
    if reviewed := review.estimate(assessment):
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
        for column in assessment.write_subgroups(truth):
            progress.say(f"{column}: no case has a value; its subgroup says 'sans information' only.")
    with progress.step("report"):
        known = report.count_known(assessment)
        place = report.write_report(assessment, run.code_version, known)
    for source, field in find_unknown(known):
        progress.say(f"{source}: no row has a {field}: nothing was linked by it.")
    progress.say(f"Review (restricted zone, it shows identifying data): {page}")
    progress.say(f"Splink's charts, with how to read each: {report.splink_page_of(store.lake, version)}")
    progress.say(f"Report: {place}")
