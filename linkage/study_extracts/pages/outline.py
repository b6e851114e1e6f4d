"""The outline of the page: its sections, and in each its tables and figures, numbered, with what stands under them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from linkage.platform.pages.typography import part
from linkage.study_extracts.pages import grids, reading
from linkage.study_extracts.pages.essential import Tables
from linkage.study_extracts.pages.figures import Figures
from linkage.study_extracts.pages.grids import Grid
from linkage.study_extracts.pages.item import FIGURE, TABLE, Item
from linkage.study_extracts.pages.shown import Content, Shown, shown_tables
from linkage.study_extracts.tables import SENSITIVITY
from linkage.tables.study_extracts import StudyCase

MOST_COLUMNS = 7
"""A table of more columns has them in rows."""


@dataclass(frozen=True)
class Section:
    """One heading with its items; ``name`` is its place on the page."""

    name: str
    title: str
    items: Sequence[Item]


class Outline:
    """The items of one study, in the order of the course of a case."""

    def __init__(self, content: Content) -> None:
        self.content, self.words = content, content.words
        every = [table for table in shown_tables(content) if table.name != SENSITIVITY]
        self.tables: Tables = {(table.unit, table.by, table.indicator): table for table in every}

    def sections(self) -> list[Section]:
        """Return the sections that have something to show, their tables and figures numbered in order."""
        of_victims = [table for (unit, *_), table in self.tables.items() if unit == "victime"]
        figures = Figures(self.content, self.tables)

        def about(*indicators: str) -> list[Item]:
            return [self._counts(table) for table in of_victims if table.indicator in indicators]

        found = [
            Section("parcours", "De l'enregistrement à la décision", [*figures.flow(), *self._profile()]),
            Section(
                "orientation",
                "Orientation",
                [
                    *figures.by_year(),
                    *figures.prosecuted(),
                    *figures.by_departement(),
                    *about(StudyCase.orientation),
                ],
            ),
            Section("classements", "Classements sans suite", about(StudyCase.famille_motif, StudyCase.motif)),
            Section(
                "poursuites",
                "Poursuites et décisions",
                about(StudyCase.mode, StudyCase.decision, StudyCase.culpabilite),
            ),
            Section("delais", "Délais", [*figures.cohorts(), *self._delays(), *about(StudyCase.mois_fin)]),
            Section(
                "autres",
                "Procédures et mis en cause",
                [self._counts(table) for (unit, *_), table in self.tables.items() if unit != "victime"],
            ),
            Section("fiabilite", "Fiabilité : sensibilité aux choix d'appariement", [self._marks()]),
        ]
        next_number = {TABLE: itertools.count(1), FIGURE: itertools.count(1)}
        return [
            replace(section, items=[replace(item, number=next(next_number[item.kind])) for item in section.items])
            for section in found
            if section.items
        ]

    def _field(self, indicator: str = StudyCase.orientation) -> str:
        return reading.field(self.content.study, "victime", indicator)

    def _counts(self, table: Shown) -> Item:
        turned = len(table.columns) > MOST_COLUMNS
        grid = grids.turned(table, self.words) if turned else grids.counts(table, self.words)
        lectures = [reading.lecture(table, self.words)]
        if table.indicator == StudyCase.orientation and not turned:
            lectures.append(reading.lecture_of_response(table, self.words))
        return Item(
            TABLE,
            table.title,
            reading.field(self.content.study, table.unit, table.indicator),
            " ".join(filter(None, lectures)),
            " ".join(filter(None, [reading.note(table), _legend(grid)])),
            grid,
            name=table.name,
        )

    def _profile(self) -> Iterator[Item]:
        groupings = (StudyCase.sexe, StudyCase.tranche_age)
        of = {
            (unit, by): table
            for (unit, by, indicator), table in self.tables.items()
            if by in groupings and indicator == StudyCase.orientation
        }
        grid = grids.profile(of, self.words)
        if grid is not None:
            first = next((row, cell) for row in grid.rows for cell in row.cells[:1])
            lecture = f"{first[1].text} victimes liées ({first[1].small}) sont dans la catégorie « {first[0].label} »."
            title = "Profil des victimes liées et des mis en cause"
            both = f"{self._field().removesuffix('.')} ; personnes mises en cause dans ces affaires."
            yield Item(TABLE, title, both, lecture if first[1].small else "", _legend(grid), grid)

    def _delays(self) -> Iterator[Item]:
        for step, rows in grids.listed(self.content):
            by = self.content.study.delays.by
            grid = grids.delays(rows, self.words, by=by)
            of = StudyCase.mode if step == "orientation_decision" else StudyCase.orientation
            note = (
                f"Délais lus à {self.content.study.disclosure.median_base} jours près. La médiane simple ne compte que "
                "les délais achevés ; les deux premières colonnes tiennent compte de ceux qui ne le sont pas "
                "(Kaplan-Meier)."
            )
            yield Item(
                TABLE,
                f"Délai {self.words.name(step)}",
                self._field(of),
                reading.lecture_of_delays(step, rows, self.words, by=by),
                " ".join(filter(None, [note, _legend(grid)])),
                grid,
            )

    def _marks(self) -> Item:
        grid = grids.marks(self.content, self.words)
        shares = self.content.shares("ensemble")
        known = next(((name, share) for name, share in shares.items() if share is not None), None)
        lecture = (
            f"{part(known[1])} des victimes liées ont pour orientation la plus avancée "
            f"« {self.words.name(known[0])} »." if known else ""
        )  # fmt: skip
        return Item(
            TABLE, "Orientation selon les liens acceptés et la pondération", self._field(), lecture, _legend(grid), grid
        )


def _legend(grid: Grid) -> str:
    return f"{grid.legend}." if grid.legend else ""
