"""The register of releases: whom each counted, what it showed, and what that says of the counts of the next one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.course import LEAST
from linkage.study_extracts.disclosure.attack import Equation, equations, ordered
from linkage.study_extracts.disclosure.counts import (
    COLUMNS,
    EVERYBODY,
    HIDDEN,
    SHOWN,
    STATE,
    VALUE,
    Gap,
    Population,
    Unknown,
    Variable,
    gap,
    holds,
    name_counts,
    of_row,
    tag,
)
from linkage.study_extracts.tables import CELL, SENSITIVITY, TOTAL, WHOLE
from linkage.tables.study_extracts import Release


@dataclass(frozen=True)
class Earlier:
    """What was published before: cells of the same version, and what other versions said of the same counts.

    ``nested`` holds equations that join a count to that of a larger population, their gap hidden.
    """

    same: pd.DataFrame
    other: pd.DataFrame
    nested: Sequence[Equation] = ()

    def values(self) -> dict[Unknown, int]:
        """Return what each count was last shown as: by this version if it has shown it, else by the last that has."""
        last = pd.concat([self.other, self.same])
        shown = last[last[STATE] == SHOWN]
        return {one: int(value) for one, value in zip(shown["variable"], shown[VALUE], strict=True)}


NOTHING = Earlier(*(pd.DataFrame(columns=["release", *CELL, "variable", "part", VALUE, STATE]) for _ in range(2)))


def read_earlier(
    register: pd.DataFrame,
    present: Population,
    regions: Mapping[str, str] = MappingProxyType({}),
    *,
    version: str,
) -> Earlier:
    """Return what the register says to a release of the present population and version; every study is looked at.

    The register is read in its order: the last release last.
    """
    found = [NOTHING.same]
    populations: dict[str, Population] = {}
    for (release, declared), rows in register.groupby([Release.release, Release.population], sort=False):
        populations[str(release)] = json.loads(declared)
        cells = name_counts(
            rows.rename(columns={str(old): new for old, new in COLUMNS.items()}), populations[str(release)], regions
        )
        found.append(cells.assign(table=f"{release}/" + cells["table"]))
    cells = pd.concat([frame for frame in found if len(frame)] or found, ignore_index=True)
    if not len(cells):
        return NOTHING
    same = cells[cells[Release.version] == version]
    nested: set[Equation] = set()
    for release, rows in same.groupby("release", sort=True):
        nested.update(_nested(rows, populations[str(release)], present))
    return Earlier(same, cells[cells[Release.version] != version], ordered(nested))


def _nested(cells: pd.DataFrame, before: Population, present: Population) -> Iterable[Equation]:
    for row in cells.itertuples():
        old, new = of_row(before, row.by, row.row), of_row(present, row.by, row.row)
        one: Variable = row.variable
        other = one._replace(of=tag(new))
        if one != other:
            if holds(old, new):
                yield one, frozenset((other, gap(other, one.of)))
            elif holds(new, old):
                yield other, frozenset((one, gap(other, one.of)))


def keep_known_gaps(equations: Iterable[Equation], known: Mapping[Unknown, Any]) -> list[Equation]:
    """Return, of the equations with a gap, those between counts that are both known."""
    return [
        (total, parts)
        for total, parts in equations
        if {total, *parts} - {one for one in parts if isinstance(one, Gap)} <= set(known)
    ]


def find_sums(cells: pd.DataFrame) -> list[Equation]:
    """Return the equations of present and earlier cells; victims of safer links are among those of all links."""
    found = set(equations(cells))
    for _, rows in cells[cells["table"].str.endswith(SENSITIVITY) & (cells["column"] == TOTAL)].groupby("table"):
        by_weight = rows.sort_values("row", key=lambda row: row.astype(float))
        chain: list[Variable] = [row.variable for row in by_weight.itertuples()]
        whole = Variable(chain[0].of, "victime", EVERYBODY, WHOLE, "orientation", TOTAL)
        for large, small in zip([whole, *chain], chain, strict=False):
            found.add((large, frozenset((small, gap(small, LEAST)))))
    return ordered(keep_known_gaps(found, dict.fromkeys(cells["variable"])))


def register_release(
    protected: pd.DataFrame,
    whole: Population,
    rules: DisclosureSettings,
    *,
    study: str,
    version: str,
    declaration: str,
) -> pd.DataFrame:
    """Return the rows of ``releases``: what was shown and that the rest was hidden, not why, nor any exact count."""
    shown = protected[STATE] == SHOWN
    rows = protected.rename(columns={new: str(old) for old, new in COLUMNS.items()}).assign(
        **{
            Release.etat: [SHOWN if one else HIDDEN for one in shown],
            Release.etude: study,
            Release.version: version,
            Release.declaration: declaration,
            Release.population: json.dumps(whole, sort_keys=True),
            Release.base: rules.base,
            Release.threshold: rules.threshold,
        }
    )
    columns = [name for name in Release.names() if name != Release.release]
    content = rows[columns].sort_values([str(old) for old in COLUMNS]).to_csv(index=False)
    rows[Release.release] = hashlib.sha256(content.encode()).hexdigest()[:16]
    return rows[Release.names()]
