"""Everything on fictitious data: deliveries with known truth, every stage, how good the links are, a study."""

import argparse
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import functions as F

from jobs import all as every_stage
from jobs import linked_base
from jobs.quality.truth import read_truth
from jobs.study_extracts import job as study_extracts
from jobs.synthetic import job as synthetic
from linkage.governance import keys
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.quality.indicators import ALL_PASSES
from linkage.tables.links import Link, Unlinked
from linkage.tables.quality import Accuracy
from linkage.tables.standardised import Personne, Record
from linkage.tables.versions import Version

VERSION, SEED, STUDY = "demo", 1, "violences_conjugales"
LAKE = options.Location("demo-lake")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lake", metavar="DIR", type=options.location, default=LAKE, help=f"default: {LAKE}")
    parser.add_argument("--procedures", type=options.positive, default=20_000, metavar="N", help="default: 20000")


def run(run: Run) -> None:
    # They load Splink and what draws charts: only when the job really runs, not in the launcher.
    from jobs.compare_engines.plain import plain_splink_f1
    from jobs.compare_engines.plain_records import plain_records
    from jobs.study_extracts import release

    lake, store = run.args.lake, run.store
    deliveries = f"{lake}-deliveries"
    if not store.files.exists(deliveries):
        run.call(synthetic, out=deliveries, seed=SEED)
    key = keys.throw_away(lake)
    run.call(every_stage, deliveries=deliveries, version=VERSION, truth=f"{deliveries}/truth", key=key)
    run.progress.say(
        f"Pseudonyms of the base are made with a throw-away key, {key}: real data need a key of their own."
    )
    truth = read_truth(run.spark, store.files, f"{deliveries}/truth")
    compared = (*plain_records(store.read(Record), store.read(Personne)), truth)
    with ThreadPoolExecutor(max_workers=1) as beside:
        learning = beside.submit(lambda: plain_splink_f1(*(frame.toPandas() for frame in compared)))
        run.call(linked_base, version=VERSION, key=key)
        with run.progress.step("a plain Splink model on the same tables, for comparison"):
            plain = learning.result()
    judged = store.read(Accuracy).where(
        (F.col(Accuracy.version) == VERSION) & (F.col(Accuracy.link_pass) == ALL_PASSES)
    )
    ours = judged.collect()[0]
    rows = [
        ("this job", ours[Accuracy.precision], ours[Accuracy.recall], ours[Accuracy.f1]),
        ("plain Splink, at its best threshold", plain["precision"], plain["recall"], plain["f1"]),
    ]
    run.progress.table("links against the truth", ("linkage", "precision", "recall", "F1"), rows)
    run.progress.say(
        f"Look at {lake}/{Link.path} (the links), {lake}/{Unlinked.path} (why not) and {lake}/{Version.path} (the run)."
    )
    # Last: its last line tells the user where the page of the study lies.
    run.call(study_extracts, version=VERSION, study=STUDY, key=key, out=release.unused(store.files, f"{lake}-etude"))
