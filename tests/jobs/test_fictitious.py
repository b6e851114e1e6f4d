"""A fictitious country says so wherever it is read: what leaves, the pages of the lake, the base that notebooks read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars
from pyspark.sql import SparkSession

from linkage.platform.lake.store import Store
from linkage.platform.pages.fictitious import NOTICE
from linkage.tables.linked_base import FICTITIOUS, Procedure
from linkage.tables.sources import Delivery
from linkage.versions import publication
from tests.drawing import draw_whole
from tests.study_extracts.base_of_a_country import lake_with_base


def test_everything_made_from_fictitious_deliveries_bears_the_mark(spark: SparkSession, studied_lake: Path) -> None:
    assert set(polars.read_delta(str(studied_lake / Delivery.path))[Delivery.fictif]) == {True}
    out = studied_lake.with_suffix(".out")
    of_quality = [studied_lake / "quality" / name for name in ("rapport-v1.html", "splink-v1.html")]
    pages = [out / "etude.html", *of_quality, studied_lake / "review" / "v1.html"]
    for page in pages:
        assert NOTICE in page.read_text(encoding="utf-8").partition("<body>")[2], page.name
    files = [*(out / "tableaux").glob("*.csv"), out / "delais.csv", out / "reperes.csv"]
    assert len(files) > 15
    for file in files:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        assert all(line.endswith(f";{NOTICE}") for line in lines[1:]), file.name
    assert openpyxl.load_workbook(out / "tableaux.xlsx")["Couverture"]["A1"].value == NOTICE
    assert Store(spark, str(studied_lake)).metadata(Procedure)[FICTITIOUS] == ["v1"]


def test_deliveries_that_do_not_say_it_are_real(spark: SparkSession, lake: str) -> None:
    store = lake_with_base(spark, lake, procedures=20)
    assert not publication.is_fictitious(store, "v1")
    named: list[dict[str, Any]] = [
        {"source": "cassiopee", "millesime": 2023, "date_extraction": date(2024, 3, 31), "fingerprint": "abc"},
        {
            "source": "lrppn",
            "millesime": 2023,
            "date_extraction": date(2024, 1, 31),
            "fingerprint": "def",
            "fictif": True,
        },
    ]
    for rows, fictitious in ((named[:1], False), (named, True)):
        store.write(draw_whole(spark, Delivery, rows), Delivery)
        assert publication.is_fictitious(store, "v1") == fictitious
