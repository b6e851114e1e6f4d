"""Medians come from perturbed counts alone, and are shown where the noise of these does not move them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jobs.study_extracts.declaration import declared
from linkage.study_extracts.disclosure.delays import publish_medians
from linkage.study_extracts.tables import compute_medians

STUDY = declared("violences_conjugales")
RULES, SEED = STUDY.disclosure, b"0123456789abcdef"
MEDIANS = ["median", "median_km", "third_quartile_km"]
STATES = [f"{name}_state" for name in MEDIANS]


def drawn(nb: int, *, seed: int = 0, censored: float = 0.1, of: int = 60) -> pd.DataFrame:
    """Days until a step of that many persons, about ``of`` in the middle."""
    draws = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "step": "arrivee_orientation",
            "row": "2020",
            "days": np.maximum(0, draws.normal(of, 20, nb)).astype(int),
            "seen": draws.random(nb) >= censored,
            "nb": 1,
            "key": draws.integers(-(2**62), 2**62, nb),
        }
    )


def shown(days: pd.DataFrame) -> pd.Series:
    return publish_medians(days, ["arrivee_orientation"], ["2020"], RULES, seed=SEED).iloc[0]


@pytest.mark.parametrize("seed", range(8))
def test_medians_are_the_exact_ones_within_the_declared_rounding(seed: int) -> None:
    days = drawn(800, seed=seed)
    exact, found = compute_medians(days).iloc[0], shown(days)
    for name in MEDIANS:
        assert found[name] % RULES.median_base == 0
        assert abs(found[name] - exact[name]) <= RULES.median_base


def test_too_few_have_none_and_a_cohort_without_anyone_has_its_row() -> None:
    few = shown(drawn(15, censored=0.0))
    assert few[MEDIANS].isna().all()
    assert set(few[STATES]) == {"masque"}
    nobody = publish_medians(drawn(800), ["arrivee_orientation"], ["2019", "2020"], RULES, seed=SEED)
    assert nobody["row"].tolist() == ["2019", "2020"]
    assert nobody.iloc[0][MEDIANS].isna().all()


def test_a_median_that_a_few_persons_would_move_is_not_shown() -> None:
    """Half came within days, half after a year: which half has the middle is a matter of one person."""
    far = pd.concat([drawn(30, of=10, censored=0.0), drawn(30, seed=1, of=400, censored=0.0)], ignore_index=True)
    assert pd.isna(shown(far)["median"])
    assert shown(far)["median_state"] == "masque"


def test_a_share_that_has_not_come_yet_is_said_not_to_be_reached() -> None:
    late = drawn(800, censored=0.0)
    late["days"], late["seen"] = 50, np.arange(800) < 300
    of_cohort = shown(late)
    assert of_cohort[STATES].tolist() == ["publie", "non_atteint", "non_atteint"]
    assert of_cohort[MEDIANS].isna().tolist() == [False, True, True]


def test_four_persons_more_do_not_say_when_they_came() -> None:
    """Whether the four came at once or late, hardly any median moves, and by one step at most."""
    moved = []
    for seed in range(30):
        days = drawn(600, seed=seed)
        for of in (0, 200):
            more = pd.concat([days, drawn(4, seed=100 + seed, of=of)], ignore_index=True)
            moved.append([abs(shown(more)[name] - shown(days)[name]) for name in MEDIANS])
    steps = np.array(moved)
    assert steps.max() <= RULES.median_base
    assert (steps > 0).mean() < 0.25


def test_the_same_persons_have_the_same_medians_in_any_order() -> None:
    days = drawn(300)
    pd.testing.assert_series_equal(shown(days), shown(days.sample(frac=1.0, random_state=1)))
