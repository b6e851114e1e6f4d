"""What a reader is shown of a study, in the shape of the page and of the workbook: protected values only."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from linkage.concepts.outcomes import ORIENTATIONS, POURSUITES
from linkage.concepts.shown import rate
from linkage.settings.study_extracts import StudySettings
from linkage.study_extracts.categories import ALONE, LINKED
from linkage.study_extracts.pages.rate import Rate
from linkage.study_extracts.pages.words import Words
from linkage.study_extracts.tables import TOTAL, WHOLE
from linkage.tables.quality import Estimate, Subgroup
from linkage.tables.study_extracts import HIDDEN, Cell, Mark, StudyCase

DIMENSIONS: dict[str, str] = {
    StudyCase.force: "force",
    StudyCase.millesime: "millesime",
    StudyCase.code_departement: "departement",
    StudyCase.sexe: "sexe_victime",
}
"""Groupings of which ``quality`` estimates the error of the links row by row, under its own names."""
EVERYTHING = "ensemble"
FEWEST_RATED = 100
"""Linked cases of a row from which its match rate is shown: of fewer, rounding to 5 moves it by points."""


@dataclass(frozen=True)
class Content:
    """One study as it may be read."""

    study: StudySettings
    version: str
    code_version: str
    published: datetime.date
    extraction: datetime.date
    fictitious: bool
    cells: pd.DataFrame
    delays: pd.DataFrame
    marks: pd.DataFrame
    estimates: pd.DataFrame
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By grouping or indicator: what stands in place of a code."""
    contours: Mapping[str, str] = field(default_factory=dict)
    """Of départements, for a map; none without them."""

    @property
    def words(self) -> Words:
        """Return the words of the study."""
        return Words(self.study, self.labels)

    @cached_property
    def rate(self) -> Rate:
        """Return the match rate of victims, all rows together."""
        of = self.cells
        whole = of[(of[Cell.unite] == "victime") & (of[Cell.indicateur] == LINKED) & (of[Cell.modalite] == WHOLE)]
        values = plain(whole.drop_duplicates(Cell.categorie)).set_index(Cell.categorie)[Cell.valeur].to_dict()
        of = self._errors[self._errors[Subgroup.dimension] == EVERYTHING]
        by_measure = {
            row[Estimate.measure]: row for row in plain(of).to_dict("records") if row[Estimate.estimate] is not None
        }
        return Rate(values.get(TOTAL), values.get(LINKED), by_measure.get("precision"), by_measure.get("rappel"))

    @cached_property
    def _errors(self) -> pd.DataFrame:
        """Return the error rates of the links with the digits that are shown: more would give counts back."""
        figures = [name for name in ("estimate", "low", "high") if name in self.estimates]
        return self.estimates.assign(**{name: self.estimates[name].map(rate) for name in figures})

    def errors(self, unit: str, by: str) -> dict[tuple[str, str], float | None]:
        """Return, by row of a grouping and measure, the estimated share of links that are right, or found."""
        # By sex, quality estimates procedures of victims of that sex: it says nothing of the mis en cause.
        dimension = None if by == StudyCase.sexe and unit != "victime" else DIMENSIONS.get(by)
        by_group = plain(self._errors[self._errors[Subgroup.dimension] == dimension])
        rows = dict(
            zip(
                zip(by_group[Subgroup.modalite], by_group[Estimate.measure], strict=True),
                by_group[Estimate.estimate],
                strict=True,
            )
        )
        whole = (("precision", self.rate.precision), ("rappel", self.rate.recall))
        return rows | {
            (WHOLE, measure): interval[Estimate.estimate] for measure, interval in whole if rows and interval
        }

    def shares(self, mark: str) -> dict[str, float | None]:
        """Return the shares of a mark, by orientation; empty when there is no such mark."""
        of_mark = plain(self.marks[self.marks[Mark.repere] == mark])
        return dict(zip(of_mark[Mark.orientation], of_mark[Mark.part], strict=True))

    @property
    def range(self) -> tuple[float, float] | None:
        """Return the least and the greatest share of prosecutions, over all marks."""
        shares = self.marks.loc[self.marks[Mark.orientation] == POURSUITES, Mark.part].dropna()
        return (float(shares.min()), float(shares.max())) if len(shares) else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Return the share of prosecutions among all recorded victims, whatever became of those without link.

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
    """One row of a table, with the share of its cases that are linked, and how good links are, where that is known."""

    name: str
    cells: Sequence[ShownCell]
    total: int | None
    rate: float | None
    precision: float | None
    recall: float | None


