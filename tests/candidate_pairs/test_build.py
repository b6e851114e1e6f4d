"""The key first; what it settles leaves the pool; each pair once."""

from __future__ import annotations

from chispa import assert_df_equality
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage import candidate_pairs
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.standardised import BEYOND, Record
from linkage.versions import method
from tests.drawing import draw, procedure, reference

KEY = {"code_service": "48A100", "annee": 2020}
FACTS = {"jour_faits_debut": 95, "commune_faits": "48095", "natinfs": ["7151"], "famille": "vols"}


def test_a_key_confirmed_by_facts_meets_no_other_candidate(spark: SparkSession) -> None:
    records = draw(
        spark,
        Record,
        [
            procedure(1, **FACTS, jour_transmission=105),
            procedure(2, **FACTS, jour_transmission=105),
            # Never sent, so no affair is looked for but by its key.
            procedure(3, **FACTS),
            reference(11, **KEY, **FACTS, numero=1),
            # Right key, nothing else in common: what is settled here is nothing, so the same place and day compete.
            reference(12, **KEY, numero=1, jour_faits_debut=94, commune_faits="48001", natinfs=["33"]),
        ],
    )
    settings = method.candidate_pairs_settings()
    found = candidate_pairs.build(records, settings=settings)
    expected = draw(
        spark,
        CandidatePair,
        [
            {"procedure_key": 1, "reference_key": 11, "blocking_rule": "cle", "settles": True},
            {"procedure_key": 1, "reference_key": 12, "blocking_rule": "cle", "settles": False},
            {"procedure_key": 2, "reference_key": 12, "blocking_rule": "service_et_faits", "settles": False},
        ],
    )
    assert_df_equality(found, expected, ignore_row_order=True, ignore_nullable=True)


def test_a_settled_procedure_meets_other_affairs_by_its_persons_and_not_as_a_neighbour(spark: SparkSession) -> None:
    there = {**KEY, **FACTS}
    records = draw(
        spark,
        Record,
        [
            procedure(1, **FACTS, jour_transmission=105, csns=[7]),
            procedure(2, **FACTS, jour_transmission=105, natinf="7151"),
            reference(11, **there, numero=1),
            # The same facts, under a number that nobody has: a neighbour of both procedures, a person in common with one.
            reference(12, **there, numero=77, csns=[7]),
            reference(13, **{**there, "code_service": None}, numero=None, natinf="7151"),
        ],
    )
    settings = method.candidate_pairs_settings()
    pairs = candidate_pairs.build(records, settings=settings).checkpoint()
    assert {tuple(row) for row in pairs.collect()} == {
        (1, 11, "cle", True),
        (1, 12, "csns_et_delai", False),
        (2, 12, "service_et_faits", False),
        (2, 13, "lieu_et_faits", False),
    }

    def learnt_from(*drawn: int) -> set[tuple[int, int, bool]]:
        chosen = F.col("reference_key").isin(*drawn)
        found = candidate_pairs.form_neighbours(records, pairs, chosen, rules=settings.rules)
        return {(row.procedure_key, row.reference_key, row.settles) for row in found.collect()}

    # Every procedure is a neighbour for those who learn what strangers look like; a settled reference has none.
    assert learnt_from(11, 12) == {(1, 12, False), (2, 12, False)}
    assert learnt_from(13) == {(1, 13, False), (2, 13, False)}


def test_an_affair_beyond_a_settled_reference_is_offered_to_free_procedures_with_a_person_in_common(
    spark: SparkSession,
) -> None:
    person = {"csns": [7], "jour_transmission": 105}
    records = draw(
        spark,
        Record,
        [
            procedure(1, **FACTS, **person),
            procedure(2, **person),
            procedure(3, **FACTS, jour_transmission=105),
            reference(11, **KEY, **FACTS, csns=[7], numero=1),
            reference(12, csns=[7], id="a11", rang=BEYOND),
            # Nothing settles this one: what it looks like may be its own procedure.
            reference(13, **KEY, numero=77),
            reference(14, csns=[7], id="a13", rang=BEYOND),
        ],
    )
    settings = method.candidate_pairs_settings()
    found = {tuple(row) for row in candidate_pairs.build(records, settings=settings).collect()}
    assert found == {(1, 11, "cle", True), (2, 12, "jonction", False)}


def test_people_whom_the_settled_procedures_of_an_affair_lack_are_looked_for_in_free_ones(spark: SparkSession) -> None:
    there = {**FACTS, "code_departement": "48"}
    records = draw(
        spark,
        Record,
        [
            procedure(1, **there, jour_transmission=105, dates=[2, 4]),
            procedure(2, code_departement="48", jour_transmission=435, dates=[6]),
            # Somebody of the settled procedure: nobody is left to explain by them.
            procedure(3, code_departement="48", jour_transmission=105, dates=[2]),
            # A year later, and never.
            procedure(4, code_departement="48", jour_transmission=436, dates=[6]),
            procedure(5, code_departement="48", dates=[6]),
            # The same birth in the other role.
            procedure(6, code_departement="48", jour_transmission=105, dates=[7]),
            *(
                reference(key, **KEY, **there, numero=1, id="a11", rang=rang, dates=[2, 4, 6], jour_arrivee=500)
                for key, rang in ((11, 1), (12, BEYOND))
            ),
        ],
    )
    found = candidate_pairs.build(records, settings=method.candidate_pairs_settings())
    assert {tuple(row) for row in found.collect()} == {(1, 11, "cle", True), (2, 12, "jonction_apport", False)}


def test_the_same_people_are_looked_for_in_free_procedures_of_facts_among_those_of_the_affair(
    spark: SparkSession,
) -> None:
    here, people = {"code_departement": "48"}, {"jour_transmission": 120, "dates": [2]}
    records = draw(
        spark,
        Record,
        [
            procedure(1, **FACTS, **here, jour_transmission=105, dates=[2]),
            procedure(2, **here, **people, jour_faits_debut=110),
            procedure(3, **here, **people, jour_faits_debut=95),
            # A day before, a day after, and elsewhere.
            procedure(4, **here, **people, jour_faits_debut=94),
            procedure(5, **here, **people, jour_faits_debut=111),
            procedure(6, code_departement="30", **people, jour_faits_debut=100),
            *(
                reference(
                    key,
                    **KEY,
                    **FACTS,
                    **here,
                    jour_faits_fin=110,
                    numero=1,
                    id="a11",
                    rang=rang,
                    dates=[2],
                    jour_arrivee=500,
                )
                for key, rang in ((11, 1), (12, BEYOND))
            ),
        ],
    )
    pairs = candidate_pairs.build(records, settings=method.candidate_pairs_settings())
    joined = {(2, 12, "jonction_faits", False), (3, 12, "jonction_faits", False)}
    assert {tuple(row) for row in pairs.collect()} == {(1, 11, "cle", True), *joined}
