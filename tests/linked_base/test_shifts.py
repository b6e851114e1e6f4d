"""The dates of a dossier are moved together: its delays stay, and its first recording tells a month."""

from __future__ import annotations

from datetime import date, timedelta

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage.linked_base import shifts

CASES = {
    ("procedure", "p1"): date(2020, 3, 17),
    ("procedure", "p2"): date(2020, 3, 2),
    ("affaire", "a1"): date(2020, 2, 28),  # dated before its procedures, by a mistake: recordings come first
    ("procedure", "alone"): date(2021, 12, 31),
    ("affaire", "direct"): date(2021, 1, 20),
    ("procedure", "doubtful"): date(2021, 5, 9),
    ("procedure", "undated"): None,
}
LINKS = [("p1", "a1", "d", "retenu"), ("p2", "a1", "d", "retenu"), ("doubtful", "a1", "d", "a_revoir")]
SOURCES = {"procedure": "lrpgn", "affaire": "cassiopee"}
OF_LINKS = "source string, id_procedure string, id_affaire string, id_dossier string, status string"
BACK = {"p1": 1, "p2": 1, "a1": 1, "alone": 30, "direct": 19, "doubtful": 8}


def moved(spark: SparkSession, days_later: int = 0) -> dict[str, date | None]:
    """When each case came in, or a later day of its course, as the base shows it."""
    rows = [(side, SOURCES[side], name, day) for (side, name), day in CASES.items()]
    cases = spark.createDataFrame(rows, "side string, source string, id string, came_in date")
    links = spark.createDataFrame([("lrpgn", *link) for link in LINKS], OF_LINKS)
    shown = shifts.moved(F.date_add("came_in", days_later), "mois")
    found = cases.transform(shifts.add_first_day, links).select("id", shown.alias("shown")).collect()
    assert len(found) == len(CASES)
    return {row["id"]: row["shown"] for row in found}


def test_a_dossier_is_moved_by_the_days_of_its_first_recording(spark: SparkSession) -> None:
    came_in = {name: day for (_, name), day in CASES.items()}
    for later in (0, 12, 400):
        expected = {
            name: None if day is None else day + timedelta(days=later - BACK[name]) for name, day in came_in.items()
        }
        assert moved(spark, later) == expected


def test_who_knows_all_months_and_delays_has_every_day_of_the_month_left(spark: SparkSession) -> None:
    # Whatever the day of the first recording, the base shows the same: the attacker is left with all of them.
    # Each day has a dossier of its own.
    days = [date(2020, 1, day) for day in range(1, 32)]
    procedures = [("procedure", "lrpgn", f"p{day}", day) for day in days]
    affaires = [("affaire", "cassiopee", f"a{day}", day + timedelta(days=25)) for day in days]
    cases = spark.createDataFrame([*procedures, *affaires], "side string, source string, id string, came_in date")
    links = spark.createDataFrame([("lrpgn", f"p{day}", f"a{day}", f"d{day}", "retenu") for day in days], OF_LINKS)
    shown = shifts.moved(F.col("came_in"), "mois").alias("shown")
    found = cases.transform(shifts.add_first_day, links).select("id", shown).collect()
    expected = {f"p{day}": date(2020, 1, 1) for day in days} | {f"a{day}": date(2020, 1, 26) for day in days}
    assert {row["id"]: row["shown"] for row in found} == expected


def test_what_no_day_begins_is_brought_to_its_month(spark: SparkSession) -> None:
    rows = spark.createDataFrame([(date(2020, 3, 17), None)], "event date, first_of_dossier date")
    assert [row[0] for row in rows.select(shifts.moved(F.col("event"), "mois")).collect()] == [date(2020, 3, 1)]
