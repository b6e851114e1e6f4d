"""What stands under each table and figure, as in the notes of the two offices: Champ, Lecture, Source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from linkage.platform.pages.fictitious import MARK
from linkage.platform.pages.typography import entier, part
from linkage.settings.study_extracts import StudySettings
from linkage.study_extracts.months import DAYS
from linkage.study_extracts.pages.grids import percent, response
from linkage.study_extracts.pages.shown import Content, Shown
from linkage.study_extracts.pages.words import Words
from linkage.study_extracts.tables import WHOLE
from linkage.tables.study_extracts import Delay, StudyCase

RESTRICTIONS = {
    "orientation": "liées à une affaire de justice",
    "mois_fin": "liées à une affaire de justice",
    "famille_motif": "liées à une affaire classée sans suite",
    "motif": "liées à une affaire classée sans suite",
    "mode": "liées à une affaire où un auteur est poursuivi",
    "decision": "liées à une affaire où un auteur est poursuivi",
    "culpabilite": "liées à une affaire où un auteur est jugé",
}
"""Who is counted under each indicator."""
SAID = {
    "orientation": "ont pour orientation la plus avancée « {} »",
    "mois_fin": "ont une procédure dont la durée est « {} »",
    "famille_motif": "voient l'affaire classée pour le motif « {} »",
    "motif": "voient l'affaire classée pour le motif « {} »",
    "mode": "voient un auteur poursuivi par « {} »",
    "decision": "ont pour décision la plus avancée « {} »",
    "culpabilite": "ont pour issue du jugement « {} »",
}
ROWS: dict[str, str] = {
    StudyCase.sexe: "parmi les {}",
    StudyCase.millesime: "pour l'année d'enregistrement {}",
    StudyCase.force: "pour la {}",
    StudyCase.natinf: "pour l'infraction « {} »",
    StudyCase.region: "pour la région « {} »",
    StudyCase.code_departement: "pour le département « {} »",
    StudyCase.tranche_age: "dans la tranche d'âge « {} »",
}
"""How a row begins a sentence; others are named in quotation marks."""


def source(content: Content) -> str:
    """Return the source of every table and figure."""
    offices = f"{MARK.lower()}, appariement d'essai" if content.fictitious else (
        "SSMSI, bases des procédures enregistrées (LRPPN, LRPGN) ; SSER, Cassiopée ; appariement Intérieur – Affaires "
        "Justice"
    )  # fmt: skip
    return f"{offices}, version {content.version}, suites connues au {content.extraction:%d/%m/%Y}."


def recorded(study: StudySettings) -> str:
    """Return whom the study is about."""
    of = study.population
    age = f" de {of.smallest_age} ans ou plus" if of.smallest_age else ""
    return (
        f"victimes{age} de {of.offences}, enregistrées par la police ou la gendarmerie de {of.first_year} à "
        f"{of.last_year}"
    )


def field(study: StudySettings, unit: str, indicator: str) -> str:
    """Return the champ of a table: whom it counts."""
    of = study.population
    years = f"de {of.first_year} à {of.last_year}"
    whom = {
        "victime": recorded(study),
        "procedure": f"procédures pour {of.offences}, enregistrées {years}",
        "mis_en_cause": f"personnes mises en cause dans les affaires liées aux procédures pour {of.offences} {years}",
    }[unit]
    if unit == "mis_en_cause" and RESTRICTIONS[indicator] == RESTRICTIONS["orientation"]:
        return sentence(f"{whom}.")
    return sentence(f"{whom}, {RESTRICTIONS[indicator]}.")


def lecture(table: Shown, words: Words) -> str:
    """Return one shown cell of a table as a sentence: the first, the whole being looked at last."""
    for row in [*(row for row in table.rows if row.name != WHOLE), *table.rows]:
        for name, cell in zip(table.columns, row.cells, strict=True):
            if cell.valeur is not None and cell.part is not None and row.total is not None:
                said = SAID[table.indicator].format(words.column(table.indicator, name))
                whose = f"{percent(cell.part)} des {entier(row.total)} {words.name(table.unit)}"
                return sentence(f"{_of_row(table.by, row.name, words)}{whose} {said} ({entier(cell.valeur)}).")
    return ""


def lecture_of_delays(step: str, rows: Sequence[dict[str, Any]], words: Words, *, by: str) -> str:
    """Return the first median that is shown as a sentence."""
    for figure, whom in ((Delay.mediane_km, "victimes liées"), (Delay.mediane, "victimes liées dont il est achevé")):
        for row in rows:
            if (days := row[figure]) is not None:
                months = f"{days / DAYS:.1f}".replace(".", ",")
                cohort = _of_row(by, row[Delay.modalite], words)
                return sentence(
                    f"{cohort}le délai {words.name(step)} est inférieur à {months} mois pour la moitié des {whom}."
                )
    return ""


def lecture_of_response(table: Shown, words: Words) -> str:
    """Return the first réponse pénale that is shown as a sentence."""
    for row in table.rows:
        if (share := response(row)) is not None:
            whose = f"{_of_row(table.by, row.name, words)}{part(share, 0)} des {words.name(table.unit)}"
            return sentence(f"{whose} d'affaires poursuivables ont reçu une réponse pénale.")
    return ""


def note(table: Shown) -> str:
    """Return what a reader must know of a table to read its rows and rates."""
    said = []
    if table.left_out:
        rows = (
            f"{table.left_out} lignes entièrement couvertes par le secret ne sont pas affichées"
            if table.left_out > 1
            else "Une ligne entièrement couverte par le secret n'est pas affichée"
        )
        said.append(f"{rows} ; l'ensemble compte les cas qui en relèveraient.")
    if any(cell.weighted is not None for row in table.rows for cell in row.cells):
        said.append("Entre parenthèses, la part pondérée, qui représente aussi les cas sans affaire liée.")
    if table.estimated or table.unit == "mis_en_cause":
        said.append(table.grain)
    if table.unit == "mis_en_cause":
        said.append("Par construction, les mis en cause sont tous liés : ils n'ont pas de taux d'appariement.")
    return " ".join(said)


def _of_row(by: str, name: str, words: Words) -> str:
    if name == WHOLE:
        return ""
    return ROWS.get(by, "pour « {} »").format(words.row(by, name)) + ", "


def sentence(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return text[:1].upper() + text[1:]
