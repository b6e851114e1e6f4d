"""The stage's table of contents: passes, competition, dossiers; then why the rest is not linked."""

from __future__ import annotations

from collections.abc import Iterable

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.lineage import cut_lineage
from linkage.concepts.sides import NO_INFORMATION
from linkage.links import decision, passes, reviewed
from linkage.links.cited import CITED, raise_cited_together
from linkage.links.dossiers import group_dossiers
from linkage.links.feedback import RETURN, move_weights
from linkage.links.persons import link_persons
from linkage.links.unlinked import count_ledger, find_outcomes, list_unlinked
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
    weighed = raise_cited_together(scored_pairs, settings=settings.cited_together)
    with_pass = passes.add_pass(weighed, scored_patterns, settings=settings)
    if settings.persons_feedback:
        with_pass = move_weights(with_pass, scored_persons, settings=settings.persons_feedback)
    with_pass = with_pass.transform(cut_lineage)
    left = reviewed.drop_refused(with_pass, decisions)
    if decisions is not None:  # read several times by the competition
        left = left.transform(cut_lineage)
    decided = decision.decide(passes.drop_below_review(left), records, settings=settings)
    decided = reviewed.settle(decided, left, decisions).transform(cut_lineage)
    retained, doubtful = (decided.where(F.col(Link.status) == status) for status in (RETAINED, TO_REVIEW))
    grouped = group_dossiers(retained, max_records=settings.max_dossier)
    linked = grouped.unionByName(doubtful, allowMissingColumns=True)
    levels = F.broadcast(scored_patterns.select(ScoredPattern.agreement_pattern, ScoredPattern.levels))
    links = linked.join(levels, on=ScoredPattern.agreement_pattern, how="inner").withColumn(
        Link.evidence, evidence(comparisons)
    )
    # A pair that a review refused was a rival all the same: its cases must not read as below the threshold.
    outcome = find_outcomes(records, with_pass, decided, set_aside).transform(cut_lineage)
    tables: dict[type[Table], DataFrame] = {
        Link: links,
        Unlinked: list_unlinked(outcome),
        Ledger: count_ledger(outcome, rejects),
    }
    if settings.persons:
        tables[PersonLink] = link_persons(scored_persons, retained, settings=settings.persons)
    return {table: frame.withColumn(Link.version, F.lit(version)) for table, frame in tables.items()}


def evidence(comparisons: Iterable[str]) -> Column:
    """Write what agreed and what did not: ``cle : clé exacte ; personnes : un code commun``, no value of a record.

    ``comparisons`` are the names that levels may have. An expression of each: what walks through a map is not compiled.
    """
    levels = F.col(ScoredPattern.levels)
    words = {
        name: F.when(F.map_contains_key(levels, name), F.coalesce(levels[name], F.lit(NO_INFORMATION)))
        for name in comparisons
    }
    words |= {name: F.col(name) for name in (RETURN, CITED, reviewed.REVIEW)}
    return F.concat_ws(" ; ", *(F.concat(F.lit(f"{name} : "), words[name]) for name in sorted(words)))
