"""Candidate pairs are scored by the model of their rule, each with the records of both its sides."""

from __future__ import annotations

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage.scored_pairs.cases import SETTLED, score_cases
from linkage.scored_pairs.patterns import patterns
from linkage.tables.standardised import BEYOND, Record
from tests.scored_pairs.literal_pairs import CASES, JOINED, PROCEDURES, ddl, records
from tests.scored_pairs.test_projection import METHOD, invented


def test_jonctions_are_scored_by_their_model_with_their_own_records(spark: SparkSession) -> None:
    beyond = F.col("record_key") == PROCEDURES + 1
    both = records(spark, f"{ddl(Record)}, dates_restantes array<int>", CASES + JOINED, METHOD).drop("dates_restantes")
    # The affair beyond its references is that of the reference that a key settled.
    affaire = F.when(beyond, PROCEDURES).otherwise(F.col("record_key"))
    both = both.withColumns({"rang": F.when(beyond, BEYOND).otherwise(1), "id": affaire.cast("string")})
    pairs = [(0, PROCEDURES, "cle", True), (1, PROCEDURES + 1, "jonction", False), (2, PROCEDURES + 2, "cle", False)]
    candidates = spark.createDataFrame(
        pairs, "procedure_key bigint, reference_key bigint, blocking_rule string, settles boolean"
    )
    low = {"weight_floor": -50.0}
    settings = METHOD.model_copy(update={**low, "jonctions": METHOD.jonctions.model_copy(update=low)})
    scored = score_cases(both, candidates, invented(METHOD), invented(METHOD.jonctions), settings=settings)
    found = patterns(scored, settings=METHOD).unionByName(patterns(scored, settings=METHOD.jonctions))
    rows = scored.join(found.select("agreement_pattern", "levels"), on="agreement_pattern").collect()
    compared = {(row["procedure_key"], row["reference_key"]): {*row["levels"]} for row in rows}
    of_cases = {comparison.name for comparison in METHOD.comparisons}
    assert compared == {
        (0, PROCEDURES): of_cases,
        (1, PROCEDURES + 1): {comparison.name for comparison in METHOD.jonctions.comparisons},
        (2, PROCEDURES + 2): of_cases,
    }
    assert SETTLED not in scored.columns
