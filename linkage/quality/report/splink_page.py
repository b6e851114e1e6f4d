"""The page of Splink's charts, beside the report, with how to read each; the page itself is ``splink.html.j2``."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from linkage.concepts.shown import rate
from linkage.platform.pages.typography import mot
from linkage.quality.known import FIELD, NB, NB_KNOWN
from linkage.quality.report import method, page, splink_charts, words
from linkage.quality.report.content import MODELS, Content, name_levels, read_levels, read_training
from linkage.quality.report.protected import protect, protect_levels
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.scored_pairs import ScoredPattern
from linkage.tables.standardised import Procedure

Figures = list[tuple[str, str]]
"""The model that a chart draws, and the chart."""


def name_file(version: str) -> str:
    """Return the name of the page of a version, in the folder of its report."""
    return f"splink-{version}.html"


def render(content: Content) -> str:
    """Return the whole page: one HTML file that needs nothing else, and has no exact count."""
    content = protect(content)
    return page.render_template("splink.html.j2", content, **_build_views(content))


def _build_views(content: Content) -> dict[str, Any]:
    model = content.version["model"]
    levels = _name_levels(model)
    priors = {trained["model"]: trained["prior"] for trained in read_training(model)}
    learnt = [name for name in priors if levels[name]["observed"].any()]
    thresholds = _list_thresholds(content)
    return {
        "splink": json.loads(model).get("splink"),
        "unlearnt": [name for name in priors if name not in learnt],
        "match_weights": [
            (name, splink_charts.draw_match_weights(levels[name], priors[name], f"Poids, modèle des {name}"))
            for name in learnt
        ],
        "m_u": [
            (name, splink_charts.draw_m_u(levels[name], priors[name], f"m et u, modèle des {name}")) for name in learnt
        ],
        "estimates": _draw_estimates(content, {name: levels[name] for name in learnt}),
        "histograms": _draw_histograms(content),
        "thresholds": thresholds
        and {
            "accuracy": splink_charts.draw_accuracy(thresholds, "Précision et rappel attendus, par seuil"),
            "precision_recall": splink_charts.draw_precision_recall(thresholds, "Précision attendue, par rappel"),
        },
        "blocking": splink_charts.draw_blocking(_list_rules(content), "Paires candidates, par règle"),
        "completeness": splink_charts.draw_completeness(_list_shares(content), "Part renseignée de chaque champ"),
    }


def _name_levels(model: str) -> dict[str, pd.DataFrame]:
    """Return the levels of each model, in words and with the digits that are shown."""
    levels = name_levels(protect_levels(read_levels(model)))
    return {str(name): of_model.reset_index(drop=True) for name, of_model in levels.groupby("model", sort=False)}


def _draw_estimates(content: Content, levels: dict[str, pd.DataFrame]) -> Figures:
    """Draw the models that the last version learnt too, and learnt otherwise."""
    if content.previous is None:
        return []
    before = _name_levels(content.previous.model)
    names = [name for name in levels if name in before and not before[name].equals(levels[name])]
    versions = (content.previous.version, content.version["version"])
    return [
        (
            name,
            splink_charts.draw_estimates(
                dict(zip(versions, (before[name], levels[name]), strict=True)), f"Deux versions, modèle des {name}"
            ),
        )
        for name in names
    ]


def _draw_histograms(content: Content) -> Figures:
    bands = content.model_bands
    return [
        (
            MODELS[name],
            splink_charts.draw_histogram(
                bands[bands[ScoredPattern.model] == name],
                bin_bits=content.settings.report.bin_bits,
                title=f"Paires par poids, modèle des {MODELS[name]}",
            ),
        )
        for name in MODELS
        if (bands[ScoredPattern.model] == name).any()
    ]


def _list_thresholds(content: Content) -> list[dict[str, Any]]:
    """Return what is expected from each weight band up; nothing where the recall is not estimated."""
    rows = method.expect_at(content, sorted(content.thresholds["bin"]))
    return [row for row in rows if row["precision"] is not None and row["recall"] is not None]


def _list_rules(content: Content) -> list[dict[str, Any]]:
    """Return the rules with the pairs that each formed first, in the order of the rules; those too few left out."""
    order = {name: place for place, name in enumerate(words.RULES)}
    counted = content.candidates.dropna(subset=[NB])
    rows = sorted(
        zip(counted[CandidatePair.blocking_rule], counted[NB], strict=True),
        key=lambda row: (order.get(row[0], len(order)), row[0]),
    )
    return [{"name": mot(name, words.RULES), "nb": nb} for name, nb in rows]


def _list_shares(content: Content) -> list[dict[str, Any]]:
    """Return the share known of each field of a source and year; those hidden left out."""
    shown = content.known.dropna(subset=[NB, NB_KNOWN])
    return [
        {
            "dataset": f"{row[Procedure.source]} {row[Procedure.millesime]}",
            "field": row[FIELD],
            "share": rate(row[NB_KNOWN] / row[NB]),
        }
        for row in shown.to_dict("records")
    ]
