"""Extracts read by someone who has the tables, an extract of another version, and knows the rules."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from jobs.study_extracts.declaration import declared
from linkage.study_extracts import microdata, months, population
from linkage.study_extracts.disclosure.counts import STATE
from linkage.tables.study_extracts import SHOWN
from linkage.versions import nomenclatures
from tests.study_extracts.disclosure.drawn_studies import release, victims
from tests.study_extracts.disclosure.test_attack import later

STUDY = declared("violences_conjugales")
NATINF = population.codes(STUDY.population, nomenclatures.conjugal_offences())
RULES, COLUMNS = STUDY.microdata, list(STUDY.microdata.columns)
BANDS = [*(label for _, label in months.BANDS), months.LONGEST]


def with_months(people: pd.DataFrame) -> pd.DataFrame:
    """The linked victims with the months of their course, which their key draws: the same in every version."""
    linked = people[people["liaison"] == "liées"]
    band = pd.Series([BANDS[key % len(BANDS)] for key in linked["key"]], index=linked.index, dtype=object)
    pending = (linked["orientation"] == "en_cours") | (linked["decision"] == "en_attente")
    return linked.assign(
        mois_orientation=band.where(linked["orientation"] != "en_cours", None), mois_fin=band.where(~pending, None)
    )


def extract(people: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """What leaves, a row per person: its columns as shown, and beside them, for the test, the persons behind."""
    drawn = with_months(people)[np.random.default_rng(seed).random(len(with_months(people))) < RULES.sample]
    crossings = drawn.groupby(COLUMNS, dropna=False).size().reset_index(name="nb")
    made, _ = microdata.climb_ladder(crossings, RULES)
    shown = drawn.merge(made, on=COLUMNS, how="inner")
    rows = shown[[f"{name}{microdata.SHOWN}" for name in COLUMNS]].set_axis(COLUMNS, axis="columns")
    return rows.assign(number=shown["number"].to_numpy())


@pytest.fixture(scope="module")
def versions() -> list[pd.DataFrame]:
    first = victims(5000, seed=8, natinf=NATINF)
    return [first, later(first, year=1)]


def test_at_most_one_person_in_a_hundred_is_found_again_in_the_extract_of_another_version(
    versions: list[pd.DataFrame],
) -> None:
    """By all columns; alone in both, and the same. With k persons a row, there is none."""
    one, other = (extract(people, seed=seed) for seed, people in enumerate(versions))
    alone = [rows[rows.groupby(COLUMNS)["number"].transform("size") == 1] for rows in (one, other)]
    found = alone[0].merge(alone[1], on=COLUMNS)
    assert len(one) > 3000
    assert len(found) <= 0.01 * len(one)
    assert min(rows.groupby(COLUMNS).size().min() for rows in (one, other)) >= RULES.k


def test_one_extract_less_another_is_the_draw_and_not_the_new_persons(versions: list[pd.DataFrame]) -> None:
    """Four procedures more, three fewer, two corrected: of the rows that differ, hardly any is one of theirs."""
    one, other = (extract(people, seed=seed) for seed, people in enumerate(versions))
    changed = set(versions[1]["number"]) ^ set(versions[0]["number"])
    nb = [rows.groupby(COLUMNS).size() for rows in (one, other)]
    gained = nb[1].sub(nb[0], fill_value=0)
    more = gained[gained > 0].index
    assert gained.abs().sum() > 100
    theirs = other[pd.MultiIndex.from_frame(other[COLUMNS]).isin(list(more))]
    assert theirs["number"].isin(changed).mean() < 0.02


def test_an_extract_does_not_say_the_hidden_counts_of_the_tables(versions: list[pd.DataFrame]) -> None:
    """What is there of a small count is a draw of it, and nothing of one below k."""
    people = versions[0]
    left, truth = release(people, STUDY, NATINF)
    rows = extract(people, seed=0)
    hidden = left.cells[(left.cells[STATE] != SHOWN) & left.cells["indicator"].isin(["decision", "mode"])]
    found = []
    for cell in hidden.itertuples():
        nb = truth[cell.variable]
        if nb and cell.by == "millesime" and cell.row == "Ensemble":
            found.append((nb, int((rows[cell.indicator] == cell.column).sum())))
    assert found
    assert all(seen == 0 for nb, seen in found if nb < RULES.k)
    assert sum(nb == seen for nb, seen in found) <= 0.5 * len(found)
