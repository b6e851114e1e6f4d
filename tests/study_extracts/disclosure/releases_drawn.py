"""Persons drawn by cell, their tables with margins, and a register of the releases made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from jobs.study_extracts.declaration import declared
from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure import counts, releases
from linkage.study_extracts.disclosure.attack import Attack, Interval
from linkage.study_extracts.disclosure.attacker import known
from linkage.study_extracts.disclosure.counts import SHOWN, Gap, Unknown
from linkage.study_extracts.disclosure.door import protect
from linkage.study_extracts.tables import TOTAL, WHOLE
from linkage.tables.study_extracts import Release

RULES = DisclosureSettings(threshold=10, base=5, hidden_width=5, rounded_width=3, median_base=5, rounds=60, why="tests")
SEED = b"0123456789abcdef"
EVERYBODY = counts.population(declared("violences_conjugales"), ["10872"])
ADULTS = {**EVERYBODY, "age": 18}
Persons = Sequence[tuple[str, str, str]]
FORCES, SEXES, KINDS = ("PN", "GN"), ("F", "M"), ("poursuites", "alternatives", "non_poursuivable")


def table(persons: Persons, by: str) -> pd.DataFrame:
    """Persons by a trait and by orientation, with margins."""
    rows = FORCES if by == "force" else SEXES
    trait = 0 if by == "force" else 1
    counts = [
        (row, kind, sum((row in (WHOLE, one[trait])) and kind in (TOTAL, one[2]) for one in persons))
        for row in (*rows, WHOLE)
        for kind in (*KINDS, TOTAL)
    ]
    usual = {"table": by, "unit": "victime", "by": by, "indicator": "orientation"}
    return pd.DataFrame({**usual, "row": row, "column": kind, "nb": nb, "weighted": 0.0} for row, kind, nb in counts)


class Register:
    """Releases one after another, each protected against those before."""

    def __init__(self) -> None:
        self.rows = pd.DataFrame(columns=Release.names())

    def release(
        self, persons: Persons, *by: str, of: Any = EVERYBODY, version: str = "v1", study: str = "s"
    ) -> pd.DataFrame:
        cells = counts.name_counts(pd.concat([table(persons, one) for one in by], ignore_index=True), of)
        protected = protect(cells, RULES, seed=SEED, earlier=releases.read_earlier(self.rows, of, version=version))
        row = releases.register_release(protected, of, RULES, study=study, version=version, declaration="d")
        self.rows = pd.concat([frame for frame in (self.rows, row) if len(frame)], ignore_index=True)
        return protected

    def deduced(self, version: str = "v1") -> dict[Unknown, tuple[Interval, bool]]:
        """What someone who has every release of a version knows of each count, and whether one of them shows it."""
        all_of = releases.read_earlier(self.rows, EVERYBODY, version=version)
        said: dict[Unknown, Interval] = dict.fromkeys(all_of.same["variable"], (0.0, float("inf")))
        shown = set()
        for cell in all_of.same.itertuples():
            if cell.etat == SHOWN:
                low, high = known(cell.valeur, SHOWN, RULES)
                said[cell.variable] = (max(low, said[cell.variable][0]), min(high, said[cell.variable][1]))
                shown.add(cell.variable)
        joined = [*releases.find_sums(all_of.same), *releases.keep_known_gaps(all_of.nested, said)]
        said |= {part: (0.0, float("inf")) for _, parts in joined for part in parts if isinstance(part, Gap)}
        attack = Attack(joined, said)
        return {one: (attack.interval(one), one in shown) for one in said}


def drawn(counts: Sequence[int]) -> Persons:
    """Persons by force, sex and orientation, in as many as said."""
    cells = [(force, sex, kind) for force in FORCES for sex in SEXES for kind in KINDS]
    return [cell for cell, nb in zip(cells, counts, strict=True) for _ in range(nb)]


def by_rows(by: str, rows: dict[str, list[int]]) -> pd.DataFrame:
    """Cells of a table with its margins."""
    lines = {row: dict(zip([*KINDS, TOTAL], [*counts, sum(counts)], strict=True)) for row, counts in rows.items()}
    lines[WHOLE] = {column: sum(line[column] for line in lines.values()) for column in (*KINDS, TOTAL)}
    usual = {"table": by, "unit": "victime", "by": by, "indicator": "orientation", "weighted": 0.0}
    return pd.DataFrame(
        {**usual, "row": row, "column": column, "nb": nb} for row, line in lines.items() for column, nb in line.items()
    )
