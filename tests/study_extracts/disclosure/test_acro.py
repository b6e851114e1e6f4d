"""ACRO, the checker of research data services, as a second opinion on what is small."""

from __future__ import annotations

from collections.abc import Sequence

import acro
import pandas as pd
import pytest

from jobs.study_extracts.declaration import declared
from linkage.study_extracts.disclosure.perturbation import publishable
from linkage.study_extracts.tables import TOTAL, WHOLE

RULES = declared("violences_conjugales").disclosure
FORCES, SEXES, KINDS = ("PN", "GN"), ("F", "M"), ("poursuites", "alternatives", "non_poursuivable")
Persons = Sequence[tuple[str, str, str]]

OK, ALL = "ok", "All"


def checked(persons: Persons) -> pd.DataFrame:
    """ACRO's word on each cell of the table of persons by force and orientation: ``ok``, or what is wrong."""
    session = acro.ACRO(suppress=False)
    people = pd.DataFrame(persons, columns=["force", "sexe", "orientation"])
    session.crosstab(people["force"], people["orientation"], margins=True)
    return session.results.get_index(0).outcome


def drawn(counts: Sequence[int]) -> Persons:
    """Persons by force, sex and orientation, in as many as said."""
    cells = [(force, sex, kind) for force in FORCES for sex in SEXES for kind in KINDS]
    return [cell for cell, nb in zip(cells, counts, strict=True) for _ in range(nb)]


def shown(persons: Persons) -> dict[tuple[str, str], int]:
    """What is shown of the table of persons by force and orientation; what is hidden is not there."""
    cells = [(row, column) for row in (*FORCES, WHOLE) for column in (*KINDS, TOTAL)]
    counts = [sum(row in (WHOLE, one[0]) and column in (TOTAL, one[2]) for one in persons) for row, column in cells]
    values = publishable(counts, range(len(cells)), RULES, seed=b"0123456789abcdef")
    return {cell: int(value) for cell, value in zip(cells, values, strict=True) if pd.notna(value)}


@pytest.mark.parametrize(
    "counts",
    [
        [9, 60, 60, 0, 60, 60, 60, 60, 60, 60, 60, 60],
        [10, 60, 60, 0, 60, 60, 60, 60, 60, 60, 60, 60],
        [1, 0, 80, 2, 1, 70, 60, 60, 60, 60, 60, 60],
        [4, 60, 60, 4, 60, 60, 0, 60, 60, 1, 60, 60],
    ],
    ids=["nine", "ten", "almost full", "a small margin"],
)
def test_every_cell_that_acro_refuses_is_hidden_and_what_is_shown_passes(counts: list[int]) -> None:
    persons = drawn(counts)
    protected = shown(persons)
    refused = checked(persons).rename(index={ALL: WHOLE}, columns={ALL: TOTAL})
    found = [
        (row, column)
        for row in (*FORCES, WHOLE)
        for column in (*KINDS, TOTAL)
        if refused.loc[row, column].strip() != OK
    ]
    assert bool(found) == (counts[0] != 10)
    assert not set(found) & set(protected)
    inside = {cell: nb for cell, nb in protected.items() if cell[0] != WHOLE and cell[1] != TOTAL}
    assert inside
    again = checked([(row, "F", column) for (row, column), nb in inside.items() for _ in range(nb)])
    assert all(again.loc[cell].strip() == OK for cell in inside)
