"""What counts as a delivery, and what makes one incomplete or contradictory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from linkage.platform.errors import InputError
from linkage.platform.lake.files import Files
from linkage.sources import folder
from tests.sources.delivered import declarations, deliver


def find(spark: SparkSession, path: Path) -> tuple[list[folder.Delivery], list[str]]:
    return folder.find_deliveries(Files(spark), str(path), declarations())


def refusal(spark: SparkSession, path: Path) -> str:
    with pytest.raises(InputError) as refused:
        find(spark, path)
    return str(refused.value)


def test_deliveries_lie_at_depth_one_and_the_rest_is_named(spark: SparkSession, tmp_path: Path) -> None:
    deliver(tmp_path / "lrpgn_2021")
    deliver(tmp_path / "cassiopee_2021", "cassiopee")
    (tmp_path / "truth").mkdir()
    found, ignored = find(spark, tmp_path)
    assert [delivery.name for delivery in found] == ["cassiopee_2021_2024-03-31", "lrpgn_2021_2024-03-31"]
    assert ignored == ["truth"]


def test_a_folder_that_is_itself_a_delivery_is_accepted(spark: SparkSession, tmp_path: Path) -> None:
    found, _ = find(spark, deliver(tmp_path / "lrpgn_2021"))
    assert [delivery.name for delivery in found] == ["lrpgn_2021_2024-03-31"]


def test_without_manifest_the_folder_says_source_and_vintage(spark: SparkSession, tmp_path: Path) -> None:
    found, _ = find(spark, deliver(tmp_path / "lrpgn_2021", manifest=False))
    assert found[0].slot == ("lrpgn", 2021, None)


def test_a_missing_or_empty_folder_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    assert "no such folder" in refusal(spark, tmp_path / "nowhere")
    (tmp_path / "truth").mkdir()
    assert "no delivery in it" in refusal(spark, tmp_path)


def test_every_missing_file_is_named_at_once(spark: SparkSession, tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "lrpgn_2021", manifest=False)
    (delivery / "procedures.csv").unlink()
    (delivery / "personnes.csv").unlink()
    said = refusal(spark, tmp_path)
    assert "no file procedures" in said
    assert "no file personnes" in said


def test_one_file_in_two_forms_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "lrpgn_2021", manifest=False)
    (delivery / "procedures.csv.gz").write_bytes(b"")
    assert "procedures is there twice: procedures.csv, procedures.csv.gz" in refusal(spark, tmp_path)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"millesime": 2020}, "lrpgn 2020 found, the folder's name says lrpgn 2021"),
        ({"source": "lrppn"}, "lrppn 2021 found, the folder's name says lrpgn 2021"),
        ({"contrat": 2}, "contrat 2 found, 1 expected"),
        ({"fictif": "non"}, "fictif: Input should be a valid boolean"),
        ({"date_extraction": "hier"}, "date_extraction"),
        ({"date_extraction": "2019-12-31"}, "in or after the vintage 2021 expected"),
        ({"fichiers": {"procedures.csv": {"lines": 3}}}, "fichiers.procedures.csv.lignes: Field required"),
        ({"fichiers": {"procedures.csv": {"lignes": 3}}}, "infractions.csv not listed"),
    ],
)
def test_a_manifest_that_contradicts_is_refused(
    spark: SparkSession, tmp_path: Path, changed: dict[str, Any], said: str
) -> None:
    manifest = deliver(tmp_path / "lrpgn_2021") / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), **changed}))
    assert said in refusal(spark, tmp_path)


def test_a_manifest_that_is_not_json_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    (deliver(tmp_path / "lrpgn_2021") / "manifest.json").write_text("{")
    assert "manifest.json: not valid JSON" in refusal(spark, tmp_path)
