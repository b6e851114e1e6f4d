"""Every case is linked or has a reason, and the ledger adds up."""

from __future__ import annotations

from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage.links.unlinked import count_ledger, find_outcomes, list_unlinked
from linkage.tables.candidate_pairs import SetAsideRecord
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.sources import Reject
from linkage.tables.standardised import BEYOND, Record
from tests.drawing import draw, procedure, reference

SENT = {"jour_transmission": 100, "source": "lrppn", "millesime": 2020}
ARRIVED = {"source": "cassiopee", "millesime": 2020, "origine": "police", "petit_x": False}

NUMBERED = ((1, 7), (BEYOND, None))
"""A reference with a number, and its affair beyond it."""


def test_each_case_without_a_link_has_the_first_reason_that_holds(spark: SparkSession) -> None:
    records = draw(
        spark,
        Record,
        [procedure(key, **SENT) for key in (1, 2, 3, 4, 5, 7, 8)]
        + [procedure(6, **{**SENT, "jour_transmission": None})]
        + [reference(key, **ARRIVED, numero=key) for key in (11, 12, 13, 14, 17)]
        + [reference(key, **ARRIVED, rang=BEYOND, record_key=-key) for key in (11, 12, 13, 14, 17)]
        + [reference(15, **{**ARRIVED, "petit_x": True}, rang=0)]
        + [reference(16, **{**ARRIVED, "origine": "autre"}, rang=0)]
        + [reference(18, **{**ARRIVED, "petit_x": True}, rang=rang, numero=numero) for rang, numero in NUMBERED]
        + [reference(19, **{**ARRIVED, "petit_x": True}, rang=rang) for rang in (1, BEYOND)]
        # Compared and below: a petit X without a number, then one with a number.
        + [reference(20, **{**ARRIVED, "petit_x": True}, rang=0)]
        + [reference(21, **{**ARRIVED, "petit_x": True}, rang=rang, numero=numero) for rang, numero in NUMBERED]
        # Named as a procedure that was in a block set aside.
        + [reference(22, **{**ARRIVED, "id": "p8"}, rang=0)],
    )
    scored = draw(
        spark,
        ScoredPair,
        [{"id_procedure": f"p{i}", "id_affaire": f"a1{i}"} for i in (1, 2, 3, 4, 7)]
        + [{"id_procedure": "p4", "id_affaire": affaire} for affaire in ("a20", "a21")],
    )
    # Linked all the same; compared elsewhere and below; never compared.
    apart = [("procedure", 1), ("procedure", 7), ("procedure", 8), ("reference", 17)]
    set_aside = draw(spark, SetAsideRecord, [{"side": side, "record_key": key} for side, key in apart])
    reached = F.col("id_procedure").isin("p1", "p2", "p3")
    named = scored.withColumns({"match_weight": F.when(reached, 5.0).otherwise(4.0), "threshold": F.lit(5.0)})
    decided = named.where("id_procedure IN ('p1', 'p2')").withColumn(
        "status", F.when(F.col("id_procedure") == "p1", "retenu").otherwise("a_revoir")
    )
    outcome = find_outcomes(records, named, decided, set_aside)
    assert {(row.side, row.id) for row in outcome.where("outcome = 'linked'").collect()} == {
        ("procedure", "p1"),
        ("affaire", "a11"),
    }
    without = list_unlinked(outcome)
    reasons = {(row.side, row.id): row.reason for row in without.collect()}
    assert outcome.count() - 2 == without.count() == len(reasons)
    assert reasons == {
        ("procedure", "p2"): "a_revoir",
        ("procedure", "p3"): "rivale",
        ("procedure", "p4"): "sous_le_seuil",
        ("procedure", "p5"): "sans_candidat",
        ("procedure", "p6"): "non_transmise",
        ("procedure", "p7"): "bloc_mis_de_cote",
        ("procedure", "p8"): "bloc_mis_de_cote",
        ("affaire", "a12"): "a_revoir",
        ("affaire", "a13"): "rivale",
        ("affaire", "a14"): "sous_le_seuil",
        ("affaire", "a17"): "bloc_mis_de_cote",
        ("affaire", "a15"): "petit_x_sans_cle",
        ("affaire", "a16"): "origine_hors_police",
        ("affaire", "a18"): "sans_candidat",
        ("affaire", "a19"): "petit_x_sans_cle",
        ("affaire", "a20"): "petit_x_sans_cle",
        ("affaire", "a21"): "sous_le_seuil",
        ("affaire", "p8"): "sans_candidat",
    }


def test_the_ledger_counts_every_case_and_every_row_set_aside_once(spark: SparkSession) -> None:
    def case(side: str, id: str, source: str, outcome: str, millesime: int = 2020) -> tuple[Any, ...]:
        return side, id, source, millesime, outcome

    outcome = spark.createDataFrame(
        [
            case("procedure", "p1", "lrppn", "linked"),
            case("procedure", "p2", "lrppn", "linked", 2019),
            case("procedure", "p3", "lrppn", "a_revoir"),
            case("procedure", "p4", "lrpgn", "a_revoir"),
            case("affaire", "a1", "cassiopee", "linked"),
            case("affaire", "a2", "cassiopee", "rivale"),
            case("affaire", "a3", "cassiopee", "rivale"),
        ],
        "side string, id string, source string, millesime int, outcome string",
    )
    lrppn, cassiopee = "lrppn_2020_2024-03-31", "cassiopee_2019_sans_date"
    delivered = [
        (lrppn, "procedures.csv"),
        (lrppn, "procedures/part-1.csv.gz"),
        (lrppn, "personnes.csv"),
        (cassiopee, "affaires.csv"),
        (cassiopee, "evenements.csv"),
    ]
    rejects = draw(spark, Reject, [{Reject.delivery: delivery, Reject.file: file} for delivery, file in delivered])
    counted = count_ledger(outcome, rejects)
    rows = {(row.source, row.millesime, row.outcome): row.nb for row in counted.collect()}
    assert rows == {
        ("lrppn", 2020, "linked"): 1,
        ("lrppn", 2019, "linked"): 1,
        ("lrppn", 2020, "unlinked:a_revoir"): 1,
        ("lrpgn", 2020, "unlinked:a_revoir"): 1,
        ("cassiopee", 2020, "linked"): 1,
        ("cassiopee", 2020, "unlinked:rivale"): 2,
        ("lrppn", 2020, "set_aside"): 2,
        ("cassiopee", 2019, "set_aside"): 1,
    }
    assert counted.count() == len(rows)
