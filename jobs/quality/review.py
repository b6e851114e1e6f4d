"""The clerical review of one version, from the sample drawn to the decisions read back: what it reads and writes."""

from __future__ import annotations

from pyspark.sql import functions as F

from jobs.quality.version import Assessment
from linkage.concepts.sides import PAIR
from linkage.platform import config
from linkage.platform.errors import InputError
from linkage.quality.review import clerical, decisions, waterfall
from linkage.quality.review.page import page, sample_hash
from linkage.quality.review.persons import Labels
from linkage.quality.review.records import Described, describe_pairs
from linkage.quality.review.sample import draw
from linkage.tables.links import Link
from linkage.tables.quality import Estimate, ReviewDecision, ReviewSample
from linkage.tables.scored_pairs import ScoredPair, ScoredPattern
from linkage.tables.standardised import Affaire, Infraction, Personne, Procedure, Reference
from linkage.tables.versions import Version
from linkage.versions import publication


def review_of(lake: str, version: str) -> str:
    """Return where the page of a version's review lies, in the restricted zone."""
    return f"{lake}/review/{version}.html"


def prepare(assessment: Assessment) -> str:
    """Draw the version's sample and write its page; return where the page is.

    A sample is drawn once: decisions answer it, so later settings do not move it. A page that is there stays.
    """
    if assessment.read(ReviewSample).isEmpty():
        sample_drawn = draw(
            assessment.read(Link),
            assessment.read_seen(ScoredPair),
            version=assessment.version,
            settings=assessment.settings.review,
        )
        assessment.write(sample_drawn, ReviewSample)
    place = review_of(assessment.store.lake, assessment.version)
    if assessment.store.files.exists(place):
        return place
    sample = assessment.read(ReviewSample)
    described = Described(
        *(assessment.read_seen(table) for table in (Procedure, Affaire, Reference, Personne, Infraction))
    )
    rows = (
        describe_pairs(sample, assessment.read_seen(ScoredPair), assessment.read_seen(ScoredPattern), described)
        .orderBy(ReviewSample.rang)
        .collect()
    )
    pairs = [row.asDict(recursive=True) for row in rows]
    html = page(
        pairs,
        version=assessment.version,
        is_fictitious=publication.is_fictitious(assessment.store, assessment.version),
        sample=sample_hash([pair[name] for name in PAIR] for pair in pairs),
        weights=waterfall.level_weights(assessment.row[Version.model]),
        labels=_read_labels(),
    )
    assessment.store.files.write_text(place, html)
    return place


def take(assessment: Assessment, file: str) -> int:
    """Write the decisions of a file in place of those of the version; return how many there are.

    Raises
    ------
    InputError
        There is no such file, no sample to answer, or the file is not an answer to it. Nothing is written then.
    """
    where = f"--decisions {file}"
    if not assessment.store.files.exists(file) or assessment.store.files.is_folder(file):
        raise InputError(f"{where}: no such file; expected the one that the review page saves.")
    sample = [tuple(row) for row in assessment.read(ReviewSample).select(*PAIR).collect()]
    if not sample:
        raise InputError(
            f"{where}: no sample is drawn for version {assessment.version}. Run the job quality without it first."
        )
    rows = decisions.read(assessment.store.files.read_bytes(file), sample, version=assessment.version, where=where)
    assessment.write(assessment.store.spark.createDataFrame(rows, ReviewDecision.struct()), ReviewDecision)
    return len(rows)


def estimate(assessment: Assessment) -> list[tuple[str, float | None, float | None, float | None, int]]:
    """Write the estimates of the review into ``quality/estimates``; return what is shown of them, or nothing.

    Nothing is written of a version that has no decision.
    """
    decided = assessment.read(ReviewDecision).select(*PAIR, ReviewDecision.decision)
    sample = assessment.read(ReviewSample).join(decided, on=PAIR, how="left")
    columns = (ReviewSample.stratum, ReviewSample.status, ReviewSample.nb_population, ReviewDecision.decision)
    reviewed = [tuple(row) for row in sample.select(*columns).collect()]
    if not any(decision for *_, decision in reviewed):
        return []
    rows = clerical.estimate_rates(clerical.count_strata(reviewed), version=assessment.version)
    slice = f"{publication.in_version(assessment.version)} AND {Estimate.method} = '{clerical.METHOD}'"
    assessment.store.write(assessment.store.spark.createDataFrame(rows, Estimate.struct()), Estimate, slice=slice)
    shown = (Estimate.measure, Estimate.estimate, Estimate.low, Estimate.high, Estimate.nb)
    estimates = assessment.read(Estimate).where(F.col(Estimate.method) == clerical.METHOD).orderBy(Estimate.measure)
    return [tuple(row) for row in estimates.select(*shown).collect()]


def _read_labels() -> Labels:
    def read(nomenclature: str, code: str) -> dict[str, str]:
        return {row[code]: row["libelle"] for row in config.nomenclature(nomenclature)}

    return Labels(read("communes", "code_commune"), read("natinf", "code"), read("tribunaux", "code_tj"))
