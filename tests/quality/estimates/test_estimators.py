"""Error rates without truth, on counts whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from linkage.quality.estimates.estimators import Counts, Guess, Stratum, estimates, synthesis
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
    seen_jonctions=700,
    known=1_000,
    police=10_400,
    typed=9_000,
    absent=600,
    absent_linked=240,
    linked=9_760,
    strata=[Stratum(hidden=800, found=720, wrong=8, linked=1_500), Stratum(hidden=200, found=160, wrong=2, linked=260)],
)  # fmt: skip


def found(counts: Counts) -> dict[tuple[str, str], dict]:
    return {(row["measure"], row["method"]): row for row in estimates(counts, version="v", settings=SETTINGS)}


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


def test_jonctions_that_no_rule_can_see_are_counted_among_the_missed() -> None:
    joined = replace(COUNTS, by_jonction=60, expected_jonction=60.0, expected_otherwise=1_680.0)
    blind = replace(joined, seen_jonctions=300)
    for method in ("cles_cachees", "liens", "synthese"):
        assert found(blind)["rappel", method]["estimate"] < found(joined)["rappel", method]["estimate"]


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
    assert estimates(replace(COUNTS, by_key=0), version="v", settings=SETTINGS) == []
    assert estimates(replace(COUNTS, known=29), version="v", settings=SETTINGS) == []
