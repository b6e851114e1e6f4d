"""What a procedure of a study stands for, and how many have no weight."""

from __future__ import annotations

from pyspark.sql import SparkSession

from linkage.study_extracts import population
from linkage.tables.linked_base import Lien
from linkage.tables.quality import Weight
from tests.drawing import draw


def test_linked_procedures_without_a_weight_are_counted(spark: SparkSession) -> None:
    crossing = {"avec_mis_en_cause": "true", "famille": "violences", "force": "PN", "millesime": "2020"}
    known = {**crossing, "code_departement": "33", "weight": 1.25}
    unknown = {**crossing, "code_departement": "32", "weight": None}
    procedures = spark.createDataFrame(
        [
            ("weighted", "true|violences|PN|2020|33"),
            ("cell without link", "true|violences|PN|2020|32"),
            ("crossing not there", "true|violences|GN|2020|33"),
            ("not linked", "true|violences|GN|2020|33"),
        ],
        "id_procedure string, crossing string",
    )
    weighted = population.weighted(procedures, draw(spark, Weight, [known, unknown]))
    assert {row["id_procedure"]: row["poids"] for row in weighted.collect()} == {
        "weighted": 1.25,
        "cell without link": None,
        "crossing not there": None,
        "not linked": None,
    }
    linked = ["weighted", "weighted", "cell without link", "crossing not there"]
    liens = draw(spark, Lien, [{"id_procedure": name} for name in linked])
    assert [tuple(row) for row in population.count_unweighted(weighted, liens).collect()] == [(3, 2)]
