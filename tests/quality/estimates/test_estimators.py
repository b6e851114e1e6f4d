"""Error rates without truth, on counts whose truth is known."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from linkage.quality.estimates import estimators
from linkage.quality.estimates.estimators import Counts, Guess, Stratum, estimate_rates, synthesis
from linkage.settings.quality import EstimatesSettings

SETTINGS = EstimatesSettings(
    hidden=1000, hidden_share=0.1, seed=1, why_hidden="test", unseen_precision=0.2, unseen_recall=0.2, why_unseen="test"
)
COUNTS = Counts(
    links=9_760,
    by_key=8_000,
    by_jonction=0,
    expected_by_key=7_992.0,
    expected_otherwise=1_740.0,
    expected_jonction=0.0,
    missed_cases=90.0,
    missed_jonctions=0.0,
    hidden_jonctions=200,
    joined_again=140,
    settled_with_author=6_000,
    others_with_author=0,
    sampled_pairs=1_000,
    police=10_400,
    typed=9_000,
    absent=600,
    absent_linked=240,
    linked=9_760,
    strata=[Stratum(hidden=800, found=720, wrong=8, linked=1_500), Stratum(hidden=200, found=160, wrong=2, linked=260)],
)  # fmt: skip


def found(counts: Counts) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (str(row["measure"]), str(row["method"])): row for row in estimate_rates(counts, version="v", settings=SETTINGS)
    }


def test_links_found_without_a_key_tell_how_many_were_missed() -> None:
    row = found(COUNTS)["rappel", "cles_cachees"]
    missed = 1_500 * 0.1 / 0.9 + 260 * 0.2 / 0.8
    assert row["estimate"] == pytest.approx(9_700 / (9_700 + missed), abs=0.001)
    assert row["low"] < row["estimate"] < row["high"] <= 1


def test_keys_of_no_delivered_procedure_tell_how_many_affairs_have_none() -> None:
    row = found(COUNTS)["rappel", "liens"]
    damaged = 240 / (880 / 1_000)
    expected = 10_400 * (1 - (600 - damaged) / 9_000)
    assert row["estimate"] == pytest.approx(9_760 * 0.994 / expected, abs=0.003)


def test_fewer_keys_found_again_lower_recall_and_more_wrong_ones_lower_precision() -> None:
    worse = replace(COUNTS, strata=[Stratum(800, 600, 80, 1_500), Stratum(200, 120, 20, 260)])
    for measure in ("precision", "rappel"):
        assert (
            found(worse)[measure, "cles_cachees"]["estimate"]
            < found(COUNTS)[measure, "cles_cachees"]["estimate"] - 0.005
        )


def test_jonctions_that_the_method_cannot_join_are_counted_among_the_missed() -> None:
    joined = replace(COUNTS, by_jonction=60, expected_jonction=60.0, expected_otherwise=1_680.0)
    blind = replace(joined, joined_again=60)
    for method in ("cles_cachees", "liens", "synthese"):
        assert found(blind)["rappel", method]["estimate"] < found(joined)["rappel", method]["estimate"]


def test_affairs_without_a_key_are_taken_to_join_as_often_as_the_others_and_none_of_it_is_seen() -> None:
    joined = replace(COUNTS, by_jonction=60, expected_jonction=60.0, expected_otherwise=1_680.0)
    unseen = replace(joined, others_with_author=1_500)
    every = 60 / (140.5 / 201)
    more = every * 1_500 / 6_000
    for method in ("cles_cachees", "liens"):
        with_them, without = (found(one)["rappel", method] for one in (unseen, joined))
        assert 1 / with_them["estimate"] - 1 / without["estimate"] == pytest.approx(more / 9_703, rel=0.01)
        assert with_them["high"] - with_them["low"] > without["high"] - without["low"]


def test_a_stratum_of_which_no_key_was_hidden_is_taken_as_the_others() -> None:
    alone = replace(COUNTS, strata=[*COUNTS.strata, Stratum(0, 0, 0, 100)])
    assert (
        0
        < found(COUNTS)["rappel", "cles_cachees"]["estimate"] - found(alone)["rappel", "cles_cachees"]["estimate"]
        < 0.002
    )


def test_disagreement_widens_the_synthesis() -> None:
    agree, differ = (synthesis([Guess(0.98, 0.001), Guess(other, 0.001)], unseen=0.2) for other in (0.98, 0.95))
    assert differ.sd > agree.sd + 0.01
    assert agree.sd == pytest.approx(np.hypot(0.001, 0.2 * 0.02))


def test_a_version_with_hardly_a_sure_key_has_no_estimate() -> None:
    assert estimate_rates(replace(COUNTS, by_key=0), version="v", settings=SETTINGS) == []
    assert estimate_rates(replace(COUNTS, sampled_pairs=29), version="v", settings=SETTINGS) == []
    assert len(estimate_rates(replace(COUNTS, sampled_pairs=30), version="v", settings=SETTINGS)) == 7


SMALL = Counts(
    links=100, by_key=60, by_jonction=10,
    expected_by_key=59.0, expected_otherwise=27.0, expected_jonction=9.0,
    missed_cases=4.0, missed_jonctions=1.0, hidden_jonctions=39, joined_again=19,
    settled_with_author=50, others_with_author=0, sampled_pairs=99,
    police=120, typed=100, absent=20, absent_linked=6, linked=90,
    strata=[Stratum(hidden=9, found=7, wrong=1, linked=20), Stratum(hidden=19, found=9, wrong=0, linked=10)],
)  # fmt: skip


def spread(share: float, nb: float) -> float:
    return share * (1 - share) / nb


SEEN = 19.5 / 40
"""The share of hidden citations whose procedure is joined again."""
JOINED = 9 * (1 - SEEN) / SEEN
"""Jonctions missed: those joined rightly stand for them."""
OF_JOINED = (9 / SEEN**2) ** 2 * spread(SEEN, 41) + JOINED
"""Their variance."""


def test_the_mixture_adds_up_the_probabilities_of_the_links() -> None:
    found = estimators.mixture_precision(SMALL)
    assert (found.value, found.sd) == pytest.approx((0.95, math.sqrt(spread(0.95, 100))))


def test_links_without_a_key_are_right_as_often_as_hidden_keys_of_their_stratum_are_found_rightly() -> None:
    found = estimators.hidden_precision(SMALL)
    first, second = 7.5 / 9, 9.5 / 10
    variance = 20**2 * spread(first, 10) + 10**2 * spread(second, 11)
    assert found.value == pytest.approx((59 + 9 + 20 * first + 10 * second) / 100)
    assert found.sd == pytest.approx(math.sqrt(variance) / 100)


def test_a_stratum_whose_keys_are_never_found_again_is_as_right_as_the_others() -> None:
    silent = replace(SMALL, strata=[*SMALL.strata, Stratum(hidden=5, found=0, wrong=0, linked=30)])
    first, second, pooled = 7.5 / 9, 9.5 / 10, 16.5 / 18
    right = 30 * (20 * first + 10 * second + 30 * pooled) / 60
    assert estimators.hidden_precision(silent).value == pytest.approx((59 + 9 + right) / 100)


def test_links_without_a_key_stand_for_those_that_were_missed() -> None:
    found = estimators.hidden_recall(SMALL, 95)
    first, second = 7.5 / 10, 9.5 / 20
    missed = 20 * (1 - first) / first + 10 * (1 - second) / second + JOINED
    variance = (20 / first**2) ** 2 * spread(first, 11) + (10 / second**2) ** 2 * spread(second, 21) + OF_JOINED
    assert found.value == pytest.approx(95 / (95 + missed))
    assert found.sd == pytest.approx(95 * math.sqrt(variance) / (95 + missed) ** 2)


def test_affairs_whose_procedure_is_missing_are_not_expected_to_be_linked() -> None:
    found = estimators.counts_recall(SMALL, 95, 0.95)
    missing = (20 - 6 / (16.5 / 29)) / 100
    share = 90 * 0.95 / (120 * (1 - missing))
    assert found.value == pytest.approx(1 / (1 / share + JOINED / 95))
    of_joined = found.value**2 * math.sqrt(OF_JOINED) / 95
    assert found.sd == pytest.approx(math.hypot(math.sqrt(spread(missing, 100)), of_joined))
    more_linked = replace(SMALL, absent_linked=20)
    assert estimators.counts_recall(more_linked, 95, 0.95).value == pytest.approx(1 / (120 / 85.5 + JOINED / 95))


def test_a_count_of_nothing_divides_by_nothing() -> None:
    nobody = replace(SMALL, police=0, typed=0, absent=0, absent_linked=0)
    guess = estimators.counts_recall(nobody, 95, 0.95)
    assert guess.value == pytest.approx(1 / (1 + JOINED / 95))
    assert guess.sd == pytest.approx(guess.value**2 * math.sqrt(OF_JOINED) / 95)
    over = replace(SMALL, police=80)
    assert estimators.counts_recall(over, 95, 0.95).value == pytest.approx(1 / (1 + JOINED / 95))


def test_rows_have_their_bounds_their_number_and_what_they_rest_on() -> None:
    rows = found(SMALL)
    mixture = rows["precision", "melange"]
    half = 1.959964 * math.sqrt(spread(0.95, 100))
    assert (mixture["low"], mixture["high"]) == pytest.approx((0.95 - half, 0.95 + half))
    assert (mixture["nb"], rows["rappel", "cles_cachees"]["nb"]) == (100, 99)
    precision = (0.95 + estimators.hidden_precision(SMALL).value) / 2
    assert rows["precision", "synthese"]["estimate"] == pytest.approx(precision)
    assert rows["rappel", "melange"]["estimate"] == pytest.approx(100 * precision / (100 * precision + 5))
    assert rows["rappel", "melange"]["high"] - rows["rappel", "melange"]["estimate"] == pytest.approx(
        1.959964 * 100 * precision * 2 / (100 * precision + 5) ** 2
    )
    recall = (rows["rappel", "cles_cachees"]["estimate"] + rows["rappel", "liens"]["estimate"]) / 2
    assert rows["rappel", "synthese"]["estimate"] == pytest.approx(recall)
    assert "jamais comparées" in rows["rappel", "melange"]["note"]
    sure = replace(SMALL, expected_by_key=60.0, expected_otherwise=30.0, expected_jonction=10.0)
    assert found(sure)["rappel", "melange"]["high"] <= 1
