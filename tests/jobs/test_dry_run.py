"""``--dry-run``: everything is checked, what would be done is said, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from linkage.platform.errors import InputError
from linkage.platform.progress.events import Event
from tests.whole import in_session


def said(events: list[Event]) -> str:
    return "\n".join(event.text for event in events if event.kind == "say")


def contents(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(file), file.stat().st_mtime_ns) for file in folder.rglob("*"))


def test_sources_says_what_would_be_received_and_makes_no_lake(
    spark: SparkSession, country: Path, tmp_path: Path
) -> None:
    lake = tmp_path / "lake"
    events = in_session(spark, "sources", "--lake", str(lake), "--deliveries", str(country), "--dry-run")
    (table,) = (event for event in events if event.kind == "table")
    assert table.text == "Would be received"
    assert {row[1] for row in table.rows} >= {"procedures", "personnes", "affaires"}
    assert all(row[2] == row[3] + row[4] for row in table.rows)  # type: ignore[operator]
    assert said(events).endswith("18 deliveries would be received; nothing was written.")
    assert not lake.exists()


def test_all_says_which_stages_would_be_made(spark: SparkSession, country: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    asked = ("--lake", str(lake), "--deliveries", str(country / "lrppn_2021"), "--version", "v1", "--dry-run")
    with pytest.raises(InputError, match="no delivery of cassiopee; found lrppn"):
        in_session(spark, "all", *asked)
    events = in_session(spark, "all", "--lake", str(lake), "--deliveries", str(country), *asked[4:])
    stages = "standardised, candidate_pairs, estimate_model, scored_pairs, links, quality"
    assert f"Version v1 would be made: {stages}. Nothing was written." in said(events)
    assert not lake.exists()


def test_all_on_a_lake_that_has_the_deliveries_changes_nothing_in_it(
    spark: SparkSession, country: Path, finished_lake: Path
) -> None:
    before = contents(finished_lake)
    asked = ("--lake", str(finished_lake), "--deliveries", str(country), "--dry-run", "--version")
    again = said(in_session(spark, "all", *asked, "v1"))
    assert "0 deliveries would be received" in again
    assert "Version v1 is already published from the same inputs: no link would change." in again
    assert "Version v2 would be made" in said(in_session(spark, "all", *asked, "v2"))
    assert contents(finished_lake) == before
