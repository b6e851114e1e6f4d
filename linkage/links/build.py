"""The stage's table of contents: passes, competition, dossiers; then why the rest is not linked."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.links import decision, passes
from linkage.links.dossiers import PAIR, dossiers
from linkage.links.unlinked import ledger, outcomes, unlinked
from linkage.settings import LinksSettings
from linkage.tables.linkage import RETAINED, Ledger, Link, ScoredPair, Unlinked
from linkage.tables.schema import Table


def build(
    records: DataFrame, scored_pairs: DataFrame, rejects: DataFrame, *, version: str, settings: LinksSettings
) -> dict[type[Table], DataFrame]:
    """``links``, ``unlinked`` and ``ledger`` of one version."""
    candidates = passes.assign(scored_pairs, settings=settings)
    decided = decision.decide(candidates, settings=settings).checkpoint()
    retained = decided.where(F.col(Link.status) == RETAINED)
    components = dossiers(retained, max_records=settings.max_dossier)
    links = decided.withColumn(Link.evidence, evidence()).join(components, on=PAIR, how="left")
    outcome = outcomes(records, scored_pairs, candidates, decided).checkpoint()
    made = {Link: links, Unlinked: unlinked(outcome), Ledger: ledger(outcome, rejects)}
    return {table: frame.withColumn("version", F.lit(version)) for table, frame in made.items()}


def evidence() -> Column:
    """What agreed and what did not: ``cle : clé exacte ; personnes : un code commun ; …``, no value of a record."""
    entry = F.array_sort(F.map_entries(ScoredPair.levels))
    said = F.transform(
        entry, lambda level: F.concat(level.key, F.lit(" : "), F.coalesce(level.value, F.lit("sans information")))
    )
    return F.array_join(said, " ; ")
