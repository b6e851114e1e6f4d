"""Everything on fictitious data: deliveries with known truth, every stage, how good the links are, a study."""

import argparse
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import functions as F

from linkage import keys, options
from linkage.command import Run, main
from linkage.quality.truth import read_truth
from linkage.tables.quality import Accuracy
from linkage.tables.records import Record
from linkage.tables.standardised import Personne

VERSION, SEED, STUDY = "demo", 1, "violences_conjugales"
LAKE = options.Location("demo-lake")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lake", metavar="DIR", type=options.location, default=LAKE, help=f"default: {LAKE}")
    parser.add_argument("--procedures", type=options.positive, default=20_000, metavar="N", help="default: 20000")


def run(run: Run) -> None:
    # They load Splink and what draws charts: only when the job really runs, not in the launcher.
    from linkage import handing_out
    from linkage.scored_pairs.plain import plain_splink_f1
    from linkage.scored_pairs.plain_records import plain_records

    lake, store = run.args.lake, run.store
    deliveries = f"{lake}-deliveries"
    if not store.files.exists(deliveries):
        run.call("synthetic", out=deliveries, seed=SEED)
    run.call("all", deliveries=deliveries, version=VERSION, truth=f"{deliveries}/truth")
    key = keys.throw_away(lake)
    run.progress.say(
        f"Pseudonyms of the base are made with a throw-away key, {key}: real data need a key of their own."
    )
    truth = read_truth(run.spark, store.files, f"{deliveries}/truth")
    compared = (*plain_records(store.read(Record), store.read(Personne)), truth)
    with ThreadPoolExecutor(max_workers=1) as beside:
        learning = beside.submit(lambda: plain_splink_f1(*(frame.toPandas() for frame in compared)))
        run.call("linked_base", version=VERSION, key=key)
        with run.progress.step("a plain Splink model on the same tables, for comparison"):
            plain = learning.result()
    judged = store.read(Accuracy).where((F.col("version") == VERSION) & (F.col(Accuracy.link_pass) == "*"))
    ours = judged.collect()[0]
    rows = [
        ("this job", ours[Accuracy.precision], ours[Accuracy.recall], ours[Accuracy.f1]),
        ("plain Splink, at its best threshold", plain["precision"], plain["recall"], plain["f1"]),
    ]
    run.progress.table("links against the truth", ("linkage", "precision", "recall", "F1"), rows)
    run.progress.say(f"Look at {lake}/links (the links), {lake}/unlinked (why not) and {lake}/versions (what was run).")
    # Last: what it says last is where the page of the study lies.
    run.call(
        "study_extracts", version=VERSION, study=STUDY, key=key, out=handing_out.unused(store.files, f"{lake}-etude")
    )


if __name__ == "__main__":
    main(__file__)
