"""What became of each person of a procedure, on small bases drawn by hand; and that the studies count the same."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import pytest
from chispa import assert_df_equality
from pyspark.sql import DataFrame, Row, SparkSession

from jobs.study_extracts.declaration import declared
from linkage.concepts import courses, outcomes
from linkage.linked_base.suites import build_suites
from linkage.settings.study_extracts import StudyDelay
from linkage.study_extracts import course, population
from linkage.tables.suites import STEPS, Suite
from linkage.versions import method, nomenclatures
from tests.drawn_courses import ARRIVED, CONJUGAL, DECIDED, EXTRACTION, ORIENTED, RECORDED, Drawn, one

SETTINGS = method.linked_base_settings().suites
FAMILIES = nomenclatures.families_of_motives()
PROSECUTED = ("x", "orientation", "copj", ORIENTED)
GUILTY = ("x", "decision", "jugement", DECIDED, "condamnation")


def built(spark: SparkSession, drawn: Drawn, extraction: date | None = EXTRACTION) -> DataFrame:
    base = drawn.base(spark)
    authors = courses.authors(base.evenements, FAMILIES)
    return build_suites(base, authors, SETTINGS, extraction=extraction)


def suites(spark: SparkSession, drawn: Drawn, extraction: date | None = EXTRACTION) -> dict[str, Row]:
    rows = built(spark, drawn, extraction).collect()
    assert len({row["id_personne"] for row in rows}) == len(rows)
    return {row["id_personne"]: row for row in rows}


def told(row: Row) -> dict[str, Any]:
    """What a row says, its empty columns left out."""
    return {name: row[name] for name in Suite.names() if name != "version" and row[name] is not None}


def test_a_guilty_author_and_his_victim_are_followed_to_the_judgement(spark: SparkSession) -> None:
    drawn = one(PROSECUTED, GUILTY).mis_en_cause("p", "m", id_individu="i").recognised("m", "a", "x")
    found = suites(spark, drawn)
    course = {
        "millesime": 2020, "id_procedure": "p", "id_dossier": "d1", "est_liee": True, "est_suivie": True, "orientation": "poursuites", "mode": "copj",
        "decision": "condamnation", "culpabilite": "culpabilite_reconnue", "date_enregistrement": RECORDED, "date_arrivee": ARRIVED,
        "date_orientation": ORIENTED, "date_decision": DECIDED, "jours_enregistrement_arrivee": 30, "vu_enregistrement_arrivee": True,
        "jours_arrivee_orientation": 30, "vu_arrivee_orientation": True, "jours_orientation_decision": 180, "vu_orientation_decision": True,
        "jours_enregistrement_fin": 240, "vu_enregistrement_fin": True,
    }  # fmt: skip
    assert {name: told(row) for name, row in found.items()} == {
        "v": {**course, "id_personne": "v", "role": "victime"},
        "m": {**course, "id_personne": "m", "role": "mis_en_cause", "id_individu": "i"},
    }


def test_who_waits_is_censored_at_the_extraction_and_has_no_days_without_one(spark: SparkSession) -> None:
    waiting = suites(spark, one(PROSECUTED))["v"]
    assert (waiting["decision"], waiting["date_decision"]) == ("en_attente", None)
    assert (waiting["jours_enregistrement_fin"], waiting["vu_enregistrement_fin"]) == (357, False)
    undated = suites(spark, one(PROSECUTED), None)["v"]
    assert (undated["jours_enregistrement_fin"], undated["vu_enregistrement_fin"]) == (None, False)
    assert undated["jours_arrivee_orientation"] == 30


def test_a_step_taken_on_an_unknown_day_has_no_days(spark: SparkSession) -> None:
    judged = suites(spark, one(PROSECUTED, ("x", "decision", "jugement", None, "relaxe")))["v"]
    assert (judged["decision"], judged["culpabilite"]) == ("relaxe", "culpabilite_non_reconnue")
    assert (judged["jours_orientation_decision"], judged["vu_orientation_decision"]) == (None, None)
    assert judged["jours_arrivee_orientation"] == 30


def test_nobody_is_lost_and_what_is_not_known_is_empty(spark: SparkSession) -> None:
    drawn = one(PROSECUTED).procedure("alone").victim("alone", "unlinked").mis_en_cause("alone", "free")
    drawn.mis_en_cause("p", "dropped").victim("p", "no role", role=None)
    found = suites(spark, drawn)
    assert set(found) == {"v", "unlinked", "free", "dropped"}
    unknown = {"millesime": 2020, "est_suivie": False, "date_enregistrement": RECORDED}
    assert told(found["free"]) == {
        **unknown,
        "id_procedure": "alone",
        "id_personne": "free",
        "role": "mis_en_cause",
        "est_liee": False,
    }
    # In the linked procedure of one who is prosecuted, recognised nowhere: the other's course is not his.
    assert told(found["dropped"]) == {
        **unknown,
        "id_procedure": "p",
        "id_personne": "dropped",
        "role": "mis_en_cause",
        "est_liee": True,
        "id_dossier": "d1",
    }


def test_a_mis_en_cause_has_his_own_course_and_his_victim_the_furthest(spark: SparkSession) -> None:
    drawn = one(PROSECUTED, ("y", "classement", "21", ORIENTED)).of_justice("a", "y", "mis_en_cause")
    drawn.mis_en_cause("p", "m").recognised("m", "a", "x").mis_en_cause("p", "n").recognised("n", "a", "y")
    found = suites(spark, drawn)
    assert {name: row["orientation"] for name, row in found.items()} == {
        "v": "poursuites",
        "m": "poursuites",
        "n": "non_poursuivable",
    }
    assert (found["n"]["motif"], found["n"]["famille_motif"]) == ("21", "insuffisamment caractérisée")


def test_a_mis_en_cause_of_two_affairs_has_the_furthest_and_one_row(spark: SparkSession) -> None:
    drawn = one(("x", "classement", "21", ORIENTED)).affaire("b", "z").link("p", "b")
    drawn.event("b", "z", "orientation", "crpc", DECIDED)
    drawn.mis_en_cause("p", "m").recognised("m", "a", "x").recognised("m", "b", "z")
    found = suites(spark, drawn)["m"]
    assert (found["orientation"], found["mode"], found["date_orientation"]) == ("poursuites", "crpc", DECIDED)


def test_who_was_suspected_and_is_a_victim_for_justice_is_not_followed(spark: SparkSession) -> None:
    drawn = one(PROSECUTED).mis_en_cause("p", "m").of_justice("a", "w", "victime").recognised("m", "a", "w")
    assert not suites(spark, drawn)["m"]["est_suivie"]


def test_an_affair_whose_events_name_nobody_is_the_course_of_each_of_its_authors(spark: SparkSession) -> None:
    drawn = one((None, "classement", "48", ORIENTED)).mis_en_cause("p", "m").recognised("m", "a", "x")
    assert suites(spark, drawn)["m"]["orientation"] == "inopportunite"


def test_base_and_studies_say_the_same_of_every_victim(spark: SparkSession) -> None:
    """Two affairs, one in which she is recognised; a procedure without link; a case that waits."""
    drawn = one(("x", "classement", "21", ORIENTED)).affaire("b", "y").link("p", "b").recognised("v", "a")
    drawn.event("b", "y", "orientation", "copj", ORIENTED).victim("p", "w").procedure("alone").victim("alone", "u")
    base = drawn.base(spark)
    study = declared("violences_conjugales")
    procedures = population.procedures(base, study, [CONJUGAL], {})
    authors = courses.authors(base.evenements, FAMILIES)
    oriented = courses.of_victims(
        population.victims(base, procedures, study), base, authors, several_affaires=study.counting.several_affaires
    )
    of_study = course.describe_courses(oriented, extraction=EXTRACTION).withColumnRenamed("id", "id_personne")
    told_by_both = [
        str(column)
        for column in Suite.columns
        if column in of_study.columns and column not in ("millesime", "id_individu")
    ]
    assert {"orientation", "motif", "mode", "decision", "jours_enregistrement_fin"} <= set(told_by_both)
    assert_df_equality(
        built(spark, drawn).select(told_by_both), of_study.select(told_by_both), ignore_row_order=True, ignore_nullable=True
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (Suite.orientation, outcomes.ORIENTATIONS),
        (Suite.famille_motif, (*outcomes.MOTIVE_FAMILIES.values(), outcomes.UNKNOWN)),
        (Suite.mode, (*outcomes.MODES, outcomes.UNKNOWN)),
        (Suite.decision, (*outcomes.DECISIONS, outcomes.EN_ATTENTE)),
        (Suite.culpabilite, (outcomes.COUPABLE, outcomes.NON_COUPABLE)),
    ],
    ids=lambda case: str(case) if isinstance(case, str) else "",
)
def test_every_word_of_an_outcome_has_its_meaning(column: Any, words: tuple[str, ...]) -> None:
    assert set(column.codes) == set(words)


def test_the_delays_are_those_of_the_studies() -> None:
    assert get_args(StudyDelay) == STEPS
