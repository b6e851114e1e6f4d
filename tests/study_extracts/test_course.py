"""Who is in a study and what became of them, case by case; joined or sent on, they count once."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import pytest
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from jobs.study_extracts.declaration import declared
from linkage.concepts import courses
from linkage.platform import config
from linkage.settings.study_extracts import StudyDelay, StudyGrouping, StudySettings, StudyTable, StudyUnit
from linkage.study_extracts import course, population, tables
from linkage.study_extracts.categories import categories
from tests.drawn_courses import CONJUGAL, DECIDED, EXTRACTION, ORIENTED, Drawn, one

STUDY = declared("violences_conjugales")
FAMILIES = {row["code"]: row["famille"] for row in config.nomenclature("motifs_classement")}
REGIONS = {"33": "Nouvelle-Aquitaine", "75": "Île-de-France"}


class Followed:
    """The victims of a small base with their course; and again through safer links."""

    def __init__(self, spark: SparkSession, drawn: Drawn, study: StudySettings = STUDY) -> None:
        base = drawn.base(spark)
        procedures = population.procedures(base, study, [CONJUGAL, "10854", "27754"], REGIONS)
        victims = population.victims(base, procedures, study)
        authors = courses.authors(base.evenements, FAMILIES)
        oriented = courses.of_victims(victims, base, authors, several_affaires=study.counting.several_affaires)
        self.cases = course.describe_courses(oriented, extraction=EXTRACTION)
        self.by_least_weight = course.by_least_weight(victims, base, authors, study.counting, [0.0, 10.0, 20.0])

    def counted(self) -> dict[tuple[str, str, str], tuple[int, float]]:
        """Number and weighted number by table, row and column; each case stands for one and a half."""
        units: dict[StudyUnit, DataFrame] = {"victime": self.cases.withColumn("poids", F.lit(1.5))}
        known = categories(STUDY, natinf=[CONJUGAL, "10854", "27754"], regions=REGIONS, motives=[*FAMILIES], courts=[])
        cells = tables.count_cases(units, self.by_least_weight, STUDY, known).cells
        measures = zip(cells["nb"], cells["weighted"], strict=True)
        return dict(zip(cells[["table", "row", "column"]].itertuples(index=False, name=None), measures, strict=True))


def victims(spark: SparkSession, drawn: Drawn) -> dict[str, Row]:
    return {row["id"]: row for row in Followed(spark, drawn).cases.collect()}


Events = tuple[tuple[Any, ...], ...]
COPJ = ("x", "orientation", "copj", ORIENTED)
DISMISSED = ("x", "classement", "21", ORIENTED)
COURSES: list[tuple[Events, str, str | None]] = [
    ((), "en_cours", None),
    ((COPJ,), "poursuites", "en_attente"),
    ((("x", "orientation", "juge_instruction", ORIENTED),), "poursuites", "en_attente"),
    ((("x", "orientation", "composition_penale", ORIENTED),), "alternatives", None),
    ((("x", "classement", "56", ORIENTED),), "alternatives", None),
    ((("x", "classement", "48", ORIENTED),), "inopportunite", None),
    ((DISMISSED,), "non_poursuivable", None),
    (((None, "classement", "71", ORIENTED),), "non_poursuivable", None),
    ((COPJ, ("x", "decision", "jugement", DECIDED, "relaxe")), "poursuites", "relaxe"),
    ((DISMISSED, ("y", "orientation", "crpc", DECIDED)), "poursuites", "en_attente"),
    ((("x", "ordonnance_reglement", "renvoi_tc", ORIENTED),), "poursuites", "en_attente"),
    ((("x", "ordonnance_reglement", "non_lieu", ORIENTED),), "poursuites", "non_lieu"),
    ((DISMISSED, ("x", "ordonnance_reglement", "renvoi_assises", DECIDED)), "poursuites", "en_attente"),
    ((("x", "decision", "jugement", DECIDED, "condamnation"),), "poursuites", "condamnation"),
    ((("x", "classement", None, ORIENTED),), "en_cours", None),
]  # fmt: skip
GUILT: list[tuple[Events, str | None, str]] = [
    ((COPJ, ("x", "decision", "jugement", DECIDED, "relaxe")), "culpabilite_non_reconnue", "6 à 11 mois"),
    ((COPJ, ("x", "decision", "jugement", DECIDED, "dispense")), "culpabilite_reconnue", "6 à 11 mois"),
    ((COPJ,), None, "étape non atteinte"),
    ((DISMISSED,), None, "1 à 2 mois"),
    ((), None, "étape non atteinte"),
]
INDIRECT = [
    ("x", "ordonnance_reglement", "renvoi_tc", ORIENTED),
    ("x", "decision", "jugement", ORIENTED, "relaxe"),
]
LATER_COPJ = ("x", "orientation", "copj", DECIDED)


@pytest.fixture(scope="module")
def course_of(_session: SparkSession) -> dict[Events, Row]:
    """One victim for each course above, with a procedure, an affair and a dossier of her own: all in one base."""
    events_of = {*(events for events, *_ in [*COURSES, *GUILT])}
    events_of |= {*((event,) for event in INDIRECT), *((event, LATER_COPJ) for event in INDIRECT)}
    drawn, names = Drawn(), {}
    for place, events in enumerate(sorted(events_of, key=repr)):
        drawn.procedure(f"p{place}").victim(f"p{place}", f"v{place}").affaire(f"a{place}", f"x{place}")
        drawn.link(f"p{place}", f"a{place}", f"d{place}")
        for author, *event in events:
            drawn.event(f"a{place}", author and f"{author}{place}", *event)
        names[f"v{place}"] = events
    return {names[name]: row for name, row in victims(_session, drawn).items()}


@pytest.mark.parametrize(("events", "orientation", "decision"), COURSES)
def test_each_orientation(course_of: dict[Events, Row], events: Events, orientation: str, decision: str | None) -> None:
    found = course_of[events]
    assert (found["orientation"], found["decision"]) == (orientation, decision)


@pytest.mark.parametrize("event", INDIRECT, ids=["order of a judge", "judgement"])
def test_what_only_shows_that_there_was_a_prosecution_gives_it_no_mode_and_no_day(
    course_of: dict[Events, Row], event: tuple[Any, ...]
) -> None:
    indirect = course_of[event,]
    assert (indirect["mode"], indirect["vu_arrivee_orientation"]) == ("inconnu", None)
    direct = course_of[event, LATER_COPJ]
    assert (direct["mode"], direct["jours_arrivee_orientation"]) == ("copj", 210)


def test_delays_run_to_their_step_or_are_censored_at_the_extraction(spark: SparkSession) -> None:
    done = victims(spark, one(("x", "orientation", "copj", ORIENTED), ("x", "decision", "jugement", DECIDED, "condamnation")))["v"]  # fmt: skip
    assert [(done[f"jours_{step}"], done[f"vu_{step}"]) for step in get_args(StudyDelay)] == [(30, True), (30, True), (180, True), (240, True)]  # fmt: skip
    waiting = victims(spark, one())["v"]
    assert (waiting["jours_arrivee_orientation"], waiting["vu_arrivee_orientation"]) == (327, False)


def test_the_population_is_of_age_of_the_years_of_the_offences_and_of_the_tie(spark: SparkSession) -> None:
    drawn = Drawn().procedure("p").procedure("late", recorded=date(2024, 1, 1)).procedure("theft", natinf=["7151"])
    inside: dict[str, dict[str, Any]] = {"in": {}, "tie unknown": {"lien_auteur": None}, "fifteen": {"age": 15}}
    outside: dict[str, dict[str, Any]] = {"fourteen": {"age": 14}, "no age": {"age": None}, "child": {"lien_auteur": "enfant"}}  # fmt: skip
    for name, said in (inside | outside).items():
        drawn.victim("p", name, **said)
    drawn.victim("late", "l").victim("theft", "t")
    assert victims(spark, drawn).keys() == inside.keys()


def test_several_kinds_of_violence_are_a_category(spark: SparkSession) -> None:
    drawn = Drawn().procedure("p", natinf=[CONJUGAL, "27754"]).victim("p", "v").procedure("q").victim("q", "w")
    found = victims(spark, drawn)
    assert (found["v"]["genre"], found["w"]["genre"]) == ("plusieurs", "violences")
    assert (found["v"]["formes"], found["w"]["formes"]) == ("menaces + violences", "violences")


@pytest.mark.parametrize(
    ("events", "guilt", "months"),
    GUILT,
    ids=["acquitted", "guilty without a sentence", "not judged yet", "no prosecution", "nothing yet"],
)
def test_guilt_is_of_the_judged_and_months_are_to_the_end_of_the_course(
    course_of: dict[Events, Row], events: Events, guilt: str | None, months: str
) -> None:
    found = course_of[events]
    assert (found["culpabilite"], found["mois_fin"]) == (guilt, months)


def test_the_offence_and_the_region_are_those_that_the_attacker_adds_up(spark: SparkSession) -> None:
    cases: dict[str, tuple[list[str], str | None, tuple[str, ...]]] = {
        "one code": ([CONJUGAL], "33", (CONJUGAL, "33", "Nouvelle-Aquitaine")),
        "two of a kind, nowhere known": ([CONJUGAL, "10854"], "99", ("violences, plusieurs codes", "99", "inconnu")),
        "of two kinds, no place": ([CONJUGAL, "27754"], None, ("plusieurs", "inconnu", "inconnu")),
        "another offence beside": ([CONJUGAL, "7151"], "75", (CONJUGAL, "75", "Île-de-France")),
    }
    drawn = Drawn()
    for name, (natinf, where, _) in cases.items():
        drawn.procedure(name, natinf=natinf, where=where).victim(name, name)
    found = victims(spark, drawn)
    assert {name: (row["natinf"], row["code_departement"], row["region"]) for name, row in found.items()} == {
        name: expected for name, (*_, expected) in cases.items()
    }


def test_a_victim_of_two_procedures_joined_in_one_dossier_counts_once_at_the_first(spark: SparkSession) -> None:
    drawn = Drawn().procedure("p").procedure("q", recorded=date(2020, 1, 20)).affaire("a", "x")
    drawn.victim("p", "first", id_individu="i").victim("q", "again", id_individu="i").victim(
        "q", "other", id_individu="j"
    )
    drawn.link("p", "a").link("q", "a")
    assert set(victims(spark, drawn)) == {"first", "other"}


def test_victims_are_grouped_by_tie_by_their_past_in_the_study_and_by_the_kind_of_affair(spark: SparkSession) -> None:
    by: tuple[StudyGrouping, ...] = ("lien_auteur", "deja_victime", "petit_x", "code_tj")
    by_each = (
        StudyTable(name=f"par_{name}", title="", unit="victime", by=name, indicator="orientation") for name in by
    )
    study = STUDY.model_copy(update={"tables": tuple(by_each)})
    drawn = Drawn().procedure("p").procedure("q", recorded=date(2021, 1, 20)).procedure("r")
    drawn.affaire("a", petit_x=True).affaire("b", petit_x=False).link("p", "a").link("p", "b").link("q", "b", "d2")
    drawn.victim("p", "first", id_individu="i").victim("q", "later", id_individu="i", lien_auteur=None)
    drawn.victim("r", "nobody")
    groups = {row["id"]: tuple(row[name] for name in by) for row in Followed(spark, drawn, study).cases.collect()}
    assert groups == {
        "first": ("conjoint", "premiere", "faible_gravite", "inconnu"),
        "later": ("inconnu", "repetee", "autre_affaire", "inconnu"),
        "nobody": ("conjoint", "inconnu", "inconnu", "inconnu"),
    }


def test_the_same_person_in_two_dossiers_counts_twice(spark: SparkSession) -> None:
    drawn = Drawn().procedure("p").procedure("q").affaire("a", "x").affaire("b", "y")
    drawn.victim("p", "v", id_individu="i").victim("q", "w", id_individu="i").link("p", "a").link("q", "b", "d2")
    assert set(victims(spark, drawn)) == {"v", "w"}


def test_a_victim_has_the_course_of_the_affairs_in_which_she_is_recognised(spark: SparkSession) -> None:
    drawn = Drawn().procedure("p").victim("p", "v").victim("p", "w").affaire("a", "x").affaire("b", "y")
    drawn.link("p", "a").link("p", "b").recognised("v", "a")
    drawn.event("a", "x", "classement", "21", ORIENTED).event("b", "y", "orientation", "copj", ORIENTED)
    found = victims(spark, drawn)
    assert (found["v"]["orientation"], found["w"]["orientation"]) == ("non_poursuivable", "poursuites")


def test_a_mis_en_cause_of_an_affair_with_two_procedures_counts_once(spark: SparkSession) -> None:
    drawn = Drawn().procedure("p").procedure("q").affaire("a", "x", "y").link("p", "a").link("q", "a")
    tables = drawn.event("a", "x", "orientation", "copj", ORIENTED).base(spark)
    procedures = population.procedures(tables, STUDY, [CONJUGAL], REGIONS)
    people = population.mis_en_cause(tables, procedures, STUDY)
    oriented = courses.of_mis_en_cause(people, tables, courses.authors(tables.evenements, FAMILIES))
    found = course.describe_courses(oriented, extraction=EXTRACTION).collect()
    assert sorted((row["id"], row["orientation"]) for row in found) == [("x", "poursuites"), ("y", "en_cours")]


def test_tables_count_the_linked_with_their_margins(spark: SparkSession) -> None:
    drawn = one(("x", "orientation", "copj", ORIENTED)).procedure("alone", recorded=date(2021, 1, 5))
    drawn.victim("alone", "unlinked")
    cells, name = Followed(spark, drawn).counted(), "orientation_annee"
    one_linked = [cells[name, "2020", "poursuites"], cells[name, "2020", "Total"], cells[name, "Ensemble", "Total"]]
    assert one_linked == [(1, 1.5)] * 3
    # Nobody of 2021 is linked: were the row left out, it would be said.
    assert cells[name, "2021", "Total"] == (0, 0.0)
    rate = {
        column: cells["liaison_victime_millesime", "Ensemble", column][0] for column in ("liées", "sans lien", "Total")
    }
    assert rate == {"liées": 1, "sans lien": 1, "Total": 2}


def test_safer_links_alone_establish_the_course_again(spark: SparkSession) -> None:
    """A weak link brought the prosecution: without it the affair of the strong one remains, then nothing."""
    drawn = Drawn().procedure("p").victim("p", "v").affaire("strong", "x").affaire("weak", "y")
    drawn.link("p", "strong", match_weight=12.0).link("p", "weak", match_weight=3.0)
    drawn.event("strong", "x", "classement", "21", ORIENTED).event("weak", "y", "orientation", "copj", ORIENTED)
    followed = Followed(spark, drawn)
    assert {(row["poids_minimal"], row["orientation"]) for row in followed.by_least_weight.collect()} == {
        (0.0, "poursuites"),
        (10.0, "non_poursuivable"),
    }
    rows = {(row, column): nb for (table, row, column), (nb, _) in followed.counted().items() if table == "sensibilite"}
    assert (rows["0", "Total"], rows["10", "non_poursuivable"], rows["20", "Total"]) == (1, 1, 0)
