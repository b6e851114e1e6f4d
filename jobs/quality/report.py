"""The report of one version: everything that it shows is gathered here, and the page written last."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.quality.version import Assessment
from linkage.concepts.sides import AFFAIRE, PROCEDURE, name_case
from linkage.quality import known
from linkage.quality.report import counts, splink_page
from linkage.quality.report.content import Content, Previous
from linkage.quality.report.page import render
from linkage.tables.candidate_pairs import CandidatePair, PairsForecast
from linkage.tables.links import RETAINED, Ledger, Link, PersonLink
from linkage.tables.quality import (
    Accuracy,
    Balance,
    Calibration,
    Estimate,
    ReviewDecision,
    ReviewSample,
    RuleWidth,
    Subgroup,
    Weight,
)
from linkage.tables.scored_pairs import ScoredPair, ScoredPattern
from linkage.tables.sources import JUSTICE, Delivery
from linkage.tables.standardised import Affaire, Infraction, Personne, Procedure, Reference
from linkage.tables.versions import Version
from linkage.versions import method, nomenclatures, publication


def report_of(lake: str, version: str) -> str:
    """Return where the report of a version lies; it is the last thing that ``quality`` writes."""
    return f"{lake}/quality/rapport-{version}.html"


def splink_page_of(lake: str, version: str) -> str:
    """Return where Splink's charts of a version lie: beside its report, which links to them."""
    return f"{lake}/quality/{splink_page.name_file(version)}"


def count_known(of: Assessment) -> pd.DataFrame:
    """Count how much of what identifies a case is known, by source and year."""
    tables = (of.read_seen(table) for table in (Procedure, Affaire, Reference, Personne))
    counted: pd.DataFrame = known.count_known(*tables).toPandas()
    return counted


def write_report(of: Assessment, code_version: str, counted: pd.DataFrame) -> str:
    """Write Splink's charts, then the report that links to them; return where the report is."""
    links, scored = of.read(Link), of.read_seen(ScoredPair)
    patterns = of.read_seen(ScoredPattern)
    frames = {
        "histogram": counts.count_bands(scored, links, settings=of.settings.report),
        "model_bands": counts.count_model_bands(patterns, settings=of.settings.report),
        "thresholds": counts.count_thresholds(links, settings=of.settings.report),
        "agreements": counts.count_agreements(scored, patterns, links),
        "candidates": counts.count_rules(of.read_seen(CandidatePair)),
        "blocks": counts.count_blocks(of.store.read_or_empty(PairsForecast)),
        "conjugal": counts.count_conjugal(of.read_seen(Procedure), links, conjugal=nomenclatures.conjugal_offences()),
        "passes_counted": counts.count_passes(links),
        "dossiers": counts.count_dossiers(links),
        "review": counts.count_decisions(of.read(ReviewSample), of.read(ReviewDecision)),
        "persons": counts.count_persons(of.read(PersonLink)),
        "unread": _count_unread(of),
        "rules": of.read(RuleWidth),
        "calibration": of.read(Calibration),
        "ledger": of.read(Ledger),
        "accuracy": of.read(Accuracy),
        "estimates": of.read(Estimate),
        "subgroups": of.read(Subgroup),
        "balance": of.read(Balance),
        "weights": of.read(Weight),
    }
    with ThreadPoolExecutor(max_workers=2) as two:  # while one plans, the other computes
        collected = dict(zip(frames, two.map(lambda frame: frame.toPandas(), frames.values()), strict=True))
    same_method = of.row[Version.settings_hash] == method.settings_hash()
    shown = Content(
        version=of.row.asDict(recursive=True),
        written=date.today(),
        code_version=code_version,
        places=nomenclatures.names_of_departements() | nomenclatures.names_of_courts(),
        fictitious=publication.is_fictitious(of.store, of.version),
        passes=method.links_settings() if same_method else None,
        settings=of.settings,
        deliveries=pd.DataFrame(
            [row.asDict() for row in publication.deliveries_of(of.store, of.row[Version.deliveries])],
            columns=Delivery.names(),
        ),
        known=counted,
        previous=_read_previous(of),
        **collected,
    )
    place = report_of(of.store.lake, of.version)
    of.store.files.write_text(splink_page_of(of.store.lake, of.version), splink_page.render(shown))
    of.store.files.write_text(place, render(shown))
    return place


def _read_previous(of: Assessment) -> Previous | None:
    """Return what the version published last before this one says of itself; None for the first of the lake."""
    earlier = of.store.read(Version).where(F.col(Version.created_at) < of.row[Version.created_at])
    last = earlier.orderBy(F.desc(Version.created_at), Version.version).limit(1).collect()
    if not last:
        return None
    name = last[0][Version.version]
    of_version = {
        table: of.store.read_or_empty(table).where(F.col(Version.version) == name).toPandas()
        for table in (Estimate, Subgroup, Balance)
    }
    return Previous(
        version=name,
        created_at=last[0][Version.created_at].date(),
        model=last[0][Version.model],
        nb_links=of.store.read(Link).where((F.col(Link.version) == name) & (F.col(Link.status) == RETAINED)).count(),
        estimates=of_version[Estimate],
        subgroups=of_version[Subgroup],
        balance=of_version[Balance],
    )


def _count_unread(of: Assessment) -> DataFrame:
    procedures, affaires = of.read_seen(Procedure), of.read_seen(Affaire)
    of_procedures = procedures.select(*name_case(PROCEDURE), Procedure.repairs)
    of_references = of.read_seen(Reference).select(
        *name_case(AFFAIRE), F.lit(*JUSTICE).alias(Personne.source), Reference.repairs
    )
    rows = (of_procedures, of_references, of.read_seen(Personne), of.read_seen(Infraction))
    return counts.count_unread(procedures, affaires, rows)
