"""Both sides of the linkage in the same columns: who is who by code and birth date, roles or not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pyspark.sql import Row, SparkSession

from linkage.standardised import records
from linkage.tables.standardised import Affaire, Procedure, Reference

DAY = date(1970, 1, 11)
KEY = {"code_service": "48001", "annee": 2020, "numero": 7}


def case(**said: Any) -> dict[str, Any]:
    sets = ("csns", "naissances")
    nobody: dict[str, list[Any]] = {f"{name}_{role}": [] for name in sets for role in ("mis_en_cause", "victimes")}
    return {**nobody, "natinfs": [], "familles": [], "communes_faits": [], **said}


@pytest.fixture
def made(spark: SparkSession) -> dict[tuple[str, int], Row]:
    """Three procedures and an affair of two references, by id and rang."""
    procedures = [
        case(
            source="lrppn",
            id_procedure="P1",
            csns_mis_en_cause=["A"],
            csns_victimes=["B"],
            naissances_victimes=[DAY],
            **KEY,
        ),
        case(
            source="lrppn",
            id_procedure="P2",
            csns_mis_en_cause=["B"],
            csns_victimes=["A"],
            naissances_mis_en_cause=[DAY],
        ),
        case(source="lrppn", id_procedure="P3"),
    ]
    affaires = [case(source="cassiopee", id_affaire="A1", csns_mis_en_cause=["A"], csns_victimes=["A", "B"])]
    references = [
        {"id_affaire": "A1", "rang": 1, "force": "GN", **KEY},
        {"id_affaire": "A1", "rang": 2, "force": "GN", **KEY, "numero": 8},
    ]
    built = records.build(
        spark.createDataFrame(procedures, Procedure.struct()),
        spark.createDataFrame(affaires, Affaire.struct()),
        spark.createDataFrame(references, Reference.struct()),
    )
    return {(row["id"], row["rang"]): row for row in built.collect()}


def shared(column: str, left: Row, right: Row) -> int:
    return len(set(left[column]) & set(right[column]))


def test_who_is_in_both_whatever_the_role_and_who_in_the_same_role(made: dict[tuple[str, int], Row]) -> None:
    one, crossed, affair = made["P1", 0], made["P2", 0], made["A1", 1]
    assert (shared("csns", one, crossed), shared("codes", one, crossed)) == (2, 0)
    assert (shared("naissances", one, crossed), shared("dates", one, crossed)) == (1, 0)
    assert (shared("csns", one, affair), shared("codes", one, affair)) == (2, 2)
    assert (one["naissances"], one["dates"], crossed["dates"]) == ([10], [21], [20])


def test_a_person_of_both_roles_counts_once_without_roles(made: dict[tuple[str, int], Row]) -> None:
    affair = made["A1", 1]
    assert (len(affair["csns"]), len(affair["codes"]), affair["nb_identifiees"]) == (2, 3, 3)
    assert made["P3", 0]["codes"] == made["P3", 0]["dates"] == []


def test_an_affair_has_a_row_for_each_reference_and_one_beyond_them(made: dict[tuple[str, int], Row]) -> None:
    known = {rang: row["cle_connue"] for (id, rang), row in made.items() if id == "A1"}
    assert known == {1: True, 2: False, -1: None}
    assert made["A1", -1]["csns"] == made["A1", 1]["csns"]
    assert made["A1", -1]["numero"] is None
