"""The register of releases: whom each counted, what it showed, and what that says of the counts of the next one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd  # type: ignore[import-untyped]

from linkage.settings import DisclosureSettings, StudySettings
from linkage.study_extracts.attack import Equation, Variable, equations, ordered, variable
from linkage.study_extracts.course import LEAST
from linkage.study_extracts.population import OF_A_KIND, OTHER, SEVERAL, UNKNOWN
from linkage.study_extracts.tables import CELL, SENSITIVITY, TOTAL, WHOLE
from linkage.tables.study_extracts import Release

VALUE, STATE = "valeur", "etat"
SHOWN, HIDDEN = "publie", "masque"
GAP = "gap"
COLUMNS = {Release.tableau: "table", Release.unite: "unit", Release.regroupement: "by", Release.indicateur: "indicator",
           Release.modalite: "row", Release.categorie: "column"}  # fmt: skip
Population = Mapping[str, Any]


def population(study: StudySettings, natinf: Sequence[str]) -> Population:
    """What decides whom a study counts, and under which kind of offence."""
    counting, of = study.counting, study.population
    return {
        "natinf": sorted(natinf),
        "years": [of.first_year, of.last_year],
        "age": of.smallest_age,
        "ties": sorted(of.lien_auteur),
        "unknown_tie": of.unknown_tie or not of.lien_auteur,
        "counting": [counting.once_per, counting.several_affaires, counting.several_authors],
        "kinds": {kind.name: sorted(kind.natinf) for kind in study.kinds},
    }


def of_row(whole: Population, by: str, row: str) -> dict[str, Any]:
    """The part of a population that a row depends on: the count of one year does not depend on the other years."""
    left_out = {"years"} if by == "millesime" and row != WHOLE else set()
    if by not in ("genre", "natinf") or row == WHOLE:
        left_out.add("kinds")
    return {name: value for name, value in whole.items() if name not in left_out}


def holds(large: Population, small: Population) -> bool:
    """Whether everyone of the second population is in the first."""
    if set(large) != set(small) or any(large.get(name) != small.get(name) for name in ("counting", "kinds")):
        return False
    years = "years" not in large or (large["years"][0] <= small["years"][0] and small["years"][1] <= large["years"][1])
    ties = not large["ties"] or (bool(small["ties"]) and set(small["ties"]) <= set(large["ties"]))
    unknown = large["unknown_tie"] or not small["unknown_tie"]
    return years and ties and unknown and large["age"] <= small["age"] and set(small["natinf"]) <= set(large["natinf"])


def tag(part: Population) -> str:
    """A short name for a population: the same for the same persons."""
    return hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:12]


def named(cells: pd.DataFrame, whole: Population, regions: Mapping[str, str] = MappingProxyType({})) -> pd.DataFrame:
    """The cells with the ``variable`` that each shows, and that of the coarser count it is a ``part`` of, or null."""
    rows = list(cells[["unit", "by", "indicator", "row", "column"]].itertuples(index=False))
    tags = {key: tag(of_row(whole, *key)) for key in set(zip(cells["by"], cells["row"], strict=True))}
    coarser = {key: _coarser(whole, regions, *key) for key in tags}
    named = cells.assign(variable=[variable(tags[row.by, row.row], *row) for row in rows])
    of = [coarser[row.by, row.row] for row in rows]
    return named.assign(
        part=[
            variable(tags[row.by, row.row], row.unit, above[0], row.indicator, above[1], row.column) if above else None
            for row, above in zip(rows, of, strict=True)
        ]
    )


def _coarser(whole: Population, regions: Mapping[str, str], by: str, row: str) -> tuple[str, str] | None:
    """The row of a coarser grouping that holds a row: the région of a département, the kind of an offence."""
    if row == WHOLE or by not in ("code_departement", "natinf"):
        return None
    if by == "code_departement":
        return "region", regions.get(row, UNKNOWN)
    kinds = {code: kind for kind, codes in whole["kinds"].items() for code in codes}
    several = {SEVERAL: SEVERAL, **{f"{kind}{OF_A_KIND}": kind for kind in (*whole["kinds"], OTHER)}}
    return "genre", several.get(row) or kinds.get(row, OTHER)


@dataclass(frozen=True)
class Earlier:
    """What was published before: cells of the same version, and what other versions said of the same counts.

    ``nested`` holds equations that join a count to that of a larger population, their gap hidden.
    """

    same: pd.DataFrame
    other: pd.DataFrame
    nested: Sequence[Equation] = ()

    def values(self) -> dict[Variable, int]:
        """What each count was last shown as: by this version where it has shown it, else by the last one that has."""
        last = pd.concat([self.other, self.same])
        shown = last[last[STATE] == SHOWN]
        return {one: int(value) for one, value in zip(shown["variable"], shown[VALUE], strict=True)}


NOTHING = Earlier(*(pd.DataFrame(columns=["release", *CELL, "variable", "part", VALUE, STATE]) for _ in range(2)))


def earlier(
    register: pd.DataFrame,
    present: Population,
    regions: Mapping[str, str] = MappingProxyType({}),
    *,
    version: str,
) -> Earlier:
    """What the register says to a release of the present population and version; every study is looked at.

    The register is read in its order: the last release last.
    """
    found = [NOTHING.same]
    populations: dict[str, Population] = {}
    for (release, declared), rows in register.groupby([Release.release, Release.population], sort=False):
        populations[str(release)] = json.loads(declared)
        cells = named(
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
        other = (tag(new), *one[1:])
        if one != other:
            if holds(old, new):
                yield one, frozenset((other, (GAP, *other, one[0])))
            elif holds(new, old):
                yield other, frozenset((one, (GAP, *other, one[0])))


def gaps(equations: Iterable[Equation], known: Mapping[Variable, Any]) -> list[Equation]:
    """Of the equations with a gap, those between counts that are both known."""
    return [
        (total, parts)
        for total, parts in equations
        if {total, *parts} - {one for one in parts if one[0] == GAP} <= set(known)
    ]


def sums(cells: pd.DataFrame) -> list[Equation]:
    """Equations of the present and earlier cells; the victims of safer links are among those of all links."""
    found = set(equations(cells))
    for _, rows in cells[cells["table"].str.endswith(SENSITIVITY) & (cells["column"] == TOTAL)].groupby("table"):
        chain = [row.variable for row in rows.sort_values("row", key=lambda row: row.astype(float)).itertuples()]
        whole = (chain[0][0], "victime", "*", WHOLE, "orientation", TOTAL)
        for large, small in zip([whole, *chain], chain, strict=False):
            found.add((large, frozenset((small, (GAP, *small, LEAST)))))
    return ordered(gaps(found, dict.fromkeys(cells["variable"])))


def register(
    protected: pd.DataFrame,
    whole: Population,
    rules: DisclosureSettings,
    *,
    study: str,
    version: str,
    declaration: str,
) -> pd.DataFrame:
    """The rows of ``releases``: what was shown and that the rest was hidden, not why, nor any exact count."""
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
    columns = [str(column) for column in Release.columns if column != Release.release]
    content = rows[columns].sort_values([str(old) for old in COLUMNS]).to_csv(index=False)
    rows[Release.release] = hashlib.sha256(content.encode()).hexdigest()[:16]
    return rows[[str(column) for column in Release.columns]]
