"""Rows that are parts of others: départements of a region, offences of a kind."""

from __future__ import annotations

import pandas as pd
import pytest

from linkage.study_extracts.disclosure import counts, releases
from linkage.study_extracts.disclosure.attack import Attack
from linkage.study_extracts.disclosure.attacker import known
from linkage.study_extracts.disclosure.counts import SHOWN, Variable
from linkage.study_extracts.disclosure.door import protect
from linkage.study_extracts.tables import TOTAL
from tests.study_extracts.disclosure.releases_drawn import EVERYBODY, RULES, SEED, Register, by_rows

REGIONS = {"33": "Nouvelle-Aquitaine", "40": "Nouvelle-Aquitaine", "75": "Île-de-France"}


def test_a_region_is_the_sum_of_its_departements_to_the_attacker() -> None:
    """Two départements of three make a région: the third is its own, and what is small there must not be found."""
    departements = by_rows("code_departement", {"33": [60, 70, 80], "40": [9, 50, 60], "75": [64, 73, 85]})
    regions = by_rows("region", {"Nouvelle-Aquitaine": [69, 120, 140], "Île-de-France": [64, 73, 85]})
    cells = counts.name_counts(pd.concat([departements, regions], ignore_index=True), EVERYBODY, REGIONS)
    named = dict(zip(zip(cells["row"], cells["column"], strict=True), cells["variable"], strict=True))
    whole = named["Nouvelle-Aquitaine", "poursuites"]
    parts = {named["33", "poursuites"], named["40", "poursuites"]}
    assert (whole, frozenset(parts)) in releases.find_sums(cells)
    protected = protect(cells, RULES, seed=SEED)
    said = {
        one: known(value, SHOWN, RULES) if state == SHOWN else (0.0, float("inf"))
        for one, value, state in zip(protected["variable"], protected["valeur"], protected["etat"], strict=True)
    }
    low, high = Attack(releases.find_sums(cells), said).interval(named["40", "poursuites"])
    assert high - low >= RULES.hidden_width


def test_an_earlier_table_of_departements_is_read_with_a_later_one_of_regions() -> None:
    register = Register()
    for by, rows in (("code_departement", {"33": [60, 70, 80], "40": [9, 50, 60], "75": [64, 73, 85]}),
                     ("region", {"Nouvelle-Aquitaine": [69, 120, 140], "Île-de-France": [64, 73, 85]})):  # fmt: skip
        before = releases.read_earlier(register.rows, EVERYBODY, REGIONS, version="v1")
        cells = counts.name_counts(by_rows(by, rows), EVERYBODY, REGIONS)
        protected = protect(cells, RULES, seed=SEED, earlier=before)
        row = releases.register_release(protected, EVERYBODY, RULES, study=by, version="v1", declaration="d")
        register.rows = pd.concat([frame for frame in (register.rows, row) if len(frame)], ignore_index=True)
    both = releases.read_earlier(register.rows, EVERYBODY, REGIONS, version="v1").same
    columns = {"variable", "part"}
    assert columns <= set(both.columns)
    assert any(isinstance(one, Variable) and (one.by, one.row) == ("region", "Nouvelle-Aquitaine") and [part.row for part in parts if isinstance(part, Variable)] in (["33", "40"], ["40", "33"])
               for one, parts in releases.find_sums(both))  # fmt: skip


@pytest.mark.parametrize(
    ("row", "kind"),
    [("10872", "violences"), ("27754", "menaces"), ("7177", "autre"), ("menaces, plusieurs codes", "menaces"), ("plusieurs", "plusieurs")],
)  # fmt: skip
def test_an_offence_is_a_part_of_its_kind(row: str, kind: str) -> None:
    cell = {"unit": "victime", "by": "natinf", "indicator": "orientation", "row": row, "column": TOTAL}
    part = counts.name_counts(pd.DataFrame([cell]), EVERYBODY)["part"].iloc[0]
    of_kind = counts.name_counts(pd.DataFrame([{**cell, "by": "genre", "row": kind}]), EVERYBODY)["variable"].iloc[0]
    assert part == of_kind
