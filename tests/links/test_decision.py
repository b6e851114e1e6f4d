"""Candidates compete from both sides."""

from __future__ import annotations

from typing import Any

from pyspark.sql import SparkSession

from linkage.links import decision, passes
from linkage.settings.links import LinksSettings
from linkage.tables.standardised import BEYOND, Record
from tests.drawing import draw, draw_scored, procedure

EXACT, PERSONS = {"cle": "clé exacte"}, {"personnes": "un code commun"}
SETTINGS = LinksSettings.model_validate(
    {
        "margin": 2.0,
        "why_margin": "test",
        "rounds": 3,
        "why_rounds": "test",
        "max_dossier": 10,
        "why_max_dossier": "test",
        "passes": [
            {"name": "cle", "levels": {"cle": ["clé exacte"]}, "threshold": 3, "review": 0, "several_affaires": True, "why": "t"},
            {"name": "personnes", "levels": {"personnes": ["un code commun"]}, "threshold": 5, "review": 0, "why": "t"},
            {"name": "jonction", "levels": {"personnes": ["un code commun"]}, "threshold": 6, "review": 3, "beyond": True, "why": "t"},
        ],
        "second_affaire": [
            {"name": "strong", "levels": {"personnes": ["un code commun"]}, "threshold": 15, "why": "t"},
            {"name": "split", "levels": {"effectifs": ["auteurs en moins"]}, "threshold": 6, "why": "t"},
        ],
    }
)  # fmt: skip


def pair(
    procedure: int, reference: int, weight: float, levels: dict[str, str], rang: int = 1, affaire: int | None = None
) -> dict[str, Any]:
    return {
        "procedure_key": procedure,
        "reference_key": reference,
        "id_procedure": f"p{procedure}",
        "id_affaire": f"a{affaire or reference}",
        "rang": rang,
        "match_weight": float(weight),
        "levels": levels,
    }


def decided(
    spark: SparkSession, *pairs: dict[str, Any], born: dict[int, list[int]] | None = None
) -> set[tuple[Any, ...]]:
    """What is decided of pairs of records, of whose people some are ``born`` on a day, told with their role."""
    keys = sorted({pair[key] for pair in pairs for key in ("procedure_key", "reference_key")})
    records = draw(spark, Record, [procedure(key, dates=(born or {}).get(key, [])) for key in keys])
    kept = decision.decide(passes.assign(*draw_scored(spark, pairs), settings=SETTINGS), records, settings=SETTINGS)
    return {(row.id_procedure, row.id_affaire, row.link_pass, row.status) for row in kept.collect()}


def test_the_best_candidate_of_both_sides_wins_and_the_loser_takes_its_next(spark: SparkSession) -> None:
    found = decided(spark, pair(1, 11, 12, PERSONS), pair(1, 12, 9, PERSONS), pair(2, 12, 8, PERSONS))
    assert found == {("p1", "a11", "personnes", "retenu"), ("p2", "a12", "personnes", "retenu")}


def test_margin_is_the_gap_to_the_next_candidate_on_either_side(spark: SparkSession) -> None:
    close = decided(spark, pair(1, 11, 12, PERSONS), pair(2, 11, 10.1, PERSONS))
    clear = decided(spark, pair(1, 11, 12, PERSONS), pair(2, 11, 10.0, PERSONS))
    assert close == {("p1", "a11", "personnes", "a_revoir")}
    assert clear == {("p1", "a11", "personnes", "retenu")}


def test_the_smaller_of_the_margins_on_both_sides_counts(spark: SparkSession) -> None:
    # 7 bits before the next procedure of the reference 11, 1.5 before the next reference of the procedure 1.
    found = decided(spark, pair(1, 11, 12, PERSONS), pair(1, 12, 10.5, PERSONS), pair(2, 11, 5, PERSONS))
    assert ("p1", "a11", "personnes", "a_revoir") in found


