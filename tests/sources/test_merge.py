"""Later deliveries correct earlier ones, whatever the order in which they arrive."""

from __future__ import annotations

from functools import reduce
from pathlib import Path

from chispa import assert_df_equality
from pyspark.sql import DataFrame, SparkSession

from linkage.platform.lake.store import Store
from linkage.sources import merge
from linkage.tables import sources as tables
from linkage.tables.sources import source_table
from tests.sources.delivered import deliver, receive

PARENTS = "millesime int, date_extraction date, id_procedure string, code_tj string"
CHILDREN = "millesime int, date_extraction date, id_procedure string, rang int"


def test_the_state_does_not_depend_on_the_order_of_arrival(spark: SparkSession) -> None:
    deliveries = {  # of one vintage: procedure -> ranks of its persons
        None: {"A": [1, 2], "B": [1]},
        "2024-01-01": {"A": [1], "C": [1, 2]},
        "2024-06-01": {"A": [], "D": [1]},
    }

    def frames(date: str | None) -> tuple[DataFrame, DataFrame]:
        cast = "to_date(date_extraction) as date_extraction"
        parents = [(2021, date, id, date) for id in deliveries[date]]
        children = [(2021, date, id, rang) for id, ranks in deliveries[date].items() for rang in ranks]
        return (
            spark.createDataFrame(parents, PARENTS.replace(" date,", " string,")).selectExpr("millesime", cast, "id_procedure", "code_tj"),
            spark.createDataFrame(children, CHILDREN.replace(" date,", " string,")).selectExpr("millesime", cast, "id_procedure", "rang"),
        )  # fmt: skip

    def arrive(state: tuple[DataFrame, DataFrame], date: str | None) -> tuple[DataFrame, DataFrame]:
        parents, children = (before.unionByName(new) for before, new in zip(state, frames(date), strict=True))
        winners = merge.find_winners(parents, id="id_procedure")
        return merge.keep_latest(parents, winners, id="id_procedure"), merge.keep_latest(
            children, winners, id="id_procedure"
        )

    wanted = {"A": "2024-06-01", "B": None, "C": "2024-01-01", "D": "2024-06-01"}
    ranks = [("B", 1), ("C", 1), ("C", 2), ("D", 1)]
    # Each delivery comes last once; the two before it, in one order or the other.
    older, middle, newer = deliveries
    for order in ((older, middle, newer), (newer, older, middle), (middle, newer, older)):
        parents, children = reduce(arrive, order[1:], frames(order[0]))
        assert {row["id_procedure"]: row["code_tj"] for row in parents.collect()} == wanted
        assert sorted((row["id_procedure"], row["rang"]) for row in children.collect()) == ranks


def test_an_older_delivery_that_arrives_late_changes_only_what_the_newer_lacks(
    spark: SparkSession, lake: str, tmp_path: Path
) -> None:
    older = deliver(tmp_path / "older" / "lrpgn_2021", date_extraction="2023-03-31")
    corrected = {
        "procedures": [
            {"id_procedure": "G1", "date_enregistrement": "2021-03-02", "code_tj": "100002"},
            {"id_procedure": "G4", "date_enregistrement": "2021-12-31"},
        ],
        "infractions": [{"id_procedure": "G1", "rang": "1", "natinf": "11"}],
        "personnes": [],
    }
    newer = deliver(tmp_path / "newer" / "lrpgn_2021", date_extraction="2024-03-31", rows=corrected)
    receive(spark, lake, newer)
    _, said = receive(spark, lake, older)
    late = Store(spark, lake)
    assert not any("no longer in it" in text for text in said)  # it is the older one: nothing came before it

    both = deliver(tmp_path / "both" / "lrpgn_2021", date_extraction="2023-03-31").parent
    deliver(both / "lrpgn_2021_corrected", date_extraction="2024-03-31", rows=corrected)
    receive(spark, str(tmp_path / "together"), both)
    together = Store(spark, str(tmp_path / "together"))

    for file in ("procedures", "infractions", "personnes"):
        table = source_table("lrpgn", file)
        assert_df_equality(late.read(table), together.read(table), ignore_row_order=True, ignore_nullable=True)
    found = late.read(source_table("lrpgn", "procedures")).select("id_procedure", "code_tj").collect()
    assert sorted(map(tuple, found)) == [("G1", "100002"), ("G2", "100001"), ("G3", None), ("G4", None)]
    found = late.read(source_table("lrpgn", "infractions")).select("id_procedure", "rang", "natinf").collect()
    assert sorted(map(tuple, found)) == [("G1", 1, "11"), ("G2", 1, "27760")]
    assert [row[0] for row in late.read(source_table("lrpgn", "personnes")).select("id_procedure").collect()] == ["G2"]
    assert late.read(tables.Delivery).count() == 2


def test_what_a_later_extraction_no_longer_has_is_kept_and_counted(
    spark: SparkSession, lake: str, tmp_path: Path
) -> None:
    fewer = {
        "procedures": [{"id_procedure": "G1", "date_enregistrement": "2021-03-02"}],
        "infractions": [],
        "personnes": [],
    }
    receive(spark, lake, deliver(tmp_path / "first" / "lrpgn_2021", date_extraction="2023-03-31"))
    _, said = receive(spark, lake, deliver(tmp_path / "later" / "lrpgn_2021", date_extraction="2024-03-31", rows=fewer))
    (lost,) = (text for text in said if "no longer" in text)
    assert lost.startswith(f"{tmp_path / 'later' / 'lrpgn_2021'}: 2 procedures of earlier extractions of 2021 are no ")
    store = Store(spark, lake)
    assert store.read(source_table("lrpgn", "procedures")).count() == 3
    register = {str(row["date_extraction"]): row["nb_absentes"] for row in store.read(tables.Delivery).collect()}
    assert register == {"2023-03-31": 0, "2024-03-31": 2}
    # Another vintage, and other extractions at once: each is compared with its own.
    both = deliver(tmp_path / "both" / "lrpgn_2021", date_extraction="2023-03-31").parent
    deliver(both / "lrpgn_2021_later", date_extraction="2024-03-31", rows=fewer)
    _, said = receive(spark, str(tmp_path / "together"), both)
    assert [Path(text.split(":")[0]).name for text in said if "no longer" in text] == ["lrpgn_2021_later"]
