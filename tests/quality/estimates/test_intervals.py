"""Intervals against published and hand-computed values, at both ends and for a part of a whole."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage.quality.estimates.intervals import gap_to_whole, wilson


def test_wilson_keeps_its_width_at_both_ends_and_says_nothing_of_nobody(spark: SparkSession) -> None:
    drawn = spark.createDataFrame([(0.0, 10.0), (10.0, 10.0), (81.0, 263.0), (0.0, 0.0)], ["successes", "trials"])
    low, high = wilson(F.col("successes"), F.col("trials"), confidence=0.95)
    found = [tuple(row) for row in drawn.select(low, high).collect()]
    # 81 of 263 is the example of Newcombe (1998).
    expected = [(0.0, 0.2775), (0.7225, 1.0), (0.2553, 0.3662), (None, None)]
    assert found == [tuple(b if b is None else pytest.approx(b, abs=1e-4) for b in bounds) for bounds in expected]


def test_the_gap_to_the_whole_is_that_to_the_rest_scaled(spark: SparkSession) -> None:
    # 56 of 70 beside 48 of 80: Newcombe's method 10 gives 0.2 [0.0524 ; 0.3339].
    drawn = spark.createDataFrame([(56.0, 70.0, 104.0, 150.0), (104.0, 150.0, 104.0, 150.0)], ["s", "n", "ws", "wn"])
    gap = gap_to_whole((F.col("s"), F.col("n")), (F.col("ws"), F.col("wn")), confidence=0.95)
    part, whole = (tuple(row) for row in drawn.select(*gap).collect())
    scale = 80 / 150
    assert part == tuple(pytest.approx(scale * value, abs=1e-4) for value in (0.2, 0.0524, 0.3339))
    assert whole == (None, None, None)
