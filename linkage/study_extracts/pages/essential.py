"""L'essentiel: what a reader takes away, in sentences that protected figures alone make; none without its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from linkage.concepts.outcomes import (
    ALTERNATIVES,
    COUPABLE,
    EN_COURS,
    INOPPORTUNITE,
    NON_POURSUIVABLE,
    ORIENTATIONS,
    POURSUITES,
)
from linkage.platform.pages.typography import decimal, entier, part
from linkage.study_extracts.months import DAYS
from linkage.study_extracts.pages.grids import listed, response
from linkage.study_extracts.pages.reading import recorded
from linkage.study_extracts.pages.shown import FEWEST_RATED, Content, Shown, ShownRow
from linkage.study_extracts.pages.words import Words
from linkage.study_extracts.tables import WHOLE
from linkage.tables.study_extracts import Delay, StudyCase

FINE = 5000
"""Linked victims from whom a weighted share has a decimal."""
ALL = 0.995
"""A share that is written 100 %."""
TO_THE_END = "enregistrement_fin"
Tables = Mapping[tuple[str, str, str], Shown]
"""By unit, grouping and indicator."""


def sentences(content: Content, tables: Tables, words: Words) -> list[str]:
    """Return the sentences, in the order of the course of a case."""
    return [
        *_linked(content),
        *_oriented(content),
        *_immature(content, tables),
        *_answered(tables),
        *_judged(tables),
        *_ended(content),
        *_by_kind(tables, words),
        *_sure(content),
    ]


def _linked(content: Content) -> Iterator[str]:
    rate = content.rate
    if rate.rate is not None:
        yield (
            f"{entier(rate.recorded)} {recorded(content.study)} : {part(rate.rate, 1)} d'entre elles "
            f"({entier(rate.linked)}) ont une procédure liée à une affaire de justice."
        )


def _oriented(content: Content) -> Iterator[str]:
    shares = content.shares("ensemble")
    said = {
        ALTERNATIVES: "pour {}, le parquet a choisi une alternative aux poursuites",
        INOPPORTUNITE: "pour {}, un classement en opportunité",
        NON_POURSUIVABLE: "pour {}, l'affaire n'est pas poursuivable",
        EN_COURS: f"{{}} attendaient une orientation au {content.extraction:%d/%m/%Y}",
    }
    known = [text.format(part(shares[name], 0)) for name, text in said.items() if shares.get(name) is not None]
    if known:
        yield f"Parmi les autres victimes liées, en part de l'ensemble : {' ; '.join(known)}."


def _immature(content: Content, tables: Tables) -> Iterator[str]:
    """Say what the last cohort, whose affairs are the least advanced, does to the headline."""
    by_year = tables.get(("victime", StudyCase.millesime, StudyCase.orientation))
    if by_year is None:
        return
    last = str(content.study.population.last_year)
    rows = {row.name: row for row in by_year.rows}
    if last not in rows:
        return
    waiting = _share(EN_COURS, rows[last])
    waiting_before, before = (_share(one, rows[WHOLE], without=rows[last]) for one in (EN_COURS, POURSUITES))
    if waiting is None or waiting_before is None or before is None or waiting <= waiting_before:
        return
    yield (
        f"La dernière cohorte n'est pas à maturité : {part(waiting, 0)} des victimes liées de {last} attendaient une "
        f"orientation, contre {part(waiting_before, 0)} de celles des années précédentes. Sans {last}, la part des "
        f"poursuites serait de {part(before, 0)}."
    )


def _answered(tables: Tables) -> Iterator[str]:
    for (unit, _, indicator), table in tables.items():
        if unit == "victime" and indicator == StudyCase.orientation:
            if (share := response(table.rows[-1])) is not None:
                yield (
                    f"Le taux de réponse pénale est de {part(share, 0)} : c'est la part des poursuites et des "
                    "alternatives parmi les affaires poursuivables."
                )
            return


def _judged(tables: Tables) -> Iterator[str]:
    for (unit, _, indicator), table in tables.items():
        if unit == "victime" and indicator == StudyCase.culpabilite:
            whole = table.rows[-1]
            guilty = whole.cells[list(table.columns).index(COUPABLE)].part
            # Rounded counts cannot tell nearly all from all.
            if guilty is not None and guilty < ALL and (whole.total or 0) >= FEWEST_RATED:
                yield f"Lorsqu'un auteur est jugé, sa culpabilité est reconnue dans {part(guilty, 0)} des cas."
            return


def _ended(content: Content) -> Iterator[str]:
    rows = dict(listed(content)).get(TO_THE_END, [])
    whole = next((row for row in rows if row[Delay.modalite] == WHOLE), None)
    if whole is not None and whole[Delay.mediane_km] is not None:
        text = (
            f"Pour la moitié des victimes liées, la procédure prend fin en moins de {_months(whole[Delay.mediane_km])} "
            "mois après l'enregistrement"
        )
        third = whole[Delay.troisieme_quartile_km]
        yield f"{text}{f' ; pour les trois quarts, en moins de {_months(third)} mois' if third is not None else ''}."


def _by_kind(tables: Tables, words: Words) -> Iterator[str]:
    table = tables.get(("victime", StudyCase.genre, StudyCase.orientation))
    if table is None:
        return
    place = list(table.columns).index(POURSUITES)
    shares = {row.name: row.cells[place].part for row in table.rows if row.name != WHOLE}
    known = sorted((share, name) for name, share in shares.items() if share is not None)
    if len(known) > 1:
        (low, least), (high, most) = known[0], known[-1]
        yield (
            f"La part des poursuites va de {part(low, 0)} (« {words.row(StudyCase.genre, least)} ») à {part(high, 0)} "
            f"(« {words.row(StudyCase.genre, most)} »)."
        )


def _sure(content: Content) -> Iterator[str]:
    said = []
    weighted = content.shares("pondere").get(POURSUITES)
    if weighted is not None:
        digits = 1 if (content.rate.linked or 0) >= FINE else 0
        said.append(
            "pondérée pour représenter aussi les victimes non liées, la part des poursuites est de "
            f"{part(weighted, digits)}"
        )
    if content.range and content.range[0] < content.range[1]:
        low, high = content.range
        said.append(
            f"selon les liens acceptés et la pondération, la part des poursuites va de {part(low, 1)} à {part(high, 1)}"
        )
    if content.rate.precision and content.rate.most_moved is not None:
        said.append(
            f"{part(content.rate.precision['estimate'], 1)} des liens retenus sont justes : les liens faux déplacent "
            f"une part de {decimal(100 * content.rate.most_moved)} point au plus"
        )
    else:
        said.append("l'erreur d'appariement n'a pas été estimée pour cette version")
    yield f"Fiabilité : {' ; '.join(said)}."


def _share(orientation: str, of: ShownRow, *, without: ShownRow | None = None) -> float | None:
    """Return the share of a row, or of what another leaves of it, of shown counts; None where one is hidden."""
    place = ORIENTATIONS.index(orientation)
    nb, whole = of.cells[place].valeur, of.total
    left_nb, left_whole = (without.cells[place].valeur, without.total) if without else (0, 0)
    if nb is None or whole is None or left_nb is None or left_whole is None:
        return None
    return (nb - left_nb) / (whole - left_whole) if whole > left_whole else None


def _months(days: int) -> str:
    return decimal(days / DAYS)
