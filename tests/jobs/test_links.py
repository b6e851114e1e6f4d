"""What a version of links may be made of, and what a failure leaves of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import polars
import pytest
from py4j.protocol import Py4JJavaError
from pyspark.sql import SparkSession

import jobs.links
from linkage.links.build import build
from linkage.platform.errors import InputError
from linkage.platform.lake.schema import Table
from linkage.platform.lake.store import Store
from linkage.tables.links import Ledger
from linkage.tables.scored_pairs import ScoredPair, ScoredPattern, ScoredPerson
from linkage.tables.sources import Delivery
from linkage.versions import method, publication
from tests.whole import in_session


@pytest.fixture
def lake(finished_lake: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished_lake, tmp_path / "lake"))


def links(spark: SparkSession, lake: Path) -> None:
    in_session(spark, "links", "--lake", str(lake), "--version", "v2")


def versions(lake: Path, table: str) -> set[str]:
    return set(polars.read_delta(str(lake / table))["version"])


def test_links_are_not_made_after_a_delivery_that_was_not_standardised(spark: SparkSession, lake: Path) -> None:
    store = Store(spark, str(lake))
    store.write(store.read(Delivery), Delivery)
    said = (
        "standardised/records was made before the last change of sources/deliveries. "
        "Run again: standardised, candidate_pairs, scored_pairs."
    )
    with pytest.raises(InputError, match=said):
        links(spark, lake)


def test_links_are_not_made_of_pairs_of_other_settings(
    spark: SparkSession, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = method.settings_hash
    monkeypatch.setattr(
        method, "settings_hash", lambda *files: "other" if files == (method.CANDIDATE_PAIRS,) else now(*files)
    )
    said = "candidate_pairs was made before the last change of conf/method/candidate_pairs.toml. "
    with pytest.raises(InputError, match=said + "Run again: candidate_pairs, scored_pairs."):
        links(spark, lake)


@pytest.mark.parametrize("table", [ScoredPerson, ScoredPattern])
def test_links_are_not_made_of_persons_or_patterns_of_other_pairs(
    spark: SparkSession, lake: Path, table: type[Table]
) -> None:
    store = Store(spark, str(lake))
    store.write(store.read(table), table, metadata={publication.CASES_VERSION: (store.version(ScoredPair) or 0) + 1})
    with pytest.raises(
        InputError, match=f"{table.path} was made of other scored_pairs. Run the job scored_pairs again."
    ):
        links(spark, lake)


def test_every_scored_pair_and_person_has_its_pattern(lake: Path) -> None:
    patterns = polars.read_delta(str(lake / "scored_patterns"))
    assert patterns["agreement_pattern"].is_unique().all()
    of_pairs = pairs_of(lake, "scored_pairs") | pairs_of(lake, "scored_persons")
    assert of_pairs == dict(zip(patterns["agreement_pattern"], patterns["nb_pairs"], strict=True))
    assert set(patterns["model"]) >= {"cases", "persons"}


def pairs_of(lake: Path, table: str) -> dict[int, int]:
    counts = polars.read_delta(str(lake / table))["agreement_pattern"].value_counts()
    return dict(zip(counts["agreement_pattern"], counts["count"], strict=True))


def test_a_version_may_be_made_without_persons(
    spark: SparkSession, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = method.links_settings().model_copy(update={"persons": None, "persons_feedback": None})
    monkeypatch.setattr(method, "links_settings", lambda: settings)
    links(spark, lake)
    assert versions(lake, "versions") == versions(lake, "links") == {"v1", "v2"}
    assert versions(lake, "person_links") == {"v1"}


def test_a_failure_leaves_every_reader_the_tables_as_they_were(
    spark: SparkSession, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*frames: Any, **settings: Any) -> dict[type[Table], Any]:
        made = build(*frames, **settings)
        return {
            **made,
            Ledger: made[Ledger].selectExpr("*", "raise_error('no') AS nb_").drop("nb").withColumnRenamed("nb_", "nb"),
        }

    monkeypatch.setattr(jobs.links, "build", broken)
    with pytest.raises(Py4JJavaError, match=r"\[USER_RAISED_EXCEPTION\] no"):
        links(spark, lake)
    for table in ("links", "person_links", "unlinked", "ledger", "versions"):
        assert versions(lake, table) == {"v1"}, table
