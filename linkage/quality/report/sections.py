"""What each section of the report shows: rows for its tables, charts beside them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from linkage.concepts.shown import rate
from linkage.concepts.sides import AFFAIRE, PROCEDURE
from linkage.platform.pages.typography import mot
from linkage.quality.estimates import estimators
from linkage.quality.report import charts
from linkage.quality.report.counts import EXPECTED
from linkage.quality.report.words import DIMENSIONS, MEASURES, METHODS, OUTCOMES, SIDES, STATUSES, UNREAD, VALUES
from linkage.quality.review import clerical
from linkage.quality.review.clerical import PRECISION, RECALL
from linkage.quality.subgroups import EST_PRECISION, EST_RECALL, RATE, TRUE_PRECISION, TRUE_RECALL
from linkage.quality.traits import WHOLE
from linkage.tables.candidate_pairs import SET_ASIDE
from linkage.tables.links import LINKED, OUT_OF_SCOPE, RETAINED, TO_REVIEW, UNLINKED, WITHOUT_PAIR, Ledger, Link
from linkage.tables.quality import Accuracy, Estimate, Subgroup, Weight
from linkage.tables.sources import JUSTICE, POLICE, Delivery

if TYPE_CHECKING:
    from linkage.quality.report.content import Content

Rows = list[dict[str, Any]]
# What is alike for a reader of the bar; every reason is in the table.
ALONE = "sans lien"
GROUPS = {
    "lié": (LINKED,),
    "à examiner": (UNLINKED + TO_REVIEW,),
    "hors champ ou sans clé": tuple(UNLINKED + reason for reason in OUT_OF_SCOPE),
    ALONE: tuple(UNLINKED + reason for reason in WITHOUT_PAIR),
    "mis de côté": (SET_ASIDE,),
}
ORDER = (
    estimators.SYNTHESIS,
    clerical.METHOD,
    estimators.MIXTURE,
    estimators.HIDDEN_KEYS,
    estimators.COUNTS,
)


def build_views(content: Content, levels: pd.DataFrame) -> dict[str, Any]:
    """Return everything that the template names."""
    whole = content.subgroups[content.subgroups[Subgroup.dimension] == WHOLE].set_index(
        [Subgroup.side, Subgroup.measure]
    )
    has_truth = bool((content.subgroups[Subgroup.measure] == TRUE_RECALL).any())
    recall = TRUE_RECALL if has_truth else EST_RECALL
    by_pass = content.passes_counted
    return {
        "rates": {side: _row(whole, side, RATE) for side in (PROCEDURE, AFFAIRE)},
        "nb_links": int(by_pass.loc[by_pass[Link.status] == RETAINED, "nb"].sum()),
        "nb_review": int(by_pass.loc[by_pass[Link.status] == TO_REVIEW, "nb"].sum()),
        "estimates": _list_estimates(content, whole),
        "named": _list_named(content.subgroups, recall),
        "slow": _list_named(content.subgroups, RATE),
        "measured": MEASURES[recall],
        "named_gap": content.settings.subgroups.named_gap
        if has_truth
        else content.settings.subgroups.named_gap_estimated,
        "model": levels.groupby(["model", "comparison"], sort=False),
        "weights_charts": _draw_weights(levels),
        "histogram_chart": _draw_histogram(content),
        "passes": _list_passes(content),
        "sources": [source for source in (*POLICE, *JUSTICE) if source not in {*content.ledger[Ledger.source]}],
        "absent": _list_absent(content.deliveries),
        "ledger": _pivot_ledger(content.ledger),
        "unread": _pivot_unread(content.unread),
        "ledger_chart": _draw_ledger(content.ledger),
        "subgroup_charts": _draw_subgroups(content, recall),
        "cells": content.weights.drop_duplicates(Weight.cell) if len(content.weights) else content.weights,
    }


def _row(whole: pd.DataFrame, side: str, measure: str) -> dict[str, Any]:
    empty = {"nb": None, "estimate": None, "low": None, "high": None}
    return {**empty, **(whole.loc[(side, measure)].to_dict() if (side, measure) in whole.index else {})}


def _list_estimates(content: Content, whole: pd.DataFrame) -> Rows:
    """Return a row per method, precision and recall side by side; the headline first, the truth last if known."""
    rows: Rows = []
    estimates = content.estimates
    methods = sorted(
        estimates[Estimate.method].unique(), key=lambda name: (ORDER.index(name) if name in ORDER else 9, name)
    )
    for method in methods:
        of_method = estimates[estimates[Estimate.method] == method].set_index(Estimate.measure)
        precision, recall = (
            of_method.loc[name].to_dict() if name in of_method.index else None for name in (PRECISION, RECALL)
        )
        if precision or recall:
            note = (precision or recall or {}).get(Estimate.note)
            headline = method == ORDER[0]
            shown = {"name": mot(method, METHODS), "note": note, "headline": headline}
            rows.append(shown | {"precision": precision, "recall": recall})
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


def _list_named(subgroups: pd.DataFrame, measure: str) -> Rows:
    """Return the groups that the first page names, the furthest below first."""
    rows = subgroups[(subgroups[Subgroup.measure] == measure) & subgroups[Subgroup.named].astype(bool)]
    rows = rows.sort_values([Subgroup.gap, Subgroup.side, Subgroup.dimension, Subgroup.modalite])
    return list(rows.to_dict("records"))


def _draw_weights(levels: pd.DataFrame) -> list[tuple[str, str]]:
    return [
        (str(model), charts.weights(part, f"Poids de chaque niveau, modèle des {model}"))
        for model, part in levels.groupby("model", sort=False)
    ]


def _draw_histogram(content: Content) -> str:
    if not len(content.histogram):
        return ""
    counts = content.histogram.assign(
        bin_end=content.histogram["bin"] + content.settings.report.bin_bits,
        status=content.histogram["status"].map(STATUSES),
    )
    return charts.histogram(counts, list(STATUSES.values()), "Paires comparées, par poids et décision")


def _list_passes(content: Content) -> Rows:
    """Return a row per pass, strict to loose as declared: links, doubts, threshold, precision where truth is known."""
    counts = content.passes_counted.pivot_table(
        index=Link.link_pass, columns=Link.status, values="nb", aggfunc="sum", fill_value=0
    )
    declared = {one.name: one for one in content.passes.passes} if content.passes else {}
    names = [*declared, *(name for name in counts.sort_values(list(counts.columns)).index if name not in declared)]
    accuracy = content.accuracy.set_index(Accuracy.link_pass) if len(content.accuracy) else None
    of_retained = content.passes_counted[content.passes_counted[Link.status] == RETAINED]
    expected = of_retained.set_index(Link.link_pass)[EXPECTED].to_dict()
    total = int(counts.get(RETAINED, pd.Series(dtype=int)).sum()) or 1
    rows: Rows = []
    for name in names:
        retained = int(counts[RETAINED].get(name, 0)) if RETAINED in counts else 0
        doubtful = int(counts[TO_REVIEW].get(name, 0)) if TO_REVIEW in counts else 0
        precision = accuracy[Accuracy.precision].get(name) if accuracy is not None else None
        row = {"name": name, "retained": retained, "share": retained / total, "doubtful": doubtful}
        row["expected"] = expected.get(name)
        rows.append(row | {"precision": precision, "settings": declared.get(name)})
    return rows


def _list_absent(deliveries: pd.DataFrame) -> Rows:
    """Return the last delivery of each source and vintage that no longer has what earlier ones had."""
    last = deliveries.groupby([Delivery.source, Delivery.millesime], sort=False).tail(1)
    rows: Rows = last[last[Delivery.nb_absentes] > 0].to_dict("records")
    return rows


def _pivot_ledger(ledger: pd.DataFrame) -> dict[str, Any]:
    """Return a row per source and vintage, a column per outcome, what came in on the right; totals below."""
    table = ledger.pivot_table(
        index=[Ledger.source, Ledger.millesime], columns=Ledger.outcome, values=Ledger.nb, aggfunc="sum", fill_value=0
    )
    columns = [name for name in OUTCOMES if name in table.columns]
    columns += [name for name in table.columns if name not in columns]
    table = table[columns]
    table["total"] = table.sum(axis="columns")
    sums = table.groupby(level=Ledger.source).sum()
    return {"columns": columns, "rows": table.to_dict("index"), "sums": sums.to_dict("index")}


def _pivot_unread(unread: pd.DataFrame) -> dict[str, Any]:
    """Return a row per kind of value, a column per source and vintage."""
    table = unread.pivot_table(
        index="repair", columns=[Ledger.source, Ledger.millesime], values="nb", aggfunc="sum", fill_value=0
    )
    rows = {UNREAD[repair]: list(table.loc[repair]) for repair in UNREAD if repair in table.index}
    return {"columns": [f"{source} {year}" for source, year in table.columns], "rows": rows}


def _draw_ledger(ledger: pd.DataFrame) -> str:
    group = {outcome: name for name, outcomes in GROUPS.items() for outcome in outcomes}
    grouped = ledger.assign(
        outcome=ledger[Ledger.outcome].map(group).fillna(ALONE),
        row=ledger[Ledger.source] + " " + ledger[Ledger.millesime].astype(str),
    )
    counts = grouped.groupby(["row", "outcome"], as_index=False)["nb"].sum().sort_values("row")
    shares = counts["nb"] / counts.groupby("row")["nb"].transform("sum")
    counts["share"] = shares.fillna(0).map(rate)
    return charts.ledger(counts, list(GROUPS), "Devenir des dossiers par source et millésime")


def _draw_subgroups(content: Content, recall: str) -> Rows:
    """Draw a chart per dimension, both sides in it; of too many groups, those furthest below the whole."""
    most = content.settings.report.most_rows
    measures = {RATE: MEASURES[RATE], recall: MEASURES[recall]}
    rows = content.subgroups[content.subgroups[Subgroup.measure].isin(measures)].dropna(subset=[Subgroup.estimate])
    wholes = rows[rows[Subgroup.dimension] == WHOLE].set_index([Subgroup.side, Subgroup.measure])
    whole = wholes[Subgroup.estimate].to_dict()
    domains = {measures[name]: _axis(rows[rows[Subgroup.measure] == name]) for name in measures}
    subgroup_charts: Rows = []
    for dimension in (name for name in DIMENSIONS if name != WHOLE):
        groups = rows[rows[Subgroup.dimension] == dimension]
        if groups.empty:
            continue
        lowest = groups.groupby(Subgroup.modalite)[Subgroup.gap].min().sort_values(kind="stable").index[:most]
        cut = groups[Subgroup.modalite].nunique() - len(lowest)
        names = list(lowest) if cut else sorted(lowest, key=_in_order)
        groups = groups[groups[Subgroup.modalite].isin(names)].set_index(Subgroup.modalite).loc[names].reset_index()
        groups = groups.assign(
            label=groups[Subgroup.modalite].map(VALUES | dict(content.places)).fillna(groups[Subgroup.modalite]),
            whole=[whole.get(key) for key in zip(groups[Subgroup.side], groups[Subgroup.measure], strict=True)],
            measure=groups[Subgroup.measure].map(measures),
        )
        sides = [label for side, label in SIDES.items() if side in set(groups[Subgroup.side])]
        groups[Subgroup.side] = groups[Subgroup.side].map(SIDES)
        title = DIMENSIONS[dimension]
        drawn = charts.dots(groups, list(measures.values()), sides, title, domains)
        subgroup_charts.append({"title": title, "cut": cut, "svg": drawn})
    return subgroup_charts


def _axis(rows: pd.DataFrame) -> tuple[float, float]:
    """Return where an axis begins, the multiple of 5 % at or below the lowest bound, and where it ends."""
    lowest = rows[Subgroup.low].min()
    return (max(math.floor(20 * lowest) / 20, 0.0) if lowest == lowest else 0.0, 1.0)


def _in_order(modalite: str) -> tuple[bool, str]:
    """Return the place of a group in its chart: the lowest band of ages has no number to begin with."""
    return not modalite.startswith("moins de "), modalite
