"""Several releases read together: of one version, of another study, of another version; none gives the others away."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.platform.errors import ContractError
from linkage.study_extracts.disclosure import counts, releases
from linkage.study_extracts.disclosure.attack import Attack, Interval
from linkage.study_extracts.disclosure.attacker import known
from linkage.study_extracts.disclosure.counts import HIDDEN, SHOWN, Unknown
from linkage.study_extracts.disclosure.door import protect
from linkage.study_extracts.tables import WHOLE
from tests.study_extracts.disclosure.releases_drawn import (
    ADULTS,
    EVERYBODY,
    RULES,
    SEED,
    Register,
    by_rows,
    drawn,
    table,
)

COUNTS = st.lists(st.integers(0, 25), min_size=12, max_size=12)


@settings(max_examples=12, deadline=None)
@given(COUNTS, st.integers(0, 11), st.integers(1, 3))
def test_three_releases_together_confine_no_count_more_than_declared(
    counts: list[int], minors: int, nb_minors: int
) -> None:
    """One table; another study of the same persons by another trait; a third of the adults among them alone."""
    persons, register = drawn(counts), Register()
    adults = drawn([max(0, nb - nb_minors) if cell == minors else nb for cell, nb in enumerate(counts)])
    register.release(persons, "force")
    register.release(persons, "sexe", study="other")
    register.release(adults, "force", of=ADULTS, study="adults")
    for (low, high), shown in register.deduced().values():
        assert high - low >= (RULES.rounded_width if shown else RULES.hidden_width)


def supposed(register: Register, truth: Any, versions: Sequence[str]) -> dict[Unknown, tuple[Interval, bool]]:
    """What someone knows who supposes of each version that it counts as the last does, where it could.

    She also knows that a value is kept while it fits: another one says that the last no longer does.
    """
    said: dict[Unknown, Interval] = dict.fromkeys(truth, (0.0, float("inf")))
    shown, last = set(), dict[Unknown, int]()
    for version in versions:
        for cell in releases.read_earlier(register.rows, EVERYBODY, version=version).same.itertuples():
            if cell.etat != SHOWN:
                continue
            low, high = known(cell.valeur, SHOWN, RULES)
            before = last.get(cell.variable, cell.valeur)
            if cell.valeur > before:
                low = max(low, before + RULES.base)
            elif cell.valeur < before:
                high = min(high, before - RULES.base)
            last[cell.variable] = cell.valeur
            if low <= truth[cell.variable] <= high:
                was = said[cell.variable]
                said[cell.variable] = (max(low, was[0]), min(high, was[1]))
                shown.add(cell.variable)
    attack = Attack(
        releases.find_sums(releases.read_earlier(register.rows, EVERYBODY, version=versions[-1]).same), said
    )
    return {one: (attack.interval(one), one in shown) for one in said}


@settings(max_examples=12, deadline=None)
@given(COUNTS, st.integers(0, 11), st.integers(1, 4))
def test_a_later_version_is_published_and_teaches_nothing_small_beside_those_before(
    exact: list[int], late: int, step: int
) -> None:
    """A correction adds a few persons a version: none is refused, and what is confined was so by those before."""
    register, versions = Register(), ["v0", "v1", "v2"]
    for number, version in enumerate(versions):
        persons = drawn([nb + (number * step if cell == late else 0) for cell, nb in enumerate(exact)])
        register.release(persons, "force", version=version)
    cells = counts.name_counts(table(persons, "force"), EVERYBODY)
    truth = dict(zip(cells["variable"], cells["nb"], strict=True))
    together, alone = supposed(register, truth, versions), supposed(register, truth, versions[-1:])
    # What those before say, the sums of the last release holding.
    without = Register()
    without.rows = register.rows.copy()
    without.rows.loc[without.rows["version"] == "v2", ["etat", "valeur"]] = (HIDDEN, None)
    before = supposed(without, truth, versions)
    for one, ((low, high), shown) in together.items():
        width = RULES.rounded_width if shown else RULES.hidden_width
        assert high - low >= width or (low, high) == before[one][0]
        (low, high), shown = alone[one]
        assert high - low >= (RULES.rounded_width if shown else RULES.hidden_width)


def test_a_count_that_moved_little_keeps_the_value_that_was_shown() -> None:
    """One prosecuted person more: the same table to the cell; ten more: another value."""
    register, counts = Register(), [43, 61, 62, 57, 64, 66, 71, 83, 91, 101, 48, 55]
    first, second, third = (
        register.release(drawn([counts[0] + more, *counts[1:]]), "force", version=version)
        for version, more in (("v1", 0), ("v2", 1), ("v3", 11))
    )
    assert first["valeur"].tolist() == second["valeur"].tolist()
    assert first["valeur"].tolist() != third["valeur"].tolist()


def test_ten_persons_who_became_nine_are_hidden_and_the_version_is_published() -> None:
    register, counts = Register(), [10, 60, 60, 0, 60, 60, 60, 60, 60, 60, 60, 60]
    register.release(drawn(counts), "force", "sexe", version="v1")
    later = register.release(drawn([9, *counts[1:]]), "force", "sexe", version="v2")
    small = later[(later["row"] == "PN") & (later["column"] == "poursuites")]
    assert small["etat"].tolist() == ["masque_petit"]
    assert (later["etat"] == SHOWN).sum() > len(later) / 2


def test_what_one_release_hid_the_next_does_not_show() -> None:
    """The prosecuted of two forces, both small, hid their sum: by sex alone it would be shown."""
    persons = drawn([8, 60, 60, 0, 60, 60, 9, 60, 60, 0, 60, 60])
    register = Register()
    first = register.release(persons, "force")
    hidden = set(first.loc[first["etat"] != SHOWN, "variable"])
    alone, second = (one.release(persons, "sexe", study="other") for one in (Register(), register))
    assert hidden & set(alone.loc[alone["etat"] == SHOWN, "variable"])
    assert not hidden & set(second.loc[second["etat"] == SHOWN, "variable"])


def test_the_same_release_again_shows_the_same() -> None:
    register, persons = Register(), drawn([8, 60, 60, 0, 11, 60] * 2)
    first = register.release(persons, "force", "sexe")
    nb = len(register.rows)
    pd.testing.assert_frame_equal(register.release(persons, "force", "sexe"), first)
    assert register.rows["release"].nunique() == 1
    assert len(register.rows) == 2 * nb


def test_the_register_says_neither_exact_counts_nor_which_cells_were_small() -> None:
    register = Register()
    register.release(drawn([8, 61, 62, 0, 64, 66] * 2), "force", "sexe")
    assert set(register.rows["etat"]) == {SHOWN, HIDDEN}
    assert (register.rows["valeur"].dropna() % RULES.base == 0).all()
    assert register.rows.loc[register.rows["etat"] == HIDDEN, "valeur"].isna().all()
    assert json.loads(register.rows["population"].iloc[0]) == EVERYBODY


def test_a_year_is_the_same_count_in_a_study_of_other_years() -> None:
    shorter = {**EVERYBODY, "years": [2019, 2023]}
    one, same = (counts.tag(counts.of_row(of, "millesime", "2020")) for of in (EVERYBODY, shorter))
    assert one == same
    assert counts.tag(counts.of_row(EVERYBODY, "millesime", WHOLE)) != counts.tag(
        counts.of_row(shorter, "millesime", WHOLE)
    )
    assert counts.holds(EVERYBODY, shorter)
    assert not counts.holds(shorter, EVERYBODY)


@pytest.mark.parametrize(
    ("small", "inside"),
    [
        ({"age": 18}, True),
        ({"age": 14}, False),
        ({"ties": ["conjoint"]}, True),
        ({"ties": []}, False),
        ({"natinf": ["10854"]}, False),
        ({"unknown_tie": False}, True),
        ({"counting": ["procedure", "all", "furthest"]}, False),
    ],
)
def test_a_population_inside_another(small: dict[str, Any], inside: bool) -> None:
    assert counts.holds(EVERYBODY, {**EVERYBODY, **small}) == inside


def test_a_base_made_anew_under_the_same_version_is_refused() -> None:
    register = Register()
    register.release(drawn([60] * 12), "force")
    register.release(drawn([60] * 12), "sexe", study="other")
    with pytest.raises(ContractError, match="its base was made anew"):
        register.release([one for one in drawn([60] * 12) if one[1] == "F"] * 9, "force")


@pytest.mark.parametrize(("more", "refused"), [(1, False), (4, False), (5, True)])
def test_a_count_that_the_version_showed_otherwise_is_refused_by_table(more: int, refused: bool) -> None:
    """A hundred are shown as a hundred; up to four more could have been too."""
    cells = by_rows("force", {"PN": [100, 100, 100], "GN": [100, 100, 100]})
    register = releases.register_release(
        protect(counts.name_counts(cells, EVERYBODY), RULES, seed=SEED), EVERYBODY, RULES, study="s", version="v1", declaration="d"
    )  # fmt: skip
    cells.loc[(cells["row"] == "PN") & (cells["column"] == "poursuites"), "nb"] += more
    before = releases.read_earlier(register, EVERYBODY, version="v1")
    again = counts.name_counts(cells, EVERYBODY)
    if refused:
        with pytest.raises(ContractError, match=r"version v1: .* tables: force"):
            protect(again, RULES, seed=SEED, earlier=before)
    else:
        protect(again, RULES, seed=SEED, earlier=before)
