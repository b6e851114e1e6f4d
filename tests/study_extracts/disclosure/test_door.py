"""Nothing is shown from which a small group can be deduced; both sides of each threshold; an attacker who finds."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.study_extracts.declaration import declared
from linkage.platform.errors import ContractError
from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure import counts
from linkage.study_extracts.disclosure.attack import Attack, Interval, equations
from linkage.study_extracts.disclosure.attacker import known
from linkage.study_extracts.disclosure.counts import COMPLEMENT, SHOWN, SMALL, Unknown, Variable, name_counts
from linkage.study_extracts.disclosure.door import protect as protect_named
from linkage.study_extracts.disclosure.releases import NOTHING, Earlier
from linkage.study_extracts.disclosure.rounding import rounded
from linkage.study_extracts.tables import ALONE, LINKED, TOTAL, WHOLE

RULES = DisclosureSettings(threshold=10, base=5, hidden_width=5, rounded_width=3, median_base=5, rounds=60, why="tests")
SEED = b"0123456789abcdef"
EVERYBODY = counts.population(declared("violences_conjugales"), ["10872"])
COLUMNS = ["poursuites", "alternatives", "non_poursuivable"]


def table(rows: list[list[int]], name: str = "t", by: str = "force", indicator: str = "orientation") -> pd.DataFrame:
    """The cells of a table with its margins."""
    lines = {f"r{number}": dict(zip(COLUMNS, counts, strict=True)) for number, counts in enumerate(rows)}
    for line in lines.values():
        line[TOTAL] = sum(line.values())
    lines[WHOLE] = {column: sum(line[column] for line in lines.values()) for column in (*COLUMNS, TOTAL)}
    usual = {"table": name, "unit": "victime", "by": by, "indicator": indicator}
    return pd.DataFrame(
        {**usual, "row": row, "column": column, "nb": nb, "weighted": float(nb)}
        for row, line in lines.items()
        for column, nb in line.items()
    )


def protect(cells: pd.DataFrame, rules: DisclosureSettings, *, seed: bytes, earlier: Earlier = NOTHING) -> pd.DataFrame:
    """The cells of one population through the door."""
    return protect_named(name_counts(cells, EVERYBODY), rules, seed=seed, earlier=earlier)


def variable(row: str, column: str) -> Variable:
    """The count that a cell of ``table`` shows."""
    cells = name_counts(table([[1, 1, 1]] * 2), EVERYBODY).set_index(["row", "column"])["variable"]
    named: Variable = cells[row, column]
    return named


def state(protected: pd.DataFrame, row: str, column: str) -> str:
    found = protected[(protected["row"] == row) & (protected["column"] == column)]
    return str(found["etat"].iloc[0])


def deduced(protected: pd.DataFrame) -> dict[Variable, Interval]:
    """What an attacker who reads only what was protected knows of each count."""
    said = {
        one: known(value if shown == SHOWN else 0, shown, RULES)
        for one, value, shown in zip(
            protected["variable"], protected["valeur"].fillna(0), protected["etat"], strict=True
        )
    }
    attack = Attack(equations(protected), said)
    return {one: attack.interval(one) for one in said}


def test_nine_is_hidden_and_ten_is_shown() -> None:
    rows = [[9, 500, 500], [10, 500, 500], [400, 500, 500]]
    protected = protect(table(rows), RULES, seed=SEED)
    assert (state(protected, "r0", "poursuites"), state(protected, "r1", "poursuites")) == (SMALL, SHOWN)


def test_zero_is_hidden_like_any_small_count() -> None:
    protected = protect(table([[0, 500, 500], [400, 500, 500]]), RULES, seed=SEED)
    assert state(protected, "r0", "poursuites") == SMALL


def test_a_full_cell_is_flagged_and_hidden() -> None:
    protected = protect(table([[50, 0, 0], [400, 500, 500]]), RULES, seed=SEED)
    full = protected[protected["pleine"]]
    assert list(zip(full["row"], full["column"], strict=True)) == [("r0", "poursuites")]
    assert state(protected, "r0", "poursuites") == COMPLEMENT


def test_no_exact_count_leaves_and_what_is_shown_is_a_multiple_of_the_base_nearby() -> None:
    counts = table([[53, 108, 517], [401, 502, 503]])
    protected = protect(counts, RULES, seed=SEED)
    assert "nb" not in protected
    gaps = (protected["valeur"] - counts["nb"]).dropna()
    assert (gaps.abs() < RULES.base).all()
    assert (protected["valeur"].dropna() % RULES.base == 0).all()


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_rounding_gives_one_of_the_two_multiples_around_and_always_the_same(nb: int) -> None:
    one = variable("r0", "poursuites")
    value = rounded(nb, 5, SEED, one)
    assert value % 5 == 0
    assert abs(value - nb) < 5
    assert value == rounded(nb, 5, SEED, one)


@pytest.mark.parametrize(
    ("value", "counts"), [(10, range(10, 15)), (15, range(11, 20)), (100, range(96, 105)), (1000, range(996, 1005))]
)
def test_a_shown_value_stands_for_every_count_that_is_rounded_to_it_and_no_other(value: int, counts: range) -> None:
    """Nine of them with base 5, five for the threshold itself: what is below it is never shown."""
    names = [("cell", str(number)) for number in range(200)]
    shown = {nb for nb in range(RULES.threshold, 1020) if value in {rounded(nb, 5, SEED, one) for one in names}}
    assert shown == set(counts)
    assert known(value, SHOWN, RULES) == (min(counts), max(counts))


def test_rounding_is_unbiased() -> None:
    drawn = [rounded(102, 5, SEED, ("cell", str(number))) for number in range(4000)]
    assert sum(drawn) / len(drawn) == pytest.approx(102, abs=0.15)


def test_the_attacker_finds_a_cell_that_only_its_own_row_was_to_protect() -> None:
    """Margins exact, one cell hidden: it is their difference."""
    cells = name_counts(table([[7, 50, 60], [40, 50, 60]]), EVERYBODY)
    hidden = variable("r0", "poursuites")
    said = {one: (float(nb), float(nb)) for one, nb in zip(cells["variable"], cells["nb"], strict=True)}
    said[hidden] = (0.0, 9.0)
    attack = Attack(equations(cells), said)
    assert attack.interval(hidden) == (7.0, 7.0)
    assert attack.confined(dict.fromkeys(said, 1)) == sorted(said)
    assert attack.confined(dict.fromkeys(said, 0)) == []


def test_what_confines_a_count_are_the_bounds_of_those_it_adds_up_with() -> None:
    total, shown, hidden, open_, apart, other = (
        (name,) for name in ("total", "shown", "hidden", "open", "apart", "other")
    )
    equations_ = [(total, frozenset({shown, hidden})), (apart, frozenset({other, open_}))]
    wide = (0.0, float("inf"))
    said: dict[Unknown, Interval] = {
        total: (96.0, 104.0),
        shown: (86.0, 94.0),
        hidden: wide,
        open_: wide,
        apart: (16.0, 24.0),
        other: wide,
    }
    attack = Attack(equations_, said)
    assert attack.interval(hidden) == (2.0, 18.0)
    assert attack.binding(hidden) == {total, shown}
    assert attack.binding(other) == {apart, open_}


def test_the_attacker_reads_two_tables_of_the_same_cases_together() -> None:
    """Modes add up to the prosecuted of the table of orientations; motives to their families."""
    modes = name_counts(table([[8, 20, 30], [40, 50, 60]], name="m", indicator="mode"), EVERYBODY)
    assert {one[4:] for one in modes.loc[modes["column"] == TOTAL, "variable"]} == {("orientation", "poursuites")}
    motives = table([[8, 20, 30]], name="m", indicator="motif").replace(
        dict(zip(COLUMNS, ["31", "36", "11"], strict=True))
    )
    families = table([[28, 30, 5]], name="f", indicator="famille_motif")
    families = families.replace(dict(zip(COLUMNS, ["motif juridique", "absence d'infraction", "inconnu"], strict=True)))
    both = pd.concat([name_counts(motives, EVERYBODY), name_counts(families, EVERYBODY)])
    found = {one[0][2:]: {part[5] for part in one[1]} for one in equations(both) if one[0][5] == "motif juridique"}
    assert {"31", "36"} in found.values()


def test_how_many_are_linked_is_the_total_of_the_orientations_and_how_many_are_not_is_no_such_count() -> None:
    cell = {"of": "p", "unit": "victime", "by": "force", "row": "PN"}
    total = counts.variable(**cell, indicator="orientation", column=TOTAL)
    assert counts.variable(**cell, indicator=LINKED, column=LINKED) == total
    assert counts.variable(**cell, indicator=LINKED, column=ALONE) != total
    assert counts.variable(**cell, indicator=LINKED, column=TOTAL) != total


def test_tables_from_which_too_much_is_deduced_are_refused() -> None:
    stubborn = RULES.model_copy(update={"rounds": 1, "hidden_width": 9, "rounded_width": 4})
    with pytest.raises(ContractError, match="can still be deduced"):
        protect(table([[53, 8, 517], [401, 502, 9]]), stubborn, seed=SEED)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=2, max_size=4))
def test_no_cell_is_confined_more_than_declared_whatever_the_counts(rows: list[list[int]]) -> None:
    protected = protect(table(rows), RULES, seed=SEED)
    states = dict(zip(protected["variable"], protected["etat"], strict=True))
    for one, (low, high) in deduced(protected).items():
        assert high - low >= (RULES.rounded_width if states[one] == SHOWN else RULES.hidden_width)
