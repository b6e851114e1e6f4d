"""What an attacker comes to believe, on sums small enough to be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from linkage.study_extracts.disclosure.counts import Unknown
from linkage.study_extracts.disclosure.posterior import Posterior, of_gap, of_hidden, of_shown

T: Unknown = ("t",)
A: Unknown = ("a",)
B: Unknown = ("b",)
C: Unknown = ("c",)
D: Unknown = ("d",)


def beliefs(total: int, part: int, *, blur: int = 1) -> np.ndarray:
    priors = {T: of_shown(total, base=5, least=10), A: of_shown(part, base=5, least=10), B: of_hidden(10, blur)}
    return Posterior([(T, frozenset((A, B)))], priors, {T: total, A: part}, base=5).beliefs()[B]


def test_a_full_row_looks_like_one_that_lacks_a_few() -> None:
    """All of a row in one cell: the others may hold up to four, and nothing is likelier than one in three."""
    assert beliefs(100, 100)[:6] == pytest.approx([0.32, 0.20, 0.17, 0.13, 0.09, 0.05], abs=0.02)


def test_a_total_below_its_part_has_somebody_else_in_it() -> None:
    """With the same persons they would have the same noise."""
    belief = beliefs(100, 105)
    assert belief[0] == 0
    assert belief.max() < 0.7


def test_a_drawn_threshold_leaves_nine_among_others() -> None:
    sharp, blurred = (beliefs(110, 100, blur=blur) for blur in (1, 3))
    assert sharp[9] > blurred[9]


def test_an_equation_with_an_unknown_count_says_nothing_and_one_that_cannot_be_is_left_aside() -> None:
    priors = {T: of_shown(500, base=5, least=10), A: of_shown(20, base=5, least=10), B: of_hidden(10, 1)}
    without = Posterior([(T, frozenset((A, B, C)))], priors, {T: 500, A: 20}, base=5)
    impossible = Posterior([(T, frozenset((A, B)))], priors, {T: 500, A: 20}, base=5)
    for posterior in (without, impossible):
        assert posterior.beliefs()[B] == pytest.approx(np.full(10, 0.1))


def test_two_sums_of_the_same_count_say_more_than_one() -> None:
    priors = {T: of_shown(30, base=5, least=10), A: of_shown(25, base=5, least=10), B: of_hidden(10, 1)}
    priors |= {C: of_shown(45, base=5, least=10), D: of_shown(40, base=5, least=10)}
    shown = {T: 30, A: 25, C: 45, D: 40}
    one = Posterior([(T, frozenset((A, B)))], priors, shown, base=5).beliefs()[B]
    both = Posterior([(T, frozenset((A, B))), (C, frozenset((D, B)))], priors, shown, base=5).beliefs()[B]
    assert both.max() > one.max()


@pytest.mark.parametrize(("large", "small", "likeliest"), [(100, 100, 0), (105, 100, 5), (110, 100, 10)])
def test_a_difference_is_a_count_perturbed_twice(large: int, small: int, likeliest: int) -> None:
    first, belief = of_gap(large, small, base=5)
    assert first + int(belief.argmax()) == likeliest
    assert first > 0 or bool(belief[0]) == (large == small)
    assert belief.max() < 0.4


def test_a_total_shown_below_its_part_leaves_somebody() -> None:
    first, belief = of_gap(100, 105, base=5)
    assert (first, belief[0]) == (0, 0.0)
