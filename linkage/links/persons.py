"""Who is who inside a retained link: one person of the affair for one of the procedure, by the best total weight."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import numpy as np
import pandas as pd
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from scipy.optimize import linear_sum_assignment

from linkage.concepts.sides import PAIR
from linkage.settings.links import PersonLinksSettings
from linkage.tables.links import PersonLink
from linkage.tables.scored_pairs import ScoredPerson

SIDES: tuple[str, str] = (PersonLink.rang_procedure, PersonLink.rang_affaire)
WEIGHT: str = PersonLink.match_weight
BUCKETS = 100


def link_persons(scored_persons: DataFrame, retained: DataFrame, *, settings: PersonLinksSettings) -> DataFrame:
    """Return ``person_links`` without its version: a person once at most in a retained link, ``role_change`` marked.

    Reads: ``scored_persons``; the retained links (``source``, ``id_procedure``, ``id_affaire``).
    Method: a pair that no other pair of its case contends for stands; the others are assigned so that the case's
    total weight above the threshold is the highest (Hungarian method, exact). Where more than ``max_assigned`` persons
    of one side contend, the heaviest pairs are taken first, which reaches at least half of that total.
    Who is victim and mis en cause of one case is there twice: a role that stays goes before one that changes.
    Ties: the smallest ranks; the pairs that would do as well are counted in ``nb_interchangeables``, and the
    probability is divided by that number: twins, or one person entered twice in one role.
    Example: pairs 1-1 of 10 bits, 1-2 of 9 and 2-1 of 8 give the links 1-2 and 2-1, of 17 bits together.
    """
    changed = F.col(ScoredPerson.role) != F.col(ScoredPerson.role_affaire)
    threshold = F.when(changed, settings.role_change_threshold).otherwise(settings.threshold)
    pairs = (
        scored_persons.join(retained.select(*PAIR).hint("shuffle_hash"), on=PAIR, how="left_semi")
        .where(F.col(WEIGHT) >= threshold)
        .select(
            *PAIR,
            *SIDES,
            PersonLink.role,
            changed.alias(PersonLink.role_change),
            PersonLink.match_weight,
            PersonLink.match_probability,
            F.lit(1).alias(PersonLink.nb_interchangeables),
        )
    )
    # By an integer first: rows are sorted by its bits, where identifiers begin alike and are compared to their end.
    counts = (
        F.count("*").over(Window.partitionBy(F.xxhash64(*PAIR), *PAIR, side)).alias(f"nb_{side}") for side in SIDES
    )
    counted = pairs.select("*", *counts)
    free = reduce(Column.__and__, (F.col(f"nb_{side}") == 1 for side in SIDES))
    alone, contended = (counted.where(which).select(*pairs.columns) for which in (free, ~free))
    # Many cases go to Python at once: one by one, each would cost more on its way than to assign.
    many = F.pmod(F.xxhash64(*PAIR), F.lit(BUCKETS))
    assigned = contended.groupBy(many).applyInPandas(
        lambda cases: assign_persons(cases, settings=settings), pairs.schema
    )
    shared = F.col(PersonLink.match_probability) / F.col(PersonLink.nb_interchangeables)
    return alone.unionByName(assigned).withColumn(PersonLink.match_probability, shared)


def assign_persons(cases: pd.DataFrame, *, settings: PersonLinksSettings) -> pd.DataFrame:
    """Return the pairs that give a person at most one other, and each case its highest total above the threshold.

    With ``nb_interchangeables``: the pair, and those that could take its place at the same total.
    """
    cases = _prefer_same_role(cases, settings).sort_values([*PAIR, *SIDES], ignore_index=True)
    weights, procedure, affaire = (cases[column].to_numpy() for column in (WEIGHT, *SIDES))
    weights = weights - settings.threshold + 1  # at the threshold, a pair is still worth more than none
    starts = np.flatnonzero((cases[PAIR] != cases[PAIR].shift()).any(axis=1))
    chosen: list[int] = []
    alike: list[int] = []
    for start, end in pairwise([*starts, len(cases)]):
        rows, columns = (np.unique(side[start:end], return_inverse=True)[1] for side in (procedure, affaire))
        stand = _assign_case(weights[start:end], rows, columns, settings.max_assigned)
        chosen += (start + stand).tolist()
        alike += _count_interchangeable(weights[start:end], rows, columns, stand)
    return cases.loc[chosen].assign(**{PersonLink.nb_interchangeables: alike})


def _prefer_same_role(cases: pd.DataFrame, settings: PersonLinksSettings) -> pd.DataFrame:
    """Return the pairs without changes of role of those who stand in their own role on the other side.

    As sure of it as a change of role must be: the person is entered twice there, once in each role.
    """
    changed = cases[PersonLink.role_change]
    stands = ~changed & (cases[WEIGHT] >= settings.role_change_threshold)
    twice = [stands.groupby([cases[column] for column in (*PAIR, side)]).transform("any") for side in SIDES]
    return cases[~(changed & (twice[0] | twice[1]))]


def _assign_case(weights: np.ndarray, rows: np.ndarray, columns: np.ndarray, max_assigned: int) -> np.ndarray:
    """Return the positions of the pairs of one case that stand."""
    shape = (rows.max() + 1, columns.max() + 1)
    if max(shape) > max_assigned:
        return np.array(_heaviest_first(weights, rows, columns))
    matrix, position = np.zeros(shape), np.full(shape, -1)
    matrix[rows, columns], position[rows, columns] = weights, np.arange(len(weights))
    stand: np.ndarray = position[linear_sum_assignment(matrix, maximize=True)]
    return stand[stand >= 0]


def _count_interchangeable(weights: np.ndarray, rows: np.ndarray, columns: np.ndarray, stand: np.ndarray) -> list[int]:
    """Count, for each pair of a case that stands, the pairs of one of its persons that would do as well, and itself.

    Another pair of a person would do as well when it weighs as much and its other person is free, or may have the
    partner left in exchange for hers at the same weight.
    """
    weight = dict(zip(zip(rows.tolist(), columns.tolist(), strict=True), weights.tolist(), strict=True))
    row_of = {int(columns[place]): int(rows[place]) for place in stand}
    column_of = {int(rows[place]): int(columns[place]) for place in stand}

    def would_do(row: int, column: int, other: int) -> bool:
        holder = row_of.get(other)
        if weight.get((row, other)) != weight[row, column]:
            return False
        return holder is None or weight.get((holder, column)) == weight[holder, other]

    counts = []
    for place in stand:
        row, column = int(rows[place]), int(columns[place])
        others = sum(would_do(row, column, other) for other in {*columns.tolist()} - {column})
        free = sum(weight.get((other, column)) == weight[row, column] for other in {*rows.tolist()} - {*column_of})
        counts.append(1 + others + free)
    return counts


def _heaviest_first(weights: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> list[int]:
    taken_rows, taken_columns, chosen = set(), set(), []
    for pair in np.argsort(-weights, kind="stable"):
        row, column = int(rows[pair]), int(columns[pair])
        if row not in taken_rows and column not in taken_columns:
            taken_rows.add(row)
            taken_columns.add(column)
            chosen.append(int(pair))
    return chosen
