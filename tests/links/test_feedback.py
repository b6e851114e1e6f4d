"""What the persons say moves the weight of their case, once, by a constant."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import SparkSession

from linkage.links.build import evidence
from linkage.links.cited import CITED
from linkage.links.feedback import RETURN, move_weights, watched
from linkage.settings.links import PersonsFeedbackSettings
from linkage.tables.scored_pairs import ScoredPerson
from tests.drawing import draw, draw_scored

SETTINGS = PersonsFeedbackSettings(
    comparison="personnes",
    nobody=("aucune",),
    one_birth=("une naissance",),
    sure=5,
    gain=8,
    chance=0,
    loss=6,
    why="test",
)
CASES = [  # level of the case, best person pair, its roles, bits moved, what is said
    ("aucune", 5.0, "victime", 8.0, "personne reconnue"),
    (None, 9.0, "victime", 8.0, "personne reconnue"),
    ("aucune", 4.9, "victime", 0.0, None),
    ("aucune", 9.0, "mis_en_cause", 0.0, None),
    ("aucune", None, "victime", 0.0, None),
    ("une naissance", -0.1, "victime", -6.0, "naissance fortuite"),
    ("une naissance", 0.0, "victime", 0.0, None),
    ("une naissance", None, "victime", 0.0, None),
    ("un code", 9.0, "victime", 0.0, None),
    ("un code", -1.0, "victime", 0.0, None),
]


def moved(spark: SparkSession, settings: PersonsFeedbackSettings) -> list[Any]:
    cases, persons = [], []
    for number, (level, weight, role, *_) in enumerate(CASES):
        id = {"id_procedure": f"p{number}", "id_affaire": f"a{number}"}
        cases.append({**id, "match_weight": 1.0, "match_probability": 0.7, "levels": {"personnes": level}})
        if weight is not None:
            person = {**id, "role": "victime", "role_affaire": role}
            persons += [{**person, "match_weight": weight}, {**person, "match_weight": weight - 1}]
    scored, patterns = draw_scored(spark, cases)
    pairs = scored.join(patterns.select("agreement_pattern", watched(settings).alias(RETURN)), on="agreement_pattern")
    found = move_weights(pairs, draw(spark, ScoredPerson, persons), settings=settings)
    words = patterns.select("agreement_pattern", "levels")
    return found.join(words, on="agreement_pattern").orderBy("id_procedure").collect()


def test_a_sure_person_lifts_a_case_and_a_chance_birth_date_lowers_it(spark: SparkSession) -> None:
    rows = moved(spark, SETTINGS)
    assert [(row.match_weight - 1.0, row.retour_personnes) for row in rows] == [case[3:] for case in CASES]
    assert rows[0].match_probability == pytest.approx(1 / (1 + 2**-9.0))
    assert rows[2].match_probability == 0.7
    assert [row.levels["personnes"] for row in rows] == [case[0] for case in CASES]


def test_bits_below_one_move_a_case_too(spark: SparkSession) -> None:
    rows = moved(spark, SETTINGS.model_copy(update={"gain": 0.5, "loss": 0.25}))
    expected = [{8.0: 0.5, -6.0: -0.25}.get(case[3], 0.0) for case in CASES]
    assert [row.match_weight - 1.0 for row in rows] == expected


def test_bits_of_zero_turn_the_rule_off(spark: SparkSession) -> None:
    rows = moved(spark, SETTINGS.model_copy(update={"gain": 0.0, "loss": 0.0}))
    assert {(row.match_weight, row.match_probability, len(row.levels)) for row in rows} == {(1.0, 0.7, 1)}
    assert {row.retour_personnes for row in rows} == {None}


def test_the_evidence_says_what_persons_and_a_review_said_beside_the_levels(spark: SparkSession) -> None:
    said = spark.createDataFrame(
        [
            ({"personnes": "aucune", "cle": None}, "personne reconnue", None, None),
            ({"personnes": "un code"}, None, "plusieurs", "oui"),
        ],
        f"levels map<string,string>, {RETURN} string, {CITED} string, revue string",
    )
    assert [row[0] for row in said.select(evidence(["personnes", "cle"])).collect()] == [
        "cle : sans information ; personnes : aucune ; retour_personnes : personne reconnue",
        "personnes : un code ; pv_cites : plusieurs ; revue : oui",
    ]
