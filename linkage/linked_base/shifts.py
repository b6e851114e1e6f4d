"""By how many days the dates of a dossier are moved back together, so that they tell its months and its delays only."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.sides import CASE_OF, PROCEDURE, name_case
from linkage.linked_base import grain
from linkage.settings.linked_base import Grain
from linkage.tables.links import RETAINED, Link
from linkage.tables.standardised import Personne

SIDE: str = Personne.side
ID: str = Personne.id
SOURCE: str = Personne.source
CAME_IN = "came_in"
FIRST = "first_of_dossier"


def add_first_day(cases: DataFrame, links: DataFrame) -> DataFrame:
    """Add ``first_of_dossier``: the first recording of the dossier of a case, or its first arrival without one.

    Reads: cases of both sides (``side``, ``source``, ``id``, ``came_in``: when the case was recorded or arrived). A
    case without retained link is a dossier of its own. Null where nothing says when it came in.
    """
    members = {
        side: links.where(F.col(Link.status) == RETAINED).select(*name_case(side), Link.id_dossier).distinct()
        for side in CASE_OF
    }
    of_side = {side: cases.where(F.col(SIDE) == side) for side in CASE_OF}
    order = F.struct((F.col(SIDE) != PROCEDURE).alias("later"), CAME_IN)
    came_in = (
        members[side].join(of_side[side], on=list(names), how="inner").select(Link.id_dossier, order.alias("order"))
        for side, names in CASE_OF.items()
    )
    firsts = (
        reduce(DataFrame.unionByName, came_in)
        .where(F.col("order")[CAME_IN].isNotNull())
        .groupBy(Link.id_dossier)
        .agg(F.min("order")[CAME_IN].alias("first"))
    )
    with_first = (
        of_side[side].join(members[side].join(firsts, on=Link.id_dossier, how="left"), on=list(names), how="left")
        for side, names in CASE_OF.items()
    )
    first = F.coalesce("first", CAME_IN)
    return reduce(DataFrame.unionByName, with_first).withColumn(FIRST, first).drop("first", Link.id_dossier)


def moved(date: Column, unit: Grain) -> Column:
    """Return the date, moved as the first of its dossier is moved to the first day of its month or year.

    Nulls: where nothing says when the dossier began, the date itself is brought to the first day of its unit.
    """
    first = F.col(FIRST)
    by = F.datediff(first, grain.day(first, unit))
    return F.coalesce(F.date_sub(date, by), grain.day(date, unit))
