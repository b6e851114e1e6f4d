"""Persons drawn by hand for each study: who counts and what became of them, as the author of the study says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pyspark.sql import SparkSession

from jobs.study_extracts import names
from jobs.study_extracts.declaration import declared
from linkage.concepts import courses
from linkage.platform import config
from linkage.study_extracts import course, population
from linkage.versions import nomenclatures
from tests.drawn_courses import Drawn
from tests.study_cases.cases import StudyCaseDrawn, read

EXTRACTION = date(2024, 3, 31)
COUNTED = "counted"


def follow(spark: SparkSession, study_name: str, cases: tuple[StudyCaseDrawn, ...]) -> dict[str, dict[str, Any]]:
    """Return the victims that the study counts, by the place of their case."""
    country, study = Drawn(), declared(study_name)
    for place, case in enumerate(cases):
        procedure, affaire, author = f"p{place}", f"a{place}", f"x{place}"
        country.procedure(procedure, recorded=case.recorded, natinf=case.natinf).victim(
            procedure, str(place), **case.victim
        )
        if case.linked:
            country.affaire(affaire, author).link(procedure, affaire, f"d{place}")
        for event in case.events:
            country.event(affaire, author, event.type, event.code, event.date, event.issue)
    base = country.base(spark)
    offences = population.codes(study.population, nomenclatures.conjugal_offences())
    victims = population.victims(base, population.procedures(base, study, offences, names.read().regions), study)
    authors = courses.authors(base.evenements, nomenclatures.families_of_motives())
    oriented = courses.of_victims(victims, base, authors, several_affaires=study.counting.several_affaires)
    described = course.describe_courses(oriented, extraction=EXTRACTION)
    return {row["id"]: row.asDict() for row in described.collect()}


@pytest.mark.parametrize("study", config.names("studies", ".toml"))
def test_each_person_is_counted_and_followed_as_the_author_of_the_study_says(spark: SparkSession, study: str) -> None:
    cases = read(study)
    followed = follow(spark, study, cases)
    outcomes = {}
    for place, case in enumerate(cases):
        row = followed.get(str(place))
        columns = {name: row[name] for name in case.expected if name != COUNTED} if row else {}
        outcomes[case.why] = {COUNTED: row is not None, **columns}
    assert outcomes == {case.why: case.expected for case in cases}


def test_the_first_victim_a_year_too_young_is_not_counted(spark: SparkSession) -> None:
    (first, *_) = read("violences_conjugales")
    followed = follow(spark, "violences_conjugales", (first.model_copy(update={"victim": {"age": 14}}),))
    assert followed == {}
