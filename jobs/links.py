"""Scored pairs → links of a version, why the rest is not linked, and the record that publishes it."""

import argparse

from pyspark.sql import DataFrame

from linkage.links import build
from linkage.platform.errors import InputError
from linkage.platform.lake.schema import Table
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.tables.candidate_pairs import SetAsideRecord
from linkage.tables.quality import ReviewDecision
from linkage.tables.scored_pairs import ScoredPair, ScoredPattern, ScoredPerson
from linkage.tables.sources import Reject
from linkage.tables.standardised import Record
from linkage.versions import made_of, method, publication


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.version(parser)


def check(args: argparse.Namespace) -> None:
    method.links_settings()


def run(run: Run) -> None:
    store, version = run.store, run.args.version
    scored, model = store.read(ScoredPair), store.metadata(ScoredPair)
    persons = store.read(ScoredPerson)
    made_of.require_current(store, *made_of.IN_ORDER)
    given_hash = model[publication.MODEL_HASH] if model[publication.MODEL_GIVEN] else None
    inputs = publication.current_inputs(store, given_model_hash=given_hash)
    if publication.is_published(store, version, inputs):
        run.progress.say(f"Version {version} is already published from the same inputs: nothing changes.")
        return
    patterns = store.read(ScoredPattern)
    for table in (ScoredPerson, ScoredPattern):
        if store.metadata(table).get(publication.CASES_VERSION) != store.version(ScoredPair):
            raise InputError(
                f"--lake {run.args.lake}: {table.path} was made of other {ScoredPair.path}. "
                f"Run the job {made_of.SCORED_PAIRS.name} again."
            )
    records, rejects = store.read(Record), store.read_or_empty(Reject)
    settings = method.links_settings()
    decisions = store.read(ReviewDecision) if store.exists(ReviewDecision) else None
    set_aside = store.read_or_empty(SetAsideRecord)
    scoring = method.scored_pairs_settings()
    version_tables = build(
        records,
        scored,
        patterns,
        persons,
        rejects,
        set_aside,
        version=version,
        settings=settings,
        comparisons={comparison.name for comparison in (*scoring.comparisons, *scoring.jonctions.comparisons)},
        decisions=decisions,
    )
    longest_first: dict[type[Table], DataFrame] = {
        table: version_tables[table] for table in made_of.OF_LINKS if table in version_tables
    }
    with run.progress.step(", ".join(table.path for table in longest_first)), store.together():
        rows_written = store.write_each(longest_first, slice=publication.in_version(version))
        counts = {table.path: rows for table, rows in rows_written.items()}
        publication.publish(store, version, inputs, code_version=run.code_version, model=model, row_counts=counts)
    for path, rows in counts.items():
        run.progress.rows(run.job.name, path, written=rows)
    run.progress.say(f"Version {version} is published.")
