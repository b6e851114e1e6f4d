"""What an affair's settled procedures tell of it, and what they leave to another procedure."""

from __future__ import annotations

from pyspark.sql import SparkSession

from linkage.concepts.jonctions import OF_SETTLED, add_settled_procedures, complete
from linkage.tables.standardised import BEYOND, Record
from tests.drawing import draw, procedure, reference


def test_the_first_sent_gives_unit_and_sending_and_births_of_none_are_left(spark: SparkSession) -> None:
    beyond = draw(
        spark,
        Record,
        [
            reference(11, id="a11", rang=BEYOND, dates=[2, 4, 6, 9, 13], nb_mis_en_cause=3, nb_victimes=2),
            reference(12, id="a12", rang=BEYOND, dates=[2, 9]),
            reference(13, id="a13", rang=BEYOND, dates=[2, 9]),
        ],
    )
    settled = draw(
        spark,
        Record,
        [
            # As many victims as the affair has: one of them is known under another date.
            procedure(1, id="a11", code_service="48B207", jour_transmission=120, dates=[2, 3], nb_victimes=2),
            procedure(2, id="a11", code_service="48A100", jour_transmission=105, dates=[9], nb_mis_en_cause=1),
            procedure(3, id="a12", jour_transmission=None, dates=[]),
        ],
    )
    found = add_settled_procedures(beyond, settled.select(Record.id, *OF_SETTLED))
    rows = found.select(Record.id, "code_service", "jour_transmission", "dates_restantes").collect()
    assert sorted((row[0], row[1], row[2], tuple(row[3])) for row in rows) == [
        ("a11", "48A100", 105, (4, 6)),
        ("a12", "48A100", None, (2, 9)),
    ]


def test_a_procedure_brings_all_its_people_and_an_affair_those_that_are_left(spark: SparkSession) -> None:
    few = [procedure(1, dates=[6]), reference(11, id="a11", rang=BEYOND, dates=[2, 6])]
    settled_one = procedure(2, dates=[2], jour_transmission=105)
    every_record = draw(spark, Record, [*few, settled_one, procedure(3, dates=[6])])
    settled = spark.createDataFrame([(2, "a11")], "record_key bigint, id string")
    found = complete(draw(spark, Record, few), every_record, settled).collect()
    assert {row["record_key"]: (row["dates_restantes"], row["jour_transmission"]) for row in found} == {
        1: ([6], None),
        11: ([6], 105),
    }
