"""Estimates of a reviewed sample: by hand on a few pairs, by simulation for their intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import beta

from linkage.quality.review import clerical
from linkage.quality.review.clerical import Interval, Stratum


def rows(*strata: Stratum) -> dict[str, dict[str, Any]]:
    return {str(row["measure"]): row for row in clerical.estimate_rates(strata, version="v")}


def test_each_stratum_counts_for_its_population() -> None:
    found = rows(Stratum("retenu", 100, 8, 2), Stratum("retenu", 900, 10, 0), Stratum("ecarte", 500, 1, 9))
    assert found["precision"]["estimate"] == pytest.approx((80 + 900) / 1000)
    assert found["rappel"]["estimate"] == pytest.approx(980 / (980 + 50))
    assert (found["precision"]["nb"], found["rappel"]["nb"]) == (20, 30)


def test_a_stratum_reviewed_whole_leaves_no_doubt() -> None:
    found = rows(Stratum("retenu", 10, 9, 1), Stratum("ecarte", 5, 1, 4))
    assert (found["precision"]["low"], found["precision"]["high"]) == (pytest.approx(0.9), pytest.approx(0.9))
    assert (found["rappel"]["low"], found["rappel"]["high"]) == (pytest.approx(0.9), pytest.approx(0.9))


def test_no_error_seen_is_not_no_error_possible() -> None:
    found = rows(Stratum("retenu", 1000, 30, 0), Stratum("ecarte", 1000, 0, 30))
    assert found["precision"]["estimate"] == found["precision"]["high"] == 1.0
    assert 0.85 < found["precision"]["low"] < 0.95
    assert found["rappel"]["estimate"] == found["rappel"]["high"] == 1.0
    assert found["rappel"]["low"] < 0.97


def test_doubts_are_left_out_then_counted_both_ways() -> None:
    found = rows(Stratum("retenu", 100, 8, 1, 1))
    assert found["precision"]["estimate"] == pytest.approx(8 / 9)
    assert found["precision_doutes_oui"]["estimate"] == pytest.approx(0.9)
    assert found["precision_doutes_non"]["estimate"] == pytest.approx(0.8)
    assert [found[name]["nb"] for name in ("precision", "precision_doutes_oui")] == [9, 10]


def test_without_a_decision_on_one_side_nothing_is_claimed() -> None:
    unseen = rows(Stratum("retenu", 100, 0, 0), Stratum("ecarte", 100, 1, 5))
    assert unseen["precision"]["estimate"] is None and unseen["rappel"]["estimate"] is None
    half = rows(Stratum("retenu", 100, 9, 1), Stratum("ecarte", 100, 0, 0))
    assert half["precision"]["estimate"] == 0.9 and half["rappel"]["estimate"] is None


def test_a_stratum_without_a_decision_widens_the_interval_and_is_said() -> None:
    silent = rows(Stratum("retenu", 500, 20, 1), Stratum("retenu", 500, 0, 0))["precision"]
    assert silent["low"] < 0.6
    assert "1 strates sans décision" in silent["note"]


def test_a_partly_reviewed_stratum_has_the_interval_of_a_sample_with_replacement_of_the_same_variance() -> None:
    found = clerical.jeffreys(8, 10, 100)
    law = beta(8 * 99 / 90 + 0.5, 2 * 99 / 90 + 0.5)
    assert (found.estimate, found.low, found.high) == pytest.approx((0.8, law.ppf(0.025), law.ppf(0.975)))
    assert clerical.jeffreys(0, 10, 100).low == 0.0
    assert clerical.jeffreys(10, 10, 100).high == 1.0
    assert clerical.jeffreys(0, 0, 100) == Interval(0.5, 0.0, 1.0)


def test_totals_are_bounded_by_what_was_seen() -> None:
    strata = [Stratum("retenu", 100, 8, 2), Stratum("retenu", 40, 0, 0)]
    total = clerical.true_pairs(strata)
    first = clerical.jeffreys(8, 10, 100)
    assert total is not None
    assert total.estimate == pytest.approx(0.8 * 140)
    assert total.low == pytest.approx(112 - np.hypot(100 * (0.8 - first.low), 40 * 0.8))
    assert total.high == pytest.approx(112 + np.hypot(100 * (first.high - 0.8), 40 * 0.2))
    sure = clerical.true_pairs([Stratum("retenu", 10, 8, 1)])
    assert sure is not None
    assert sure.low >= 8 and sure.high == 9  # one pair is known to be wrong, eight to be right


def test_recall_is_the_ratio_of_two_totals_each_with_its_interval() -> None:
    retained, others = [Stratum("retenu", 1000, 45, 5)], [Stratum("ecarte", 500, 4, 36)]
    found, top, bottom = clerical.recall(retained, others), clerical.true_pairs(others), clerical.true_pairs(retained)
    assert found and top and bottom
    product = top.estimate * bottom.estimate

    def bound(numerator: float, denominator: float, sign: int) -> float:
        """MOVER-R, as Newcombe gives it: the root of a second-degree equation in the ratio."""
        a, b = denominator * (2 * bottom.estimate - denominator), -2 * product
        c = numerator * (2 * top.estimate - numerator)
        return float((-b + sign * np.sqrt(b**2 - 4 * a * c)) / (2 * a))

    low, high = bound(top.low, bottom.high, -1), bound(top.high, bottom.low, 1)
    assert found.estimate == pytest.approx(900 / 950)
    assert (found.low, found.high) == pytest.approx((1 / (1 + high), 1 / (1 + low)))


def test_without_other_pairs_nothing_compared_was_missed() -> None:
    found = clerical.recall([Stratum("retenu", 100, 8, 2)], [])
    assert found == Interval(1.0, 1.0, 1.0)
    assert clerical.recall([Stratum("retenu", 100, 8, 2)], [Stratum("ecarte", 0, 0, 0)]) == found
    assert clerical.recall([Stratum("retenu", 10, 0, 10)], []) is None


def test_the_note_tells_the_strata_without_decision_and_what_recall_does_not_see() -> None:
    found = rows(Stratum("retenu", 100, 8, 2), Stratum("retenu", 50, 0, 0), Stratum("ecarte", 50, 1, 1))
    assert found["precision"]["note"] == "échantillon stratifié revu à la main, doutes exclus ; 1 strates sans décision, où toute part est possible"  # fmt: skip
    assert "jamais comparées" in found["rappel"]["note"] and "doutes exclus" in found["rappel"]["note"]
    whole = rows(Stratum("retenu", 100, 8, 1, 1))
    assert whole["precision"]["note"] == "échantillon stratifié revu à la main, doutes exclus"
    assert whole["precision_doutes_oui"]["note"].endswith("doutes comptés comme vrais")


def test_decisions_are_counted_by_stratum() -> None:
    reviewed = [("a", "retenu", 9, "oui"), ("a", "retenu", 9, "oui"), ("a", "retenu", 9, "non"), ("a", "retenu", 9, None), ("b", "ecarte", 5, "doute")]  # fmt: skip
    assert clerical.count_strata(reviewed) == [Stratum("retenu", 9, 2, 1, 0), Stratum("ecarte", 5, 0, 0, 1)]


POPULATIONS = {
    "usual": [
        ("retenu", 176, 0.73, 12), ("retenu", 806, 0.925, 31), ("retenu", 3324, 0.99, 65), ("retenu", 12161, 0.9996, 87),
        ("a_revoir", 305, 0.48, 34), ("ecarte", 1842, 0.022, 41), ("ecarte", 4340, 0.03, 142), ("ecarte", 3, 0.67, 3),
    ],
    "harsh": [
        ("retenu", 600, 0.7, 40), ("retenu", 3000, 0.9, 60), ("retenu", 9000, 0.97, 100),
        ("a_revoir", 500, 0.5, 30), ("ecarte", 6000, 0.05, 80), ("ecarte", 600, 0.3, 40),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", POPULATIONS)
def test_intervals_cover_as_often_as_they_say(name: str) -> None:
    dice, runs = np.random.default_rng(20251219), 600
    covered = {"precision": 0, "rappel": 0}
    for _ in range(runs):
        strata, true = [], {"retenu": 0, "other": 0}
        for status, size, share, drawn in POPULATIONS[name]:
            good = dice.binomial(size, share)
            yes = int(dice.hypergeometric(good, size - good, drawn))
            strata.append(Stratum(status, size, yes, drawn - yes))
            true["retenu" if status == "retenu" else "other"] += good
        retained = [stratum for stratum in strata if stratum.status == "retenu"]
        others = [stratum for stratum in strata if stratum.status != "retenu"]
        truth = {
            "precision": true["retenu"] / sum(stratum.population for stratum in retained),
            "rappel": true["retenu"] / (true["retenu"] + true["other"]),
        }
        found = {"precision": clerical.precision(retained), "rappel": clerical.recall(retained, others)}
        for measure, interval in found.items():
            assert interval is not None
            assert interval.low <= interval.estimate <= interval.high
            covered[measure] += interval.low <= truth[measure] <= interval.high
    # 600 runs at 95 %: a standard error of 0.9 points.
    assert all(0.925 <= count / runs <= 0.985 for count in covered.values()), covered
