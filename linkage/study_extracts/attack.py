"""The attacker: what may be deduced of each count from everything published, by linear programming."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from linkage.study_extracts.course import INOPPORTUNITE, NON_POURSUIVABLE, POURSUITES
from linkage.study_extracts.tables import LINKED, TOTAL, WHOLE

Variable = tuple[str, ...]
Interval = tuple[float, float]
Equation = tuple[Variable, frozenset[Variable]]


def variable(unit: str, by: str, indicator: str, row: str, column: str) -> Variable:
    """The count that a cell shows: the same for cells of two tables that count the same cases.

    Modes and decisions add up to the prosecuted, motives to the two kinds of classement.
    """
    group = ("*", WHOLE) if row == WHOLE else (by, row)
    if indicator == LINKED and column == LINKED:
        return (unit, *group, "orientation", TOTAL)
    if column == TOTAL and indicator in ("mode", "decision"):
        return (unit, *group, "orientation", POURSUITES)
    if column == TOTAL and indicator in ("motif", "famille_motif"):
        return (unit, *group, "classement", TOTAL)
    return (unit, *group, indicator, column)


def equations(cells: pd.DataFrame) -> list[Equation]:
    """What adds up to what, over all tables: rows, columns, and what one table's total is in another."""
    found: set[Equation] = set()
    for _, table in cells.groupby("table", sort=True):
        for _, line in table.groupby("row", sort=True):
            found.update(_sum(line, line["column"] == TOTAL))
        for _, line in table.groupby("column", sort=True):
            found.update(_sum(line, line["row"] == WHOLE))
    known = set(cells["variable"])
    for one in known:
        if one[3:] == ("classement", TOTAL):
            parts = frozenset((*one[:3], "orientation", kind) for kind in (INOPPORTUNITE, NON_POURSUIVABLE))
            if parts <= known:
                found.add((one, parts))
    return sorted(found, key=lambda equation: (equation[0], sorted(equation[1])))


def _sum(line: pd.DataFrame, is_total: pd.Series) -> Iterator[Equation]:
    parts = frozenset(line.loc[~is_total, "variable"])
    for total in line.loc[is_total, "variable"]:
        if parts:
            yield total, parts


def intervals(
    equations: Iterable[Equation], known: Mapping[Variable, Interval], asked: Iterable[Variable]
) -> dict[Variable, Interval]:
    """The narrowest interval that the equations and what is known leave to each count asked for.

    Method: least and greatest value of the count over the polyhedron (Fischetti and Salazar 2001), counts being whole.

    Raises
    ------
    ValueError
        What is known contradicts itself.
    """
    position = {one: index for index, one in enumerate(sorted(known))}
    rows, columns, values = [], [], []
    equations = list(equations)
    for row, (total, parts) in enumerate(equations):
        for one, sign in ((total, -1.0), *((part, 1.0) for part in parts)):
            rows.append(row)
            columns.append(position[one])
            values.append(sign)
    matrix = csr_matrix((values, (rows, columns)), shape=(len(equations), len(position)))
    bounds = [known[one] for one in sorted(known)]
    right = np.zeros(len(equations))
    objective = np.zeros(len(position))
    found: dict[Variable, Interval] = {}
    for one in asked:
        ends = []
        for sign in (1.0, -1.0):
            objective[position[one]] = sign
            solved = linprog(objective, A_eq=matrix, b_eq=right, bounds=bounds, method="highs")
            if solved.status == 2:
                raise ValueError("what is published contradicts itself")
            ends.append(sign * solved.fun if solved.status == 0 else np.inf)
        objective[position[one]] = 0.0
        found[one] = (float(np.ceil(ends[0] - 1e-6)), float(np.floor(ends[1] + 1e-6)))
    return found
