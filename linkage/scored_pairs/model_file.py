"""The reviewed file: the models of cases, of jonctions and of persons under one hash."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import splink

from linkage.platform.errors import InputError
from linkage.scored_pairs.model import Model, sha256
from linkage.settings.scored_pairs import CASES, JONCTIONS, PERSONS, ComparisonSettings, ScoredPairsSettings

FORMAT = 3


def declared(settings: ScoredPairsSettings) -> dict[str, Sequence[ComparisonSettings]]:
    """Return the comparisons of each model, by its name."""
    return {
        CASES: settings.comparisons,
        JONCTIONS: settings.jonctions.comparisons,
        PERSONS: settings.persons.comparisons,
    }


def to_json(models: Mapping[str, Model], settings: ScoredPairsSettings) -> str:
    """Write one line of m and u per level under its label, model by model, and a hash of all of it."""
    content = {
        "format": FORMAT,
        "splink": splink.__version__,
        "models": {name: models[name].content(comparisons) for name, comparisons in declared(settings).items()},
    }
    return json.dumps({**content, "sha256": sha256(content)}, ensure_ascii=False, indent=1)


def from_json(text: str, settings: ScoredPairsSettings, *, where: str) -> dict[str, Model]:
    """Return the models of a file, checked against the comparisons declared now.

    Raises
    ------
    InputError
        The file is not one of models, was changed by hand, was made by another Splink or for other comparisons.
    """
    try:
        content = json.loads(text)
        sha256_in_file, made_with, form = content.pop("sha256"), content["splink"], content["format"]
        if form != FORMAT:
            raise InputError(f"{where}: format: found {form}, expected {FORMAT}. Estimate the model again.")
        models = {name: Model.from_content(content["models"][name]) for name in declared(settings)}
        conditions = {name: content["models"][name]["conditions_sha256"] for name in models}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(f"{where}: not a model file; expected the JSON that estimate_model writes.") from None
    problems = []
    if sha256_in_file != sha256(content):
        problems.append(f"{where}: sha256: the content does not match its hash; the file was changed after estimation.")
    if made_with != splink.__version__:
        problems.append(f"{where}: splink: made with {made_with}, this code runs {splink.__version__}.")
    if problems:  # the models in such a file need not make sense
        raise InputError(problems)
    for name, model in models.items():
        problems += model.problems(declared(settings)[name], conditions[name], where=f"{where}: models.{name}")
    if problems:
        raise InputError(problems)
    return models


def models_hash(models: Mapping[str, Model]) -> str:
    """Return SHA-256 of what scores depend on, all models together."""
    return sha256({name: model.hash for name, model in models.items()})
