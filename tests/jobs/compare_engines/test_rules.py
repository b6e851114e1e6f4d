"""Splink, given the rules of conf/method in SQL, forms the pairs that this job forms."""

from __future__ import annotations

import random
from typing import Any

import duckdb
import pytest
from pyspark.sql import SparkSession
from splink import DuckDBAPI, Linker

from jobs.compare_engines.arms import splink_method
from jobs.compare_engines.rules import comparable, splink_rules, sql
from linkage.candidate_pairs.blocking import form
from linkage.scored_pairs.levels import DUCKDB
from linkage.scored_pairs.model import LEFT, RIGHT
from linkage.settings.candidate_pairs import BlockingRule, Window
from linkage.tables.standardised import Record
from linkage.versions import method
from tests.drawing import draw, procedure, reference

RULES = comparable(method.candidate_pairs_settings().rules)


def some(dice: random.Random) -> dict[str, Any]:
    """Few values, and some missing, so that every rule forms pairs and refuses others."""
    drawn: dict[str, Any] = {
        "code_service": dice.choice(["48A100", "48A200", None]),
        "annee": dice.choice([2019, 2020, 2021, None]),
        "numero": dice.choice([1, 2, None]),
        "force": dice.choice(["PN", "GN"]),
        "code_departement": dice.choice(["48", "48", None]),
        "commune_faits": dice.choice(["48095", "48092"]),
        "natinf": dice.choice(["7151", "7153"]),
        "famille": dice.choice(["violences", "vols"]),
        "jour_faits_debut": dice.choice([90, 92, 93, 100, 103, 130, None]),
        "csns": dice.sample([7, 8, 9, None], dice.randint(0, 2)),
        "naissances": dice.sample([1, 2, 3], dice.randint(0, 2)),
    }
    return drawn


@pytest.fixture(scope="module")
def drawn() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    dice = random.Random(4)
    days = [95, 110, 230, None]
    procedures = [procedure(key, **{**some(dice), "jour_transmission": dice.choice(days)}) for key in range(60)]
    references = [
        reference(100 + key, **{**some(dice), "jour_arrivee": dice.choice([80, 100, 240, 900])}) for key in range(60)
    ]
    return procedures, references


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_splink_forms_the_pairs_of_each_rule(
    rule: BlockingRule, drawn: tuple[list[dict[str, Any]], list[dict[str, Any]]], spark: SparkSession
) -> None:
    procedures, references = (draw(spark, Record, side) for side in drawn)
    ours = {(row.procedure_key, row.reference_key) for row in form(procedures, references, rule).collect()}
    assert 0 < len(ours) < 60 * 60
    settings = {
        **splink_method().settings(DUCKDB),
        "blocking_rules_to_generate_predictions": splink_rules([rule], DUCKDB),
    }
    with duckdb.connect() as connection:
        api = DuckDBAPI(connection=connection)
        tables = [
            api.register(side.select(*splink_method().columns).toArrow(), dataset_display_name=name)
            for side, name in ((procedures, LEFT), (references, RIGHT))
        ]
        blocked = Linker(tables, settings).inference.compute_blocked_pairs_for_predict()
        rows = connection.execute(f"SELECT join_key_l, join_key_r FROM {blocked.physical_name}").fetchall()
    theirs = [(int(left.rpartition("-__-")[2]), int(right.rpartition("-__-")[2])) for left, right in rows]
    assert set(theirs) == ours
    assert len(theirs) == len(ours)


def test_a_rule_reads_as_sql() -> None:
    windows = (Window(left="a", right="b", low=-1, high=2), Window(left="c", right="c", low=0, high=9, unknown=True))
    rule = BlockingRule(name="regle", agree=("x",), share=("y",), windows=windows, references="all", why="test")
    assert sql(rule) == (
        "l.x = r.x AND l.y = r.y AND r.b >= l.a + -1 AND r.b <= l.a + 2 "
        "AND (r.c >= l.c + 0 AND r.c <= l.c + 9 OR l.c IS NULL OR r.c IS NULL)"
    )


def test_what_needs_the_key_first_is_left_out() -> None:
    assert "jonction" not in {rule.name for rule in RULES}
    assert "reglee" not in splink_method().columns
