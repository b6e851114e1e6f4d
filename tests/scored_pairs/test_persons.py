"""Persons of candidate cases: both scorers give the same rows."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from pyspark.sql import SparkSession

from linkage.scored_pairs import persons as module
from linkage.scored_pairs.persons import estimate_persons, score_persons
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.scored_pairs import ScoredPair, ScoredPerson
from linkage.tables.standardised import Personne, Record
from linkage.versions import method
from tests.drawing import draw, procedure, reference
from tests.scored_pairs.literal_pairs import PERSONS
from tests.scored_pairs.test_projection import invented

SETTINGS = method.scored_pairs_settings().persons
USUAL = {"role": "victime"}


def test_each_person_of_a_case_meets_each_of_the_other_side_whatever_scores_them(spark: SparkSession) -> None:
    persons = [
        {**USUAL, **said, "side": side, "id": f"{side[0]}{number // 4}", "rang": number % 4 + 1}
        for number, case in enumerate(PERSONS)
        for side, said in (("procedure", case[1]), ("affaire", case[2]))
    ]
    # The last two weigh too little, and a confirmed key settles the last.
    cases = [
        {"id_procedure": f"p{number}", "id_affaire": f"a{number}", "match_weight": SETTINGS.case_weight - (number > 1),
         "settles": number == 3}
        for number in range(4)
    ]  # fmt: skip
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
        ("lrppn", f"p{case}", left, f"a{case}", right)
        for case in (0, 1, 3)
        for left, right in itertools.product(range(1, 5), repeat=2)
    }
    assert {tuple(row[name] for name in ScoredPerson.key) for row in ours} == met
    assert len(ours) == len(met)
    for row, other in zip(ours, splink, strict=True):
        weights = ("match_weight", "match_probability")
        assert [row[name] for name in weights] == pytest.approx([other[name] for name in weights], abs=1e-9)
        assert {**row.asDict(), **dict.fromkeys(weights)} == {**other.asDict(), **dict.fromkeys(weights)}


@pytest.mark.parametrize(("most", "learnt"), [(1000, range(900, 1101)), (2000, range(1500, 1501))])
def test_persons_are_looked_for_in_a_bounded_number_of_cases_only(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch, most: int, learnt: range
) -> None:
    numbers = range(1500)
    records = [*map(procedure, numbers), *(reference(n, record_key=-n - 1) for n in numbers)]
    pairs = [
        {"procedure_key": n, "reference_key": -n - 1 - further, "blocking_rule": rule}
        for rule, further in (("cle", 0), ("lieu_et_faits", 1))
        for n in numbers
    ]
    persons = [
        {**USUAL, "side": side, "id": f"{side[0]}{n}", "rang": rang}
        for side in ("procedure", "affaire")
        for n in numbers
        for rang in range(1, 3)
    ]
    monkeypatch.setattr(module, "estimate", lambda persons, pairs, settings: (persons.count(), pairs.count()))
    estimation = SETTINGS.estimation.model_copy(update={"max_pairs": most})
    counted: Any = estimate_persons(
        draw(spark, Record, records),
        draw(spark, Personne, persons),
        draw(spark, CandidatePair, pairs),
        settings=SETTINGS.model_copy(update={"estimation": estimation}),
    )
    looked_for, met = counted
    assert met / 4 in learnt
    assert looked_for == met
