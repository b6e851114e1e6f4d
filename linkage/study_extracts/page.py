"""The page of a study: the answer first, how sure it is, then the tables; protected values only."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import jinja2
import pandas as pd  # type: ignore[import-untyped]

from linkage.settings import StudySettings
from linkage.study_extracts import flow
from linkage.study_extracts.course import ORIENTATIONS, POURSUITES
from linkage.study_extracts.tables import LINKED, TOTAL, WHOLE
from linkage.tables.study_extracts import Cell, Delay, Mark

WORDS = {
    "poursuites": "poursuites",
    "alternatives": "alternatives aux poursuites",
    "inopportunite": "classement pour inopportunité",
    "non_poursuivable": "affaire non poursuivable",
    "en_cours": "en attente d'orientation",
    "victime": "victimes",
    "procedure": "procédures",
    "mis_en_cause": "mis en cause",
    "enregistrement_arrivee": "de l'enregistrement à l'arrivée au parquet",
    "arrivee_orientation": "de l'arrivée à l'orientation",
    "orientation_decision": "de l'orientation à la décision",
    "enregistrement_fin": "de l'enregistrement à la fin",
    "condamnation": "condamnation",
    "dispense": "dispense de peine",
    "non_lieu": "non-lieu",
    "en_attente": "décision attendue",
    "copj": "convocation par officier de police judiciaire",
    "cppv": "convocation par procès-verbal",
    "crpc": "comparution sur reconnaissance préalable de culpabilité",
    "comparution_immediate": "comparution immédiate",
    "citation_directe": "citation directe",
    "ordonnance_penale": "ordonnance pénale",
    "juge_instruction": "juge d'instruction",
    "juge_enfants": "juge des enfants",
    "harcelement": "harcèlement",
    "plusieurs": "plusieurs formes",
    "F": "femmes",
    "M": "hommes",
}


@dataclass(frozen=True)
class Content:
    """Everything the page shows."""

    study: StudySettings
    version: str
    code_version: str
    extraction: datetime.date
    cells: pd.DataFrame
    delays: pd.DataFrame
    marks: pd.DataFrame
    match_rates: pd.DataFrame
    estimates: pd.DataFrame


def render(content: Content, *, filters: Mapping[str, Any]) -> str:
    """The whole page: one HTML file that needs nothing else."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    words = WORDS | {kind.name: kind.label for kind in content.study.kinds}
    environment.filters.update(filters)
    environment.filters["nom"] = lambda code: words.get(str(code), str(code))
    whole = _whole(content.cells)
    return environment.get_template("etude.html.j2").render(
        c=content,
        css=_template("etude.css"),
        headline=[(name, whole.get(name)) for name in ORIENTATIONS],
        answer=whole.get(POURSUITES),
        recorded=_value(content.cells, "victimes_liees", TOTAL),
        linked=_value(content.cells, "victimes_liees", LINKED),
        tables=[_table(table) for _, table in content.cells.groupby(Cell.tableau, sort=False)],
        delays=[
            (step, rows.to_dict("records")) for step, rows in _plain(content.delays).groupby(Delay.etape, sort=False)
        ],
        marks=_marks(content.marks),
        rate=_rate(content.match_rates),
        sure=_sure(content.estimates),
        sankey=flow.svg(content.cells, words),
        orientations=ORIENTATIONS,
    )


def _whole(cells: pd.DataFrame) -> dict[str, Any]:
    """Shares of the linked victims by orientation, from the first table that has them."""
    found = cells[
        (cells[Cell.unite] == "victime") & (cells[Cell.indicateur] == "orientation") & (cells[Cell.modalite] == WHOLE)
    ]
    first = _plain(found.drop_duplicates(Cell.categorie))
    return dict(zip(first[Cell.categorie], first[Cell.part], strict=True))


def _value(cells: pd.DataFrame, table: str, column: str) -> Any:
    found = cells[(cells[Cell.tableau] == table) & (cells[Cell.categorie] == column)]
    return _plain(found)[Cell.valeur].iloc[0]


def _table(cells: pd.DataFrame) -> dict[str, Any]:
    """One table, the whole last, its columns in the order of the course where there is one."""
    plain = _plain(cells)
    present = [*dict.fromkeys(plain[Cell.categorie])]
    columns = [name for name in (*ORIENTATIONS, *present) if name in present and name != TOTAL]
    rows = []
    for row, own in plain.groupby(Cell.modalite, sort=True):
        by = own.set_index(Cell.categorie)
        cell = [by.loc[name].to_dict() if name in by.index else None for name in dict.fromkeys(columns)]
        rows.append({"name": row, "total": by.loc[TOTAL].to_dict(), "cells": cell})
    rows.sort(key=lambda row: row["name"] == WHOLE)
    first = plain.iloc[0]
    hidden = int((plain[Cell.etat] == "masque").sum())
    return {
        "name": first[Cell.tableau],
        "title": first[Cell.titre],
        "unit": first[Cell.unite],
        "columns": list(dict.fromkeys(columns)),
        "rows": rows,
        "hidden": hidden,
    }


def _marks(marks: pd.DataFrame) -> list[dict[str, Any]]:
    plain = _plain(marks)
    return [
        {"name": name, "shares": dict(zip(own[Mark.orientation], own[Mark.part], strict=True))}
        for name, own in plain.groupby(Mark.repere, sort=False)
    ]


def _rate(match_rates: pd.DataFrame) -> float | None:
    """The share of police and gendarmerie procedures that are linked, all years."""
    ours = match_rates[match_rates["source"] != "cassiopee"] if len(match_rates) else match_rates
    return float(ours["nb_linked"].sum() / ours["nb"].sum()) if len(ours) else None


def _sure(estimates: pd.DataFrame) -> dict[str, dict[str, Any] | None]:
    found = {row["measure"]: row for row in _plain(estimates).to_dict("records")}
    return {measure: found.get(measure) for measure in ("precision", "rappel")}


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Missing values as None, whatever their type."""
    free = frame.astype(object)
    return free.where(free.notna(), None)


def _template(name: str) -> str:
    return (resources.files("linkage.study_extracts") / "templates" / name).read_text(encoding="utf-8")
