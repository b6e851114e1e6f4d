"""Citations of second procedures are hidden, and nothing else of their affairs."""

from __future__ import annotations

from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from linkage.quality.estimates import hidden_jonctions
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.standardised import BEYOND, Record
from tests.drawing import draw, procedure, reference

SENT = {1: 30, 2: 20, 3: 25, 4: 10, 5: 10, 6: None}


@pytest.fixture
def records(spark: SparkSession) -> DataFrame:
    """Draw an affair that cites 1, 2 and 3; one that cites 4; one that cites 5 and one of the procedures of another."""
    affaires = {"A": (11, 12, 13), "B": (21,), "C": (31, 32), "D": (41,)}
    return draw(
        spark,
        Record,
        [
            *(procedure(key, jour_transmission=day) for key, day in SENT.items()),
            *(
                reference(key, id=id, rang=rang)
                for id, keys in affaires.items()
                for rang, key in enumerate(keys, start=1)
            ),
            *(reference(-key, id=id, rang=BEYOND) for key, id in enumerate(affaires, start=1)),
        ],
    )


@pytest.fixture
def pairs(spark: SparkSession) -> DataFrame:
    """Draw what keys settle: 5 has two affairs, so C has one procedure of its own."""
    keys = [(1, 11), (2, 12), (3, 13), (4, 21), (6, 31), (5, 32), (5, 41)]
    rows: list[dict[str, Any]] = [
        {"procedure_key": left, "reference_key": right, "blocking_rule": "cle", "settles": True} for left, right in keys
    ]
    return draw(spark, CandidatePair, [*rows, {**rows[0], "reference_key": 99, "settles": False}])


def test_affairs_that_cite_several_keep_the_one_sent_first(
    spark: SparkSession, records: DataFrame, pairs: DataFrame
) -> None:
    cited = hidden_jonctions.list_cited(records, pairs)
    assert {tuple(row) for row in cited.collect()} == {(1, 11, "A", False), (2, 12, "A", True), (3, 13, "A", False)}


def test_their_other_references_are_hidden_and_procedures_of_other_keys_put_away(
    spark: SparkSession, records: DataFrame, pairs: DataFrame
) -> None:
    cited = hidden_jonctions.list_cited(records, pairs)
    hidden = hidden_jonctions.hide_citations(records, pairs, cited)
    assert {row[Record.record_key] for row in hidden.collect()} == {1, 2, 3, 12, -1}


def test_what_is_retained_beyond_the_reference_is_joined_again(
    spark: SparkSession, records: DataFrame, pairs: DataFrame
) -> None:
    cited = hidden_jonctions.list_cited(records, pairs)
    columns = f"{ScoredPair.procedure_key} bigint, {ScoredPair.id_affaire} string, rang int, status string"
    decided = [
        (1, "A", BEYOND, "retenu"),
        (3, "A", BEYOND, "a_revoir"),
        (3, "B", BEYOND, "retenu"),
        (2, "A", 1, "retenu"),
    ]
    assert hidden_jonctions.count_joined_again(cited, spark.createDataFrame(decided, columns)) == (2, 1)
