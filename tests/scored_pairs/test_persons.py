"""Persons of candidate cases: both scorers give the same rows."""

from __future__ import annotations

import itertools

import pytest
from pyspark.sql import SparkSession

from linkage import config
from linkage.scored_pairs.persons import CASE, score_persons
from linkage.settings import ScoredPairsSettings
from linkage.tables.linkage import ScoredPair, ScoredPerson
from linkage.tables.standardised import Personne
from tests.drawing import draw
from tests.scored_pairs.literal_pairs import PERSONS
from tests.scored_pairs.test_projection import invented

SETTINGS = config.settings("method/scored_pairs.toml", ScoredPairsSettings).persons
USUAL = {"role": "victime"}


def test_each_person_of_a_case_meets_each_of_the_other_side_whatever_scores_them(spark: SparkSession) -> None:
    persons = [
        {**USUAL, **said, "side": side, "id": f"{side[0]}{number // 4}", "rang": number % 4 + 1}
        for number, case in enumerate(PERSONS)
        for side, said in (("procedure", case[1]), ("affaire", case[2]))
    ]
    cases = [
        {
            CASE[0]: f"p{number}",
            CASE[1]: f"a{number}",
            "match_weight": SETTINGS.case_weight - (number == 2),
            "levels": {},
        }
        for number in range(4)
    ]
    settings = SETTINGS.model_copy(update={"weight_floor": -50.0})
    found = {
        scorer: score_persons(
            draw(spark, Personne, persons),
            draw(spark, ScoredPair, [*cases, cases[0]]),
            invented(settings),
            settings=settings.model_copy(update={"scorer": scorer}),
        )
        .select(*ScoredPerson.columns)
        .orderBy(*ScoredPerson.key)
        .collect()
        for scorer in ("projection", "predict")
    }
    ours, splink = found["projection"], found["predict"]
    met = {
        (f"p{case}", left, f"a{case}", right)
        for case in (0, 1, 3)
        for left, right in itertools.product(range(1, 5), repeat=2)
    }
    assert {tuple(row[name] for name in ScoredPerson.key) for row in ours} == met
    assert len(ours) == len(met)
    for row, other in zip(ours, splink, strict=True):
        weights = ("match_weight", "match_probability")
        assert [row[name] for name in weights] == pytest.approx([other[name] for name in weights], abs=1e-9)
        assert {**row.asDict(), **dict.fromkeys(weights)} == {**other.asDict(), **dict.fromkeys(weights)}
