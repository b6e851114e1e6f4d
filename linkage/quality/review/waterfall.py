"""How a pair's weight is made: the prior, then what the level reached by each comparison adds or takes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linkage.concepts.sides import NO_INFORMATION

TOLERANCE = 0.01
NAMES = {
    "cle": "Clé du PV",
    "personnes": "Personnes",
    "delai": "Délai d'arrivée",
    "envoi": "Écart des envois",
    "faits": "Date des faits",
    "lieu": "Lieu des faits",
    "infraction": "Infraction",
    "semblables": "Procédures semblables",
    "effectifs": "Effectifs",
    "tribunal": "Tribunal",
    "force": "Force",
    "libre": "Procédure libre",
}


@dataclass(frozen=True)
class LevelWeights:
    """Bits of the prior and of each level of each comparison, as a model file gives them."""

    prior: float
    bits: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Step:
    """One bar of a waterfall: what was compared, the level that the pair reached, the bits it brings."""

    label: str
    found: str
    bits: float


def level_weights(model: str) -> dict[str, LevelWeights]:
    """Return the weights of each model, by its name, from the JSON kept with a version.

    Method: log2(m / u) per level, log2 of the odds of a match for the prior (Fellegi & Sunter 1969).
    """
    models: Mapping[str, Mapping[str, Any]] = json.loads(model)["models"]
    return {name: _weights(content) for name, content in models.items()}


def _weights(content: Mapping[str, Any]) -> LevelWeights:
    prior = float(content["probability_two_random_records_match"])
    bits = {
        comparison["name"]: {level["label"]: _bits(level["m"], level["u"]) for level in comparison["levels"]}
        for comparison in content["comparisons"]
    }
    return LevelWeights(_bits(prior, 1 - prior), bits)


def steps(levels: Mapping[str, str | None], weight: float | None, weights: LevelWeights) -> list[Step]:
    """Return the bars of one pair, in the order of its model, whose ``weights`` these are.

    What the model alone does not explain comes last, under a name of its own.
    """
    bars = [Step("Au départ", "avant toute comparaison", weights.prior)]
    for name, bits in weights.bits.items():
        label = levels.get(name)
        bars.append(Step(NAMES.get(name, name), label or NO_INFORMATION, bits.get(label, 0.0) if label else 0.0))
    rest = (weight if weight is not None else 0.0) - sum(bar.bits for bar in bars)
    if weight is not None and abs(rest) > TOLERANCE:
        bars.append(Step("Autres apports", "fréquence des valeurs, personnes appariées", rest))
    return bars


def _bits(m: float | None, u: float | None) -> float:
    return math.log2(m / u) if m and u else 0.0
