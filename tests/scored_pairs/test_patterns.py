"""A pattern is what its comparisons found, as one integer, and gives it back."""

from __future__ import annotations

import itertools

import pytest
from pyspark.sql import SparkSession

from linkage.scored_pairs.patterns import pattern, patterns, too_many_levels
from linkage.settings.scored_pairs import ComparisonSettings, ModelSettings
from tests.scored_pairs.test_projection import METHOD

TWO = METHOD.model_copy(update={"comparisons": METHOD.comparisons[2:4]})
"""The delay (ten levels) and the day of the facts (seven)."""


@pytest.mark.parametrize("model", [METHOD, METHOD.jonctions, METHOD.persons], ids=lambda settings: settings.model)
def test_every_pattern_is_told_from_every_other_and_has_its_words(spark: SparkSession, model: ModelSettings) -> None:
    settings = model.model_copy(update={"comparisons": TWO.comparisons})
    gammas = list(itertools.product(range(-1, 10), range(-1, 7)))
    pairs = spark.createDataFrame(gammas, "gamma_delai int, gamma_faits int").selectExpr(
        "*", "1.5D AS match_weight", "0.5D AS match_probability"
    )
    coded = pairs.withColumn("agreement_pattern", pattern(settings))
    found = patterns(
        coded.unionByName(coded.where("gamma_delai = 4 AND gamma_faits = -1")), settings=settings
    ).collect()
    assert len(found) == len(gammas) == 88
    words = {(row.levels["delai"], row.levels["faits"]): row.nb_pairs for row in found}
    assert len(words) == 88
    assert {(None, None), ("0 jour", "égal"), ("impossible", "au-delà")} <= words.keys()
    assert {said: nb for said, nb in words.items() if nb > 1} == {("121 à 365 jours", None): 2}
    assert {row.model for row in found} == {model.model}
    others = [METHOD, METHOD.jonctions, METHOD.persons]
    codes = [
        {row[0] for row in pairs.select(pattern(other.model_copy(update={"comparisons": TWO.comparisons}))).collect()}
        for other in others
    ]
    assert not codes[0] & codes[1] and not codes[1] & codes[2] and not codes[0] & codes[2]


def test_more_levels_than_an_integer_tells_apart_are_refused() -> None:
    declared = ComparisonSettings(
        name="faits", kind="gap", columns=("jour_faits_debut",), bounds=tuple(range(28)), why="test"
    )
    several = [declared.model_copy(update={"name": f"faits_{letter}"}) for letter in "abcdefghijklm"]
    assert too_many_levels(METHOD.model_copy(update={"comparisons": tuple(several[:12])})) == []
    (said,) = too_many_levels(METHOD.model_copy(update={"comparisons": tuple(several)}))
    assert said.startswith("model of cases: its comparisons have ")
