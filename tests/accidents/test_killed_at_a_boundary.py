"""Drivers killed outright at every boundary that matters: what was published stays, the same command ends the work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.accidents.lakes import JOBS, Stop, file_hashes, make_stops, table_hashes
from tests.clone import ROOT

POINTS = ("before", "files", "commit", "unrecorded", "recorded")
Once = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="module")
def stops(_session: SparkSession, tmp_path_factory: pytest.TempPathFactory, country: Path) -> dict[str, Stop]:
    """Every job from deliveries to a study."""
    return make_stops(_session, tmp_path_factory.mktemp("stops"), country)


def kill(stop: Stop, lake: Path, point: str) -> None:
    """Run the job in a driver of its own that dies at the point."""
    environment = {**os.environ, "DIE_AT": point, "SPILL": str(lake.parent / "spill"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.accidents.dying", *stop.arguments(lake)]
    died = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert died.returncode == -signal.SIGKILL, f"{point} was never reached: {died.stdout[-2000:]}{died.stderr[-2000:]}"


def require_same(stop: Stop, lake: Path, spark: SparkSession) -> None:
    """Check that what was published is untouched, and that the same command ends with an undisturbed run's tables."""
    if (stop.before / "_lake.json").exists():
        before, killed = table_hashes(stop.before), table_hashes(lake)
        assert {path: killed[path] for path in before} in (before, {path: stop.after[path] for path in before})
    stop.run_again(spark, lake)
    assert table_hashes(lake) == stop.after
    assert not (lake / "_scratch").exists()


@pytest.mark.parametrize("point", ["commit", "unrecorded"])
def test_links_killed_ends_with_the_same_tables(
    point: str, links_of_v2: Stop, spark: SparkSession, tmp_path: Path
) -> None:
    lake = links_of_v2.copy(tmp_path)
    kill(links_of_v2, lake, f"{point}:{links_of_v2.last[-1]}")
    require_same(links_of_v2, lake, spark)


@pytest.mark.accidents
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("job", [job for job in JOBS if job != "estimate_model"])
def test_any_job_killed_ends_with_the_same_tables(
    job: str, point: str, stops: dict[str, Stop], spark: SparkSession, tmp_path: Path
) -> None:
    stop = stops[job]
    lake = stop.copy(tmp_path)
    middle = stop.last[len(stop.last) // 2]
    kill(stop, lake, f"{point}:{middle}")
    require_same(stop, lake, spark)
    if job == "study_extracts":
        assert file_hashes(tmp_path / "out").keys() == file_hashes(stop.before.parent / "out").keys()
        assert not (tmp_path / "out.unfinished").exists()


@pytest.mark.accidents
def test_what_leaves_killed_before_it_has_its_name_is_made_again(
    stops: dict[str, Stop], spark: SparkSession, tmp_path: Path
) -> None:
    stop = stops["study_extracts"]
    lake = stop.copy(tmp_path)
    half = tmp_path / "out.unfinished" / "tableaux"
    half.mkdir(parents=True)
    (half / "half.csv").touch()
    stop.run_again(spark, lake)
    assert file_hashes(tmp_path / "out").keys() == file_hashes(stop.before.parent / "out").keys()
    assert not half.exists()
