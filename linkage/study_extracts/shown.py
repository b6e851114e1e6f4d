"""What a reader is shown of a study, in the shape of the page and of the workbook: protected values only."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd  # type: ignore[import-untyped]

from linkage.settings import StudySettings
from linkage.study_extracts.course import LEAST, ORIENTATIONS, POURSUITES
from linkage.study_extracts.releases import HIDDEN
from linkage.study_extracts.tables import ALONE, LINKED, TOTAL, WHOLE
from linkage.tables.study_extracts import Cell, Mark

FEWEST_RATED = 100
"""Linked cases of a row from which its match rate is shown: of fewer, rounding to 5 moves it by points."""


@dataclass(frozen=True)
class Rate:
    """How many victims are linked, and how far a link may be trusted."""

    recorded: int | None
    linked: int | None
    precision: dict[str, Any] | None
    recall: dict[str, Any] | None

    @property
    def rate(self) -> float | None:
        """The share of recorded victims who are linked."""
        return self.linked / self.recorded if self.linked is not None and self.recorded else None

    @property
    def most_moved(self) -> float | None:
        """By how much at most wrong links move a share of linked victims: were they all on the same side."""
        return 1 - self.precision["low"] if self.precision else None

    @property
    def short(self) -> str:
        """The error of the links in a few words, to stand beside a table."""
        named = (("justes", self.precision), ("retrouvés", self.recall))
        said = [
            f"{what} à {_percent(found['estimate'])} ({_percent(found['low'])} à {_percent(found['high'])})"
            for what, found in named
            if found
        ]
        return f"Liens {', '.join(said)}." if said else ""

    @property
    def sentences(self) -> list[str]:
        """The same in words."""
        said = []
        if self.rate is not None:
            said.append(f"{_percent(self.rate)} des victimes enregistrées sont liées à une affaire.")
        for found, what in (
            (self.precision, "des liens retenus sont justes"),
            (self.recall, "des liens qui existent sont retrouvés"),
        ):
            if found:
                bounds = f"{_percent(found['low'])} à {_percent(found['high'])}"
                said.append(
                    f"{_percent(found['estimate'])} {what} (estimation sur la version, intervalle à 95 % : {bounds})."
                )
        return said or ["L'erreur d'appariement n'a pas été estimée pour cette version."]


@dataclass(frozen=True)
class Content:
    """One study as it may be read."""

    study: StudySettings
    version: str
    code_version: str
    extraction: datetime.date
    cells: pd.DataFrame
    delays: pd.DataFrame
    marks: pd.DataFrame
    estimates: pd.DataFrame

    @cached_property
    def rate(self) -> Rate:
        """Of victims, all rows together."""
        of = self.cells
        whole = of[(of[Cell.unite] == "victime") & (of[Cell.indicateur] == LINKED) & (of[Cell.modalite] == WHOLE)]
        values = plain(whole.drop_duplicates(Cell.categorie)).set_index(Cell.categorie)[Cell.valeur].to_dict()
        found = {row["measure"]: row for row in plain(self.estimates).to_dict("records") if row["estimate"] is not None}
        return Rate(values.get(TOTAL), values.get(LINKED), found.get("precision"), found.get("rappel"))

    def shares(self, mark: str) -> dict[str, float | None]:
        """Of a mark, by orientation; empty when there is no such mark."""
        own = plain(self.marks[self.marks[Mark.repere] == mark])
        return dict(zip(own[Mark.orientation], own[Mark.part], strict=True))

    @property
    def safer(self) -> list[tuple[str, dict[str, float | None]]]:
        """Least weight of a link, and the shares of those linked by it."""
        names = [name for name in dict.fromkeys(self.marks[Mark.repere]) if name.startswith("poids_")]
        return [(name.removeprefix("poids_"), self.shares(name)) for name in names]

    @property
    def range(self) -> tuple[float, float] | None:
        """The least and the greatest share of prosecutions, over all marks."""
        found = self.marks.loc[self.marks[Mark.orientation] == POURSUITES, Mark.part].dropna()
        return (float(found.min()), float(found.max())) if len(found) else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The share of prosecutions among all recorded victims, whatever became of those without link.

        Method: worst-case bounds (Manski 1989), from published counts.
        """
        share = self.shares("ensemble").get(POURSUITES)
        if share is None or self.rate.rate is None:
            return None
        return share * self.rate.rate, share * self.rate.rate + 1 - self.rate.rate


