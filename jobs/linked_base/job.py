"""A published version → the pseudonymised base that analysts read, with a key that lies outside the lake."""

import argparse
from collections.abc import Iterable

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.linked_base.described import describe_version, list_codes
from linkage import linked_base
from linkage.concepts import courses
from linkage.concepts.courses import Base
from linkage.concepts.lineage import cut_lineage
from linkage.governance import keys
from linkage.governance.pseudonyms import Pseudonyms
from linkage.platform import config
from linkage.platform.lake.schema import Table
from linkage.platform.running import options
from linkage.platform.running.run import Run
from linkage.settings.linked_base import LinkedBaseSettings
from linkage.tables.described import Valeur, VersionOfBase
from linkage.tables.linked_base import FICTITIOUS, KEY_IDS, Personne, Procedure, Published
from linkage.tables.links import Link, PersonLink, Unlinked
from linkage.tables.sources import source_table
from linkage.tables.standardised import Affaire, Infraction
from linkage.tables.standardised import Personne as RestrictedPersonne
from linkage.tables.standardised import Procedure as RestrictedProcedure
from linkage.tables.suites import Suite
from linkage.versions import method, nomenclatures, publication

EVENEMENTS = source_table("cassiopee", "evenements")


def arguments(parser: argparse.ArgumentParser) -> None:
    options.lake(parser)
    options.version(parser)
    options.key(parser)


def check(args: argparse.Namespace) -> None:
    method.linked_base_settings()
    keys.check_before_start(args)


def run(run: Run) -> None:
    store, version, lake = run.store, run.args.version, run.args.lake
    publication.require(store, version)
    profile = method.linked_base_settings()
    pseudonyms = Pseudonyms.derived(keys.job_key(run.args), keys.BASE)
    recorded = store.metadata(Procedure)
    before = recorded.get(KEY_IDS, {})
    fictitious = [version] if publication.is_fictitious(store, version) else []
    made_with = {
        KEY_IDS: {**before, version: pseudonyms.key_id},
        FICTITIOUS: sorted({*recorded.get(FICTITIOUS, ()), *fictitious}),
        "profile": profile.profile,
        "profile_hash": config.settings_hash(profile),
    }
    if before and set(before.values()) != {pseudonyms.key_id}:
        run.progress.say("The base was written with another key too: pseudonyms of one key join none of the other.")
    with run.progress.step(f"what version {version} saw"):
        at = publication.tables_seen(store, version)
        restricted = (RestrictedProcedure, Affaire, RestrictedPersonne, Infraction, EVENEMENTS)
        # A version may be made without persons: their links are then none.
        of_any = (store.read(Link), store.read_or_empty(PersonLink), store.read(Unlinked))
        of_version = (rows.where(F.col(Link.version) == version) for rows in of_any)
        tables_seen = linked_base.Seen(*(store.read(table, at=at.get(table.path)) for table in restricted), *of_version)
        communes = run.spark.createDataFrame(pd.DataFrame(config.nomenclature("communes")))
        union = nomenclatures.union_states()
        frames = linked_base.build(
            tables_seen, communes, union=union, version=version, settings=profile, pseudonyms=pseudonyms
        )
    in_version = publication.in_version(version)
    with store.together():
        with run.progress.step(f"{len(frames)} tables, under pseudonyms"):
            rows_written = store.write_each(frames, slice=in_version, metadata=made_with)
        with run.progress.step("what became of each person"):
            suites = _suites(run, frames, profile)
            rows_written[Suite] = store.write(suites, Suite, slice=in_version, metadata=made_with)
        with run.progress.step("versions of the base, meanings of its codes"):
            smallest = min(profile.communes.smallest_population_faits, profile.communes.smallest_population_residence)
            codes = list_codes((*frames, Suite), nomenclatures.meanings(smallest_population=smallest))
            row = store.from_pandas(describe_version(store, version), VersionOfBase)
            rows_written[VersionOfBase] = store.write(row, VersionOfBase, slice=in_version)
            rows_written[Valeur] = store.write(store.from_pandas(codes, Valeur), Valeur)
    for table, nb in rows_written.items():
        run.progress.rows(run.job.name, table.path, written=nb)
    with run.progress.step("how many persons are alone on what somebody may know"):
        of_version = (
            store.read(table).where(F.col(Published.version) == version) for table in (Personne, Procedure, Suite)
        )
        counted = linked_base.count_alone(*of_version, settings=profile).collect()
    rows = [(name, nb, f"{alone / nb:.1%}" if nb else "-") for name, nb, alone in counted]
    run.progress.table("who knows this of a person finds one row", ("known", "persons", "alone"), rows)
    run.progress.say(f'Read it: polars.read_delta("{lake}/{Suite.path}"), and the other tables beside it.')


def _suites(run: Run, tables: Iterable[type[Table]], profile: LinkedBaseSettings) -> DataFrame:
    """Return what became of each person, from the tables of the base that were just written."""
    store, version = run.store, run.args.version
    of_version = {table: store.read(table).where(F.col(Published.version) == version) for table in tables}
    base = Base(**{table.path.partition("/")[2]: frame for table, frame in of_version.items()})
    authors = courses.authors(base.evenements, nomenclatures.families_of_motives()).transform(cut_lineage)
    extraction = publication.extraction(store, version)
    return linked_base.follow(base, authors, extraction=extraction, version=version, settings=profile)