def test_a_pair_of_two_references_of_an_affair_stays_once_at_its_best_weight(spark: SparkSession) -> None:
    pairs = [pair(1, 11, 7, EXACT), pair(1, 12, 9, EXACT, 2, 11), pair(1, 13, 9, EXACT, 3, 11), pair(2, 11, 1, EXACT)]
    best = decision.keep_one_per_case(draw_scored(spark, pairs)[0])
    assert {(row.id_procedure, row.reference_key) for row in best.collect()} == {("p1", 12), ("p2", 11)}
    assert best.count() == 2


def test_a_tie_goes_to_review_under_the_smallest_key(spark: SparkSession) -> None:
    assert decided(spark, pair(2, 11, 9, PERSONS), pair(1, 11, 9, PERSONS)) == {("p1", "a11", "personnes", "a_revoir")}


def test_a_procedure_whose_own_key_stands_in_two_affairs_has_both(spark: SparkSession) -> None:
    found = decided(spark, pair(1, 11, 20, EXACT), pair(1, 12, 9, EXACT), pair(1, 13, 12, PERSONS))
    assert found == {("p1", "a11", "cle", "retenu"), ("p1", "a12", "cle", "retenu")}


def test_from_the_threshold_of_its_pass_a_pair_is_retained_from_review_looked_at_and_below_dropped(
    spark: SparkSession,
) -> None:
    weights = {1: 5, 2: 4.9, 3: 0, 4: -0.1}
    assert decided(spark, *(pair(key, 10 + key, weight, PERSONS) for key, weight in weights.items())) == {
        ("p1", "a11", "personnes", "retenu"),
        ("p2", "a12", "personnes", "a_revoir"),
        ("p3", "a13", "personnes", "a_revoir"),
    }


def test_an_affair_beyond_its_references_takes_a_procedure_that_has_nothing(spark: SparkSession) -> None:
    main = pair(1, 11, 20, EXACT)
    beyond = [pair(key, 91, 8, PERSONS, rang=BEYOND, affaire=11) for key in (1, 2)]
    stranger = pair(3, 92, 8, PERSONS, rang=BEYOND, affaire=12)
    found = decided(spark, main, *beyond, stranger)
    assert found == {("p1", "a11", "cle", "retenu"), ("p2", "a11", "jonction", "retenu")}


def test_of_procedures_that_bring_an_affair_the_same_person_the_best_is_joined(spark: SparkSession) -> None:
    main = pair(1, 11, 20, EXACT)
    beyond = [
        pair(key, 91, weight, PERSONS, rang=BEYOND, affaire=11) for key, weight in ((2, 8), (3, 9), (4, 7), (5, 6))
    ]
    # 6 is brought by two; 4 was there with the first procedure already, so nobody is brought by the last two.
    born = {1: [2, 4], 91: [2, 4, 6], 2: [4, 6], 3: [6], 4: [4], 5: [8]}
    found = decided(spark, main, *beyond, born=born)
    assert found == {
        ("p1", "a11", "cle", "retenu"),
        ("p3", "a11", "jonction", "retenu"),
        ("p4", "a11", "jonction", "retenu"),
        ("p5", "a11", "jonction", "retenu"),
    }


def test_an_affair_left_with_nothing_takes_a_procedure_that_has_one_only_on_strong_evidence(
    spark: SparkSession,
) -> None:
    main = pair(1, 11, 20, EXACT)
    assert decided(spark, main, pair(1, 12, 14.9, PERSONS)) == {("p1", "a11", "cle", "retenu")}
    assert decided(spark, main, pair(1, 12, 15, PERSONS)) == {
        ("p1", "a11", "cle", "retenu"),
        ("p1", "a12", "personnes", "retenu"),
    }
    split = pair(1, 12, 6, {**PERSONS, "effectifs": "auteurs en moins"})
    assert ("p1", "a12", "personnes", "retenu") in decided(spark, main, split)
