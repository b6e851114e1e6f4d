"""One procedure at most among the candidates of a reference."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import SparkSession

from linkage.quality.estimates import mixture
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.scored_pairs import ScoredPair
from tests.drawing import draw


def test_the_share_of_references_with_their_procedure_is_recovered() -> None:
    generator = np.random.default_rng(7)
    true = generator.random(40_000) < 0.8
    # The log of the ratio is normal with mean plus or minus half its variance: a ratio by construction.
    bits = generator.normal(np.where(true, 8.0, -8.0), 4.0) / math.log(2)
    steps = pd.Series(np.round(bits / mixture.STEP)).value_counts().sort_index()
    counted = pd.DataFrame({"step": steps.index, "nb": steps.to_numpy()})
    assert mixture.estimate_share(counted, 40_000) == pytest.approx(0.8, abs=0.01)


def test_candidates_of_one_reference_share_its_probability(spark: SparkSession) -> None:
    pairs = [{"procedure_key": key, "reference_key": 11, "blocking_rule": "cle"} for key in (1, 2, 3)]
    scored = draw(spark, ScoredPair, [{**pair, "match_weight": 3.0} for pair in pairs[:2]])
    ratios = mixture.score_ratios(scored, draw(spark, CandidatePair, pairs), prior=0.5)
    found = [row.p for row in mixture.score_pairs(ratios, 0.9).orderBy("procedure_key").collect()]
    each = 0.9 * 8 / 3
    assert found == pytest.approx([each / (0.1 + 2 * each)] * 2)


def test_references_are_counted_by_their_evidence_in_twentieths_of_a_bit(spark: SparkSession) -> None:
    drawn = spark.createDataFrame([(11, 8.0), (11, 8.0), (12, 8.1), (13, 0.5)], "reference_key bigint, evidence double")
    found = [tuple(row) for row in mixture.count_evidence(drawn).collect()]
    assert found == [(-20.0, 1), (60.0, 2)]
