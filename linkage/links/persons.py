"""Who is who inside a retained link: one person of the affair for one of the procedure, by the best total weight."""

from __future__ import annotations

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from scipy.optimize import linear_sum_assignment

from linkage.settings import PersonLinksSettings
from linkage.tables.linkage import PersonLink, ScoredPerson

CASE: list[str] = [PersonLink.id_procedure, PersonLink.id_affaire]
SIDES: tuple[str, str] = (PersonLink.rang_procedure, PersonLink.rang_affaire)
WEIGHT: str = PersonLink.match_weight
RIVALS = "rivals"


def person_links(scored_persons: DataFrame, retained: DataFrame, *, settings: PersonLinksSettings) -> DataFrame:
    """``person_links`` without its version: each person at most once in each retained link, ``role_change`` marked.

    Reads: ``scored_persons``; the retained links (``id_procedure``, ``id_affaire``).
    Method: a pair that no other pair of its case contends for stands; the others are assigned so that the case's
    total weight is the highest (Hungarian method, exact). Where more than ``max_assigned`` persons of one side contend,
    the heaviest pairs are taken first, which reaches at least half of that total.
    Ties: the smallest ranks.
    """
    changed = F.col(ScoredPerson.role) != F.col(ScoredPerson.role_affaire)
    threshold = F.when(changed, settings.role_change_threshold).otherwise(settings.threshold)
    pairs = (
        scored_persons.join(retained.select(*CASE), on=CASE, how="left_semi")
        .where(F.col(WEIGHT) >= threshold)
        .select(
            *CASE,
            *SIDES,
            PersonLink.role,
            changed.alias(PersonLink.role_change),
            PersonLink.match_weight,
            PersonLink.match_probability,
        )
    )
    counted = pairs.withColumn(RIVALS, F.greatest(*(_pairs_of(side) for side in SIDES)))
    alone = counted.where(F.col(RIVALS) == 1).drop(RIVALS)
    contended = counted.where(F.col(RIVALS) > 1).drop(RIVALS)
    bound = settings.max_assigned
    assigned = contended.groupBy(*CASE).applyInPandas(lambda case: assign(case, max_assigned=bound), pairs.schema)
    return alone.unionByName(assigned)


def assign(case: pd.DataFrame, *, max_assigned: int) -> pd.DataFrame:
    """The pairs of one case that give every person at most one other and the highest total weight. Weights above 0."""
    case = case.sort_values(list(SIDES), ignore_index=True)
    rows, columns = (np.unique(case[side], return_inverse=True)[1] for side in SIDES)
    shape = (rows.max() + 1, columns.max() + 1)
    if max(shape) > max_assigned:
        return case.loc[_heaviest_first(case[WEIGHT].to_numpy(), rows, columns)]
    weights, position = np.zeros(shape), np.full(shape, -1)
    weights[rows, columns], position[rows, columns] = case[WEIGHT], np.arange(len(case))
    chosen = position[linear_sum_assignment(weights, maximize=True)]
    return case.loc[chosen[chosen >= 0]]


def _heaviest_first(weights: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> list[int]:
    taken_rows, taken_columns, chosen = set(), set(), []
    for pair in np.argsort(-weights, kind="stable"):
        row, column = int(rows[pair]), int(columns[pair])
        if row not in taken_rows and column not in taken_columns:
            taken_rows.add(row)
            taken_columns.add(column)
            chosen.append(int(pair))
    return chosen


def _pairs_of(side: str) -> Column:
    return F.count("*").over(Window.partitionBy(*CASE, side))
