"""One study, from the analysts' base to what may leave: tables, delays, extract, all through the disclosure door."""

import argparse

from jobs.study_extracts import release, truth
from jobs.study_extracts.declaration import declared
from jobs.study_extracts.study import Study
from linkage.governance import keys
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.study_extracts.disclosure.counts import HIDDEN
from linkage.tables.study_extracts import Cell


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.version(parser)
    parser.add_argument("--study", metavar="NAME", required=True, help="a file of conf/studies, without .toml")
    options.key(parser)
    options.truth(parser)
    options.out(parser, metavar="DIR", help="new folder for everything that leaves, outside the lake")


def check(args: argparse.Namespace) -> None:
    declared(args.study)
    release.outside(args.out, lake=args.lake)
    keys.check_before_start(args)


def run(run: Run) -> None:
    progress, args = run.progress, run.args
    with run.new_folder(args.out) as unfinished:
        _release(run, unfinished)
    progress.say(f"Page of the study: {args.out.rstrip('/')}/{release.PAGE}")


def _release(run: Run, out: str) -> None:
    progress, args = run.progress, run.args
    study = Study(run.store, args.version, declared(args.study), keys.job_key(args))
    with progress.step("the course of each case"):
        cases = study.cases(study.base())
    if cases.unweighted:
        progress.say(f"{cases.unweighted} linked procedures have no weight: each stands for itself.")
    with progress.step("disclosure: hide, round, attack"):
        protected_study = study.protected(cases)
    with progress.step("tables of the study"):
        for table, rows in study.write(protected_study).items():
            progress.rows(run.job.name, table, written=rows)
    with progress.step("what leaves"):
        release.write(run.store.files, protected_study, out, code_version=run.code_version)
    hidden = int((protected_study.cells[Cell.etat] == HIDDEN).sum())
    progress.say(
        f"{hidden} of {len(protected_study.cells)} cells are hidden; "
        f"{protected_study.left_out:.1%} of persons are not in the extract."
    )
    if args.truth:
        with progress.step("the same through the true links"):
            compared = truth.compared(study, args.truth, keys.job_key(args))
        progress.table("the study against the truth (gaps of shares in points, others in %)", truth.HEADER, compared)
