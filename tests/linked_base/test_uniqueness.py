"""Persons alone on what somebody may know of them are counted."""

from __future__ import annotations

from datetime import date
from typing import Any

from pyspark.sql import SparkSession

from linkage import linked_base
from linkage.tables.linked_base import Personne, Procedure
from linkage.tables.suites import Suite
from linkage.versions import method
from tests.drawing import draw

TWIN = {"sexe": "F", "age": 30, "code_departement_residence": "33", "role": "victime"}


def test_a_person_is_alone_where_nobody_else_has_the_same(spark: SparkSession) -> None:
    cases = [("p1", date(2020, 1, 1)), ("p2", date(2020, 1, 1)), ("p3", date(2020, 2, 1))]
    procedures: list[dict[str, Any]] = [
        {"id_procedure": name, "date_faits_debut": month, "famille": "vol"} for name, month in cases
    ]
    persons: list[dict[str, Any]] = [
        {"side": "procedure", "id_procedure": name, "id_personne": f"v{name}", **TWIN} for name, _ in cases
    ]
    persons.append({"side": "procedure", "id_procedure": "p1", "id_personne": "old", **TWIN, "age": 80})
    persons.append({"side": "affaire", "id_affaire": "a1", "id_personne": "x", **TWIN, "age": 81})
    suites: list[dict[str, Any]] = [
        {"id_personne": f"v{name}", "orientation": orientation}
        for (name, _), orientation in zip(cases, ("poursuites", "en_cours", "en_cours"), strict=True)
    ]
    counted = linked_base.count_alone(
        draw(spark, Personne, persons),
        draw(spark, Procedure, procedures),
        draw(spark, Suite, suites),
        settings=method.linked_base_settings(),
    ).collect()
    assert {row["name"]: (row["nb"], row["alone"]) for row in counted} == {
        "état civil": (4, 1),
        "état civil et faits": (4, 2),
        "état civil, faits et suite": (4, 4),
    }
