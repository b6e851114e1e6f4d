"""A model file says what it was made for, and is refused for anything else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from linkage import config
from linkage.errors import InputError
from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.model import Model
from linkage.settings import ScoredPairsSettings

DECLARED = config.settings("method/scored_pairs.toml", ScoredPairsSettings).comparisons


def model() -> Model:
    levels = {comparison.name: len(comparison.levels) for comparison in comparisons(DECLARED, "spark")}
    return Model(0.25, {name: [(0.5, 0.25)] * number for name, number in levels.items()}, {"seed": 1})


def changed(**said: Any) -> str:
    return json.dumps({**json.loads(model().to_json(DECLARED)), **said})


def test_a_model_comes_back_as_it_was_written() -> None:
    assert Model.from_json(model().to_json(DECLARED), DECLARED, where="m.json") == model()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", "not a model file"),
        ("not json", "not a model file"),
        (changed(probability_two_random_records_match=0.9), "sha256"),
        (changed(splink="4.0.0"), "splink: made with 4.0.0"),
    ],
)
def test_a_file_that_is_no_model_or_was_tampered_with_is_refused(text: str, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        Model.from_json(text, DECLARED, where="m.json")


def test_a_model_of_other_comparisons_is_refused() -> None:
    with pytest.raises(InputError, match="made for other comparisons"):
        Model.from_json(model().to_json(DECLARED), DECLARED[:-1], where="m.json")
