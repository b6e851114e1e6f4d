"""Dates, ages, places and words at the grain of the profile."""

from __future__ import annotations

from datetime import date

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage.linked_base import grain
from linkage.platform import config
from linkage.settings.linked_base import LinkedBaseSettings

SETTINGS = config.settings("method/linked_base.toml", LinkedBaseSettings)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("jour", date(2018, 5, 17)), ("mois", date(2018, 5, 1)), ("annee", date(2018, 1, 1))],
)
def test_a_date_becomes_the_first_day_of_its_unit(spark: SparkSession, unit: str, expected: date) -> None:
    dates = spark.createDataFrame([(date(2018, 5, 17),), (None,)], "d date")
    assert [row[0] for row in dates.select(grain.day(F.col("d"), unit)).collect()] == [expected, None]  # type: ignore[arg-type]


def test_a_number_is_capped_and_an_unknown_one_stays_unknown(spark: SparkSession) -> None:
    numbers = spark.createDataFrame([(89,), (90,), (91,), (None,)], "n int")
    assert [row[0] for row in numbers.select(grain.capped(F.col("n"), 90)).collect()] == [89, 90, 90, None]


def test_a_small_commune_gives_way_to_its_departement(spark: SparkSession) -> None:
    communes = spark.createDataFrame(
        [("33063", "33", "20000"), ("32013", "32", "19999"), ("97501", "975", "")],
        "code_commune string, code_departement string, population string",
    )
    found = grain.placed(
        spark.createDataFrame([("33063",), ("32013",), ("97501",), ("00000",), (None,)], "c string"), communes, commune="c", code_departement="d", smallest_population=20000
    )  # fmt: skip
    assert {tuple(row) for row in found.select("c", "d").collect()} == {
        ("33063", "33"),
        (None, "32"),
        (None, "975"),
        (None, None),
    }


def test_what_is_no_code_and_no_known_word_becomes_null(spark: SparkSession) -> None:
    rows = [
        ("71", "71"),
        ("copj", "copj"),
        ("renvoi_tc", "renvoi_tc"),
        ("sergent Untel", None),
        ("dupont", None),
        ("2021000386", None),
        (None, None),
    ]
    found = (
        spark.createDataFrame(rows, "code string, kept string")
        .select("kept", grain.event_code(F.col("code"), SETTINGS))
        .collect()
    )
    assert [row[1] for row in found] == [row[0] for row in found]
