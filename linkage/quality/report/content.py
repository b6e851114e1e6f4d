"""What a report shows, gathered from the tables of a version as plain values and small frames."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from linkage.quality.report import words
from linkage.settings.links import LinksSettings
from linkage.settings.quality import QualitySettings
from linkage.settings.scored_pairs import CASES, JONCTIONS, PERSONS

LEVELS = ["model", "comparison", "label", "m", "u", "weight"]
NEUTRAL, FLOOR = 0.5, 0.001
"""What m and u both are where no pair of the sample reached a level: neutral, or the floor of the model, below this."""
MODELS = {CASES: "dossiers", JONCTIONS: "jonctions", PERSONS: "personnes"}


@dataclass(frozen=True)
class Previous:
    """What an earlier version says of the same: its name and day, and rows of ``quality``."""

    version: str
    created_at: date
    nb_links: int
    estimates: pd.DataFrame
    subgroups: pd.DataFrame
    balance: pd.DataFrame
    model: str


@dataclass(frozen=True)
class Content:
    """Everything a report shows, as plain values and frames; aggregates only."""

    version: Mapping[str, Any]
    written: date
    code_version: str
    fictitious: bool
    places: Mapping[str, str]
    """Names of départements and courts, by their code."""
    settings: QualitySettings
    passes: LinksSettings | None
    """The thresholds, when the settings of now are those of the version."""
    histogram: pd.DataFrame
    model_bands: pd.DataFrame
    """Pairs that each model weighed, by weight band: ``model, bin, nb``."""
    passes_counted: pd.DataFrame
    dossiers: pd.DataFrame
    deliveries: pd.DataFrame
    known: pd.DataFrame
    ledger: pd.DataFrame
    accuracy: pd.DataFrame
    estimates: pd.DataFrame
    subgroups: pd.DataFrame
    balance: pd.DataFrame
    weights: pd.DataFrame
    review: pd.DataFrame
    persons: pd.DataFrame
    unread: pd.DataFrame
    """Values that were set aside, unreadable or carried to another commune: ``source, millesime, repair, nb``."""
    rules: pd.DataFrame
    candidates: pd.DataFrame
    blocks: pd.DataFrame
    thresholds: pd.DataFrame
    calibration: pd.DataFrame
    agreements: pd.DataFrame
    conjugal: pd.DataFrame
    previous: Previous | None
    """The version published before this one, where the lake has one."""


def read_levels(model: str) -> pd.DataFrame:
    """Return the parameters of one model or several: ``model, comparison, label, m, u, weight``."""
    content = json.loads(model)
    parts = {CASES: content} if "comparisons" in content else content.get("models", content)
    rows = [
        (MODELS.get(name, name), comparison["name"], level["label"], level["m"], level["u"])
        for name, part in parts.items()
        if isinstance(part, dict) and "comparisons" in part
        for comparison in part["comparisons"]
        for level in comparison["levels"]
    ]
    parameters = pd.DataFrame(rows, columns=LEVELS[:-1])
    return parameters.assign(weight=np.log2(parameters["m"].astype(float) / parameters["u"].astype(float)))


def read_training(model: str) -> list[dict[str, Any]]:
    """Return how each model was learnt: ``model, prior``, and what its file says of the sample and of EM."""
    parts = json.loads(model).get("models", {})
    return [
        {"model": MODELS.get(name, name), "prior": part["probability_two_random_records_match"], **part["estimated_on"]}
        for name, part in parts.items()
    ]


def name_levels(levels: pd.DataFrame) -> pd.DataFrame:
    """Return the same with comparisons and levels in words, and whether a pair of the sample reached the level."""
    labels = [words.level(*one) for one in zip(levels["comparison"], levels["label"], strict=True)]
    names = levels["comparison"].map(lambda name: words.COMPARISONS.get(name, name))
    observed = [not (m == u and (m == NEUTRAL or m <= FLOOR)) for m, u in zip(levels["m"], levels["u"], strict=True)]
    return levels.assign(label=labels, comparison=names, observed=observed)
