"""The clerical review of one version, from the sample drawn to the decisions read back: what it reads and writes."""

from __future__ import annotations

from pyspark.sql import functions as F

from jobs.quality.version import Assessment
from linkage.platform import config
from linkage.platform.errors import InputError
from linkage.quality.review import clerical, decisions, waterfall
from linkage.quality.review.page import page, sample_hash
from linkage.quality.review.persons import Labels
from linkage.quality.review.records import Described, describe_pairs
from linkage.quality.review.sample import PAIR, draw
from linkage.tables.links import Link
from linkage.tables.quality import Estimate, ReviewDecision, ReviewSample
from linkage.tables.scored_pairs import ScoredPair, ScoredPattern
from linkage.tables.standardised import Affaire, Infraction, Personne, Procedure, Reference
from linkage.tables.versions import Version
from linkage.versions import publication


def prepare(of: Assessment) -> str:
    """Draw the version's sample and write its page; return where the page is.

    A sample is drawn once: decisions answer it, so later settings do not move it. A page that is there stays.
    """
    if of.of(ReviewSample).isEmpty():
        drawn = draw(of.of(Link), of.seen(ScoredPair), version=of.version, settings=of.settings.review)
        of.write(drawn, ReviewSample)
    place = f"{of.store.lake}/review/{of.version}.html"
    if of.store.files.exists(place):
        return place
    sample = of.of(ReviewSample)
    described = Described(*(of.seen(table) for table in (Procedure, Affaire, Reference, Personne, Infraction)))
    rows = (
        describe_pairs(sample, of.seen(ScoredPair), of.seen(ScoredPattern), described)
        .orderBy(ReviewSample.rang)
        .collect()
    )
    pairs = [row.asDict(recursive=True) for row in rows]
    html = page(
        pairs,
        version=of.version,
        sample=sample_hash((pair["id_procedure"], pair["id_affaire"]) for pair in pairs),
        weights=waterfall.level_weights(of.row[Version.model]),
        labels=_read_labels(),
    )
    of.store.files.write_text(place, html)
    return place


def take(of: Assessment, file: str) -> int:
    """Write the decisions of a file in place of those of the version; return how many there are.

    Raises
    ------
    InputError
        There is no such file, no sample to answer, or the file is not an answer to it. Nothing is written then.
    """
    where = f"--decisions {file}"
    if not of.store.files.exists(file) or of.store.files.is_folder(file):
        raise InputError(f"{where}: no such file; expected the one that the review page saves.")
    sample = [tuple(row) for row in of.of(ReviewSample).select(*PAIR).collect()]
    if not sample:
        raise InputError(f"{where}: no sample is drawn for version {of.version}. Run the job quality without it first.")
    rows = decisions.read(of.store.files.read_bytes(file), sample, version=of.version, where=where)
    of.write(of.store.spark.createDataFrame(rows, ReviewDecision.struct()), ReviewDecision)
    return len(rows)


def estimate(of: Assessment) -> list[tuple[str, float | None, float | None, float | None, int]]:
    """Write the estimates of the review into ``quality/estimates``; return what is shown of them, or nothing.

    Nothing is written of a version that has no decision.
    """
    decided = of.of(ReviewDecision).select(*PAIR, ReviewDecision.decision)
    sample = of.of(ReviewSample).join(decided, on=PAIR, how="left")
    columns = (ReviewSample.stratum, ReviewSample.status, ReviewSample.nb_population, ReviewDecision.decision)
    reviewed = [tuple(row) for row in sample.select(*columns).collect()]
    if not any(decision for *_, decision in reviewed):
        return []
    rows = clerical.estimate_rates(clerical.count_strata(reviewed), version=of.version)
    slice = f"{publication.in_version(of.version)} AND {Estimate.method} = '{clerical.METHOD}'"
    of.store.write(of.store.spark.createDataFrame(rows, Estimate.struct()), Estimate, slice=slice)
    shown = (Estimate.measure, Estimate.estimate, Estimate.low, Estimate.high, Estimate.nb)
    written = of.of(Estimate).where(F.col(Estimate.method) == clerical.METHOD).orderBy(Estimate.measure)
    return [tuple(row) for row in written.select(*shown).collect()]


def _read_labels() -> Labels:
    def read(nomenclature: str, code: str) -> dict[str, str]:
        return {row[code]: row["libelle"] for row in config.nomenclature(nomenclature)}

    return Labels(read("communes", "code_commune"), read("natinf", "code"), read("tribunaux", "code_tj"))
