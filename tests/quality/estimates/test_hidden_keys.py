"""Sure keys are hidden whole, and only where the procedure has no other."""

from __future__ import annotations

from typing import Any

from chispa import assert_df_equality
from pyspark.sql import SparkSession

from linkage.quality.estimates import hidden_keys
from linkage.settings.quality import EstimatesSettings
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.links import Link
from linkage.tables.quality import HiddenKeys
from linkage.tables.standardised import BEYOND, Record
from tests.drawing import draw, procedure, reference

SETTINGS = EstimatesSettings(
    hidden=100, hidden_share=1.0, seed=1, why_hidden="test", unseen_precision=0.2, unseen_recall=0.2, why_unseen="test"
)
KEY = {"code_service": "48A100", "annee": 2020, "cle_connue": True}
CASE = {"nb_mis_en_cause": 1, "nb_identifiees": 3, "jour_faits_debut": 95, "commune_faits": "48095"}
ALIKE = "auteur, 2, faits précis"


def settles(procedure_key: int, reference_key: int) -> dict[str, Any]:
    return {
        "procedure_key": procedure_key,
        "reference_key": reference_key,
        "blocking_rule": "cle",
        "settles": True,
    }


def test_pairs_alone_on_both_sides_are_hidden_and_what_other_keys_settle_is_put_away(spark: SparkSession) -> None:
    records = draw(
        spark,
        Record,
        [
            *(procedure(key, **CASE) for key in (1, 2, 3)),
            reference(11, **KEY, **CASE, numero=1),
            *(reference(key, **KEY, **CASE, numero=2) for key in (12, 13)),
        ],
    )
    pairs = draw(spark, CandidatePair, [settles(1, 11), settles(2, 12), settles(2, 13)])
    sample = hidden_keys.draw_sample(pairs, settings=SETTINGS)
    assert [tuple(row) for row in sample.collect()] == [(1, 11)]
    unlocked = {"code_service": None, "annee": None, "numero": None, "cle_connue": None}
    expected = draw(
        spark, Record, [procedure(1, **CASE), procedure(3, **CASE), reference(11, **{**KEY, **CASE, **unlocked})]
    )
    assert_df_equality(
        hidden_keys.hide_keys(records, pairs, sample).select(*Record.columns), expected, ignore_row_order=True
    )


def test_a_hidden_key_is_found_wrongly_found_or_lost(spark: SparkSession) -> None:
    records = draw(spark, Record, [reference(key, **CASE) for key in (11, 12, 13, 14)])
    sample = draw(spark, CandidatePair, [settles(key, key + 10) for key in (1, 2, 3, 4)]).select(*CandidatePair.key)
    kept = [(1, 11, "retenu", 12.5), (9, 12, "retenu", -3.5), (3, 13, "a_revoir", 1.0), (8, 14, "retenu", 4.0)]
    named = [(p, r, status, "lrppn", f"p{p}", f"a{r}", weight, 0.9) for p, r, status, weight in kept]
    decided = spark.createDataFrame(
        named,
        "procedure_key bigint, reference_key bigint, status string, source string, id_procedure string, "
        "id_affaire string, match_weight double, match_probability double",
    )
    # The version knows the eighth procedure as joined to the affair: neither found again nor wrong.
    joined = draw(spark, Link, [{"id_procedure": "p8", "id_affaire": "a14", "status": "retenu"}])
    found = [tuple(row) for row in hidden_keys.count_found_again(sample, decided, records, joined).collect()]
    assert found == [(ALIKE, 4, 1, 1)]
    calibration = hidden_keys.count_calibration(sample, decided, joined, bounds=(-2.0, 10.0))
    assert {tuple(row) for row in calibration.collect()} == {(10.0, 1, 0.9, 1), (None, 1, 0.9, 0)}


def test_affairs_of_police_origin_are_counted_by_what_their_keys_say(spark: SparkSession) -> None:
    absent = {**KEY, "cle_connue": False}
    records = draw(
        spark,
        Record,
        [
            reference(11, **KEY, **CASE, numero=1),
            reference(91, **CASE, id="a11", rang=BEYOND),
            reference(12, **absent, **CASE, numero=77),
            reference(13, **CASE),
            reference(14, **{**CASE, "force": None}),
        ],
    )
    pairs = draw(spark, CandidatePair, [settles(1, 11)])
    retained = {"version": "v", "id_procedure": "p1", "status": "retenu"}
    links = draw(spark, Link, [{**retained, "id_affaire": "a11"}, {**retained, "id_affaire": "a13"}])
    found = {tuple(row)[1:] for row in hidden_keys.count_affaires(records, pairs, links).collect()}
    assert found == {(True, True, False, True, 1), (False, True, True, False, 1), (False, False, False, True, 1)}


def test_a_link_without_a_sure_key_stands_for_those_like_it_that_were_not_found(spark: SparkSession) -> None:
    records = draw(spark, Record, [reference(11, **KEY, **CASE, numero=1), reference(12, **CASE)])
    pairs = draw(spark, CandidatePair, [settles(1, 11)])
    retained = {"status": "retenu", "match_probability": 0.9}
    links = draw(
        spark,
        Link,
        [
            {**retained, "id_procedure": "p1", "id_affaire": "a11"},
            {**retained, "id_procedure": "p2", "id_affaire": "a12"},
            {**retained, "id_procedure": "p3", "id_affaire": "a11", "link_pass": "jonction"},
        ],
    )
    strata = {ALIKE: (100, 79), hidden_keys.JONCTIONS: (50, 40)}
    again = draw(
        spark,
        HiddenKeys,
        [{"stratum": name, "nb": nb, "found": found, "wrong": 0} for name, (nb, found) in strata.items()],
    )
    judged, missed = hidden_keys.expect_links(links, records, pairs, again, jonctions=["jonction"])
    assert {(row.id_procedure, round(row.p, 4)) for row in judged.collect()} == {
        ("p1", 0.9),
        ("p2", 0.9938),
        ("p3", 0.9),
    }
    assert {(row.id_procedure, round(row.p, 4)) for row in missed.collect()} == {
        ("p2", round(21.5 / 79.5, 4)),
        ("p3", round(10.5 / 40.5, 4)),
    }
