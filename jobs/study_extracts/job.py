"""One study, from the analysts' base to what may leave: tables for the public, or an extract for one researcher."""

import argparse
import re

from jobs.study_extracts import release, truth
from jobs.study_extracts.declaration import declared
from jobs.study_extracts.protected import Cases
from jobs.study_extracts.register import PUBLIC
from jobs.study_extracts.study import Study
from linkage.governance import keys
from linkage.platform.errors import InputError
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.tables.study_extracts import HIDDEN, Cell

RESEARCHER = "researcher"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.version(parser)
    parser.add_argument("--study", metavar="NAME", required=True, help="a file of conf/studies, without .toml")
    parser.add_argument(
        "--for",
        dest="recipient",
        metavar="WHOM",
        nargs="+",
        default=[PUBLIC],
        help=f"{PUBLIC}: tables, page and figures (default); {RESEARCHER} NAME: an extract for one, under contract",
    )
    options.key(parser)
    options.truth(parser)
    options.out(parser, metavar="DIR", help="new folder for everything that leaves, outside the lake")


def check(args: argparse.Namespace) -> None:
    declared(args.study)
    researcher(args)
    release.outside(args.out, lake=args.lake)
    keys.check_before_start(args)


def researcher(args: argparse.Namespace) -> str | None:
    """Return the name of the researcher for whom the extract is; None for the public.

    Raises
    ------
    InputError
        ``--for`` names neither.
    """
    match args.recipient:
        case ["public"]:
            return None
        case ["researcher", name] if NAME.fullmatch(name) and name != PUBLIC:
            return str(name)
    raise InputError(
        f"--for {' '.join(args.recipient)}: {PUBLIC}, or {RESEARCHER} and a name in lower-case letters, digits, - and "
        "_ expected."
    )


def run(run: Run) -> None:
    with run.new_folder(run.args.out) as unfinished:
        _hand_out(run, unfinished)
    name = researcher(run.args)
    whole = run.args.out.rstrip("/")
    run.progress.say(f"Extract for {name}: {whole}" if name else f"Page of the study: {whole}/{release.PAGE}")


def _hand_out(run: Run, out: str) -> None:
    args = run.args
    study = Study(run.store, args.version, declared(args.study), keys.job_key(args))
    study.register.hand_outs()
    with run.progress.step("the course of each case"):
        cases = study.cases(study.base())
    if cases.unweighted:
        run.progress.say(f"{cases.unweighted} linked procedures have no weight: each stands for itself.")
    name = researcher(args)
    if name is None:
        _to_the_public(run, study, cases, out)
    else:
        _to_a_researcher(run, study, cases, name, out)


def _to_the_public(run: Run, study: Study, cases: Cases, out: str) -> None:
    progress, args = run.progress, run.args
    with progress.step("disclosure: perturb, attack, hide"):
        study_tables = study.tables_of(cases)
    with progress.step("register and tables of the study"):
        for table, rows in study.write(study_tables, code_version=run.code_version).items():
            progress.rows(run.job.name, table, written=rows)
    with progress.step("what leaves"):
        release.write(run.store.files, study_tables, out, code_version=run.code_version)
    hidden = int((study_tables.cells[Cell.etat] == HIDDEN).sum())
    progress.say(f"{hidden} of {len(study_tables.cells)} cells are hidden.")
    if args.truth:
        with progress.step("the same through the true links"):
            compared = truth.compared(study, args.truth, keys.job_key(args))
        progress.table("the study against the truth (gaps of shares in points, others in %)", truth.HEADER, compared)


def _to_a_researcher(run: Run, study: Study, cases: Cases, name: str, out: str) -> None:
    progress = run.progress
    with progress.step("the extract: sample, recode, empty"):
        extract = study.extract_for(cases, name)
    with progress.step("register and extract"):
        study.register_extract(extract, name, code_version=run.code_version)
        release.write_extract(run.store.files, extract, out)
    sample = study.study.microdata.sample
    progress.say(f"{extract.left_out:.1%} of the sample ({sample:.0%} of the linked persons) are not in the extract.")
