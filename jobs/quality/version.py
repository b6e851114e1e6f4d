"""What the job ``quality`` reads and writes, step by step; the measures themselves are in ``linkage.quality``."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.concepts import crossings
from linkage.concepts.lineage import cut_lineage
from linkage.platform.errors import InputError
from linkage.platform.lake.schema import Table
from linkage.platform.lake.store import Store
from linkage.quality import indicators, persons, subgroups, traits, weights
from linkage.quality.estimates import estimators, expectations, hidden_keys
from linkage.quality.estimates.estimators import Guess
from linkage.quality.review.clerical import PRECISION, RECALL
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.links import RETAINED, Ledger, Link, PersonLink
from linkage.tables.quality import (
    Accuracy,
    Balance,
    Estimate,
    HiddenKeys,
    MatchRate,
    PersonAccuracy,
    Subgroup,
    Weight,
)
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.sources import source_table
from linkage.tables.standardised import Affaire, Personne, Procedure, Record
from linkage.tables.versions import Version
from linkage.versions import method, nomenclatures, publication

Rows = list[tuple[Any, ...]]


def read_synthesis(store: Store, version: str) -> dict[str, Guess]:
    """Return the precision and recall estimated of a version as a whole, by name; empty where keys were too few."""
    of_synthesis = (F.col(Estimate.version) == version) & (F.col(Estimate.method) == estimators.SYNTHESIS)
    rows = store.read_or_empty(Estimate).where(of_synthesis).collect()
    return {
        row[Estimate.measure]: Guess(
            row[Estimate.estimate], (row[Estimate.estimate] - row[Estimate.low]) / estimators.Z
        )
        for row in rows
    }


class Assessment:
    """One published version under the eyes of ``quality``, its tables read as the version saw them."""

    def __init__(self, store: Store, version: str) -> None:
        publication.require(store, version)
        self.store, self.version = store, version
        self.settings = method.quality_settings()
        self.row = self.read(Version).collect()[0]

    def read(self, table: type[Table]) -> DataFrame:
        """Return the version's slice of a table that keeps all versions; empty when there is none."""
        return self.store.read_or_empty(table).where(F.col(Version.version) == self.version)

    def read_seen(self, table: type[Table]) -> DataFrame:
        """Return a table as the version read it.

        Raises
        ------
        InputError
            Delta no longer keeps that version of the table, or there was none when the version was made.
        """
        versions = self.row[Version.table_versions]
        if versions and table.path not in versions:
            raise InputError(
                f"--version {self.version}: made by earlier code, without the table {table.path} that is read here. "
                "Publish the same inputs under another name."
            )
        return self.store.read(table, at=versions.get(table.path))

    def write(self, frame: DataFrame, table: type[Table]) -> None:
        """Replace the version's slice."""
        self.store.write(frame, table, slice=publication.in_version(self.version))

    def write_match_rates(self) -> Rows:
        """Write ``quality/match_rate``; return what is shown of it."""
        self.write(indicators.measure_match_rate(self.read(Ledger)), MatchRate)
        shown = (MatchRate.source, F.col(MatchRate.millesime).cast("string"), MatchRate.nb, MatchRate.nb_linked)
        rates = self.read(MatchRate).orderBy(MatchRate.source, MatchRate.millesime)
        return [tuple(row) for row in rates.select(*shown, MatchRate.nb_to_review, MatchRate.match_rate).collect()]

    def write_accuracy(self, truth: DataFrame) -> Rows:
        """Write ``quality/accuracy``; return it, the whole first."""
        self.write(indicators.measure_accuracy(self.read(Link), truth, version=self.version), Accuracy)
        accuracy = self.read(Accuracy).orderBy(F.desc(Accuracy.nb_links), Accuracy.link_pass)
        return [tuple(row) for row in accuracy.drop(Accuracy.version).collect()]

    def write_person_accuracy(self, truth: DataFrame) -> Rows:
        """Write ``quality/accuracy_persons``; return it, the whole first."""
        self.write(persons.measure_accuracy(self.read(PersonLink), truth, version=self.version), PersonAccuracy)
        accuracy = self.read(PersonAccuracy).orderBy(F.desc(PersonAccuracy.nb_links), PersonAccuracy.role)
        return [tuple(row) for row in accuracy.drop(PersonAccuracy.version).collect()]

    def write_subgroups(self, truth: DataFrame | None) -> list[str]:
        """Write ``quality/subgroups``; return the columns that say nothing of any case, side by side."""
        procedures, affaires, personnes = (self.read_seen(table) for table in (Procedure, Affaire, Personne))
        records, pairs = self.read_seen(Record), self.read_seen(CandidatePair)
        jonctions = [declared.name for declared in method.links_settings().passes if declared.beyond]
        links, missed = hidden_keys.expect_links(
            self.read(Link), records, pairs, self.read(HiddenKeys), jonctions=jonctions
        )
        whole = read_synthesis(self.store, self.version)
        if not whole:
            scored = self.read_seen(ScoredPair).withColumn(expectations.P, F.col(ScoredPair.match_probability))
            missed = expectations.find_missed(scored, links.where(F.col(Link.status) == RETAINED))
        else:
            precision, recall = whole[PRECISION].value, whole[RECALL].value
            links, missed = expectations.agree_with(links, missed, precision=precision, recall=recall)
        cases = expectations.count_cases(procedures, affaires, links, missed, truth).transform(cut_lineage)
        union = nomenclatures.union_states()
        groups = traits.list_groups(procedures, affaires, personnes, union=union, settings=self.settings.subgroups)
        names = {subgroups.EST_PRECISION: PRECISION, subgroups.EST_RECALL: RECALL}
        spread_of_whole = {measure: whole[name].spread for measure, name in names.items() if name in whole}
        measured = subgroups.measure_subgroups(
            groups, cases, version=self.version, settings=self.settings.subgroups, spread_of_whole=spread_of_whole
        )
        self.write(measured, Subgroup)
        return traits.find_silent(self.read(Subgroup).toPandas())

    def write_weights(self) -> int:
        """Write ``quality/weights`` and ``quality/balance``; return how many linked procedures have no weight.

        Raises
        ------
        ContractError
            Too many of them.
        """
        conjugal = nomenclatures.conjugal_offences()
        evenements = self.read_seen(source_table("cassiopee", "evenements"))
        families = nomenclatures.families_of_motives()
        crossed: pd.DataFrame = weights.count_crossings(
            self.read_seen(Procedure), self.read(Link), evenements, conjugal=conjugal, families=families
        ).toPandas()
        weighted = weights.build_weights(crossed, version=self.version, settings=self.settings.weights)
        unweighted, linked = weights.count_unweighted(crossed, weighted), int(crossed[Weight.nb_linked].sum())
        crossings.refuse_unweighted(unweighted, linked, largest=self.settings.weights.largest_unweighted)
        smallest = self.settings.subgroups.smallest
        balance = weights.build_balance(crossed, weighted, version=self.version, smallest=smallest)
        for frame, table in ((weighted, Weight), (balance, Balance)):
            self.write(self.store.from_pandas(frame, table), table)
        return unweighted
