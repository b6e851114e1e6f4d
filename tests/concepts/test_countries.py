"""Countries in three groups, by the list that travels with the code."""

from __future__ import annotations

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage.concepts.countries import FRANCE, country_group
from linkage.platform import config

UNION = [row["code"] for row in config.nomenclature("union_europeenne")]


def test_countries_are_three_groups(spark: SparkSession) -> None:
    rows = [("FRA", "france"), ("ROU", "union_europeenne"), ("GBR", "autre"), ("SEN", "autre"), (None, None)]
    drawn = spark.createDataFrame(rows, "code string, expected string")
    found = drawn.select("expected", country_group(F.col("code"), union=UNION).alias("found")).collect()
    assert [row["found"] for row in found] == [row["expected"] for row in found]


def test_the_union_has_26_other_member_states() -> None:
    assert len(UNION) == len(set(UNION)) == 26
    assert FRANCE not in UNION
    assert all(len(code) == 3 and code.isupper() for code in UNION)
