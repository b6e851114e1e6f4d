"""What became of an affair, event by event, and which of several events is the furthest."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage.concepts import outcomes
from linkage.platform import config

FAMILIES = {row["code"]: row["famille"] for row in config.nomenclature("motifs_classement")}
EVENTS: list[tuple[str | None, str | None, str | None, str | None]] = [
    # type, code, orientation, ruling without an issue
    ("orientation", "copj", "poursuites", None),
    ("orientation", "juge_instruction", "poursuites", None),
    ("orientation", None, "poursuites", None),
    ("orientation", "composition_penale", "alternatives", None),
    ("ordonnance_reglement", "renvoi_tc", "poursuites", None),
    ("ordonnance_reglement", "renvoi_assises", "poursuites", None),
    ("ordonnance_reglement", "non_lieu", "poursuites", "non_lieu"),
    ("decision", "jugement", "poursuites", None),
    ("decision", None, "poursuites", None),
    ("classement", "11", "non_poursuivable", None),
    ("classement", "21", "non_poursuivable", None),
    ("classement", "344", "non_poursuivable", None),
    ("classement", "71", "non_poursuivable", None),
    ("classement", "48", "inopportunite", None),
    ("classement", "56", "alternatives", None),
    ("classement", "61", "alternatives", None),
    ("classement", "composition_penale", None, None),
    ("classement", "99", None, None),
    ("classement", None, None, None),
    (None, "56", None, None),
]


def test_each_event_shows_its_orientation_and_its_ruling(spark: SparkSession) -> None:
    drawn = spark.createDataFrame(EVENTS, "type string, code string, orientation string, ruling string")
    kind, code = F.col("type"), F.col("code")
    found = drawn.select(
        kind,
        code,
        outcomes.orientation(kind, code, FAMILIES).alias("orientation"),
        outcomes.ruling(kind, code, F.lit(None).cast("string")).alias("ruling"),
    )
    assert [tuple(row) for row in found.collect()] == EVENTS


def test_the_ruling_of_a_judgement_is_its_issue(spark: SparkSession) -> None:
    drawn = spark.createDataFrame([("decision", "relaxe"), ("orientation", "relaxe")], "type string, issue string")
    found = drawn.select(outcomes.ruling(F.col("type"), F.lit("jugement"), F.col("issue"))).collect()
    assert [row[0] for row in found] == ["relaxe", None]


def test_orders_and_judgements_alone_tell_nothing_of_the_prosecution_itself(spark: SparkSession) -> None:
    kinds = ["classement", "orientation", "ordonnance_reglement", "decision"]
    drawn = spark.createDataFrame([(kind,) for kind in kinds], "type string")
    found = [row[0] for row in drawn.select(outcomes.is_indirect(F.col("type"))).collect()]
    assert found == [False, False, True, True]


def test_the_furthest_of_several_has_the_least_rank_and_no_event_is_still_in_course(spark: SparkSession) -> None:
    rows = [("a", "inopportunite"), ("a", "alternatives"), ("b", "non_poursuivable"), ("b", "poursuites"), ("c", None)]
    drawn = spark.createDataFrame(rows, "id string, word string")
    least = F.min(outcomes.rank(F.col("word"), outcomes.ORIENTATIONS))
    found = drawn.groupBy("id").agg(outcomes.reached(least).alias("word")).collect()
    assert {row["id"]: row["word"] for row in found} == {"a": "alternatives", "b": "poursuites", "c": "en_cours"}


@pytest.mark.parametrize(
    ("motive", "family"),
    [
        ("11", "absence d'infraction"),
        ("21", "insuffisamment caractérisée"),
        ("71", "auteur inconnu"),
        ("344", "motif juridique"),
        ("41", "inopportunité"),
        ("56", "inconnu"),
    ],
)
def test_motives_are_published_by_family(spark: SparkSession, motive: str, family: str) -> None:
    assert outcomes.family_of(motive) == family
    drawn = spark.createDataFrame([(motive,)], "code string")
    assert drawn.select(outcomes.motive_family(F.col("code"))).collect()[0][0] == family


def test_every_motive_of_the_nomenclature_has_an_orientation() -> None:
    assert set(FAMILIES.values()) == set(outcomes.ORIENTATION_OF_FAMILY)
