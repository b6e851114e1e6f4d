"""What a procedure and an affair have in common: the facts of their offences and persons on one row."""

from __future__ import annotations

from collections.abc import Iterable

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType

from linkage.concepts.sides import CASE
from linkage.standardised import infractions as offences
from linkage.standardised import personnes as persons
from linkage.standardised.sides import keep_side
from linkage.tables.standardised import CaseFacts


def add_facts(cases: DataFrame, side: str, infractions: DataFrame, personnes: DataFrame) -> DataFrame:
    """Add to the cases (``id``, ``source``) the facts of their offences and persons; an empty set is an empty array."""
    of_offences = infractions.transform(keep_side, side).transform(_bring_together).transform(offences.group_by_case)
    of_persons = personnes.transform(keep_side, side).transform(_bring_together).transform(persons.group_by_case)
    facts = cases.join(of_offences, on=CASE, how="left").join(of_persons, on=CASE, how="left")
    arrays = [column for column in CaseFacts.columns if isinstance(DataType.fromDDL(column.kind), ArrayType)]
    return facts.transform(_fill_nulls, arrays)


def _bring_together(rows: DataFrame) -> DataFrame:
    """Put the rows of a case after each other: its sets are then collected once, not in parts sent and merged."""
    return rows.repartition(*CASE).sortWithinPartitions(*CASE)


def _fill_nulls(frame: DataFrame, arrays: Iterable[str]) -> DataFrame:
    types = {str(column): column.kind for column in CaseFacts.columns}
    return frame.withColumns({name: F.coalesce(F.col(name), F.array().cast(types[str(name)])) for name in arrays})
