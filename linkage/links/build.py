"""The stage's table of contents: passes, competition, dossiers; then why the rest is not linked."""

from __future__ import annotations

from collections.abc import Iterable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.links import decision, passes, reviewed
from linkage.links.dossiers import dossiers
from linkage.links.feedback import RETURN, feedback
from linkage.links.persons import person_links
from linkage.links.unlinked import ledger, outcomes, unlinked
from linkage.platform.lake.schema import Table
from linkage.settings.links import LinksSettings
from linkage.tables.links import RETAINED, TO_REVIEW, Ledger, Link, PersonLink, Unlinked
from linkage.tables.scored_pairs import ScoredPattern


def build(
    records: DataFrame,
    scored_pairs: DataFrame,
    scored_patterns: DataFrame,
    scored_persons: DataFrame,
    rejects: DataFrame,
    set_aside: DataFrame,
    *,
    version: str,
    settings: LinksSettings,
    comparisons: Iterable[str],
    decisions: DataFrame | None = None,
) -> dict[type[Table], DataFrame]:
    """Return ``links``, ``person_links``, ``unlinked`` and ``ledger`` of one version.

    ``set_aside`` has the records of blocks too large to be compared. ``comparisons`` are the names of all that the
    models compare. ``decisions`` are those of clerical reviews of earlier versions; they go before weights.
    """
    named = passes.named(scored_pairs, scored_patterns, settings=settings)
    if settings.persons_feedback:
        named = feedback(named, scored_persons, settings=settings.persons_feedback)
    named = named.checkpoint()
    left = reviewed.without_refused(named, decisions)
    if decisions is not None:  # read several times by the competition
        left = left.checkpoint()
    decided = decision.decide(passes.worth_a_look(left), settings=settings)
    decided = reviewed.settle(decided, left, decisions).checkpoint()
    retained, doubtful = (decided.where(F.col(Link.status) == status) for status in (RETAINED, TO_REVIEW))
    grouped = dossiers(retained, max_records=settings.max_dossier)
    linked = grouped.unionByName(doubtful, allowMissingColumns=True)
    levels = F.broadcast(scored_patterns.select(ScoredPattern.agreement_pattern, ScoredPattern.levels))
    said = evidence(comparisons)
    links = linked.join(levels, on=ScoredPattern.agreement_pattern, how="inner").withColumn(Link.evidence, said)
    # A pair that a review refused was a rival all the same: its cases must not read as below the threshold.
    outcome = outcomes(records, named, decided, set_aside).checkpoint()
    made: dict[type[Table], DataFrame] = {Link: links, Unlinked: unlinked(outcome), Ledger: ledger(outcome, rejects)}
    if settings.persons:
        made[PersonLink] = person_links(scored_persons, retained, settings=settings.persons)
    return {table: frame.withColumn("version", F.lit(version)) for table, frame in made.items()}


def evidence(comparisons: Iterable[str]) -> Column:
    """Write what agreed and what did not: ``cle : clé exacte ; personnes : un code commun``, no value of a record.

    ``comparisons`` are the names that levels may have. An expression of each: what walks through a map is not compiled.
    """
    levels = F.col(ScoredPattern.levels)
    said = {
        name: F.when(F.map_contains_key(levels, name), F.coalesce(levels[name], F.lit("sans information")))
        for name in comparisons
    }
    said |= {name: F.col(name) for name in (RETURN, reviewed.REVIEW)}
    return F.concat_ws(" ; ", *(F.concat(F.lit(f"{name} : "), said[name]) for name in sorted(said)))