@dataclass(frozen=True)
class Shown:
    """One table, its rows in the order of their nomenclature, its columns in that of the course where there is one."""

    name: str
    title: str
    unit: str
    by: str
    indicator: str
    columns: Sequence[str]
    rows: Sequence[ShownRow]
    nb: int
    hidden: int
    every_row: Sequence[str]
    """The names of all its rows: those in which all is hidden are not shown."""

    @property
    def left_out(self) -> int:
        """Return how many rows are not shown."""
        return len(self.every_row) - len(self.rows)

    @property
    def weighted(self) -> bool:
        """Tell whether any of its rows has a weighted variant."""
        return any(cell.weighted is not None for row in self.rows for cell in row.cells)

    @property
    def rated(self) -> bool:
        """Tell whether the match rate of any of its rows is known."""
        return any(row.rate is not None for row in self.rows)

    @property
    def estimated(self) -> bool:
        """Tell whether the error of the links is estimated row by row."""
        return any(row.precision is not None for row in self.rows)

    @property
    def grain(self) -> str:
        """Return of which procedures the error of the links is."""
        if self.estimated:
            year = " L'année y est le millésime de la livraison, qui peut différer de celle de l'enregistrement."
            return (
                "Liens justes et retrouvés : estimés sur toutes les procédures de la ligne, toutes infractions réunies."
                f"{year if self.by == StudyCase.millesime else ''}"
            )
        return "L'erreur des liens n'est pas estimée par ligne : elle est celle de toutes les procédures de la version."

    @property
    def note(self) -> str:
        """Return what was hidden, and what a match rate would be of."""
        hidden = f"Cases masquées : {self.hidden} sur {self.nb}." if self.hidden else "Aucune case masquée."
        alone = " Les mis en cause sont ceux des affaires liées : ils n'ont pas de taux d'appariement à eux."
        return hidden + (alone if self.unit == "mis_en_cause" else "")


def shown_tables(content: Content) -> list[Shown]:
    """Return the declared tables and the sensitivity, each with its match rates beside it."""
    cells = content.cells
    rates = cells[(cells[Cell.indicateur] == LINKED) & (cells[Cell.categorie] == LINKED)]
    enough = rates[rates[Cell.valeur].ge(FEWEST_RATED)]
    match_rates = plain(enough).set_index([Cell.unite, Cell.regroupement, Cell.modalite])[Cell.part].to_dict()
    without_rates = cells[cells[Cell.indicateur] != LINKED]
    return [_table(plain(table), match_rates, content) for _, table in without_rates.groupby(Cell.tableau, sort=False)]


def _table(cells: pd.DataFrame, rates: dict[Any, float | None], content: Content) -> Shown:
    first = cells.iloc[0]
    errors = content.errors(first[Cell.unite], first[Cell.regroupement])
    present = [*dict.fromkeys(cells[Cell.categorie])]
    order = (*ORIENTATIONS, *present, LINKED, ALONE)
    columns = [name for name in dict.fromkeys(order) if name in present and name != TOTAL]
    rows = []
    for row, of_row in cells.groupby(Cell.modalite, sort=False):
        # Rows come from nomenclatures: what has nothing to show would fill the page.
        if of_row[Cell.valeur].isna().all() and row != WHOLE:
            continue
        by = of_row.set_index(Cell.categorie)
        shown_cells = [ShownCell(*by.loc[name, [Cell.valeur, Cell.part, Cell.part_ponderee]]) for name in columns]
        rate = rates.get((first[Cell.unite], first[Cell.regroupement], row))
        precision, recall = (errors.get((str(row), measure)) for measure in ("precision", "rappel"))
        rows.append(ShownRow(str(row), shown_cells, by.loc[TOTAL, Cell.valeur], rate, precision, recall))
    hidden = int((cells[Cell.etat] == HIDDEN).sum())
    return Shown(
        first[Cell.tableau],
        first[Cell.titre],
        first[Cell.unite],
        first[Cell.regroupement],
        first[Cell.indicateur],
        columns,
        rows,
        len(cells),
        hidden,
        list(cells[Cell.modalite].unique()),
    )


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return missing values as None, whatever their type."""
    free = frame.astype(object)
    return free.where(free.notna(), None)
