"""What the report counts of small tables."""

from __future__ import annotations

from pyspark.sql import SparkSession

from linkage.quality.report.counts import count_model_bands
from linkage.settings.quality import ReportSettings
from linkage.tables.scored_pairs import ScoredPattern
from tests.drawing import draw_whole


def test_pairs_are_counted_by_model_and_band_of_the_weight_that_their_pattern_has(spark: SparkSession) -> None:
    drawn = [(1, "cases", -0.5, 7), (2, "cases", 0.2, 30), (3, "cases", 0.9, 12), (4, "persons", 0.2, 5)]
    names = (ScoredPattern.agreement_pattern, ScoredPattern.model, ScoredPattern.match_weight, ScoredPattern.nb_pairs)
    patterns = draw_whole(spark, ScoredPattern, [dict(zip(names, row, strict=True)) for row in drawn])
    settings = ReportSettings(most_rows=24, why_most_rows="", bin_bits=1.0, base=5, why_base="")
    counted = {tuple(row) for row in count_model_bands(patterns, settings=settings).collect()}
    assert counted == {("cases", -1.0, 7), ("cases", 0.0, 42), ("persons", 0.0, 5)}
