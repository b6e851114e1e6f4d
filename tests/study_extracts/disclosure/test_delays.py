"""A median of almost the same cases as one already out, and another: it is hidden."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from jobs.study_extracts.declaration import declared
from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure import counts
from linkage.study_extracts.disclosure import delays as released_delays
from linkage.study_extracts.tables import WHOLE

RULES = DisclosureSettings(threshold=10, base=5, hidden_width=5, rounded_width=3, median_base=5, rounds=60, why="tests")
SEED = b"0123456789abcdef"
EVERYBODY = counts.population(declared("violences_conjugales"), ["10872"])
ADULTS, OTHERS = {**EVERYBODY, "age": 18}, {**EVERYBODY, "ties": ["ex_conjoint"], "age": 12}
STEP, ROW = "arrivee_orientation", "2020"


def released(
    nb: int, median: int | None, of: Any = EVERYBODY, row: str = ROW, by: str = "millesime"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the register keeps of a median on that many cases, and their days."""
    days = pd.DataFrame([{"step": STEP, "row": row, "days": 30, "seen": True, "nb": nb}])
    shown = {"mediane": median, "mediane_km": median, "troisieme_quartile_km": None}
    delays = pd.DataFrame([{"etape": STEP, "modalite": row, **shown}], dtype=object)
    names = {"study": "s", "version": "v", "release": f"{nb}", "by": by}
    return released_delays.register_delays(delays, days, of, RULES, seed=SEED, **names), days


@pytest.mark.parametrize(
    ("earlier", "nb", "median", "hidden"),
    [
        (released(100, 60), 103, 65, True),
        (released(100, 60), 118, 65, True),
        (released(100, 60), 119, 65, False),
        (released(100, 60), 100, 65, False),
        (released(100, 60), 103, 60, False),
        (released(100, None), 103, 65, False),
        (released(100, 60, of=ADULTS), 103, 65, True),
        (released(100, 60, of=OTHERS), 103, 65, False),
    ],
    ids=["three more", "perhaps fewer than ten more", "ten more at least", "the same cases", "the same median",
         "none shown before", "a population inside this one", "another population"],
)  # fmt: skip
def test_a_median_that_moved_by_a_few_cases_is_hidden(
    earlier: tuple[pd.DataFrame, pd.DataFrame], nb: int, median: int, hidden: bool
) -> None:
    present, days = released(nb, median)
    earlier[0]["effectif"] = 105  # the upper of the two roundings
    assert released_delays.find_hidden(present, earlier[0], days, RULES) == ({(STEP, ROW)} if hidden else set())


@pytest.mark.parametrize(("row", "hidden"), [(WHOLE, True), ("inconnu", False)])
def test_the_median_of_everybody_is_the_same_whatever_the_cohorts(row: str, hidden: bool) -> None:
    present, days = released(103, 65, row=row, by="force")
    earlier, _ = released(100, 60, row=row, by="sexe")
    assert released_delays.find_hidden(present, earlier, days, RULES) == ({(STEP, row)} if hidden else set())


ONE_YEAR, THREE_YEARS = {**EVERYBODY, "years": [2020, 2020]}, {**EVERYBODY, "years": [2019, 2021]}


@pytest.mark.parametrize(
    ("row", "of", "hidden"),
    [
        (WHOLE, ONE_YEAR, True),
        (WHOLE, {**EVERYBODY, "years": [2021, 2021]}, False),
        (WHOLE, {**ONE_YEAR, "age": 18}, True),
        ("2021", THREE_YEARS, False),
    ],
    ids=["that year alone", "another year alone", "adults of that year", "another row"],
)
def test_a_year_of_several_and_a_study_of_that_year_are_the_same_persons(row: str, of: Any, hidden: bool) -> None:
    several, of_several = released(100, 60, of=THREE_YEARS)
    alone, of_alone = released(103, 65, of=of, row=row)
    assert released_delays.find_hidden(alone, several, of_alone, RULES) == ({(STEP, row)} if hidden else set())
    assert released_delays.find_hidden(several, alone, of_several, RULES) == ({(STEP, ROW)} if hidden else set())


def test_a_row_of_the_days_of_a_hidden_row_is_hidden_with_it() -> None:
    """All cases were recorded by one force: its median would be that of everybody."""
    present, days = (pd.concat(both) for both in zip(released(103, 65, row=WHOLE, by="force"),
                                                     released(103, 65, row="GN", by="force"),
                                                     released(57, 65, row="PN", by="force"), strict=True))  # fmt: skip
    earlier, _ = released(100, 60, row=WHOLE, by="force")
    assert released_delays.find_hidden(present, earlier, days, RULES) == {(STEP, WHOLE), (STEP, "GN")}


def test_the_register_says_neither_how_many_nor_which_days() -> None:
    kept, _ = released(103, 60)
    assert kept["effectif"].iloc[0] in (100, 105)
    assert "103" not in kept["empreinte"].iloc[0]
    assert kept["empreinte"].iloc[0] != released(104, 60)[0]["empreinte"].iloc[0]
