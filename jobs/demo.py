"""Everything on fictitious data: deliveries with known truth, every stage, how good the links are, a study."""

import argparse
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import Row
from pyspark.sql import functions as F

from jobs import all as every_stage
from jobs.linked_base import job as linked_base
from jobs.quality.report import report_of, splink_page_of
from jobs.quality.review import review_of
from jobs.quality.truth import read_truth
from jobs.study_extracts import job as study_extracts
from jobs.synthetic import job as synthetic
from linkage.governance import keys
from linkage.platform.lake.schema import Column, Table
from linkage.platform.lake.store import Store
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.quality.indicators import ALL_PASSES
from linkage.quality.persons import ALL_ROLES
from linkage.tables.links import Link, Unlinked
from linkage.tables.quality import Accuracy, PersonAccuracy
from linkage.tables.standardised import Personne, Procedure, Record
from linkage.tables.versions import Version

VERSION, SEED, STUDY = "demo", 1, "violences_conjugales"
DEPARTEMENTS = 2
"""Enough to compare, few enough to be dense."""
LAKE = options.Location("demo-lake")
CONCLUSION = """
Fictitious deliveries, of which the truth is known, are linked in {lake}, version demo.
How good: F1 {f1:.3f} for cases (precision {precision:.3f}, recall {recall:.3f}; a plain Splink model {plain:.3f}), \
{persons:.3f} for persons.
Open: {study}  (the study: what became of the cases)
      {report}  (how sure the links are, and for whom less)
      {splink}  (Splink's charts, and how to read each)
      {review}  (pairs for a person to judge)
Next: ./spark-submit.sh status --lake {lake}
      ./spark-submit.sh all --lake DIR --deliveries DIR --version V  (your own deliveries)
The tables of this run are in its log; --verbose shows them. GLOSSARY.md defines the words.\
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lake", metavar="DIR", type=options.location, default=LAKE, help=f"default: {LAKE}")
    parser.add_argument("--procedures", type=options.positive, default=20_000, metavar="N", help="default: 20000")
    parser.add_argument("--verbose", action="store_true", help="show the tables of every stage, which the log has")


def run(run: Run) -> None:
    # They load Splink and what draws charts: only when the job really runs, not in the launcher.
    from jobs.compare_engines.plain import plain_splink_f1
    from jobs.compare_engines.plain_records import plain_records
    from jobs.study_extracts import release

    lake, store = run.args.lake, run.store
    deliveries = f"{lake}-deliveries"
    if not store.files.exists(deliveries):
        run.call(synthetic, out=deliveries, seed=SEED, departements=DEPARTEMENTS)
    key = keys.throw_away(lake)
    run.call(every_stage, deliveries=deliveries, version=VERSION, truth=f"{deliveries}/truth", key=key)
    run.progress.say(
        f"Pseudonyms of the base are made with a throw-away key, {key}: real data need a key of their own."
    )
    truth = read_truth(store.files, f"{deliveries}/truth", store.read(Procedure))
    compared = (*plain_records(store.read(Record), store.read(Personne)), truth)
    with ThreadPoolExecutor(max_workers=1) as beside:
        learning = beside.submit(lambda: plain_splink_f1(*(frame.toPandas() for frame in compared)))
        run.call(linked_base, version=VERSION, key=key)
        with run.progress.step("a plain Splink model on the same tables, for comparison"):
            plain = learning.result()
    ours = _whole(store, Accuracy, Accuracy.link_pass, ALL_PASSES)
    persons = _whole(store, PersonAccuracy, PersonAccuracy.role, ALL_ROLES)
    rows = [
        ("this job", ours[Accuracy.precision], ours[Accuracy.recall], ours[Accuracy.f1]),
        ("plain Splink, at its best threshold", plain["precision"], plain["recall"], plain["f1"]),
    ]
    run.progress.table("links against the truth", ("linkage", "precision", "recall", "F1"), rows)
    run.progress.say(
        f"Look at {lake}/{Link.path} (the links), {lake}/{Unlinked.path} (why not) and {lake}/{Version.path} (the run)."
    )
    study = release.unused(store.files, f"{lake}-etude")
    run.call(study_extracts, version=VERSION, study=STUDY, key=key, out=study)
    run.progress.conclude(
        CONCLUSION.format(
            lake=lake,
            f1=ours[Accuracy.f1],
            precision=ours[Accuracy.precision],
            recall=ours[Accuracy.recall],
            persons=persons[PersonAccuracy.f1],
            plain=plain["f1"],
            study=f"{study}/{release.PAGE}",
            report=report_of(lake, VERSION),
            splink=splink_page_of(lake, VERSION),
            review=review_of(lake, VERSION),
        )
    )


def _whole(store: Store, table: type[Table], group: Column, every: str) -> Row:
    """Return the row of a table of accuracy that stands for all groups of this version."""
    return store.read(table).where((F.col(Version.version) == VERSION) & (F.col(group) == every)).collect()[0]
