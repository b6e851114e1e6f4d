"""How published counts add up: what an attacker puts together, whatever table, study, period or version they are in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from linkage.concepts.outcomes import (
    COUPABLE,
    EN_ATTENTE,
    EN_COURS,
    GUILTY,
    INOPPORTUNITE,
    NON_COUPABLE,
    NON_LIEU,
    NON_POURSUIVABLE,
    NOT_GUILTY,
    POURSUITES,
    family_of,
)
from linkage.study_extracts.disclosure.counts import Equation, Unknown, Variable
from linkage.study_extracts.months import NOT_REACHED
from linkage.study_extracts.tables import TOTAL, WHOLE


def equations(cells: pd.DataFrame) -> list[Equation]:
    """Return what adds up to what, over all tables: rows, columns, and what one table's total is in another.

    ``cells`` have ``table, row, column``, the ``variable`` that each shows and the coarser one it is a ``part`` of.
    """
    found: set[Equation] = set()
    for _, rows in cells.groupby("table", sort=True):
        for _, line in rows.groupby("row", sort=True):
            found.update(_sum(line, line["column"] == TOTAL))
        for _, line in rows.groupby("column", sort=True):
            found.update(_sum(line, line["row"] == WHOLE))
    known: set[Unknown] = set(cells["variable"])
    finer: dict[tuple[str, Unknown], set[Unknown]] = {}
    for table, coarser, one in zip(cells["table"], cells["part"], cells["variable"], strict=True):
        if coarser in known:
            finer.setdefault((table, coarser), set()).add(one)
    found.update((coarser, frozenset(parts)) for (_, coarser), parts in finer.items())
    for one in known:
        if isinstance(one, Variable):
            found.update(_of_classements(one, known))
            found.update((total, parts) for total, parts in _of_ends(one) if {total, *parts} <= known)
    return ordered(found)


def _sum(line: pd.DataFrame, is_total: pd.Series) -> Iterator[Equation]:
    parts = frozenset(line.loc[~is_total, "variable"])
    for total in line.loc[is_total, "variable"]:
        if parts:
            yield total, parts


def _of_classements(one: Variable, known: set[Unknown]) -> Iterator[Equation]:
    """Yield the two kinds of classement of all of them, and the motives of a family."""
    if (one.indicator, one.column) == ("classement", TOTAL):
        kinds = (INOPPORTUNITE, NON_POURSUIVABLE)
        classed = frozenset(one._replace(indicator="orientation", column=kind) for kind in kinds)
        if classed <= known:
            yield one, classed
    if one.indicator == "famille_motif" and one.column != TOTAL:
        counts = (other for other in known if isinstance(other, Variable))
        alike = (other for other in counts if other.indicator == "motif" and other.cases == one.cases)
        motives = (other for other in alike if other.column != TOTAL)
        if of_family := frozenset(motive for motive in motives if family_of(motive.column) == one.column):
            yield one, of_family


def _of_ends(one: Variable) -> Iterator[Equation]:
    """Yield what the guilty and the judged are of decisions, and the course not ended of those who wait."""

    def decided(*decisions: str) -> frozenset[Unknown]:
        return frozenset(one._replace(indicator="decision", column=decision) for decision in decisions)

    said = {COUPABLE: GUILTY, NON_COUPABLE: NOT_GUILTY}
    if one.indicator == "culpabilite" and one.column in said:
        yield one, decided(*said[one.column])
    if (one.indicator, one.column) == ("culpabilite", TOTAL):
        yield one._replace(indicator="orientation", column=POURSUITES), decided(NON_LIEU, EN_ATTENTE) | {one}
    if (one.indicator, one.column) == ("mois_fin", NOT_REACHED):
        yield one, decided(EN_ATTENTE) | {one._replace(indicator="orientation", column=EN_COURS)}


def ordered(found: Iterable[Equation]) -> list[Equation]:
    """Return equations in an order that does not depend on the run."""
    return sorted(found, key=lambda equation: (equation[0], sorted(equation[1])))