@dataclass(frozen=True)
class ShownCell:
    """A count, its share, and its weighted share; None where hidden."""

    valeur: int | None
    part: float | None
    weighted: float | None


@dataclass(frozen=True)
class ShownRow:
    """One row of a table, with the share of its cases that are linked where that is known."""

    name: str
    cells: Sequence[ShownCell]
    total: int | None
    rate: float | None


@dataclass(frozen=True)
class Shown:
    """One table, the whole last, its columns in the order of the course where there is one."""

    name: str
    title: str
    unit: str
    by: str
    columns: Sequence[str]
    rows: Sequence[ShownRow]
    nb: int
    hidden: int

    @property
    def weighted(self) -> bool:
        """Whether any of its rows has a weighted variant."""
        return any(cell.weighted is not None for row in self.rows for cell in row.cells)

    @property
    def rated(self) -> bool:
        """Whether the match rate of any of its rows is known."""
        return any(row.rate is not None for row in self.rows)

    @property
    def note(self) -> str:
        """What was hidden, and what a match rate would be of."""
        hidden = f"Cases masquées : {self.hidden} sur {self.nb}." if self.hidden else "Aucune case masquée."
        alone = " Les mis en cause sont ceux des affaires liées : ils n'ont pas de taux d'appariement à eux."
        return hidden + (alone if self.unit == "mis_en_cause" else "")


def shown_tables(content: Content) -> list[Shown]:
    """The declared tables and the sensitivity, each with its match rates beside it."""
    cells = content.cells
    rates = cells[(cells[Cell.indicateur] == LINKED) & (cells[Cell.categorie] == LINKED)]
    enough = rates[rates[Cell.valeur].ge(FEWEST_RATED)]
    known = plain(enough).set_index([Cell.unite, Cell.regroupement, Cell.modalite])[Cell.part].to_dict()
    own = cells[cells[Cell.indicateur] != LINKED]
    return [_table(plain(table), known) for _, table in own.groupby(Cell.tableau, sort=False)]


def _table(cells: pd.DataFrame, rates: dict[Any, float | None]) -> Shown:
    first = cells.iloc[0]
    present = [*dict.fromkeys(cells[Cell.categorie])]
    order = (*ORIENTATIONS, *present, LINKED, ALONE)
    columns = [name for name in dict.fromkeys(order) if name in present and name != TOTAL]
    rows = []
    for row, own in cells.groupby(Cell.modalite, sort=True):
        by = own.set_index(Cell.categorie)
        found = [ShownCell(*by.loc[name, [Cell.valeur, Cell.part, Cell.part_ponderee]]) for name in columns]
        rate = rates.get((first[Cell.unite], first[Cell.regroupement], row))
        rows.append(ShownRow(str(row), found, by.loc[TOTAL, Cell.valeur], rate))
    if first[Cell.regroupement] == LEAST:
        rows.sort(key=lambda row: float(row.name))
    rows.sort(key=lambda row: row.name == WHOLE)
    hidden = int((cells[Cell.etat] == HIDDEN).sum())
    return Shown(
        first[Cell.tableau],
        first[Cell.titre],
        first[Cell.unite],
        first[Cell.regroupement],
        columns,
        rows,
        len(cells),
        hidden,
    )


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Missing values as None, whatever their type."""
    free = frame.astype(object)
    return free.where(free.notna(), None)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %".replace(".", ",")
