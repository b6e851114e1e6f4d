"""A rule forms exactly the pairs it names."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from linkage.candidate_pairs.blocking import form
from linkage.settings.candidate_pairs import BlockingRule, Window
from linkage.tables.standardised import Record
from tests.drawing import draw, procedure, reference


def pairs(
    spark: SparkSession, rule: BlockingRule, procedures: list[dict[str, Any]], references: list[dict[str, Any]]
) -> list[tuple[Any, ...]]:
    formed = form(draw(spark, Record, procedures), draw(spark, Record, references), rule)
    return sorted((row.procedure_key, row.reference_key) for row in formed.collect())


def rule(**said: object) -> BlockingRule:
    return BlockingRule.model_validate({"name": "regle", "references": "all", "why": "test", **said})


def test_every_agreeing_column_must_be_equal_and_null_agrees_with_nothing(spark: SparkSession) -> None:
    procedures = [procedure(1, numero=7), procedure(2, numero=8), procedure(3, numero=None)]
    references = [
        reference(11, code_service="48A100", annee=2020, numero=7),
        reference(12, code_service="48A100", annee=2021, numero=7),
        reference(13, code_service="48A100", annee=2020, numero=None),
    ]
    found = pairs(spark, rule(agree=("code_service", "annee", "numero")), procedures, references)
    assert found == [(1, 11)]


def test_one_shared_value_is_enough(spark: SparkSession) -> None:
    procedures = [procedure(1, csns=[5]), procedure(2, csns=[4, 5]), procedure(3)]
    references = [reference(11, csns=[5, 6])]
    found = pairs(spark, rule(share=("csns",)), procedures, references)
    assert found == [(1, 11), (2, 11)]


@settings(max_examples=8, deadline=None)
@given(
    low=st.integers(-20, 5),
    width=st.integers(0, 25),
    left=st.lists(st.integers(-400, 400), min_size=1, max_size=8),
    right=st.lists(st.integers(-400, 400), min_size=1, max_size=8),
)
def test_a_window_forms_each_pair_within_it_once(
    _session: SparkSession,  # noqa: PT019 - examples share the session: `spark` is made for one test
    low: int,
    width: int,
    left: list[int],
    right: list[int],
) -> None:
    window = Window(left="jour_enregistrement", right="jour_arrivee", low=low, high=low + width)
    procedures = [procedure(key, jour_enregistrement=day) for key, day in enumerate(left)]
    references = [reference(key, code_service="48A100", jour_arrivee=day) for key, day in enumerate(right)]
    found = pairs(_session, rule(agree=("code_service",), windows=(window,)), procedures, references)
    expected = [(i, j) for i, a in enumerate(left) for j, b in enumerate(right) if low <= b - a <= low + width]
    assert found == sorted(expected)
