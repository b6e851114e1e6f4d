"""ACRO, the checker of research data services, as a second opinion on what is small."""

from __future__ import annotations

import acro
import pandas as pd
import pytest

from linkage.study_extracts.disclosure.counts import SHOWN
from linkage.study_extracts.tables import TOTAL, WHOLE
from tests.study_extracts.disclosure.releases_drawn import FORCES, KINDS, Persons, Register, drawn

OK, ALL = "ok", "All"


def checked(persons: Persons) -> pd.DataFrame:
    """ACRO's word on each cell of the table of persons by force and orientation: ``ok``, or what is wrong."""
    session = acro.ACRO(suppress=False)
    people = pd.DataFrame(persons, columns=["force", "sexe", "orientation"])
    session.crosstab(people["force"], people["orientation"], margins=True)
    return session.results.get_index(0).outcome


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
    protected = Register().release(persons, "force").set_index(["row", "column"])
    refused = checked(persons).rename(index={ALL: WHOLE}, columns={ALL: TOTAL})
    found = [
        (row, column)
        for row in (*FORCES, WHOLE)
        for column in (*KINDS, TOTAL)
        if refused.loc[row, column].strip() != OK
    ]
    assert bool(found) == (counts[0] != 10)
    assert all(protected.loc[cell, "etat"] != SHOWN for cell in found)
    shown = protected[protected["etat"] == SHOWN].drop(index=WHOLE, level="row").drop(index=TOTAL, level="column")
    assert len(shown)
    published = [(row, "F", column) for (row, column), cell in shown.iterrows() for _ in range(cell["valeur"])]
    again = checked(published)
    assert all(again.loc[cell].strip() == OK for cell in shown.index)
