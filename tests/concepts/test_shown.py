"""What is written of a count: hidden, rounded, and nothing else of it in a share or in an interval."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.concepts.shown import Shown, rate

SHOWN = Shown(smallest=10, base=5)


@pytest.mark.parametrize(
    ("nb", "expected"),
    [(None, None), (math.nan, None), (0, None), (9, None), (10, 10), (12, 10), (12.5, 15), (13, 15), (16479, 16480)],
)
def test_a_count_is_hidden_or_a_multiple(nb: float | None, expected: int | None) -> None:
    assert SHOWN.count(nb) == expected


def test_a_share_is_that_of_shown_counts() -> None:
    assert SHOWN.share(48, 61) == round(50 / 60, 3)
    assert SHOWN.share(9, 61) is None
    assert SHOWN.share(60, 61) == 1.0  # who is not linked: nobody, or up to four
    assert SHOWN.interval(48, 61, confidence=0.95, spread=0.0) == (0.720, 0.907)


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(-2, 2), st.integers(-2, 2))
def test_counts_that_are_shown_alike_give_the_same_shares(part: int, whole: int, by: int, whole_by: int) -> None:
    part, whole = min(part, whole), max(part, whole)
    alike = SHOWN.count(part) == SHOWN.count(part + by) and SHOWN.count(whole) == SHOWN.count(whole + whole_by)
    if alike:
        assert SHOWN.share(part, whole) == SHOWN.share(part + by, whole + whole_by)
        assert SHOWN.interval(part, whole, confidence=0.95, spread=0.0) == SHOWN.interval(
            part + by, whole + whole_by, confidence=0.95, spread=0.0
        )


def test_an_estimated_share_is_less_sure_than_a_counted_one() -> None:
    counted, estimated = (SHOWN.interval(900, 1000, confidence=0.95, spread=spread) for spread in (0.0, 0.5))
    assert counted == (0.880, 0.917)
    assert estimated == (0.765, 0.962)


def test_a_weighted_share_is_as_coarse_as_few_of_the_whole_are() -> None:
    shares = [SHOWN.coarse(0.123456, whole) for whole in (5000, 4990, 500, 490, 50, 40, 9)]
    assert shares == [0.123, 0.12, 0.12, 0.1, 0.1, None, None]
    assert rate(0.98765432) == 0.988
    assert rate(math.nan) is None
