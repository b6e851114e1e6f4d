"""The same tables whatever the partitions, the cores, the plan, the zone, the locale or the order of what is delivered."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import subprocess
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.accidents.lakes import table_hashes
from tests.clone import ROOT
from tests.whole import in_session

pytestmark = pytest.mark.accidents

SETTINGS: dict[str, Mapping[str, str]] = {
    "1 shuffle partition": {"spark.sql.shuffle.partitions": "1"},
    "16 shuffle partitions": {"spark.sql.shuffle.partitions": "16"},
    "64 shuffle partitions, merged by nobody": {
        "spark.sql.shuffle.partitions": "64",
        "spark.sql.adaptive.coalescePartitions.enabled": "false",
    },
    "no adaptive execution": {"spark.sql.adaptive.enabled": "false"},
    "no broadcast": {
        "spark.sql.autoBroadcastJoinThreshold": "-1",
        "spark.sql.adaptive.autoBroadcastJoinThreshold": "-1",
    },
}
MACHINES: dict[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "one core": (("--master", "local[1]"), {}),
    "another locale, zone and hash seed": (
        ("--conf", "spark.driver.extraJavaOptions=-Duser.language=tr -Duser.country=TR -Duser.timezone=Pacific/Noumea"),
        {"LC_ALL": "C", "TZ": "America/Cayenne", "PYTHONHASHSEED": "12345"},
    ),
    "another hash seed": ((), {"PYTHONHASHSEED": "7"}),
}


def whole(lake: Path) -> dict[str, str]:
    """Return the hashes of what ``all`` makes; not of what names the files delivered."""
    return {path: hash for path, hash in table_hashes(lake).items() if path not in ("sources/deliveries", "versions")}


@pytest.mark.timeout(2400)  # 64 partitions of a small country are thousands of short tasks for each stage
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_of_spark_changes_no_row(
    setting: str, spark: SparkSession, country: Path, finished_lake: Path, tmp_path: Path
) -> None:
    for name, value in SETTINGS[setting].items():
        spark.conf.set(name, value)
    in_session(spark, *_all(tmp_path / "lake", country))
    assert whole(tmp_path / "lake") == whole(finished_lake)


@pytest.mark.parametrize("machine", MACHINES)
def test_a_machine_changes_no_row(machine: str, country: Path, finished_lake: Path, tmp_path: Path) -> None:
    options, environment = MACHINES[machine]
    command = [str(ROOT / "spark-submit.sh"), *_all(tmp_path / "lake", country), *options]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert whole(tmp_path / "lake") == whole(finished_lake)


def test_deliveries_in_another_order_and_compressed_change_no_row(
    spark: SparkSession, country: Path, finished_lake: Path, tmp_path: Path
) -> None:
    shuffled, draw = tmp_path / "deliveries", random.Random(26)
    shutil.copytree(country, shuffled)
    for file in sorted(shuffled.glob("*_*/*.csv")):
        header, *rows = file.read_bytes().splitlines(keepends=True)
        draw.shuffle(rows)
        packed = file.with_name(f"{file.name}.gz")
        packed.write_bytes(gzip.compress(header + b"".join(rows), mtime=0))
        file.unlink()
    for place in sorted(shuffled.glob("*_*/manifest.json")):
        manifest = json.loads(place.read_text(encoding="utf-8"))
        manifest["fichiers"] = {
            f"{name}.gz": {**entry, "sha256": sha256((place.parent / f"{name}.gz").read_bytes()).hexdigest()}
            for name, entry in manifest["fichiers"].items()
        }
        place.write_text(json.dumps(manifest), encoding="utf-8")
    in_session(spark, *_all(tmp_path / "lake", shuffled))
    assert whole(tmp_path / "lake") == whole(finished_lake)


def _all(lake: Path, deliveries: Path) -> list[str]:
    truth = str(deliveries / "truth")
    return ["all", "--lake", str(lake), "--deliveries", str(deliveries), "--version", "v1", "--truth", truth]
