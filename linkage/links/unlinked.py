"""Why not: a reason for every procedure and affair without a retained link, and a ledger that adds up."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.sides import AFFAIRE, CASE_OF, PROCEDURE, REFERENCE, name_case
from linkage.links.passes import THRESHOLD
from linkage.tables.candidate_pairs import SET_ASIDE
from linkage.tables.links import (
    BELOW_THRESHOLD,
    BLOCK_SET_ASIDE,
    LINKED,
    NO_CANDIDATE,
    NOT_POLICE,
    NOT_SENT,
    PETIT_X_WITHOUT_KEY,
    REASONS,
    RETAINED,
    RIVAL,
    TO_REVIEW,
    UNLINKED,
    Ledger,
    Link,
    Unlinked,
)
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.sources import Delivery, Reject
from linkage.tables.standardised import Record

ORDER = (LINKED, *REASONS)
"""The first that holds is what became of a case."""
RANK, KEYED = "rank", "keyed"
POLICE_ORIGINS = ("police", "gendarmerie")
DELIVERY = r"^([a-z]+)_(\d{4})"
PARENT_FILES = ("procedures", "affaires")


def find_outcomes(records: DataFrame, with_pass: DataFrame, decided: DataFrame, set_aside: DataFrame) -> DataFrame:
    """Return what became of each procedure and affair: ``side, source, id, millesime, outcome`` (a reason or linked).

    The reason is the first that holds: doubtful pair; never sent, not of police origin, petit X without key;
    a pair that reached its threshold and lost to a rival; a block too large to be compared, where its own case may
    have been; scored below; no candidate at all. ``with_pass`` are all scored pairs with their pass.
    Example: a procedure never sent, with a candidate below its threshold, is ``non_transmise``: that comes first.
    """
    kept_apart = records.join(set_aside.select(*Record.key), on=list(Record.key), how="left_semi")
    # A number typed in one of its references: a petit X is then not without a key.
    typed = (F.col(Record.side) == REFERENCE) & F.col(Record.petit_x) & F.col(Record.numero).isNotNull()
    keyed = records.where(typed).select(F.col(Record.id).alias(Unlinked.id), F.lit(True).alias(KEYED))
    linked = F.col(Link.status) == RETAINED
    reached = F.col(ScoredPair.match_weight) >= F.col(THRESHOLD)
    frames = []
    for side, record_side, cases in (
        (PROCEDURE, PROCEDURE, _list_procedures(records)),
        (AFFAIRE, REFERENCE, _list_affaires(records)),
    ):
        names = list(CASE_OF[side])
        ranks = [
            _rank_cases(decided, name_case(side), F.when(linked, _rank(LINKED)).otherwise(_rank(TO_REVIEW))),
            _rank_cases(with_pass, name_case(side), F.when(reached, _rank(RIVAL)).otherwise(_rank(BELOW_THRESHOLD))),
            _rank_cases(kept_apart.where(F.col(Record.side) == record_side), map(F.col, names), _rank(BLOCK_SET_ASIDE)),
            *([keyed] if record_side == REFERENCE else []),
        ]
        by_case = reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), ranks).groupBy(*names)
        first = by_case.agg(F.min(RANK).alias(RANK), F.max(KEYED).alias(KEYED))
        frames.append(
            cases.join(first.hint("shuffle_hash"), on=names, how="left").withColumn(Unlinked.side, F.lit(side))
        )
    cases = reduce(DataFrame.unionByName, frames)
    without_key = F.col(PETIT_X_WITHOUT_KEY) & ~F.coalesce(KEYED, F.lit(False))
    holds = {NOT_SENT: F.col(NOT_SENT), NOT_POLICE: F.col(NOT_POLICE), PETIT_X_WITHOUT_KEY: without_key}
    own_reasons = [F.when(condition, _rank(name)) for name, condition in holds.items()]
    rank = F.least(F.col(RANK), *own_reasons, _rank(NO_CANDIDATE))
    outcome = F.get(F.array(*map(F.lit, ORDER)), rank)
    return cases.select(Unlinked.side, Unlinked.source, Unlinked.id, Record.millesime, outcome.alias(Ledger.outcome))


def list_unlinked(outcomes: DataFrame) -> DataFrame:
    """Return ``unlinked`` without its version: the reason of every case that is not linked."""
    return outcomes.where(F.col(Ledger.outcome) != LINKED).withColumnRenamed(Ledger.outcome, Unlinked.reason)


def count_ledger(outcomes: DataFrame, rejects: DataFrame) -> DataFrame:
    """Return ``ledger`` without its version: cases per source, vintage and outcome, rows set aside included.

    Example: 3 procedures of lrppn 2020, one linked and two with a rival: ``linked`` 1, ``unlinked:rivale`` 2.
    """
    outcome = F.col(Ledger.outcome)
    shown_outcome = F.when(outcome == LINKED, outcome).otherwise(F.concat(F.lit(UNLINKED), outcome))
    cases_per_outcome = outcomes.groupBy(Ledger.source, Ledger.millesime, shown_outcome.alias(Ledger.outcome)).agg(
        F.count("*").alias(Ledger.nb)
    )
    source, millesime = (F.regexp_extract(Reject.delivery, DELIVERY, part) for part in (1, 2))
    set_aside = (
        rejects.where(_is_parent_file())
        .groupBy(source.alias(Delivery.source), millesime.cast("int").alias(Delivery.millesime))
        .agg(F.count("*").alias(Ledger.nb))
        .withColumn(Ledger.outcome, F.lit(SET_ASIDE))
    )
    return cases_per_outcome.unionByName(set_aside)


def _list_procedures(records: DataFrame) -> DataFrame:
    never = F.lit(False)
    return records.where(F.col(Record.side) == PROCEDURE).select(
        F.col(Record.id),
        Record.source,
        Record.millesime,
        F.col(Record.jour_transmission).isNull().alias(NOT_SENT),
        never.alias(NOT_POLICE),
        never.alias(PETIT_X_WITHOUT_KEY),
    )


def _list_affaires(records: DataFrame) -> DataFrame:
    """Return one row per affair: its record of rang -1 where it has references, of rang 0 otherwise."""
    return records.where((F.col(Record.side) == REFERENCE) & (F.col(Record.rang) <= 0)).select(
        F.col(Record.id),
        Record.source,
        Record.millesime,
        F.lit(False).alias(NOT_SENT),
        (~F.col(Record.origine).isin(*POLICE_ORIGINS)).alias(NOT_POLICE),
        F.col(Record.petit_x).alias(PETIT_X_WITHOUT_KEY),
    )


def _rank_cases(rows: DataFrame, case: Iterable[Column], rank: Column) -> DataFrame:
    return rows.select(*case, rank.alias(RANK), F.lit(False).alias(KEYED))


def _rank(outcome: str) -> Column:
    return F.lit(ORDER.index(outcome))


def _is_parent_file() -> Column:
    starts = [F.col(Reject.file).startswith(file) for file in PARENT_FILES]
    return starts[0] | starts[1]
