"""The plain model's yardstick: the best threshold on truth, a pair counting once."""

from __future__ import annotations

import pandas as pd
import pytest

from jobs.compare_engines.plain import best_threshold


def test_the_best_threshold_is_where_f1_is_highest_and_a_pair_counts_once() -> None:
    pairs = pd.DataFrame(
        [
            ("lrppn", "p1", "a1", 12.0),
            ("lrppn", "p1", "a1", 3.0),
            ("lrppn", "p2", "a2", 9.0),
            ("lrppn", "p3", "a9", 8.0),
            ("lrppn", "p3", "a3", 7.0),
            ("lrppn", "p4", "a8", 1.0),
        ],
        columns=["source", "id_procedure", "id_affaire", "match_weight"],
    )
    truth = pd.DataFrame(
        [("lrppn", "p1", "a1"), ("lrppn", "p2", "a2"), ("lrppn", "p3", "a3"), ("lrppn", "p5", "a5")],
        columns=["source", "id_procedure", "id_affaire"],
    )
    found = best_threshold(pairs, truth)
    assert found["threshold"] == 7.0
    assert found["precision"] == pytest.approx(3 / 4)
    assert found["recall"] == pytest.approx(3 / 4)
    assert found["f1"] == pytest.approx(3 / 4)


def test_pairs_of_equal_weight_stand_or_fall_together() -> None:
    pairs = pd.DataFrame(
        [("lrppn", "p1", "a1", 5.0), ("lrppn", "p2", "a9", 5.0)],
        columns=["source", "id_procedure", "id_affaire", "match_weight"],
    )
    truth = pd.DataFrame([("lrppn", "p1", "a1")], columns=["source", "id_procedure", "id_affaire"])
    assert best_threshold(pairs, truth)["precision"] == pytest.approx(0.5)
