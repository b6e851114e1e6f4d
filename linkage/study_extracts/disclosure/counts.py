"""The counts that cells show: the same count in two tables, studies or releases has one name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from linkage.concepts.outcomes import POURSUITES, UNKNOWN
from linkage.settings.study_extracts import StudySettings
from linkage.study_extracts.categories import LINKED
from linkage.study_extracts.population import AND, OF_A_KIND, OTHER, SEVERAL
from linkage.study_extracts.tables import TOTAL, WHOLE
from linkage.tables.study_extracts import ReleasedCell, StudyCase

OF_KINDS = ("genre", "formes", "natinf")
"""Groupings whose rows depend on how the study names kinds of offences."""
EVERYBODY = "*"
"""In place of a grouping, where all of its rows are counted together."""
Unknown = tuple[str, ...]
"""What an attacker looks for: a count (``Variable``), perhaps with what tells it apart from others of its name."""
Equation = tuple[Unknown, frozenset[Unknown]]
"""A count and those that add up to it."""


class Variable(NamedTuple):
    """A count, by what it counts: cells that show the same count have equal variables."""

    of: str
    """The tag of the population."""
    unit: str
    by: str
    row: str
    indicator: str
    column: str

    @property
    def cases(self) -> tuple[str, str, str, str]:
        """Return the cases of the row, whatever is counted of them."""
        return self.of, self.unit, self.by, self.row


def variable(of: str, unit: str, by: str, indicator: str, row: str, column: str) -> Variable:
    """Return the count that a cell shows: the same for cells of two tables that count the same cases.

    Modes and decisions add up to the prosecuted, motives to the two kinds of classement, months to the linked. Who has
    one form of violence alone is of that kind.
    """
    by = "genre" if by == "formes" and AND not in row else by
    cell = Variable(of, unit, EVERYBODY if row == WHOLE else by, row, indicator, column)
    if indicator == LINKED and column == LINKED:
        return cell._replace(indicator="orientation", column=TOTAL)
    if column == TOTAL and indicator in ("mode", "decision"):
        return cell._replace(indicator="orientation", column=POURSUITES)
    if column == TOTAL and indicator == "mois_fin":
        return cell._replace(indicator="orientation")
    if column == TOTAL and indicator in ("motif", "famille_motif"):
        return cell._replace(indicator="classement")
    return cell


VALUE, STATE = "valeur", "etat"
SMALL, COMPLEMENT = "masque_petit", "masque_complement"
"""Why the door hides a count: the register of the lake has it, what leaves says ``HIDDEN`` alone."""
COLUMNS = {
    ReleasedCell.tableau: "table",
    ReleasedCell.unite: "unit",
    ReleasedCell.regroupement: "by",
    ReleasedCell.indicateur: "indicator",
    ReleasedCell.modalite: "row",
    ReleasedCell.categorie: "column",
}
FURTHEST = "furthest"
"""Of several authors the furthest step counts: written in the population of every release since the first."""
SINCE = "since"
"""The first year of a study, where a row depends on it."""
Population = Mapping[str, Any]


def population(study: StudySettings, natinf: Sequence[str]) -> Population:
    """Return what decides whom a study counts, and under which kind of offence."""
    counting, of = study.counting, study.population
    return {
        "natinf": sorted(natinf),
        "years": [of.first_year, of.last_year],
        "age": of.smallest_age,
        "ties": sorted(of.lien_auteur),
        "unknown_tie": of.unknown_tie or not of.lien_auteur,
        "counting": [counting.once_per, counting.several_affaires, FURTHEST],
        "kinds": {kind.name: sorted(kind.natinf) for kind in study.kinds},
    }


def of_row(whole: Population, by: str, row: str) -> dict[str, Any]:
    """Return the part of a population that a row depends on: one year does not depend on the others."""
    left_out = {"years"} if by == "millesime" and row != WHOLE else set()
    if by not in OF_KINDS or row == WHOLE:
        left_out.add("kinds")
    part = {name: value for name, value in whole.items() if name not in left_out}
    # Who was recorded earlier depends on the year in which the study begins.
    return {**part, SINCE: whole["years"][0]} if by == StudyCase.deja_victime and row != WHOLE else part


def holds(large: Population, small: Population) -> bool:
    """Tell whether everyone of the second population is in the first."""
    if set(large) != set(small) or any(large.get(name) != small.get(name) for name in ("counting", "kinds", SINCE)):
        return False
    years = "years" not in large or (large["years"][0] <= small["years"][0] and small["years"][1] <= large["years"][1])
    ties = not large["ties"] or (bool(small["ties"]) and set(small["ties"]) <= set(large["ties"]))
    unknown = large["unknown_tie"] or not small["unknown_tie"]
    return years and ties and unknown and large["age"] <= small["age"] and set(small["natinf"]) <= set(large["natinf"])


def tag(part: Population) -> str:
    """Return a short name for a population: the same for the same persons."""
    return hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:12]


def name_counts(
    cells: pd.DataFrame, whole: Population, regions: Mapping[str, str] = MappingProxyType({})
) -> pd.DataFrame:
    """Add the ``variable`` that each cell shows, and that of the coarser count it is a ``part`` of, or null."""
    rows = list(cells[["unit", "by", "indicator", "row", "column"]].itertuples(index=False))
    tags = {key: tag(of_row(whole, *key)) for key in set(zip(cells["by"], cells["row"], strict=True))}
    coarser = {key: _coarser(whole, regions, *key) for key in tags}
    with_variable = cells.assign(variable=[variable(tags[row.by, row.row], *row) for row in rows])
    of = [coarser[row.by, row.row] for row in rows]
    return with_variable.assign(
        part=[
            variable(tags[row.by, row.row], row.unit, above[0], row.indicator, above[1], row.column) if above else None
            for row, above in zip(rows, of, strict=True)
        ]
    )


def _coarser(whole: Population, regions: Mapping[str, str], by: str, row: str) -> tuple[str, str] | None:
    """Return the row of a coarser grouping that holds a row: the région of a département, the kind of an offence."""
    if row == WHOLE or by not in ("code_departement", "formes", "natinf"):
        return None
    if by == "formes":
        return ("genre", SEVERAL) if AND in row else None
    if by == "code_departement":
        return "region", regions.get(row, UNKNOWN)
    kinds = {code: kind for kind, codes in whole["kinds"].items() for code in codes}
    several = {SEVERAL: SEVERAL, **{f"{kind}{OF_A_KIND}": kind for kind in (*whole["kinds"], OTHER)}}
    return "genre", several.get(row) or kinds.get(row, OTHER)
