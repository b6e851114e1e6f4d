"""Who wins: candidates compete for each reference and each procedure, with a margin to the runner-up on both sides.

Winners are checkpointed round by round, so this module acts, as components do.
"""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F

from linkage.concepts.lineage import cut_lineage
from linkage.concepts.sides import PAIR
from linkage.links.joined import keep_one_per_person
from linkage.links.passes import SECOND, SHARED, THRESHOLD
from linkage.links.rivals import part_contested
from linkage.settings.links import LinksSettings
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.links import RETAINED, TO_REVIEW, Link
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.standardised import BEYOND

MARGIN = "margin"
PROCEDURE, REFERENCE = CandidatePair.procedure_key, CandidatePair.reference_key


def decide(passes: DataFrame, records: DataFrame, *, settings: LinksSettings) -> DataFrame:
    """Return the pairs kept, with ``status`` and ``margin``: bits to the best rival on either side, null without.

    Method: a pair is kept when it is the best of its reference and of its procedure among those still free; winners
    leave, the others compete again, for the declared number of rounds. A pass that lets a procedure have several
    affairs (its own PV typed in each: disjonction, transfer) competes for the reference only. An affair left with
    nothing may take a procedure that has another, where the settings of ``second_affaire`` see a disjonction or a
    transfer. What is left of an affair beyond its references (jonction) is offered last, to procedures that have
    nothing; of those that bring it the same person, whom the procedures it has already lack, one is taken.

    Ties: equal weights have a margin of zero, so the pair kept, that of the smallest key, goes to review.
    Example: a reference has candidates of 12 and 10.5 bits. With a margin of 2, the first is kept, to review: 1.5 bits.
    """
    of_references, beyond = (
        passes.where(F.col(ScoredPair.rang) != BEYOND),
        passes.where(F.col(ScoredPair.rang) == BEYOND),
    )
    # Most pairs have no rival: only the others compete.
    unopposed, opposed = part_contested(of_references, [REFERENCE], [PROCEDURE])
    unopposed, opposed = unopposed.withColumn(MARGIN, F.lit(None).cast("double")), opposed.transform(cut_lineage)
    best_pairs = _keep_best(opposed, (REFERENCE,)).where(SHARED)
    for _ in range(settings.rounds):
        # Read three times by the next round: kept as a plan, three rounds would be planned as twenty-seven.
        best_pairs = best_pairs.transform(cut_lineage)
        free = _drop_taken(_drop_taken(opposed, best_pairs, REFERENCE), best_pairs, PROCEDURE)
        best_pairs = best_pairs.unionByName(_keep_best(free, (REFERENCE, PROCEDURE)))
    best_pairs = best_pairs.transform(cut_lineage)
    decided_pairs = best_pairs.unionByName(unopposed)
    left = _drop_taken(opposed, decided_pairs, ScoredPair.id_affaire)
    again = _keep_best(left, (REFERENCE,)).where(F.col(ScoredPair.match_weight) >= F.col(SECOND)).transform(cut_lineage)
    # Few pairs go beyond references: what was taken is looked at for them, rather than all of it shuffled.
    linked, busy = (_list_shared(decided_pairs, beyond, side) for side in (ScoredPair.id_affaire, PROCEDURE))
    offered = beyond.join(linked, on=ScoredPair.id_affaire, how="left_semi")
    joined = _keep_best(_drop_taken(_drop_taken(offered, busy, PROCEDURE), again, PROCEDURE), (PROCEDURE,))
    joined = keep_one_per_person(joined.transform(cut_lineage), decided_pairs.unionByName(again), records)
    sure = F.col(ScoredPair.match_weight) >= F.col(THRESHOLD)
    alone = F.coalesce(F.col(MARGIN) >= settings.margin, F.lit(True))
    chosen = keep_one_per_case(best_pairs.unionByName(again).unionByName(joined)).unionByName(unopposed)
    return chosen.withColumn(Link.status, F.when(sure & alone, RETAINED).otherwise(TO_REVIEW))


def keep_one_per_case(pairs: DataFrame) -> DataFrame:
    """Keep the best pair of each procedure and affair: several references of an affair may name one procedure.

    Example: two references of affair A name procedure P, at 9 and 7 bits: the pair of 9 bits stays.
    """
    case = Window.partitionBy(*PAIR)
    rank = F.row_number().over(case.orderBy(F.desc(ScoredPair.match_weight), REFERENCE))
    return pairs.withColumn("rank", rank).where(F.col("rank") == 1).drop("rank")


def _keep_best(pairs: DataFrame, sides: tuple[str, ...]) -> DataFrame:
    """Return the pairs that are first on each side, with their margin to the next one there."""
    ranked = pairs.select(
        "*",
        *(_rank(side).alias(f"rank_{side}") for side in sides),
        *(_gap(side).alias(f"gap_{side}") for side in sides),
    )
    for side in sides:
        ranked = ranked.where(F.col(f"rank_{side}") == 1)
    gaps = [F.col(f"gap_{side}") for side in sides]
    margin = F.least(*gaps) if len(gaps) > 1 else gaps[0]
    return ranked.select(*pairs.columns, margin.alias(MARGIN))


def _order(side: str) -> WindowSpec:
    return Window.partitionBy(side).orderBy(F.desc(ScoredPair.match_weight), PROCEDURE, REFERENCE)


def _rank(side: str) -> Column:
    return F.row_number().over(_order(side))


def _gap(side: str) -> Column:
    return F.col(ScoredPair.match_weight) - F.lead(ScoredPair.match_weight).over(_order(side))


def _drop_taken(pairs: DataFrame, decided_pairs: DataFrame, side: str) -> DataFrame:
    return pairs.join(decided_pairs.select(side), on=side, how="left_anti")


def _list_shared(pairs: DataFrame, few: DataFrame, side: str) -> DataFrame:
    """Return what a few pairs have on a side, where one of the others has it too."""
    return pairs.select(side).join(F.broadcast(few.select(side)), on=side, how="left_semi")
