"""What each section of the report shows: rows for its tables, charts beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from linkage.platform.pages.typography import mot
from linkage.quality.report import charts
from linkage.quality.report.words import DIMENSIONS, MEASURES, METHODS, OUTCOMES, SIDES, STATUSES, VALUES
from linkage.quality.subgroups import EST_PRECISION, EST_RECALL, RATE, TRUE_PRECISION, TRUE_RECALL
from linkage.quality.traits import AFFAIRE, PROCEDURE, WHOLE
from linkage.tables.candidate_pairs import SET_ASIDE
from linkage.tables.links import LINKED, RETAINED, TO_REVIEW

if TYPE_CHECKING:
    from linkage.quality.report.content import Content

Rows = list[dict[str, Any]]
# What is alike for a reader of the bar; every reason is in the table.
GROUPS = {
    "lié": (LINKED,),
    "à examiner": ("unlinked:a_revoir",),
    "hors champ ou sans clé": ("unlinked:non_transmise", "unlinked:origine_hors_police", "unlinked:petit_x_sans_cle"),
    "sans lien": ("unlinked:rivale", "unlinked:bloc_mis_de_cote", "unlinked:sous_le_seuil", "unlinked:sans_candidat"),
    "mis de côté": (SET_ASIDE,),
}
ORDER = ("synthese", "revue", "melange", "cles_cachees", "liens")


def views(content: Content, levels: pd.DataFrame) -> dict[str, Any]:
    """Everything the template names."""
    whole = content.subgroups[content.subgroups["dimension"] == WHOLE].set_index(["side", "measure"])
    known = bool((content.subgroups["measure"] == TRUE_RECALL).any())
    recall = TRUE_RECALL if known else EST_RECALL
    made = content.passes_counted
    return {
        "known": known,
        "rates": {side: _row(whole, side, RATE) for side in (PROCEDURE, AFFAIRE)},
        "nb_links": int(made.loc[made["status"] == RETAINED, "nb"].sum()),
        "nb_review": int(made.loc[made["status"] == TO_REVIEW, "nb"].sum()),
        "estimates": _estimates(content, whole),
        "named": _named(content.subgroups, recall),
        "slow": _named(content.subgroups, RATE),
        "measured": MEASURES[recall],
        "model": levels.groupby(["model", "comparison"], sort=False),
        "weights_charts": _weights_charts(levels),
        "histogram_chart": _histogram_chart(content),
        "passes": _passes(content),
        "ledger": _ledger(content.ledger),
        "ledger_chart": _ledger_chart(content.ledger),
        "subgroup_charts": _subgroup_charts(content, recall),
        "cells": content.weights.drop_duplicates("cell") if len(content.weights) else content.weights,
    }


def _row(whole: pd.DataFrame, side: str, measure: str) -> dict[str, Any]:
    empty = {"nb": None, "estimate": None, "low": None, "high": None}
    return {**empty, **(whole.loc[(side, measure)].to_dict() if (side, measure) in whole.index else {})}


def _estimates(content: Content, whole: pd.DataFrame) -> Rows:
    """One row per method, precision and recall side by side, the headline first; the truth last where there is one."""
    rows: Rows = []
    found = content.estimates
    methods = sorted(found["method"].unique(), key=lambda name: (ORDER.index(name) if name in ORDER else 9, name))
    for method in methods:
        own = found[found["method"] == method].set_index("measure")
        precision, recall = (own.loc[name].to_dict() if name in own.index else None for name in ("precision", "rappel"))
        if precision or recall:
            note = (precision or recall or {}).get("note")
            headline = method == ORDER[0]
            named = {"name": mot(method, METHODS), "note": note, "headline": headline}
            rows.append(named | {"precision": precision, "recall": recall})
    if not rows:
        note = "Paires comparées seulement : un vrai lien jamais comparé n'est pas vu, le rappel est donc surestimé."
        row: dict[str, Any] = {"name": "Probabilités des paires", "note": note, "headline": False}
        measures = {"precision": EST_PRECISION, "recall": EST_RECALL}
        rows.append(row | {name: _row(whole, PROCEDURE, measure) for name, measure in measures.items()})
    if len(content.accuracy):
        true = {"precision": TRUE_PRECISION, "recall": TRUE_RECALL}
        note = "Liens connus de livraisons fictives : mesure, non estimation. Aucune autre étape ne les voit."
        row = {"name": "Vérité connue", "note": note, "headline": False}
        rows.append(row | {name: _row(whole, PROCEDURE, measure) for name, measure in true.items()})
    return rows


def _named(subgroups: pd.DataFrame, measure: str) -> Rows:
    """The groups that the first page names, the furthest below first."""
    rows = subgroups[(subgroups["measure"] == measure) & subgroups["named"].astype(bool)]
    rows = rows.sort_values(["gap", "side", "dimension", "modalite"])
    return list(rows.to_dict("records"))


def _weights_charts(levels: pd.DataFrame) -> list[tuple[str, str]]:
    return [
        (str(model), charts.weights(part, f"Poids de chaque niveau, modèle des {model}"))
        for model, part in levels.groupby("model", sort=False)
    ]


def _histogram_chart(content: Content) -> str:
    if not len(content.histogram):
        return ""
    counts = content.histogram.assign(
        bin_end=content.histogram["bin"] + content.settings.report.bin_bits,
        status=content.histogram["status"].map(STATUSES),
    )
    return charts.histogram(counts, list(STATUSES.values()), "Paires comparées, par poids et décision")


def _passes(content: Content) -> Rows:
    """One row per pass, strict to loose as declared: links, doubts, threshold, and precision where truth is known."""
    counts = content.passes_counted.pivot_table(
        index="link_pass", columns="status", values="nb", aggfunc="sum", fill_value=0
    )
    declared = {one.name: one for one in content.passes.passes} if content.passes else {}
    names = [*declared, *(name for name in counts.sort_values(list(counts.columns)).index if name not in declared)]
    judged = content.accuracy.set_index("link_pass") if len(content.accuracy) else None
    total = int(counts.get(RETAINED, pd.Series(dtype=int)).sum()) or 1
    rows: Rows = []
    for name in names:
        retained = int(counts[RETAINED].get(name, 0)) if RETAINED in counts else 0
        doubtful = int(counts[TO_REVIEW].get(name, 0)) if TO_REVIEW in counts else 0
        precision = judged["precision"].get(name) if judged is not None else None
        row = {"name": name, "retained": retained, "share": retained / total, "doubtful": doubtful}
        rows.append(row | {"precision": precision, "settings": declared.get(name)})
    return rows


def _ledger(ledger: pd.DataFrame) -> dict[str, Any]:
    """A row per source and vintage, a column per outcome, what came in on the right; totals below."""
    table = ledger.pivot_table(
        index=["source", "millesime"], columns="outcome", values="nb", aggfunc="sum", fill_value=0
    )
    columns = [name for name in OUTCOMES if name in table.columns]
    columns += [name for name in table.columns if name not in columns]
    table = table[columns]
    table["total"] = table.sum(axis="columns")
    sums = table.groupby(level="source").sum()
    return {"columns": columns, "rows": table.to_dict("index"), "sums": sums.to_dict("index")}


def _ledger_chart(ledger: pd.DataFrame) -> str:
    group = {outcome: name for name, outcomes in GROUPS.items() for outcome in outcomes}
    named = ledger.assign(
        outcome=ledger["outcome"].map(group).fillna("sans lien"),
        row=ledger["source"] + " " + ledger["millesime"].astype(str),
    )
    counts = named.groupby(["row", "outcome"], as_index=False)["nb"].sum().sort_values("row")
    counts["share"] = counts["nb"] / counts.groupby("row")["nb"].transform("sum")
    return charts.ledger(counts, list(GROUPS), "Devenir des dossiers par source et millésime")


def _subgroup_charts(content: Content, recall: str) -> Rows:
    """One chart per dimension, both sides in it; the groups furthest from the whole when there are too many."""
    most = content.settings.report.most_rows
    measures = {RATE: MEASURES[RATE], recall: MEASURES[recall]}
    rows = content.subgroups[content.subgroups["measure"].isin(measures)].dropna(subset=["estimate"])
    whole = rows[rows["dimension"] == WHOLE].set_index(["side", "measure"])["estimate"].to_dict()
    made: Rows = []
    for dimension in (name for name in DIMENSIONS if name != WHOLE):
        own = rows[rows["dimension"] == dimension]
        if own.empty:
            continue
        names = own.groupby("modalite")["gap"].min().sort_values(kind="stable").index[:most]
        cut = own["modalite"].nunique() - len(names)
        own = own[own["modalite"].isin(names)]
        own = own.sort_values("modalite") if not cut else own.set_index("modalite").loc[list(names)].reset_index()
        own = own.assign(
            label=own["modalite"].map(VALUES).fillna(own["modalite"]),
            whole=[whole.get(key) for key in zip(own["side"], own["measure"], strict=True)],
            measure=own["measure"].map(measures),
        )
        sides = [label for side, label in SIDES.items() if side in set(own["side"])]
        own["side"] = own["side"].map(SIDES)
        title = DIMENSIONS[dimension]
        made.append({"title": title, "cut": cut, "svg": charts.dots(own, list(measures.values()), sides, title)})
    return made
