"""What an affair has beyond the procedures that its keys gave it: their unit and sending, and whom they lack."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.tables.standardised import PROCEDURE, Record

DATES_RESTANTES = "dates_restantes"
"""Births, with the role, of the people of an affair whom none of its settled procedures has; of a procedure, all."""
COUNTS = (Record.nb_mis_en_cause, Record.nb_victimes)
OF_SETTLED = (Record.code_service, Record.jour_transmission, Record.dates, *COUNTS)
"""What is read of the procedures that a key settled."""
_KNOWN = "known_dates"


def add_settled_procedures(beyond: DataFrame, settled: DataFrame) -> DataFrame:
    """Return the affairs beyond their references that have settled procedures, with what these leave unexplained.

    Reads: ``beyond`` (rows of rang -1); ``settled``: a row per settled procedure of an affair, its ``id`` being that
    of the affair, with ``OF_SETTLED``.
    Method: the second procedure of a jonction brings people whom the first does not have, and was sent near it. A
    birth that no settled procedure has may be that of somebody whom one of them has under another date, or without
    any: it is left only where the affair counts more people of the role than each of them does.
    Returns: ``code_service`` and ``jour_transmission`` are those of the settled procedure sent first;
    ``dates_restantes`` has the births that are left.
    Example: an affair of two victims has the births {1, 2, 3}, its settled procedure of one victim {1, 2}: {3} is left.
    """
    first = F.min(F.struct(Record.jour_transmission, Record.code_service))
    known = settled.groupBy(Record.id).agg(
        first.alias("first"),
        F.flatten(F.collect_list(Record.dates)).alias(_KNOWN),
        *(F.max(count).alias(f"known_{count}") for count in COUNTS),
    )
    mis_en_cause, victimes = (F.coalesce(F.col(count) > F.col(f"known_{count}"), F.lit(True)) for count in COUNTS)

    def is_left(date: Column) -> Column:
        return F.when(date % 2 == 0, mis_en_cause).otherwise(victimes)

    return (
        beyond.drop(Record.jour_transmission, Record.code_service)
        .join(known, on=Record.id, how="inner")
        .withColumn(DATES_RESTANTES, F.filter(F.array_except(Record.dates, _KNOWN), is_left))
        .select("*", "first.*")
        .drop("first", _KNOWN, *(f"known_{count}" for count in COUNTS))
    )


def add_own_dates(records: DataFrame) -> DataFrame:
    """Add ``dates_restantes`` to records that no settled procedure explains: the births of all their people."""
    return records.withColumn(DATES_RESTANTES, F.col(Record.dates))


def complete(records: DataFrame, every_record: DataFrame, settled: DataFrame) -> DataFrame:
    """Return a few records of candidates of jonctions with what these are compared by.

    Reads: ``settled`` (``record_key`` of the procedure, ``id`` of its affair), of these affairs at least.
    """
    of_settled = (
        every_record.where(F.col(Record.side) == PROCEDURE)
        .select(Record.record_key, *OF_SETTLED)
        .join(F.broadcast(settled), on=Record.record_key, how="inner")
    )
    procedures = records.where(F.col(Record.side) == PROCEDURE).transform(add_own_dates)
    affaires = records.where(F.col(Record.side) != PROCEDURE)
    return procedures.unionByName(add_settled_procedures(affaires, of_settled))
