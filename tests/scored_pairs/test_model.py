"""A model file says what it was made for, and is refused for anything else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from linkage.platform.errors import InputError
from linkage.scored_pairs import model_file
from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.model import Model
from linkage.versions import method

SETTINGS = method.scored_pairs_settings()


def models() -> dict[str, Model]:
    made = {}
    for name, declared in model_file.declared(SETTINGS).items():
        levels = {comparison.name: len(comparison.levels) for comparison in comparisons(declared, "spark")}
        made[name] = Model(0.25, {key: [(0.5, 0.25)] * number for key, number in levels.items()}, {"seed": 1})
    return made


def changed(**said: Any) -> str:
    return json.dumps({**json.loads(model_file.to_json(models(), SETTINGS)), **said})


def tampered(name: str, prior: float | None = 0.9) -> str:
    content = json.loads(model_file.to_json(models(), SETTINGS))
    content["models"][name]["probability_two_random_records_match"] = prior
    return json.dumps(content)


def test_models_come_back_as_they_were_written() -> None:
    assert model_file.from_json(model_file.to_json(models(), SETTINGS), SETTINGS, where="m.json") == models()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", "not a model file"),
        ("not json", "not a model file"),
        (changed(models={"cases": {}}), "not a model file"),
        (changed(format=1), f"format: found 1, expected {model_file.FORMAT}"),
        (tampered("cases"), "sha256"),
        (tampered("jonctions"), "sha256"),
        (tampered("persons"), "sha256"),
        (tampered("persons", None), "sha256"),
        (changed(splink="4.0.0"), "splink: made with 4.0.0"),
    ],
)
def test_a_file_that_is_no_model_or_was_tampered_with_is_refused(text: str, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        model_file.from_json(text, SETTINGS, where="m.json")


def test_a_model_of_other_comparisons_is_refused_by_its_name() -> None:
    fewer = SETTINGS.persons.model_copy(update={"comparisons": SETTINGS.persons.comparisons[:-1]})
    other = SETTINGS.model_copy(update={"persons": fewer})
    with pytest.raises(InputError, match=r"m.json: models.persons: made for other comparisons") as refused:
        model_file.from_json(model_file.to_json(models(), SETTINGS), other, where="m.json")
    assert "models.cases" not in str(refused.value)


def test_the_hash_moves_with_each_model() -> None:
    found = {model_file.models_hash(models())}
    for name, model in models().items():
        found.add(model_file.models_hash({**models(), name: Model(0.5, model.parameters, {})}))
    assert len(found) == 1 + len(models())
