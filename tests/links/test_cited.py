"""Of an affair that cites several PVs, none is lost for what the others brought."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import SparkSession

from linkage.links.cited import raise_cited_together
from linkage.settings.links import CitedTogetherSettings
from tests.drawing import draw_scored

SETTINGS = CitedTogetherSettings(at_least=6.0, why="test")


def pair(procedure: int, affaire: str, weight: float, *, settles: bool = True) -> dict[str, Any]:
    return {
        "procedure_key": procedure, "reference_key": procedure + 100, "id_affaire": affaire, "rang": 1,
        "match_weight": weight, "match_probability": 0.5, "settles": settles, "levels": {"cle": "clé exacte"},
    }  # fmt: skip


def test_only_what_confirmed_keys_settle_together_is_raised(spark: SparkSession) -> None:
    scored, _ = draw_scored(
        spark,
        [
            pair(1, "A", 12.0), pair(2, "A", -7.0), pair(3, "A", -7.0, settles=False),
            pair(4, "B", -7.0), pair(5, "C", -7.0), pair(6, "C", -7.0, settles=False),
        ],
    )  # fmt: skip
    raised = {row["procedure_key"]: row for row in raise_cited_together(scored, settings=SETTINGS).collect()}
    weights = {key: row["match_weight"] for key, row in raised.items()}
    assert weights == {1: 12.0, 2: 6.0, 3: -7.0, 4: -7.0, 5: -7.0, 6: -7.0}
    assert {key for key, row in raised.items() if row["pv_cites"]} == {2}
    assert raised[2]["match_probability"] == pytest.approx(64 / 65)
    assert raised[1]["match_probability"] == 0.5


def test_without_the_rule_nothing_moves(spark: SparkSession) -> None:
    scored, _ = draw_scored(spark, [pair(1, "A", 12.0), pair(2, "A", -7.0)])
    left = raise_cited_together(scored, settings=None).collect()
    assert {row["match_weight"] for row in left} == {12.0, -7.0}
