"""Codes of communes that merged, changed or were divided, carried to the communes of today; the evidence stays."""

from __future__ import annotations

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage.platform import config
from linkage.standardised.communes import list_codes, recognise_commune, repair_of

REPAIR = repair_of("commune")


def read(spark: SparkSession, delivered: list[tuple[str | None, int | None]]) -> list[tuple[str | None, str | None]]:
    communes, mouvements = (
        spark.createDataFrame(config.nomenclature(name)) for name in ("communes", "mouvements_communes")
    )
    rows = [(place, *row) for place, row in enumerate(delivered)]
    frame = spark.createDataFrame(rows, "place int, commune string, year int")
    codes = list_codes(communes, mouvements)
    read = recognise_commune(frame, "commune", codes, year=F.col("year")).orderBy("place").collect()
    assert len(read) == len(delivered)
    return [(row["commune"], row[REPAIR]) for row in read]


def test_a_code_is_carried_to_the_commune_of_today(spark: SparkSession) -> None:
    cases: dict[tuple[str | None, int | None], tuple[str | None, str | None]] = {
        ("01004", 2020): ("01004", None),
        ("01340", 2015): ("01015", "commune_reportee"),  # merged on 1 January 2016
        ("01340", 2016): ("01015", "commune_perimee"),
        ("01340", 2020): ("01015", "commune_perimee"),
        ("1340", 2010): ("01015", "commune_reportee"),
        ("01340", None): ("01015", "commune_reportee"),
        ("14697", 2000): ("14654", "commune_reportee"),  # its head changed, then it merged: two steps
        ("60694", 2012): ("60694", None),  # merged in 2019, and again by itself
        ("60054", 2018): ("60054", None),
        ("60054", 2021): ("60054", "commune_divisee"),
        ("60054", 2024): ("60054", None),
        ("75101", 2020): ("75056", None),
        ("99999", 2020): (None, "commune_hors_cog"),
        (None, 2020): (None, None),
        ("", 2020): (None, None),
    }
    assert dict(zip(cases, read(spark, list(cases)), strict=True)) == cases


def test_every_movement_leads_to_a_commune_of_today() -> None:
    today = {row["code_commune"] for row in config.nomenclature("communes")}
    mouvements = config.nomenclature("mouvements_communes")
    codes = [row["code"] for row in mouvements]
    assert len(set(codes)) == len(codes) > 4000
    assert all(row["annee_debut"] <= row["annee_fin"] for row in mouvements)
    divided = [row["code"] for row in mouvements if row["code"] == row["code_commune"]]
    assert divided == ["14712", "15141", "60054", "85084"]
    assert {row["code"] for row in mouvements} & today == set(divided)
    assert {row["code_commune"] for row in mouvements} <= today
