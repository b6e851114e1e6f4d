"""What a procedure and an affair have in common: the facts of their offences and persons on one row."""

from __future__ import annotations

from collections.abc import Iterable

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, DataType

from linkage.concepts.sides import CASE_OF
from linkage.standardised import infractions as offences
from linkage.standardised import personnes as persons
from linkage.standardised.sides import keep_side
from linkage.tables.standardised import CaseFacts


def add_facts(cases: DataFrame, side: str, infractions: DataFrame, personnes: DataFrame) -> DataFrame:
    """Add to the cases (``id``, ``source``) the facts of their offences and persons; an empty set is an empty array."""
    key = list(CASE_OF[side])
    of_offences = infractions.transform(_bring_together, side, key).transform(offences.group_by_case, key)
    of_persons = personnes.transform(_bring_together, side, key).transform(persons.group_by_case, key)
    facts = cases.join(of_offences, on=key, how="left").join(of_persons, on=key, how="left")
    arrays = [column for column in CaseFacts.columns if isinstance(DataType.fromDDL(column.kind), ArrayType)]
    return facts.transform(_fill_nulls, arrays)


def _bring_together(rows: DataFrame, side: str, key: list[str]) -> DataFrame:
    """Put the rows of a case of one side after each other, where the case is joined to them.

    Its sets are then collected once, not in parts sent and merged.
    """
    return rows.transform(keep_side, side).repartition(*key).sortWithinPartitions(*key)


def _fill_nulls(frame: DataFrame, arrays: Iterable[str]) -> DataFrame:
    types = {str(column): column.kind for column in CaseFacts.columns}
    return frame.withColumns({name: F.coalesce(F.col(name), F.array().cast(types[str(name)])) for name in arrays})
