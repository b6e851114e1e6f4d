"""What the job ``quality`` reads and writes, step by step; the measures themselves are in ``linkage.quality``."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage import config, method, publication
from linkage.errors import InputError
from linkage.quality import expectations, hidden_keys, indicators, persons, report, subgroups, traits, weights
from linkage.settings import LinksSettings, QualitySettings
from linkage.store import Store
from linkage.tables.linkage import RETAINED, CandidatePair, Ledger, Link, PersonLink, ScoredPair, Version
from linkage.tables.quality import Accuracy, Balance, Estimate, HiddenKeys, MatchRate, PersonAccuracy, Subgroup, Weight
from linkage.tables.records import Record
from linkage.tables.review import ReviewDecision, ReviewSample
from linkage.tables.schema import Table
from linkage.tables.sources import source_table
from linkage.tables.standardised import Affaire, Personne, Procedure

SETTINGS = "method/quality.toml"
Rows = list[tuple[Any, ...]]


def report_of(lake: str, version: str) -> str:
    """Where the report of a version lies; it is the last thing that ``quality`` writes."""
    return f"{lake}/quality/rapport-{version}.html"


class Assessment:
    """One published version under the eyes of ``quality``, its tables read as the version saw them."""

    def __init__(self, store: Store, version: str) -> None:
        publication.require(store, version)
        self.store, self.version = store, version
        self.settings = config.settings(SETTINGS, QualitySettings)
        self.row = self.of(Version).collect()[0]

    def of(self, table: type[Table]) -> DataFrame:
        """The version's slice of a table that keeps all versions; empty when there is none."""
        return self.store.read_or_empty(table).where(F.col(Version.version) == self.version)

    def seen(self, table: type[Table]) -> DataFrame:
        """A table as the version read it.

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
        """Replaces the version's slice."""
        self.store.write(frame, table, slice=publication.in_version(self.version))

    def match_rates(self) -> Rows:
        """Writes ``quality/match_rate``; returns what is shown of it."""
        self.write(indicators.match_rate(self.of(Ledger)), MatchRate)
        shown = (MatchRate.source, F.col(MatchRate.millesime).cast("string"), MatchRate.nb, MatchRate.nb_linked)
        rates = self.of(MatchRate).orderBy(MatchRate.source, MatchRate.millesime)
        return [tuple(row) for row in rates.select(*shown, MatchRate.nb_to_review, MatchRate.match_rate).collect()]

    def against_truth(self, truth: DataFrame) -> Rows:
        """Writes ``quality/accuracy``; returns it, the whole first."""
        self.write(indicators.accuracy(self.of(Link), truth, version=self.version), Accuracy)
        judged = self.of(Accuracy).orderBy(F.desc(Accuracy.nb_links), Accuracy.link_pass)
        return [tuple(row) for row in judged.drop(Accuracy.version).collect()]

    def persons_against_truth(self, truth: DataFrame) -> Rows:
        """Writes ``quality/accuracy_persons``; returns it, the whole first."""
        self.write(persons.accuracy(self.of(PersonLink), truth, version=self.version), PersonAccuracy)
        judged = self.of(PersonAccuracy).orderBy(F.desc(PersonAccuracy.nb_links), PersonAccuracy.role)
        return [tuple(row) for row in judged.drop(PersonAccuracy.version).collect()]

    def subgroups(self, truth: DataFrame | None) -> list[str]:
        """Writes ``quality/subgroups``; returns the columns that say nothing of any case, side by side."""
        procedures, affaires, personnes = (self.seen(table) for table in (Procedure, Affaire, Personne))
        records, pairs = self.seen(Record), self.seen(CandidatePair)
        links, missed = hidden_keys.expected(self.of(Link), records, pairs, self.of(HiddenKeys))
        if self.of(HiddenKeys).isEmpty():
            scored = self.seen(ScoredPair).withColumn(expectations.P, F.col(ScoredPair.match_probability))
            missed = expectations.missed(scored, links.where(F.col(Link.status) == RETAINED))
        cases = expectations.cases(procedures, affaires, links, missed, truth).checkpoint()
        groups = traits.traits(procedures, affaires, personnes, settings=self.settings.subgroups)
        measured = subgroups.subgroups(groups, cases, version=self.version, settings=self.settings.subgroups)
        self.write(measured, Subgroup)
        return traits.silent(self.of(Subgroup).toPandas())

    def weights(self) -> None:
        """Writes ``quality/weights`` and ``quality/balance``."""
        conjugal = [row["code"] for row in config.nomenclature("natinf") if row["est_conjugal"] == "1"]
        evenements = self.seen(source_table("cassiopee", "evenements"))
        counts = weights.counted(self.seen(Procedure), self.of(Link), evenements, conjugal=conjugal).toPandas()
        made = weights.weights(counts, version=self.version, settings=self.settings.weights)
        smallest = self.settings.subgroups.smallest
        balance = weights.balance(counts, made, version=self.version, smallest=smallest)
        for frame, table in ((made, Weight), (balance, Balance)):
            self.write(self.store.from_pandas(frame, table), table)

    def report(self, code_version: str) -> str:
        """Writes the report; returns where it is."""
        links = self.of(Link)
        frames = {
            "histogram": report.histogram(self.seen(ScoredPair), links, settings=self.settings.report),
            "passes_counted": report.passes(links),
            "dossiers": report.dossiers(links),
            "review": report.reviewed(self.of(ReviewSample), self.of(ReviewDecision)),
            "persons": report.persons(self.of(PersonLink)),
            "ledger": self.of(Ledger),
            "accuracy": self.of(Accuracy),
            "estimates": self.of(Estimate),
            "subgroups": self.of(Subgroup),
            "balance": self.of(Balance),
            "weights": self.of(Weight),
        }
        with ThreadPoolExecutor(max_workers=2) as two:  # while one plans, the other computes
            collected = dict(zip(frames, two.map(lambda frame: frame.toPandas(), frames.values()), strict=True))
        same_method = self.row[Version.settings_hash] == method.settings_hash()
        content = report.Content(
            version=self.row.asDict(recursive=True),
            written=date.today(),
            code_version=code_version,
            passes=config.settings("method/links.toml", LinksSettings) if same_method else None,
            settings=self.settings,
            **collected,
        )
        place = report_of(self.store.lake, self.version)
        self.store.files.write_text(place, report.render(content))
        return place
