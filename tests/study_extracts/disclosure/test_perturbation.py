"""Cell keys: unbiased, bounded, small counts never shown, the same persons alike everywhere."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.study_extracts.declaration import declared
from linkage.study_extracts.disclosure.perturbation import is_shown, perturb, perturb_total, publishable

RULES = declared("violences_conjugales").disclosure
SEED = b"0123456789abcdef"
KEYS = [int.from_bytes(hashlib.sha256(str(number).encode()).digest()[:7], "big") for number in range(4000)]


@given(st.integers(0, 5000), st.integers(-(2**63), 2**63 - 1))
def test_a_shown_count_is_a_multiple_of_the_base_less_than_it_away(nb: int, key: int) -> None:
    shown = perturb(nb, key, RULES, seed=SEED)
    if shown is None:
        assert nb < RULES.threshold + RULES.blur - 1
    else:
        assert nb >= RULES.threshold
        assert shown >= RULES.threshold
        assert shown % RULES.base == 0
        assert abs(shown - nb) < RULES.base


@pytest.mark.parametrize("nb", [20, 21, 22, 23, 24])
def test_the_perturbation_is_unbiased_and_goes_up_as_often_as_the_rest_says(nb: int) -> None:
    shown = np.array([perturb_total(nb, key, RULES.base, seed=SEED) for key in KEYS])
    assert shown.mean() == pytest.approx(nb, abs=0.15)
    assert set(shown) == ({20} if nb == 20 else {20, 25})


@pytest.mark.parametrize(("nb", "share"), [(9, 0.0), (10, 1 / 2), (11, 1.0)])
def test_the_threshold_itself_is_drawn_by_the_key(nb: int, share: float) -> None:
    assert np.mean([is_shown(nb, key, RULES, seed=SEED) for key in KEYS]) == pytest.approx(share, abs=0.03)


def test_nobody_and_a_few_are_hidden_alike() -> None:
    assert publishable([0, 1, 9], [0, *KEYS[:2]], RULES, seed=SEED).isna().all()


def test_another_seed_draws_otherwise_and_the_same_key_alike() -> None:
    drawn = [publishable([23] * 200, KEYS[:200], RULES, seed=seed).tolist() for seed in (SEED, SEED, b"other")]
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize(("nb", "shown"), [(24, 20), (16, 20), (25, 25), (9, None)])
def test_what_was_shown_is_kept_while_it_is_a_value_of_the_count(nb: int, shown: int | None) -> None:
    found = publishable([nb], KEYS[:1], RULES, seed=SEED, last=[20]).tolist()
    assert found == ([pd.NA] if shown is None else [shown])
