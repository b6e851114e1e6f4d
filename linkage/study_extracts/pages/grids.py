"""Tables as they are laid out on the page: texts in rows and columns, each absence under a sign of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.concepts.outcomes import ALTERNATIVES, INOPPORTUNITE, ORIENTATIONS, POURSUITES
from linkage.platform.pages.typography import THIN, entier, part
from linkage.study_extracts.months import DAYS
from linkage.study_extracts.pages.shown import Content, Shown, ShownCell, ShownRow, plain
from linkage.study_extracts.pages.words import Words
from linkage.study_extracts.tables import WHOLE
from linkage.tables.study_extracts import HIDDEN, NOT_REACHED, Delay, Mark, StudyCase

SECRET, NOT_YET, UNAVAILABLE, POINTLESS = "c", "n.a.", "n.d.", "///"
SIGNS = {
    SECRET: "donnée couverte par le secret statistique",
    NOT_YET: "étape non atteinte",
    UNAVAILABLE: "non disponible (trop peu de cas, ou non estimé)",
    POINTLESS: "sans objet",
}
RESPONSE = "taux de réponse pénale"
RATE, RIGHT, FOUND = "taux d'appariement", "liens justes", "liens retrouvés"


@dataclass(frozen=True)
class GridCell:
    """A figure, and what stands below it in smaller letters."""

    text: str
    small: str = ""


@dataclass(frozen=True)
class GridRow:
    """One line under its label."""

    label: str
    cells: Sequence[GridCell]
    is_whole: bool = False


@dataclass(frozen=True)
class Grid:
    """One table of the page."""

    corner: str
    columns: Sequence[str]
    rows: Sequence[GridRow]

    @property
    def legend(self) -> str:
        """Return what each sign says that stands in place of a figure."""
        texts = {text for row in self.rows for cell in row.cells for text in (cell.text, cell.small)}
        return " ; ".join(f"{sign} : {meaning}" for sign, meaning in SIGNS.items() if sign in texts)


def counts(table: Shown, words: Words) -> Grid:
    """Return a declared table: counts with their shares, the total, then rates."""
    more = [
        (RESPONSE, response, SECRET, table.indicator == StudyCase.orientation),
        (RATE, lambda row: row.rate, UNAVAILABLE, table.rated),
        (RIGHT, lambda row: row.precision, UNAVAILABLE, table.estimated),
        (FOUND, lambda row: row.recall, UNAVAILABLE, table.estimated),
    ]
    rates: list[tuple[str, Callable[[ShownRow], float | None], str]] = [one[:3] for one in more if one[3]]
    columns = [words.column(table.indicator, name) for name in table.columns]
    rows = [
        GridRow(
            words.row(table.by, row.name),
            [
                *(_count(cell) for cell in row.cells),
                GridCell(SECRET if row.total is None else entier(row.total)),
                *(GridCell(_share(rate(row), absent, 0 if name == RESPONSE else 1)) for name, rate, absent in rates),
            ],
            row.name == WHOLE,
        )
        for row in table.rows
    ]
    return Grid(words.name(table.by).capitalize(), [*columns, "total", *(name for name, *_ in rates)], rows)


def turned(table: Shown, words: Words) -> Grid:
    """Return a table of many columns with these in rows, those that have something to show; shares are of a column."""
    rows = [
        GridRow(words.column(table.indicator, name), [_count(row.cells[place]) for row in table.rows])
        for place, name in enumerate(table.columns)
        if any(row.cells[place].valeur is not None for row in table.rows)
    ]
    total = [GridCell(SECRET if row.total is None else entier(row.total)) for row in table.rows]
    columns = [words.row(table.by, row.name) for row in table.rows]
    return Grid(words.name(table.indicator).capitalize(), columns, [*rows, GridRow("total", total, is_whole=True)])


def response(row: ShownRow) -> float | None:
    """Return the share of poursuivables with a réponse pénale, of shown counts; None where one of them is hidden."""
    of = {name: row.cells[place].valeur for place, name in enumerate(ORIENTATIONS)}
    answered, left = (of[POURSUITES], of[ALTERNATIVES]), of[INOPPORTUNITE]
    if left is None or any(nb is None for nb in answered):
        return None
    return sum(nb or 0 for nb in answered) / (sum(nb or 0 for nb in answered) + left)


def delays(rows: Sequence[Mapping[str, Any]], words: Words, *, by: str) -> Grid:
    """Return the medians of one step by cohort, in months."""
    figures = (
        (Delay.mediane_km, Delay.etat_mediane_km),
        (Delay.troisieme_quartile_km, Delay.etat_troisieme_quartile_km),
        (Delay.mediane, Delay.etat_mediane),
    )
    columns = ["la moitié en moins de (mois)", "les trois quarts en moins de (mois)", "médiane simple (mois)"]
    pending = any(row[Delay.part_censuree] is not None for row in rows)
    lines = [
        GridRow(
            words.row(by, row[Delay.modalite]),
            [
                *(GridCell(_months(row[figure], row[state])) for figure, state in figures),
                *([GridCell(_share(row[Delay.part_censuree], SECRET, 0))] if pending else []),
            ],
            row[Delay.modalite] == WHOLE,
        )
        for row in rows
    ]
    return Grid(words.name(by).capitalize(), [*columns, *(["étape non atteinte"] if pending else [])], lines)


def marks(content: Content, words: Words) -> Grid:
    """Return the shares of orientation: of the linked, weighted, and through safer links alone."""
    named = dict.fromkeys(content.marks[Mark.repere])
    rows = [
        GridRow(words.name(name), [GridCell(_share(shares.get(one), absent, 1)) for one in ORIENTATIONS])
        for name in named
        for shares, absent in [(content.shares(name), UNAVAILABLE if name == "pondere" else SECRET)]
    ]
    return Grid("Victimes", [words.name(one) for one in ORIENTATIONS], rows)


def profile(tables: Mapping[tuple[str, str], Shown], words: Words) -> Grid | None:
    """Return who is counted, by sex and age, of each unit that has such tables; None without any."""
    units = [unit for unit in ("victime", "mis_en_cause") if any(of == unit for of, _ in tables)]
    groupings = [by for by in (StudyCase.sexe, StudyCase.tranche_age) if any(one == by for _, one in tables)]
    if not groupings:
        return None
    rows = []
    for by in groupings:
        of_units = [tables.get((unit, by)) for unit in units]
        totals = [{row.name: row.total for row in table.rows} if table else {} for table in of_units]
        # Victims have no age that the study leaves out: the longest list has the order of them all.
        every_row = max((table.every_row for table in of_units if table), key=len)
        names = [name for name in every_row if name != WHOLE and any(name in of for of in totals)]
        rows += [GridRow(words.row(by, name), [_of_whole(of, name) for of in totals]) for name in names]
    rows.append(GridRow(words.row("", WHOLE), [_of_whole(of, WHOLE) for of in totals], is_whole=True))
    return Grid("Sexe, âge", [words.name(unit) for unit in units], rows)


def _of_whole(totals: Mapping[str, int | None], name: str) -> GridCell:
    nb, whole = totals.get(name), totals.get(WHOLE)
    if name not in totals:
        return GridCell(SECRET if totals else POINTLESS)
    return GridCell(SECRET if nb is None else entier(nb), percent(nb / whole) if nb and whole and name != WHOLE else "")


def _count(cell: ShownCell) -> GridCell:
    if cell.valeur is None:
        return GridCell(SECRET)
    weighted = f" ({percent(cell.weighted)})" if cell.weighted is not None else ""
    return GridCell(entier(cell.valeur), percent(cell.part) + weighted if cell.part is not None else "")


def percent(share: float) -> str:
    """Return a share of a row in percent: what is shown is never nobody."""
    return f"<{THIN}{part(0.01, 0)}" if share < 0.005 else part(share, 0)


def _share(value: float | None, absent: str, digits: int) -> str:
    return absent if value is None else part(value, digits)


def _months(days: int | None, state: str) -> str:
    if days is not None:
        return f"{days / DAYS:.1f}".replace(".", ",")
    return {HIDDEN: SECRET, NOT_REACHED: NOT_YET}[state]


def listed(content: Content) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the rows of each step of the delays, in the order of the declaration."""
    rows = plain(content.delays)
    by_step = {step: of_step.to_dict("records") for step, of_step in rows.groupby(Delay.etape, sort=False)}
    return [(step, by_step[step]) for step in content.study.delays.steps if step in by_step]
