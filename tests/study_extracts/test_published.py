"""Shares and medians are counts in disguise: they are shown when the counts could be."""

from __future__ import annotations

import pandas as pd  # type: ignore[import-untyped]
import pytest

from linkage.settings import DisclosureSettings
from linkage.study_extracts import published

RULES = DisclosureSettings(threshold=10, base=5, hidden_width=5, rounded_width=3, median_base=5, rounds=60, why="tests")


def shares(*counts: int) -> list[float]:
    rows = pd.DataFrame({"orientation": ["a", "b", "c"], "nb": counts, "weighted": [float(nb) for nb in counts]})
    empty = pd.DataFrame({"orientation": [], "nb": [], "match_weight": []})
    made = published.marks(rows, empty, RULES, version="v")
    return list(made.loc[made["repere"] == "ensemble", "part"])


def test_shares_are_shown_to_the_point() -> None:
    assert shares(10, 243, 250) == [0.02, 0.48, 0.5]


@pytest.mark.parametrize("counts", [(9, 244, 250), (100, 199, 200)], ids=["one below the threshold", "too few in all"])
def test_shares_from_which_a_small_count_could_be_read_are_all_hidden(counts: tuple[int, int, int]) -> None:
    assert pd.Series(shares(*counts)).isna().all()


@pytest.mark.parametrize(("seen", "shown"), [(19, False), (20, True)])
def test_a_median_stands_on_twice_the_threshold_and_is_rounded(seen: int, shown: bool) -> None:
    rows = {"step": "s", "row": "2018", "nb_seen": seen, "nb_censored": 0, "median": 62.0, "median_km": 63.0}
    made = published.delays(pd.DataFrame([{**rows, "third_quartile_km": 98.0}]), RULES, version="v").iloc[0]
    assert pd.notna(made["mediane"]) == shown
    assert not shown or (made["mediane"], made["mediane_km"], made["troisieme_quartile_km"]) == (60, 65, 100)


@pytest.mark.parametrize(("censored", "shown"), [(0, False), (9, False), (10, True)])
def test_the_share_of_the_censored_is_hidden_below_the_threshold(censored: int, shown: bool) -> None:
    rows = {"step": "s", "row": "2018", "nb_seen": 500, "nb_censored": censored, "median": 62.0, "median_km": 63.0}
    made = published.delays(pd.DataFrame([{**rows, "third_quartile_km": 98.0}]), RULES, version="v").iloc[0]
    assert pd.notna(made["part_censuree"]) == shown
