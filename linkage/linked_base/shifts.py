"""By how many days the dates of a dossier are moved back together, so that they tell its months and its delays only."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.sides import AFFAIRE, PROCEDURE
from linkage.linked_base import grain
from linkage.settings.linked_base import Grain
from linkage.tables.links import RETAINED, Link
from linkage.tables.standardised import Personne

SIDE: str = Personne.side
ID: str = Personne.id
CAME_IN = "came_in"
FIRST = "first_of_dossier"


def add_first_day(cases: DataFrame, links: DataFrame) -> DataFrame:
    """Add ``first_of_dossier``: the first recording of the dossier of a case, or its first arrival without one.

    Reads: cases of both sides (``side``, ``id``, ``came_in``: when the case was recorded or arrived). A case without
    retained link is a dossier of its own. Null where nothing says when it came in.
    """
    retained = links.where(F.col(Link.status) == RETAINED)
    members = (
        retained.select(F.lit(PROCEDURE).alias(SIDE), F.col(Link.id_procedure).alias(ID), Link.id_dossier)
        .unionByName(retained.select(F.lit(AFFAIRE).alias(SIDE), F.col(Link.id_affaire).alias(ID), Link.id_dossier))
        .distinct()
    )
    order = F.struct((F.col(SIDE) != PROCEDURE).alias("later"), CAME_IN)
    firsts = (
        members.join(cases.select(SIDE, ID, CAME_IN), on=[SIDE, ID], how="inner")
        .groupBy(Link.id_dossier)
        .agg(F.min(F.when(F.col(CAME_IN).isNotNull(), order))[CAME_IN].alias("first"))
    )
    of_case = members.join(firsts, on=Link.id_dossier, how="inner").drop(Link.id_dossier)
    return cases.join(of_case, on=[SIDE, ID], how="left").withColumn(FIRST, F.coalesce("first", CAME_IN)).drop("first")


def moved(date: Column, unit: Grain) -> Column:
    """Return the date, moved as the first of its dossier is moved to the first day of its month or year.

    Nulls: where nothing says when the dossier began, the date itself is brought to the first day of its unit.
    """
    first = F.col(FIRST)
    by = F.datediff(first, grain.day(first, unit))
    return F.coalesce(F.date_sub(date, by), grain.day(date, unit))
