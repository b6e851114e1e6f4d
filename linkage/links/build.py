"""The stage's table of contents: passes, competition, dossiers; then why the rest is not linked."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.links import decision, passes, reviewed
from linkage.links.dossiers import PAIR, dossiers
from linkage.links.feedback import feedback
from linkage.links.persons import person_links
from linkage.links.unlinked import ledger, outcomes, unlinked
from linkage.settings import LinksSettings
from linkage.tables.linkage import RETAINED, Ledger, Link, PersonLink, ScoredPair, Unlinked
from linkage.tables.schema import Table


def build(
    records: DataFrame,
    scored_pairs: DataFrame,
    scored_persons: DataFrame,
    rejects: DataFrame,
    set_aside: DataFrame,
    *,
    version: str,
    settings: LinksSettings,
    decisions: DataFrame | None = None,
) -> dict[type[Table], DataFrame]:
    """``links``, ``person_links``, ``unlinked`` and ``ledger`` of one version.

    ``set_aside`` has the records of blocks too large to be compared. ``decisions`` are those of clerical reviews of
    earlier versions; they go before weights.
    """
    if settings.persons_feedback:
        scored_pairs = feedback(scored_pairs, scored_persons, settings=settings.persons_feedback).checkpoint()
    named = reviewed.without_refused(passes.named(scored_pairs, settings=settings), decisions)
    candidates = passes.worth_a_look(named)
    decided = reviewed.settle(decision.decide(candidates, settings=settings), named, decisions).checkpoint()
    retained = decided.where(F.col(Link.status) == RETAINED)
    components = dossiers(retained, max_records=settings.max_dossier)
    links = decided.withColumn(Link.evidence, evidence()).join(components, on=PAIR, how="left")
    # A pair that a review refused was a rival all the same: its cases must not read as below the threshold.
    compared = passes.assign(scored_pairs, settings=settings) if decisions is not None else candidates
    outcome = outcomes(records, scored_pairs, compared, decided, set_aside).checkpoint()
    made: dict[type[Table], DataFrame] = {Link: links, Unlinked: unlinked(outcome), Ledger: ledger(outcome, rejects)}
    if settings.persons:
        made[PersonLink] = person_links(scored_persons, retained, settings=settings.persons)
    return {table: frame.withColumn("version", F.lit(version)) for table, frame in made.items()}


def evidence() -> Column:
    """What agreed and what did not: ``cle : clé exacte ; personnes : un code commun ; …``, no value of a record."""
    entry = F.array_sort(F.map_entries(ScoredPair.levels))
    said = F.transform(
        entry, lambda level: F.concat(level.key, F.lit(" : "), F.coalesce(level.value, F.lit("sans information")))
    )
    return F.array_join(said, " ; ")
