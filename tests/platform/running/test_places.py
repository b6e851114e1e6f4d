"""Paths and memory that cannot do are refused in words before Spark starts."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from linkage.platform.errors import InputError
from linkage.platform.running import memory, places


def problems(given: Mapping[str, object], *, master: str = "local[*]") -> list[str]:
    try:
        places.check(argparse.Namespace(master=master, **{name: str(place) for name, place in given.items()}))
    except InputError as error:
        return error.problems
    return []


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, int], None]:
    """Close a path to this account, for reading or writing: the tests' own may be allowed everything."""
    access = os.access

    def close(path: Path, way: int) -> None:
        monkeypatch.setattr(
            os, "access", lambda place, mode: not (place == path and mode & way) and access(place, mode)
        )

    return close


def test_what_is_as_it_should_be_passes_and_nothing_is_made(tmp_path: Path) -> None:
    (tmp_path / "in" / "lrppn_2021").mkdir(parents=True)
    (tmp_path / "model.json").touch()
    before = sorted(tmp_path.rglob("*"))
    given = {"lake": "new/lake", "deliveries": "in", "truth": "in", "model": "model.json", "out": "new/out"}
    assert problems({name: tmp_path / path for name, path in given.items()}) == []
    assert sorted(tmp_path.rglob("*")) == before


def test_every_missing_path_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    given = {"lake": "file", "deliveries": "none", "truth": "file", "model": "none", "decisions": ".", "out": "file/x"}
    said = [problem.replace(str(tmp_path), "T") for problem in problems({n: tmp_path / p for n, p in given.items()})]
    assert said == [
        "--deliveries T/none: no such folder.",
        "--truth T/file: a file found, a folder expected.",
        "--model T/none: no such file.",
        "--decisions T: a folder found, a file expected.",
        "--lake T/file: a file found, a folder expected.",
        "--out T/file/x: it cannot be made: T/file is a file.",
    ]


def test_a_file_of_a_delivery_that_may_not_be_read_is_named(
    tmp_path: Path, closed: Callable[[Path, int], None]
) -> None:
    file = tmp_path / "lrppn_2021" / "personnes.csv"
    file.parent.mkdir()
    file.touch()
    closed(file, os.R_OK)
    assert problems({"deliveries": tmp_path}) == [
        f"--deliveries {tmp_path}: lrppn_2021/personnes.csv: this account may not read it."
    ]


@pytest.mark.parametrize(
    ("flags", "why"), [(os.ST_RDONLY, "its file system is read-only"), (0, "this account may not read and write there")]
)
def test_a_lake_that_may_not_be_written_is_said_with_the_reason(
    flags: int, why: str, tmp_path: Path, closed: Callable[[Path, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed(tmp_path, os.W_OK)
    monkeypatch.setattr(os, "statvfs", lambda place: SimpleNamespace(f_flag=flags))
    assert problems({"lake": tmp_path}) == [f"--lake {tmp_path}: {why}."]
    assert problems({"lake": tmp_path / "new"}) == [f"--lake {tmp_path}/new: {tmp_path}: {why}."]


def test_a_damaged_record_is_said_before_spark_starts(tmp_path: Path) -> None:
    (tmp_path / "_lake.json").write_text("{", encoding="utf-8")
    (problem,) = problems({"lake": tmp_path})
    assert "_lake.json is damaged" in problem


def test_on_a_cluster_only_a_path_that_says_so_is_one_of_this_machine(tmp_path: Path) -> None:
    assert problems({"deliveries": tmp_path / "none"}, master="spark://host:7077") == []
    assert problems({"deliveries": "hdfs:///none", "lake": "s3a://b/lake"}) == []
    assert problems({"deliveries": f"file://{tmp_path}/none"}, master="spark://host:7077") == [
        f"--deliveries {tmp_path}/none: no such folder."
    ]


def test_on_yarn_the_files_of_the_cluster_are_named_and_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HADOOP_CONF_DIR", raising=False)
    monkeypatch.delenv("YARN_CONF_DIR", raising=False)
    places.check_files_of_yarn("spark://host:7077")
    with pytest.raises(InputError, match=r"^HADOOP_CONF_DIR: it is not set; with --master yarn "):
        places.check_files_of_yarn("yarn")
    monkeypatch.setenv("HADOOP_CONF_DIR", f"{tmp_path}/none")
    with pytest.raises(InputError, match=f"^HADOOP_CONF_DIR: {tmp_path}/none is no folder; "):
        places.check_files_of_yarn("yarn")
    monkeypatch.setenv("HADOOP_CONF_DIR", str(tmp_path))
    places.check_files_of_yarn("yarn")


def refused(properties: dict[str, str], **asked: Any) -> list[str]:
    with pytest.raises(InputError) as error:
        memory.check(properties, **{"on_this_machine": True, **asked})
    return error.value.problems


@pytest.mark.parametrize("size", ["8", "8gb", "8 g", "1.5g", "lots", "-1g", ""])
def test_a_size_that_java_does_not_understand_is_refused(size: str) -> None:
    assert refused({memory.DRIVER: size}) == [
        f"spark.driver.memory: {size!r} found; a whole number with its unit expected, as in 8g or 800m."
    ]


@pytest.mark.parametrize("size", ["511m", "100M", "524287k", "0g"])
def test_too_little_to_start_is_refused(size: str) -> None:
    assert refused({memory.EXECUTOR: size, memory.DRIVER: "1g"}) == [
        f"spark.executor.memory: {size} found; Spark needs at least 512m to start."
    ]


def test_enough_passes_and_a_machine_that_grants_too_little_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    memory.check({memory.DRIVER: "512m", memory.EXECUTOR: "8G"}, on_this_machine=True)
    memory.check({}, on_this_machine=True)
    monkeypatch.setattr(memory, "_granted_mb", lambda: 400)
    assert "half of this machine's memory is 400 MB" in refused({})[0]
    memory.check({}, on_this_machine=False)
