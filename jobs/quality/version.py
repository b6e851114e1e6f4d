"""What the job ``quality`` reads and writes, step by step; the measures themselves are in ``linkage.quality``."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.concepts import crossings
from linkage.concepts.lineage import cut_lineage
from linkage.concepts.sides import AFFAIRE, PROCEDURE
from linkage.platform.errors import InputError
from linkage.platform.lake.schema import Table
from linkage.platform.lake.store import Store
from linkage.quality import indicators, known, persons, subgroups, traits, weights
from linkage.quality.estimates import expectations, hidden_keys
from linkage.quality.report import counts
from linkage.quality.report.content import Content, Previous
from linkage.quality.report.page import render
from linkage.tables.candidate_pairs import CandidatePair, PairsForecast
from linkage.tables.links import RETAINED, Ledger, Link, PersonLink
from linkage.tables.quality import (
    Accuracy,
    Balance,
    Calibration,
    Estimate,
    HiddenKeys,
    MatchRate,
    PersonAccuracy,
    ReviewDecision,
    ReviewSample,
    RuleWidth,
    Subgroup,
    Weight,
)
from linkage.tables.scored_pairs import ScoredPair, ScoredPattern
from linkage.tables.sources import JUSTICE, Delivery, source_table
from linkage.tables.standardised import Affaire, Infraction, Personne, Procedure, Record, Reference
from linkage.tables.versions import Version
from linkage.versions import method, nomenclatures, publication

Rows = list[tuple[Any, ...]]


def report_of(lake: str, version: str) -> str:
    """Return where the report of a version lies; it is the last thing that ``quality`` writes."""
    return f"{lake}/quality/rapport-{version}.html"


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
        links, missed = hidden_keys.expect_links(self.read(Link), records, pairs, self.read(HiddenKeys))
        if self.read(HiddenKeys).isEmpty():
            scored = self.read_seen(ScoredPair).withColumn(expectations.P, F.col(ScoredPair.match_probability))
            missed = expectations.find_missed(scored, links.where(F.col(Link.status) == RETAINED))
        cases = expectations.count_cases(procedures, affaires, links, missed, truth).transform(cut_lineage)
        union = nomenclatures.union_states()
        groups = traits.list_groups(procedures, affaires, personnes, union=union, settings=self.settings.subgroups)
        measured = subgroups.measure_subgroups(groups, cases, version=self.version, settings=self.settings.subgroups)
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

    def _count_unread(self) -> DataFrame:
        cases = {PROCEDURE: self.read_seen(Procedure), AFFAIRE: self.read_seen(Affaire)}
        of_cases = cases[PROCEDURE].select(
            F.lit(PROCEDURE).alias(Personne.side),
            Procedure.source,
            F.col(Procedure.id_procedure).alias(Personne.id),
            Personne.repairs,
        )
        references = self.read_seen(Reference)
        of_references = references.select(
            F.lit(AFFAIRE).alias(Personne.side),
            F.lit(*JUSTICE).alias(Personne.source),
            F.col(Reference.id_affaire).alias(Personne.id),
            Personne.repairs,
        )
        return counts.count_unread(
            cases, [of_cases, of_references, self.read_seen(Personne), self.read_seen(Infraction)]
        )

    def _read_previous(self) -> Previous | None:
        """Return what the version published last before this one says of itself; None for the first of the lake."""
        earlier = self.store.read(Version).where(F.col(Version.created_at) < self.row[Version.created_at])
        last = earlier.orderBy(F.desc(Version.created_at), Version.version).limit(1).collect()
        if not last:
            return None
        name = last[0][Version.version]
        of_version = {
            table: self.store.read_or_empty(table).where(F.col(Version.version) == name).toPandas()
            for table in (Estimate, Subgroup, Balance)
        }
        return Previous(
            version=name,
            created_at=last[0][Version.created_at].date(),
            nb_links=self.store.read(Link)
            .where((F.col(Link.version) == name) & (F.col(Link.status) == RETAINED))
            .count(),
            estimates=of_version[Estimate],
            subgroups=of_version[Subgroup],
            balance=of_version[Balance],
        )

    def count_known(self) -> pd.DataFrame:
        """Count how much of what identifies a case is known, by source."""
        tables = (self.read_seen(table) for table in (Procedure, Affaire, Reference, Personne))
        counted: pd.DataFrame = known.count_known(*tables).toPandas()
        return counted

    def write_report(self, code_version: str, known: pd.DataFrame) -> str:
        """Write the report; return where it is."""
        links, scored = self.read(Link), self.read_seen(ScoredPair)
        frames = {
            "histogram": counts.count_bands(scored, links, settings=self.settings.report),
            "thresholds": counts.count_thresholds(links, settings=self.settings.report),
            "agreements": counts.count_agreements(scored, self.read_seen(ScoredPattern), links),
            "candidates": counts.count_rules(self.read_seen(CandidatePair)),
            "blocks": counts.count_blocks(self.store.read_or_empty(PairsForecast)),
            "conjugal": counts.count_conjugal(
                self.read_seen(Procedure), links, conjugal=nomenclatures.conjugal_offences()
            ),
            "passes_counted": counts.count_passes(links),
            "dossiers": counts.count_dossiers(links),
            "review": counts.count_decisions(self.read(ReviewSample), self.read(ReviewDecision)),
            "persons": counts.count_persons(self.read(PersonLink)),
            "unread": self._count_unread(),
            "rules": self.read(RuleWidth),
            "calibration": self.read(Calibration),
            "ledger": self.read(Ledger),
            "accuracy": self.read(Accuracy),
            "estimates": self.read(Estimate),
            "subgroups": self.read(Subgroup),
            "balance": self.read(Balance),
            "weights": self.read(Weight),
        }
        with ThreadPoolExecutor(max_workers=2) as two:  # while one plans, the other computes
            collected = dict(zip(frames, two.map(lambda frame: frame.toPandas(), frames.values()), strict=True))
        same_method = self.row[Version.settings_hash] == method.settings_hash()
        shown = Content(
            version=self.row.asDict(recursive=True),
            written=date.today(),
            code_version=code_version,
            places=nomenclatures.names_of_departements() | nomenclatures.names_of_courts(),
            fictitious=publication.is_fictitious(self.store, self.version),
            passes=method.links_settings() if same_method else None,
            settings=self.settings,
            deliveries=pd.DataFrame(
                [row.asDict() for row in publication.deliveries_of(self.store, self.row[Version.deliveries])],
                columns=Delivery.names(),
            ),
            known=known,
            previous=self._read_previous(),
            **collected,
        )
        place = report_of(self.store.lake, self.version)
        self.store.files.write_text(place, render(shown))
        return place
