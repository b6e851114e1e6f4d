"""Inside a retained link, one person of the affair for one of the procedure."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pyspark.sql import DataFrame, SparkSession

from linkage.links.persons import assign_persons, link_persons
from linkage.settings.links import PersonLinksSettings
from linkage.tables.links import Link, PersonLink
from linkage.tables.scored_pairs import ScoredPerson
from tests.drawing import draw

SETTINGS = PersonLinksSettings(threshold=1, role_change_threshold=12, max_assigned=10, why="test")
MEC, VICTIME = "mis_en_cause", "victime"
CROSSED = ((1, 1, 10), (1, 2, 9), (2, 1, 8))


def pair(
    left: int, right: int, weight: float, role: str = VICTIME, other: str = VICTIME, case: str = "1"
) -> dict[str, Any]:
    return {
        "source": "lrppn",
        "id_procedure": f"p{case}",
        "id_affaire": f"a{case}",
        "rang_procedure": left,
        "rang_affaire": right,
        "role": role,
        "role_affaire": other,
        "match_weight": float(weight),
        "match_probability": 0.9,
        "role_change": role != other,
    }


def bounded(max_assigned: int) -> PersonLinksSettings:
    return SETTINGS.model_copy(update={"max_assigned": max_assigned})


def linked(spark: SparkSession, *pairs: dict[str, Any]) -> DataFrame:
    retained = draw(spark, Link, [{"id_procedure": f"p{case}", "id_affaire": f"a{case}"} for case in (1, 2)])
    return link_persons(draw(spark, ScoredPerson, pairs), retained, settings=SETTINGS)


def ranks(frame: DataFrame) -> set[tuple[Any, ...]]:
    return {(row.id_procedure, row.rang_procedure, row.rang_affaire, row.role_change) for row in frame.collect()}


def test_persons_are_assigned_so_that_the_total_is_highest(spark: SparkSession) -> None:
    # Taking the heaviest pair first would leave the second person of each side with nobody.
    found = linked(spark, pair(1, 1, 10), pair(1, 2, 9), pair(2, 1, 8), pair(3, 3, 4, case="2"))
    assert ranks(found) == {("p1", 1, 2, False), ("p1", 2, 1, False), ("p2", 3, 3, False)}


def test_each_person_counts_once_and_only_in_retained_links(spark: SparkSession) -> None:
    found = linked(spark, pair(1, 1, 10), pair(2, 1, 9), pair(1, 1, 20, case="3"))
    assert ranks(found) == {("p1", 1, 1, False)}


def test_a_role_changes_on_strong_evidence_only_and_is_marked(spark: SparkSession) -> None:
    found = linked(
        spark, pair(1, 1, 11.9, MEC), pair(2, 2, 12, MEC), pair(1, 1, 1, case="2"), pair(2, 2, 0.9, case="2")
    )
    assert ranks(found) == {("p1", 2, 2, True), ("p2", 1, 1, False)}


def test_person_links_have_the_columns_that_analysts_read(spark: SparkSession) -> None:
    expected = (
        "version source id_procedure rang_procedure id_affaire rang_affaire role role_change match_weight "
        "match_probability nb_interchangeables"
    )
    assert list(PersonLink.columns) == expected.split()
    assert {"version", *linked(spark, pair(1, 1, 10)).columns} == set(expected.split())


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        # Twins: either way, the total is the same.
        ([(1, 1, 9), (1, 2, 9), (2, 1, 9), (2, 2, 9)], {(1, 1): 2, (2, 2): 2}),
        # One person entered twice on a side.
        ([(1, 1, 9), (1, 2, 9)], {(1, 1): 2}),
        ([(1, 1, 9), (2, 1, 9)], {(1, 1): 2}),
        # Three alike, one of whom the other side lacks: each of the three may be any of the two, or nobody.
        ([(row, column, 9) for row in (1, 2, 3) for column in (1, 2)], {(1, 1): 3, (2, 2): 3}),
        # An equal weight that somebody else needs more is no alternative.
        ([(1, 1, 9), (1, 2, 9), (2, 2, 12)], {(1, 1): 1, (2, 2): 1}),
        ([(1, 1, 9), (1, 2, 8)], {(1, 1): 1}),
        # The exchange would cost the other pair.
        ([(1, 1, 9), (1, 2, 9), (2, 1, 3), (2, 2, 9)], {(1, 1): 1, (2, 2): 1}),
    ],
)
@pytest.mark.parametrize("bound", [10, 1])
def test_pairs_between_which_nothing_chooses_are_counted(
    pairs: list[tuple[int, int, float]], expected: dict[tuple[int, int], int], bound: int
) -> None:
    found = assign_persons(pd.DataFrame([pair(*one) for one in pairs]), settings=bounded(bound))
    counted = {(row.rang_procedure, row.rang_affaire): row.nb_interchangeables for row in found.itertuples()}
    assert counted == expected


def test_the_probability_of_twins_is_shared_and_that_of_the_others_is_not(spark: SparkSession) -> None:
    twins = [pair(left, right, 10) for left in (1, 2) for right in (1, 2)]
    found = linked(spark, *twins, pair(1, 1, 10, case="2"))
    shared = {(row.id_procedure, row.rang_procedure): row.match_probability for row in found.collect()}
    assert shared == {("p1", 1): 0.45, ("p1", 2): 0.45, ("p2", 1): 0.9}


def test_beyond_the_bound_the_heaviest_pairs_are_taken_first() -> None:
    case = pd.DataFrame([pair(*crossed) for crossed in CROSSED])
    exact, greedy = (
        {(row.rang_procedure, row.rang_affaire) for row in assign_persons(case, settings=bounded(bound)).itertuples()}
        for bound in (2, 1)
    )
    assert exact == {(1, 2), (2, 1)}
    assert greedy == {(1, 1)}


def test_a_person_may_stay_alone_where_that_makes_the_total_highest() -> None:
    case = pd.DataFrame([pair(1, 1, 10), pair(1, 2, 1), pair(2, 1, 1)])
    found = assign_persons(case, settings=SETTINGS)
    assert [(row.rang_procedure, row.rang_affaire) for row in found.itertuples()] == [(1, 1)]


@pytest.mark.parametrize(
    ("same_role", "expected"), [(12, {(1, 1, False)}), (11.9, {(1, 2, True)})], ids=["sure", "not sure"]
)
def test_who_stands_in_her_own_role_does_not_change_it(same_role: float, expected: set[tuple[int, int, bool]]) -> None:
    for entered_twice in (0, 1):  # on the side of the affair, of the procedure
        pairs = [pair(1, 1, same_role), pair(1, 2, 23, VICTIME, MEC) if not entered_twice else pair(2, 1, 23, MEC)]
        found = assign_persons(pd.DataFrame(pairs), settings=SETTINGS)
        ranks = {(row.rang_procedure, row.rang_affaire, row.role_change) for row in found.itertuples()}
        assert ranks == {
            (left, right, change) if not entered_twice else (right, left, change) for left, right, change in expected
        }


def test_pairs_below_zero_are_assigned_for_the_highest_total_above_the_threshold() -> None:
    case = pd.DataFrame([pair(1, 1, -2), pair(1, 2, -3), pair(2, 1, -3)])
    found = assign_persons(case, settings=SETTINGS.model_copy(update={"threshold": -5.0}))
    assert {(row.rang_procedure, row.rang_affaire) for row in found.itertuples()} == {(1, 2), (2, 1)}


def test_cases_that_come_together_are_assigned_apart() -> None:
    pairs = [pair(left, right, weight, case=case) for case in "12" for left, right, weight in CROSSED]
    found = assign_persons(pd.DataFrame(pairs[::-1]), settings=SETTINGS)  # in whatever order
    expected = {(f"p{case}", *ranks) for case in "12" for ranks in ((1, 2), (2, 1))}
    assert set(found[["id_procedure", "rang_procedure", "rang_affaire"]].itertuples(index=False, name=None)) == expected
    assert len(found) == 4
