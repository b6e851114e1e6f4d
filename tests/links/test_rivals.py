"""Pairs that stand alone are told from those that share something with another."""

from __future__ import annotations

from pyspark.sql import SparkSession

from linkage.links.rivals import part_contested


def test_a_pair_is_contested_where_another_has_its_procedure_or_its_affair(spark: SparkSession) -> None:
    pairs = spark.createDataFrame(
        # The keys of both sides are not compared with each other: 2 is contested as a procedure, alone as an affair.
        [(1, 10), (2, 20), (2, 30), (3, 40), (4, 40), (5, 50), (5, 50), (6, 2), (7, None)],
        "procedure bigint, affaire bigint",
    )
    alone, contested = (frame.collect() for frame in part_contested(pairs, ["procedure"], ["affaire"]))
    assert sorted(row.procedure for row in alone) == [1, 6, 7]
    assert sorted(row.procedure for row in contested) == [2, 2, 3, 4, 5, 5]
    assert alone[0].asDict().keys() == {"procedure", "affaire"}
    of_several = [row.procedure for row in part_contested(pairs, ["procedure", "affaire"])[1].collect()]
    assert of_several == [5, 5]
