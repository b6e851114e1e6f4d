"""Completed years, and the bands that they fall in."""

from __future__ import annotations

from datetime import date

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage.concepts.ages import age, band


def test_an_age_is_counted_in_completed_years(spark: SparkSession) -> None:
    rows = [
        (date(2000, 5, 18), date(2018, 5, 17), 17),
        (date(2000, 5, 18), date(2018, 5, 18), 18),
        (date(2000, 5, 18), date(2018, 4, 30), 17),
        (date(2000, 5, 18), date(2018, 6, 1), 18),
        (date(2000, 2, 29), date(2018, 2, 28), 17),
        (date(2000, 2, 29), date(2018, 3, 1), 18),
        (date(2018, 5, 17), date(2018, 5, 17), 0),
        (date(2018, 5, 18), date(2018, 5, 17), None),
        (None, date(2018, 5, 17), None),
        (date(2000, 5, 18), None, None),
    ]
    drawn = spark.createDataFrame(rows, "birth date, at date, expected int")
    found = drawn.select("expected", age(F.col("birth"), F.col("at")).alias("found")).collect()
    assert [row["found"] for row in found] == [row["expected"] for row in found]


def test_a_band_begins_at_its_bound_and_ends_before_the_next(spark: SparkSession) -> None:
    rows = [(17, "moins de 18"), (18, "18-24"), (24, "18-24"), (25, "25-64"), (64, "25-64"), (65, "65 et plus"), (None, None)]  # fmt: skip
    drawn = spark.createDataFrame(rows, "age int, expected string")
    found = drawn.select("expected", band(F.col("age"), (18, 25, 65)).alias("found")).collect()
    assert [row["found"] for row in found] == [row["expected"] for row in found]
