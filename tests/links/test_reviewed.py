"""What a person decided goes before weights."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from pyspark.sql import SparkSession

from linkage.links import decision, passes, reviewed
from linkage.links.build import evidence
from linkage.links.cited import raise_cited_together
from linkage.tables.quality import ReviewDecision
from linkage.tables.standardised import BEYOND, Record
from tests.drawing import draw, draw_scored
from tests.links.test_decision import EXACT, PERSONS, SETTINGS, pair

ALL = [
    pair(1, 11, 12, PERSONS), pair(2, 11, 20, PERSONS),  # 2 beats 1 for the reference 11
    pair(3, 13, 20, EXACT),
    pair(4, 14, 2, PERSONS),  # to review
    pair(5, 15, -2, PERSONS),  # below review
]  # fmt: skip
WITHOUT = {
    ("p2", "a11", "personnes", "retenu", None),
    ("p3", "a13", "cle", "retenu", None),
    ("p4", "a14", "personnes", "a_revoir", None),
}


def said(procedure: int, affaire: int, word: str, *, day: int = 1, version: str = "v1") -> dict[str, Any]:
    moment = datetime(2025, 3, day, tzinfo=timezone.utc)
    return {
        "version": version,
        "id_procedure": f"p{procedure}",
        "id_affaire": f"a{affaire}",
        "decision": word,
        "reviewed_at": moment,
    }


def linked(spark: SparkSession, *decisions: dict[str, Any]) -> set[tuple[Any, ...]]:
    taken = draw(spark, ReviewDecision, decisions) if decisions else None
    scored, patterns = draw_scored(spark, ALL)
    named = reviewed.drop_refused(
        passes.add_pass(raise_cited_together(scored, settings=None), patterns, settings=SETTINGS), taken
    )
    decided = decision.decide(passes.drop_below_review(named), draw(spark, Record, []), settings=SETTINGS)
    settled = reviewed.settle(decided, named, taken)
    assert settled.columns == [*decided.columns, "revue"]
    rows = (
        settled.join(patterns.select("agreement_pattern", "levels"), on="agreement_pattern")
        .withColumn("evidence", evidence(["cle", "personnes"]))
        .collect()
    )
    for row in rows:
        assert (row.revue is not None) == ("revue : " in row.evidence)
    return {(row.id_procedure, row.id_affaire, row.link_pass, row.status, row.revue) for row in rows}


def test_without_decisions_nothing_changes(spark: SparkSession) -> None:
    assert linked(spark) == WITHOUT
    assert linked(spark, said(8, 18, "oui")) == WITHOUT


def test_a_pair_decided_oui_is_retained_and_its_rival_leaves(spark: SparkSession) -> None:
    found = linked(spark, said(1, 11, "oui"), said(4, 14, "oui"), said(5, 15, "oui"))
    assert found == {
        ("p1", "a11", "personnes", "retenu", "oui"),
        ("p3", "a13", "cle", "retenu", None),
        ("p4", "a14", "personnes", "retenu", "oui"),
        ("p5", "a15", "personnes", "retenu", "oui"),
    }


def test_a_pair_decided_non_leaves_before_the_competition(spark: SparkSession) -> None:
    assert linked(spark, said(2, 11, "non"), said(3, 13, "non")) == {
        ("p1", "a11", "personnes", "retenu", None),
        ("p4", "a14", "personnes", "a_revoir", None),
    }


def test_a_doubt_stays_to_review_and_a_pair_left_out_stays_out(spark: SparkSession) -> None:
    assert linked(spark, said(3, 13, "doute"), said(5, 15, "doute")) == (
        WITHOUT - {("p3", "a13", "cle", "retenu", None)}
    ) | {("p3", "a13", "cle", "a_revoir", "doute")}


def test_the_latest_decision_wins_whatever_the_version_and_then_the_last_version(spark: SparkSession) -> None:
    decisions = [
        said(3, 13, "non", day=2, version="v1"),
        said(3, 13, "oui", day=1, version="v2"),
        said(4, 14, "doute", version="v1"),
        said(4, 14, "oui", version="v2"),
    ]
    latest = reviewed.keep_latest(draw(spark, ReviewDecision, decisions))
    assert sorted((row.id_procedure, row.id_affaire, row.decision) for row in latest.collect()) == [
        ("p3", "a13", "non"),
        ("p4", "a14", "oui"),
    ]
    assert not any(row[0] == "p3" for row in linked(spark, *decisions))


def test_a_pair_decided_oui_excludes_nobody_beyond_the_references_of_its_affair(spark: SparkSession) -> None:
    pairs = [pair(key, 91, 8, PERSONS, rang=BEYOND, affaire=11) for key in (1, 2)]
    decisions = draw(spark, ReviewDecision, [said(1, 11, "oui")])
    assert reviewed.drop_refused(draw_scored(spark, pairs)[0], decisions).count() == 2
