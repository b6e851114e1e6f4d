"""Nothing is shown from which a small group can be deduced; both sides of each threshold; an attacker who finds."""

from __future__ import annotations

import pandas as pd  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.errors import ContractError
from linkage.settings import DisclosureSettings
from linkage.study_extracts.attack import equations, intervals, variable
from linkage.study_extracts.disclosure import COMPLEMENT, SHOWN, SMALL, earlier_bounds, known, protect, rounded
from linkage.study_extracts.published import releases
from linkage.study_extracts.tables import TOTAL, WHOLE

RULES = DisclosureSettings(threshold=10, base=5, hidden_width=5, rounded_width=3, median_base=5, rounds=60, why="tests")
SEED = b"0123456789abcdef"
COLUMNS = ["poursuites", "alternatives", "non_poursuivable"]


def table(rows: list[list[int]], name: str = "t", by: str = "force", indicator: str = "orientation") -> pd.DataFrame:
    """The cells of a table with its margins."""
    lines = {f"r{number}": dict(zip(COLUMNS, counts, strict=True)) for number, counts in enumerate(rows)}
    for line in lines.values():
        line[TOTAL] = sum(line.values())
    lines[WHOLE] = {column: sum(line[column] for line in lines.values()) for column in (*COLUMNS, TOTAL)}
    named = {"table": name, "unit": "victime", "by": by, "indicator": indicator}
    return pd.DataFrame(
        {**named, "row": row, "column": column, "nb": nb} for row, line in lines.items() for column, nb in line.items()
    )


def state(protected: pd.DataFrame, row: str, column: str) -> str:
    found = protected[(protected["row"] == row) & (protected["column"] == column)]
    return str(found["etat"].iloc[0])


def deduced(protected: pd.DataFrame) -> dict[tuple[str, ...], tuple[float, float]]:
    """What an attacker who reads only what was protected knows of each count."""
    said = {
        one: known(value if shown == SHOWN else 0, shown, RULES)
        for one, value, shown in zip(
            protected["variable"], protected["valeur"].fillna(0), protected["etat"], strict=True
        )
    }
    return intervals(equations(protected), said, sorted(said))


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


@given(st.integers(0, 10_000))
def test_rounding_gives_one_of_the_two_multiples_around_and_always_the_same(nb: int) -> None:
    one = variable("victime", "force", "orientation", "PN", "poursuites")
    value = rounded(nb, 5, SEED, one)
    assert value % 5 == 0
    assert abs(value - nb) < 5
    assert value == rounded(nb, 5, SEED, one)


def test_rounding_is_unbiased() -> None:
    drawn = [rounded(102, 5, SEED, ("cell", str(number))) for number in range(4000)]
    assert sum(drawn) / len(drawn) == pytest.approx(102, abs=0.15)


def test_the_attacker_finds_a_cell_that_only_its_own_row_was_to_protect() -> None:
    """Margins exact, one cell hidden: it is their difference."""
    cells = table([[7, 50, 60], [40, 50, 60]])
    cells["variable"] = [
        variable(*row) for row in cells[["unit", "by", "indicator", "row", "column"]].itertuples(index=False)
    ]
    hidden = variable("victime", "force", "orientation", "r0", "poursuites")
    said = {one: (float(nb), float(nb)) for one, nb in zip(cells["variable"], cells["nb"], strict=True)}
    said[hidden] = (0.0, 9.0)
    assert intervals(equations(cells), said, [hidden]) == {hidden: (7.0, 7.0)}


def test_the_attacker_reads_two_tables_of_the_same_cases_together() -> None:
    """Modes add up to the prosecuted of the table of orientations."""
    modes = table([[8, 20, 30], [40, 50, 60]], name="m", indicator="mode")
    total = modes[modes["column"] == TOTAL]
    assert {
        variable(*row)[3:] for row in total[["unit", "by", "indicator", "row", "column"]].itertuples(index=False)
    } == {("orientation", "poursuites")}


def test_tables_from_which_too_much_is_deduced_are_refused() -> None:
    stubborn = RULES.model_copy(update={"rounds": 1, "hidden_width": 9, "rounded_width": 4})
    earlier = {variable("victime", "force", "orientation", "r0", "poursuites"): (52.0, 53.0)}
    with pytest.raises(ContractError, match="can still be deduced"):
        protect(table([[53, 108, 517], [401, 502, 503]]), stubborn, seed=SEED, earlier=earlier)


def test_a_release_says_what_it_showed_to_the_next_one() -> None:
    protected = protect(table([[53, 108, 517], [401, 502, 503]]), RULES, seed=SEED)
    register = releases(protected, RULES, version="v1", declaration="d")
    bounds = earlier_bounds(register)
    counts = table([[53, 108, 517], [401, 502, 503]])
    for row in counts.itertuples():
        one = variable(row.unit, row.by, row.indicator, row.row, row.column)
        if one in bounds:
            assert bounds[one][0] <= row.nb <= bounds[one][1]
    assert len(bounds) == len(register)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=2, max_size=4))
def test_no_cell_is_confined_more_than_declared_whatever_the_counts(rows: list[list[int]]) -> None:
    protected = protect(table(rows), RULES, seed=SEED)
    states = dict(zip(protected["variable"], protected["etat"], strict=True))
    for one, (low, high) in deduced(protected).items():
        assert high - low >= (RULES.rounded_width if states[one] == SHOWN else RULES.hidden_width)
