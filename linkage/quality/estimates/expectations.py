"""What is expected of each case without truth: true links found and missed, from the pairs' probabilities."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from linkage.concepts.sides import AFFAIRE, CASE, CASE_OF, OF_PROCEDURE, PAIR, PROCEDURE, name_case
from linkage.concepts.sums import add_exactly
from linkage.quality.traits import FORCES
from linkage.tables.links import RETAINED, Link
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.standardised import Affaire, Procedure

P, TINY = "p", 1e-9


def find_missed(pairs: DataFrame, retained: DataFrame) -> DataFrame:
    """Return the pairs that may be links and were not retained: ``source, id_procedure, id_affaire, p``.

    Method: among the scored pairs of a reference and a procedure that are both without a retained link, the best of
    its reference, and then of its procedure: rivals for the same place are not all true. Pairs that were never
    candidates are not seen here.
    """
    settled = pairs.join(retained.select(*PAIR), on=PAIR, how="left_semi").select(ScoredPair.reference_key)
    free = pairs.join(settled, on=ScoredPair.reference_key, how="left_anti").join(
        retained.select(*OF_PROCEDURE), on=OF_PROCEDURE, how="left_anti"
    )
    best = _keep_first(_keep_first(free, ScoredPair.reference_key), ScoredPair.procedure_key)
    return best.groupBy(*PAIR).agg(F.max(P).alias(P))


def agree_with(links: DataFrame, missed: DataFrame, *, precision: float, recall: float) -> tuple[DataFrame, DataFrame]:
    """Return both with ``p`` scaled so that all links together have this precision and this recall; Spark runs here.

    Method: errors are moved, not links: each link's chance to be wrong, and each missed pair's to be a link, is
    multiplied by one factor, so that groups keep their differences and add up to what is estimated of the whole.
    """
    retained = links.where(F.col(Link.status) == RETAINED)
    nb, expected = retained.agg(F.count("*"), F.coalesce(add_exactly(P), F.lit(0.0))).collect()[0]
    (beside,) = missed.agg(F.coalesce(add_exactly(P), F.lit(0.0))).collect()[0]
    if not nb:
        return links, missed
    wrong = F.lit((1 - precision) * nb / max(nb - expected, TINY))
    more = F.lit(precision * nb * (1 / recall - 1) / max(beside, TINY))
    right = 1 - F.least(wrong * (1 - F.col(P)), F.lit(1.0))
    return links.withColumn(P, right), missed.withColumn(P, more * F.col(P))


def count_cases(
    procedures: DataFrame, affaires: DataFrame, links: DataFrame, missed: DataFrame, truth: DataFrame | None
) -> DataFrame:
    """Count what subgroups add up, in one row per procedure and per affair of police origin.

    ``links`` are the links of the version with their probability ``p``, ``missed`` pairs likewise; both may be
    calibrated before. ``nb_sent`` is 1 for what should have a link: a procedure sent, an affair of police origin.
    Without truth, ``nb_true`` and ``nb_true_found`` are null.
    """
    retained = links.where(F.col(Link.status) == RETAINED).select(*PAIR, P)
    scope = {
        PROCEDURE: procedures.select(*name_case(PROCEDURE), _one(F.col(Procedure.date_transmission).isNotNull())),
        AFFAIRE: affaires.where(F.col(Affaire.origine).isin(*FORCES)).select(
            *name_case(AFFAIRE), Affaire.source, _one(F.lit(True))
        ),
    }
    sides = [_count_side(side, scope[side], retained, missed, truth) for side in scope]
    return sides[0].unionByName(sides[1])


def _count_side(
    side: str, scope: DataFrame, retained: DataFrame, missed: DataFrame, truth: DataFrame | None
) -> DataFrame:
    names = list(CASE_OF[side])
    expected_found, expected_missed = add_exactly(P).alias("expected_found"), add_exactly(P).alias("expected_missed")
    cases = scope.join(_count_per_case(retained, side, expected_found, "nb_links"), on=names, how="left").join(
        _count_per_case(missed, side, expected_missed, "nb_missed"), on=names, how="left"
    )
    truth_columns: dict[str, Column] = {"nb_true": F.lit(None), "nb_true_found": F.lit(None)}
    if truth is not None:
        pairs = truth.select(*PAIR).dropDuplicates(PAIR)
        true_pairs = pairs.join(retained.select(*PAIR).withColumn("is_retained", F.lit(1)), on=PAIR, how="left")
        nb_true_found = F.sum(F.coalesce("is_retained", F.lit(0))).alias("nb_true_found")
        cases = cases.join(_count_per_case(true_pairs, side, nb_true_found, "nb_true"), on=names, how="left")
        truth_columns = {name: _zero(name) for name in truth_columns}
    linked = _one(_zero("nb_links") > 0)
    return cases.select(
        F.lit(side).alias("side"),
        *CASE,
        F.lit(1).alias("nb_cases"),
        "nb_sent",
        linked.alias("nb_linked"),
        (linked * F.col("nb_sent")).alias("nb_linked_sent"),
        _zero("nb_links").alias("nb_links"),
        _zero("expected_found").alias("expected_found"),
        (_zero("expected_found") + _zero("expected_missed")).alias("expected_true"),
        *(value.cast("bigint").alias(name) for name, value in truth_columns.items()),
    )


def _count_per_case(pairs: DataFrame, side: str, summed: Column, count_name: str) -> DataFrame:
    return pairs.groupBy(*name_case(side)).agg(summed, F.count("*").alias(count_name))


def _keep_first(pairs: DataFrame, key: str) -> DataFrame:
    best = Window.partitionBy(key).orderBy(F.desc(P), ScoredPair.procedure_key, ScoredPair.reference_key)
    return pairs.withColumn("rank", F.row_number().over(best)).where(F.col("rank") == 1).drop("rank")


def _one(condition: Column) -> Column:
    return F.when(condition, 1).otherwise(0).alias("nb_sent")


def _zero(name: str) -> Column:
    return F.coalesce(F.col(name), F.lit(0))
