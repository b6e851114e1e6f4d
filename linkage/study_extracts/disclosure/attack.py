"""The attacker: what may be deduced of each count from everything published, by linear programming."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import OptimizeResult, linprog
from scipy.sparse import csr_matrix

from linkage.concepts.outcomes import INOPPORTUNITE, NON_POURSUIVABLE, family_of
from linkage.study_extracts.disclosure.counts import Unknown, Variable
from linkage.study_extracts.tables import TOTAL, WHOLE

Interval = tuple[float, float]
Equation = tuple[Unknown, frozenset[Unknown]]
DIRECTIONS = 12
OPTIMAL, INFEASIBLE, UNBOUNDED = 0, 2, 3  # SciPy's


def equations(cells: pd.DataFrame) -> list[Equation]:
    """Return what adds up to what, over all tables: rows, columns, and what one table's total is in another."""
    found: set[Equation] = set()
    for _, rows in cells.groupby("table", sort=True):
        for _, line in rows.groupby("row", sort=True):
            found.update(_sum(line, line["column"] == TOTAL))
        for _, line in rows.groupby("column", sort=True):
            found.update(_sum(line, line["row"] == WHOLE))
    known: set[Variable] = set(cells["variable"])
    finer: dict[tuple[str, Variable], set[Variable]] = {}
    for table, coarser, one in zip(cells["table"], cells["part"], cells["variable"], strict=True):
        if coarser in known:
            finer.setdefault((table, coarser), set()).add(one)
    found.update((coarser, frozenset(parts)) for (_, coarser), parts in finer.items())
    for one in known:
        if (one.indicator, one.column) == ("classement", TOTAL):
            kinds = (INOPPORTUNITE, NON_POURSUIVABLE)
            classed = frozenset(one._replace(indicator="orientation", column=kind) for kind in kinds)
            if classed <= known:
                found.add((one, classed))
        if one.indicator == "famille_motif" and one.column != TOTAL:
            alike = (other for other in known if other.indicator == "motif" and other.cases == one.cases)
            motives = (other for other in alike if other.column != TOTAL)
            if of_family := frozenset(motive for motive in motives if family_of(motive.column) == one.column):
                found.add((one, of_family))
    return ordered(found)


def ordered(found: Iterable[Equation]) -> list[Equation]:
    """Return equations in an order that does not depend on the run."""
    return sorted(found, key=lambda equation: (equation[0], sorted(equation[1])))


def _sum(line: pd.DataFrame, is_total: pd.Series) -> Iterator[Equation]:
    parts = frozenset(line.loc[~is_total, "variable"])
    for total in line.loc[is_total, "variable"]:
        if parts:
            yield total, parts


class Attack:
    """Everything published as one linear programme: equations between counts, and an interval around each."""

    def __init__(self, equations: Iterable[Equation], known: Mapping[Unknown, Interval]) -> None:
        self._names = sorted(known)
        self._at = {one: index for index, one in enumerate(self._names)}
        rows, columns, values = [], [], []
        equations = list(equations)
        for row, (total, parts) in enumerate(equations):
            for one, sign in ((total, -1.0), *((part, 1.0) for part in parts)):
                rows.append(row)
                columns.append(self._at[one])
                values.append(sign)
        self._matrix = csr_matrix((values, (rows, columns)), shape=(len(equations), len(self._names)))
        # Far above all that is known together: this bound decides nothing and leaves a solution to see.
        largest = 1e6 + sum(high for _, high in known.values() if high < np.inf)
        self._bounds = [(low, min(high, largest)) for low, high in map(known.__getitem__, self._names)]

    def feasible(self) -> bool:
        """Tell whether what is known can be true together."""
        return self._solve(np.zeros(len(self._names)))[0] != INFEASIBLE

    def interval(self, one: Unknown) -> Interval:
        """Return the narrowest interval left to a count, counts being whole.

        Method: its least and greatest value over the polyhedron (Fischetti and Salazar 2001).

        Raises
        ------
        ValueError
            What is known contradicts itself.
        """
        ends = []
        for sign in (1.0, -1.0):
            objective = np.zeros(len(self._names))
            objective[self._at[one]] = sign
            status, point = self._solve(objective)
            if status == INFEASIBLE:
                raise ValueError("what is published contradicts itself")
            ends.append(point[self._at[one]] if point is not None else sign * -np.inf)
        return _whole(ends[0], ends[1])

    def binding(self, one: Unknown) -> set[Unknown]:
        """Return the counts whose bounds keep one from being smaller or greater: to widen it, one must give way.

        Method: variables with a reduced cost at the two ends of the interval (linear programming duality).
        """
        found: set[Unknown] = set()
        for sign in (1.0, -1.0):
            objective = np.zeros(len(self._names))
            objective[self._at[one]] = sign
            solved = self._linprog(objective)
            if solved.status == OPTIMAL:
                costs = np.abs(solved.lower.marginals) + np.abs(solved.upper.marginals)
                found |= {self._names[at] for at in np.flatnonzero(costs > 1e-9)}
        return found - {one}

    def confined(self, declared: Mapping[Unknown, int]) -> list[Unknown]:
        """Return the counts left with an interval narrower than declared for each.

        Each solution also says of every other count a value it may take: most intervals are known to be wide enough
        before they are asked for.
        """
        low, high = np.full(len(self._names), np.inf), np.full(len(self._names), -np.inf)
        for direction in self._directions():
            _, point = self._solve(direction)
            if point is not None:
                low, high = np.minimum(low, point), np.maximum(high, point)
        found = []
        for one, width in sorted(declared.items()):
            at = self._at[one]
            for sign in (1.0, -1.0):
                if _width(_whole(low[at], high[at])) >= width:
                    break
                objective = np.zeros(len(self._names))
                objective[at] = sign
                status, point = self._solve(objective)
                if status == INFEASIBLE:
                    raise ValueError("what is published contradicts itself")
                if point is None:
                    low[at], high[at] = (-np.inf, high[at]) if sign > 0 else (low[at], np.inf)
                else:
                    low, high = np.minimum(low, point), np.maximum(high, point)
            if _width(_whole(low[at], high[at])) < width:
                found.append(one)
        return found

    def _directions(self) -> Iterator[npt.NDArray[np.float64]]:
        """Return a few directions in which many counts move at once, half of them against the other half."""
        halves = np.random.default_rng(0).choice([-1.0, 1.0], size=(DIRECTIONS, len(self._names)))
        yield from (*halves, *-halves)

    def _solve(self, objective: npt.NDArray[np.float64]) -> tuple[int, npt.NDArray[np.float64] | None]:
        solved = self._linprog(objective)
        return solved.status, solved.x if solved.status == OPTIMAL else None

    def _linprog(self, objective: npt.NDArray[np.float64]) -> OptimizeResult:
        right = np.zeros(self._matrix.shape[0])
        solved = linprog(objective, A_eq=self._matrix, b_eq=right, bounds=self._bounds, method="highs")
        if solved.status not in (OPTIMAL, INFEASIBLE, UNBOUNDED):
            raise RuntimeError(f"the attack could not be run: {solved.message}")
        return solved


def _whole(low: float, high: float) -> Interval:
    return float(np.ceil(low - 1e-6)), float(np.floor(high + 1e-6))


def _width(interval: Interval) -> float:
    return interval[1] - interval[0]
