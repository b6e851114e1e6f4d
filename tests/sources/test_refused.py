"""What is refused whole: one message that names the file and what was expected; the lake stays as it was."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from linkage.platform.errors import ContractError, InputError, UserFacingError
from tests.sources.delivered import GENDARMERIE, PERSONNES, PROCEDURES, deliver, receive, text

NAME = "procedures.csv"
CANONICAL = text("lrpgn", "procedures", PROCEDURES)


def refusal(spark: SparkSession, lake: str, folder: Path, kind: type[UserFacingError], **settings: Any) -> str:
    with pytest.raises(kind) as refused:
        receive(spark, lake, folder, **settings)
    written = [path.name for path in Path(lake).rglob("*") if path.is_dir()]
    assert written == []
    assert "G1" not in str(refused.value)  # never a value
    return str(refused.value)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({NAME: b""}, "procedures.csv: empty file"),
        ({NAME: CANONICAL.replace("code_service;", "").encode()}, "missing code_service"),
        ({NAME: CANONICAL.replace(";", ",").encode()}, "delimiter ',' found, ';' expected"),
        ({NAME + ".gz": gzip.compress(CANONICAL.encode())[:-20]}, "procedures.csv.gz: the gzip file is truncated"),
        ({NAME + ".gz": CANONICAL.encode()}, "procedures.csv.gz: not a gzip file"),
        ({"procedures.parquet": b"PAR1 but no more"}, "procedures.parquet: not a Parquet file"),
        (
            {"personnes.csv": text("lrpgn", "personnes", PERSONNES).encode("iso-8859-1", "replace")},
            "personnes.csv: 2 lines hold bytes that are not utf-8, the declared encoding; the first is line 2",
        ),
        ({NAME: (CANONICAL + CANONICAL).encode()}, "procedures.csv: 2 header lines found"),
    ],
)
def test_a_file_unlike_its_declaration(
    spark: SparkSession, lake: str, tmp_path: Path, files: Mapping[str, bytes], said: str
) -> None:
    deliver(tmp_path / "in" / "lrpgn_2021", files=files)
    assert said in refusal(spark, lake, tmp_path / "in", InputError)


def test_another_sha256_than_the_manifest_says(spark: SparkSession, lake: str, tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "in" / "lrpgn_2021")
    (delivery / NAME).write_text(CANONICAL.replace("00014", "00015"))
    assert "procedures.csv: sha256" in refusal(spark, lake, tmp_path / "in", ContractError)


def test_another_row_count_than_the_manifest_says(spark: SparkSession, lake: str, tmp_path: Path) -> None:
    manifest = deliver(tmp_path / "in" / "lrpgn_2021") / "manifest.json"
    manifest.write_text(
        manifest.read_text().replace('"procedures.csv": {"lignes": 3', '"procedures.csv": {"lignes": 4')
    )
    said = refusal(spark, lake, tmp_path / "in", ContractError)
    assert "procedures.csv: 3 rows found, the manifest says 4" in said


def test_more_rows_set_aside_than_max_rejected_share(spark: SparkSession, lake: str, tmp_path: Path) -> None:
    orphan = {"id_procedure": "G9", "rang": "1", "role": "victime"}
    deliver(tmp_path / "in" / "lrpgn_2021", rows={"personnes": [*PERSONNES, orphan]})
    said = refusal(spark, lake, tmp_path / "in", ContractError, max_rejected_share=0.2)
    assert "personnes: 1 of 4 rows set aside (25.0%), at most 20.0% expected" in said
    assert "parent_absent 1" in said


def test_a_delivery_dated_in_another_year_than_its_vintage(spark: SparkSession, lake: str, tmp_path: Path) -> None:
    deliver(tmp_path / "in" / "lrpgn_2022", millesime=2022)
    said = refusal(spark, lake, tmp_path / "in", ContractError)
    assert "procedures: 3 of 3 rows are dated in another year" in said


def test_two_deliveries_of_one_vintage_and_date_that_differ(spark: SparkSession, lake: str, tmp_path: Path) -> None:
    deliver(tmp_path / "in" / "lrpgn_2021")
    deliver(tmp_path / "in" / "lrpgn_2021_bis", rows={"personnes": PERSONNES[:2]})
    assert "lrpgn, 2021, 2024-03-31) and they differ" in refusal(spark, lake, tmp_path / "in", InputError)


def test_one_faulty_delivery_refuses_them_all(spark: SparkSession, lake: str, tmp_path: Path) -> None:
    deliver(tmp_path / "in" / "cassiopee_2021", "cassiopee")
    deliver(tmp_path / "in" / "lrpgn_2021", rows={**GENDARMERIE, "procedures": []})
    assert "parent_absent" in refusal(spark, lake, tmp_path / "in", ContractError)
