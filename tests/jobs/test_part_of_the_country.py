"""Deliveries of a part of the country: what is there is linked, what is not is said."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import polars
import pytest
from pyspark.sql import SparkSession

from linkage.platform.errors import InputError
from tests.sources.delivered import deliver
from tests.whole import in_session


def part(country: Path, folder: Path, *sources: str) -> str:
    for delivery in (place for source in sources for place in country.glob(f"{source}_*")):
        shutil.copytree(delivery, folder / delivery.name)
    return str(folder)


def test_without_gendarmerie_police_and_justice_are_linked_and_what_is_missing_is_said(
    spark: SparkSession, country: Path, finished_lake: Path, tmp_path: Path
) -> None:
    lake, deliveries = str(tmp_path / "lake"), part(country, tmp_path / "deliveries", "lrppn", "cassiopee")
    in_session(spark, "sources", "--lake", lake, "--deliveries", deliveries)
    said = [event.text for event in in_session(spark, "standardised", "--lake", lake)]
    assert "lrpgn: nothing was delivered; the affairs of its procedures stay without a link." in said
    in_session(spark, "candidate_pairs", "--lake", lake)
    in_session(spark, "scored_pairs", "--lake", lake, "--model", str(finished_lake / "models" / "v1.json"))
    in_session(spark, "links", "--lake", lake, "--version", "v1")
    retained = polars.col("status") == "retenu"
    of_police = polars.col("source") == "lrppn"
    whole, alone = (polars.read_delta(f"{place}/links").filter(retained & of_police) for place in (finished_lake, lake))
    pair = ["id_procedure", "id_affaire"]
    # What was linked by its key beside the gendarmerie is linked without it.
    assert whole.filter(link_pass="cle_exacte").join(alone, on=pair, how="anti").is_empty()
    assert alone.height >= 0.95 * whole.height
    assert set(polars.read_delta(f"{lake}/ledger")["source"]) == {"lrppn", "cassiopee"}


def test_without_any_csns_persons_are_told_by_birth_and_most_links_stay(
    spark: SparkSession, country: Path, finished_lake: Path, tmp_path: Path
) -> None:
    lake, deliveries = str(tmp_path / "lake"), tmp_path / "deliveries"
    shutil.copytree(country, deliveries)
    for manifest in deliveries.glob("*/manifest.json"):
        manifest.unlink()
    for file in deliveries.glob("*/personnes.csv"):
        with file.open(encoding="utf-8", newline="") as lines:
            rows = [{**row, "csns": ""} for row in csv.DictReader(lines, delimiter=";")]
        with file.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, list(rows[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
    said = [
        event.text
        for event in in_session(spark, "all", "--lake", lake, "--deliveries", str(deliveries), "--version", "v1")
    ]
    assert {
        f"{source}: no row has a csns: nothing was linked by it." for source in ("lrppn", "lrpgn", "cassiopee")
    } <= {*said}
    retained = polars.col("status") == "retenu"
    whole, without = (polars.read_delta(f"{place}/links").filter(retained) for place in (finished_lake, lake))
    pair = ["source", "id_procedure", "id_affaire"]
    assert without.join(whole, on=pair, how="anti").height < 0.01 * whole.height
    assert without.height >= 0.97 * whole.height
    assert (
        polars.read_delta(f"{lake}/person_links").height
        >= 0.9 * polars.read_delta(f"{finished_lake}/person_links").height
    )


@pytest.mark.parametrize(("source", "missing"), [("lrpgn", "cassiopee"), ("cassiopee", "lrppn or lrpgn")])
def test_one_side_alone_is_refused(spark: SparkSession, lake: str, tmp_path: Path, source: str, missing: str) -> None:
    deliveries = deliver(tmp_path / f"{source}_2021", source)
    in_session(spark, "sources", "--lake", lake, "--deliveries", str(deliveries))
    with pytest.raises(InputError, match=f"no delivery of {missing}; found {source}"):
        in_session(spark, "standardised", "--lake", lake)
