"""Procedures joined to an affair beyond its references compete for its people too: each came with one of them."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.standardised import Record

PROCEDURE, REFERENCE = CandidatePair.procedure_key, CandidatePair.reference_key
_KNOWN, _OF_PROCEDURE, _OF_AFFAIRE, _BROUGHT, _RANK = "known", "of_procedure", "of_affaire", "brought", "rank"


def keep_one_per_person(joined: DataFrame, taken: DataFrame, records: DataFrame) -> DataFrame:
    """Return the pairs of ``joined``, the best of those that bring their affair the same person; others stay.

    Reads: ``joined``, few pairs; ``taken``, the pairs that the affairs have already; ``records`` (``dates``: births
    with their role).
    Method: a person is brought when the affair has their birth, and no procedure taken by it has. Pairs that bring
    several are compared by the earliest birth.
    Ties: equal weights give the smallest key.
    Example: an affair has a victim whom its procedure lacks, and who is in two others: the heavier pair stays.
    """
    births = records.select(F.col(Record.record_key).alias("key"), Record.dates)
    of_joined = taken.select(ScoredPair.id_affaire, PROCEDURE).join(
        F.broadcast(joined.select(ScoredPair.id_affaire)), on=ScoredPair.id_affaire, how="left_semi"
    )
    known = (
        _add_births(of_joined, births, PROCEDURE, _OF_PROCEDURE)
        .groupBy(ScoredPair.id_affaire)
        .agg(F.flatten(F.collect_list(_OF_PROCEDURE)).alias(_KNOWN))
    )
    compared = _add_births(_add_births(joined, births, PROCEDURE, _OF_PROCEDURE), births, REFERENCE, _OF_AFFAIRE)
    shared = F.array_intersect(_OF_PROCEDURE, _OF_AFFAIRE)
    of_person = Window.partitionBy(ScoredPair.id_affaire, _BROUGHT)
    rank = F.row_number().over(of_person.orderBy(F.desc(ScoredPair.match_weight), PROCEDURE))
    return (
        compared.join(F.broadcast(known), on=ScoredPair.id_affaire, how="left")
        .withColumn(_BROUGHT, F.array_min(F.array_except(shared, F.coalesce(_KNOWN, F.array().cast("array<int>")))))
        .withColumn(_RANK, rank)
        .where(F.col(_BROUGHT).isNull() | (F.col(_RANK) == 1))
        .select(*joined.columns)
    )


def _add_births(few: DataFrame, births: DataFrame, key: str, name: str) -> DataFrame:
    of_key = births.withColumnsRenamed({"key": key, Record.dates: name})
    return of_key.join(F.broadcast(few), on=key, how="inner")
