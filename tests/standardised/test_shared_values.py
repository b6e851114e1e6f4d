"""Codes and births that too many persons bear are nobody's own; those of one person stay, however often."""

from __future__ import annotations

from datetime import date, timedelta

from pyspark.sql import SparkSession

from linkage.standardised.shared_values import set_aside_shared
from linkage.versions import method

SETTINGS = method.standardised_settings().shared_values
SCHEMA = "place int, csns string, sexe string, date_naissance date, commune_naissance string, pays_naissance string"
DAY = date(1980, 5, 6)
Person = tuple[str | None, str | None, date | None, str | None, str | None]


def kept(spark: SparkSession, persons: list[Person]) -> list[tuple[str | None, date | None]]:
    frame = spark.createDataFrame([(place, *person) for place, person in enumerate(persons)], SCHEMA)
    rows = set_aside_shared(frame, SETTINGS).orderBy("place").collect()
    assert [row["place"] for row in rows] == list(range(len(persons)))
    return [(row["csns"], row["date_naissance"]) for row in rows]


def strangers(code: str, times: int) -> list[Person]:
    return [(code, "MF"[one % 2], DAY + timedelta(one * 77), f"480{one % 90 + 10}", "FRA") for one in range(times)]


def test_a_code_of_strangers_is_set_aside_from_the_least_on(spark: SparkSession) -> None:
    shared, few = strangers("SHARED0001", SETTINGS.csns_least), strangers("FEW0000001", SETTINGS.csns_least - 1)
    found = kept(spark, shared + few)
    assert [code for code, _ in found] == [None] * len(shared) + ["FEW0000001"] * len(few)
    assert all(day is not None for _, day in found)


def test_a_code_of_one_person_stays_with_its_slips_of_the_pen(spark: SparkSession) -> None:
    one: list[Person] = [("ONE0000001", "M", DAY, "48095", "FRA")] * 30
    slips: list[Person] = [("ONE0000001", "F", DAY + timedelta(day), None, "FRA") for day in range(30)]
    assert {code for code, _ in kept(spark, one + slips)} == {"ONE0000001"}
    assert {code for code, _ in kept(spark, one + slips + strangers("ONE0000001", 1))} == {None}


def test_a_code_of_which_nothing_else_is_known_stays(spark: SparkSession) -> None:
    unknown: list[Person] = [("NOTRAIT001", None, None, None, None)] * 50
    assert {code for code, _ in kept(spark, unknown)} == {"NOTRAIT001"}


def test_a_day_that_too_many_have_is_set_aside(spark: SparkSession) -> None:
    least = SETTINGS.naissance_least
    births: list[Person] = [(None, "M", DAY, None, None)] * least
    others: list[Person] = [(None, "F", DAY + timedelta(1 + one % 5000), None, None) for one in range(5000)]
    assert {day for _, day in kept(spark, births + others)} == {None} | {day for _, _, day, *_ in others}
    assert DAY in {day for _, day in kept(spark, births[1:] + others)}
    many: list[Person] = [(None, "F", DAY + timedelta(1 + one % 300), None, None) for one in range(30_000)]
    assert DAY in {day for _, day in kept(spark, births + many)}
