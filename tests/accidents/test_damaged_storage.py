"""Damage is named, table and file; nothing published changes; the storage put right, the same command ends the work."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from linkage.platform.errors import UserFacingError
from linkage.platform.lake import lock, scratch
from linkage.platform.running.causes import known_cause
from linkage.tables.links import Link
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.standardised import Record
from linkage.tables.versions import Version
from tests.accidents.lakes import Stop, table_hashes
from tests.whole import in_session

READ = (ScoredPair.path, Record.path)
"""Tables that the job reads."""


def mark_others(cases: Iterable[str], *, first: Iterable[str]) -> list[Any]:
    """Return the cases to try: a few with every change, the others with ``-m accidents``."""
    return [case if case in first else pytest.param(case, marks=pytest.mark.accidents) for case in cases]


def data_file(lake: Path, path: str) -> Path:
    """Return a data file of the table's recorded state: the largest of its last commit."""
    adds = [json.loads(line).get("add") for line in commit(lake, path).read_text(encoding="utf-8").splitlines()]
    largest = max((add for add in adds if add), key=lambda add: int(add["size"]))
    return lake / path / str(largest["path"])


def commit(lake: Path, path: str, *, back: int = 0) -> Path:
    """Return the file of the recorded commit of a table, or of one before it."""
    at = json.loads((lake / "_lake.json").read_text(encoding="utf-8"))["tables"][path]
    return lake / path / "_delta_log" / f"{at - back:020d}.json"


def cut(file: Path, *, keep: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * keep)])
    file.with_name(f".{file.name}.crc").unlink(missing_ok=True)


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    for place in range(len(content) // 8, len(content) - 8, len(content) // 8):
        content[place] ^= 1
    file.write_bytes(content)
    file.with_name(f".{file.name}.crc").unlink(missing_ok=True)


DAMAGES: dict[str, tuple[Callable[[Path, str], Path], Callable[[Path], None]]] = {
    "data file gone": (data_file, Path.unlink),
    "data file cut": (data_file, lambda file: cut(file, keep=0.5)),
    "data file empty": (data_file, lambda file: cut(file, keep=0)),
    "data file with flipped bits": (data_file, flip),
    "last commit gone": (commit, Path.unlink),
    "last commit empty": (commit, lambda file: cut(file, keep=0)),
    "last commit cut": (commit, lambda file: cut(file, keep=0.5)),
}


@pytest.mark.parametrize("table", mark_others(READ, first=[ScoredPair.path]))
@pytest.mark.parametrize(
    "damage", mark_others(DAMAGES, first=["data file cut", "last commit gone", "last commit empty"])
)
def test_damage_of_a_table_names_it_and_its_file_and_once_repaired_the_same_command_works(
    damage: str, table: str, links_of_v2: Stop, spark: SparkSession, tmp_path: Path
) -> None:
    lake, backup = links_of_v2.copy(tmp_path), tmp_path / "backup"
    which, do = DAMAGES[damage]
    file = which(lake, table)
    shutil.copytree(lake / table, backup)
    do(file)
    with forgotten(spark):
        said = refusal(links_of_v2, lake, spark)
        assert table in said
        assert file.name in said or "its log" in said
        assert "docs/operations.md" in said
    shutil.rmtree(lake / table)
    shutil.copytree(backup, lake / table)
    with forgotten(spark):
        links_of_v2.run_again(spark, lake)
        assert table_hashes(lake) == links_of_v2.after


def test_a_damaged_table_whose_line_leaves_the_record_is_made_again_by_its_job(
    links_of_v2: Stop, spark: SparkSession, tmp_path: Path
) -> None:
    lake = links_of_v2.copy(tmp_path)
    flip(data_file(lake, ScoredPair.path))
    record = json.loads((lake / "_lake.json").read_text(encoding="utf-8"))
    del record["tables"][ScoredPair.path]
    (lake / "_lake.json").write_text(json.dumps(record), encoding="utf-8")
    with forgotten(spark):
        in_session(spark, "scored_pairs", "--lake", str(lake), "--model", f"{lake}/models/v1.json", "--estimated")
        links_of_v2.run_again(spark, lake)
    assert table_hashes(lake) == links_of_v2.after


RECORDS = ("", "{", '{"lake": "appariement", "layout": 2, "tables": {"links": ')


@pytest.mark.parametrize("content", mark_others(RECORDS, first=[""]))
def test_a_damaged_record_is_named_and_is_not_made_up(
    content: str, links_of_v2: Stop, spark: SparkSession, tmp_path: Path
) -> None:
    lake = links_of_v2.copy(tmp_path)
    record = lake / "_lake.json"
    good = record.read_text(encoding="utf-8")
    record.write_text(content, encoding="utf-8")
    assert "_lake.json is damaged" in refusal(links_of_v2, lake, spark)
    assert record.read_text(encoding="utf-8") == content
    record.write_text(good, encoding="utf-8")
    links_of_v2.run_again(spark, lake)
    assert table_hashes(lake) == links_of_v2.after


def test_a_lake_without_its_record_is_refused(links_of_v2: Stop, spark: SparkSession, tmp_path: Path) -> None:
    lake = links_of_v2.copy(tmp_path)
    (lake / "_lake.json").unlink()
    assert "has no _lake.json" in refusal(links_of_v2, lake, spark)


LEFT: dict[str, Callable[[Path], object]] = {
    "a lock nobody holds": lambda lake: (lake / lock.FILE).write_text('{"job": "links", "token": "t"}'),
    "half a lock": lambda lake: (lake / lock.FILE).write_text('{"jo'),
    "scratch": lambda lake: (lake / scratch.FOLDER / "app-1" / "rdd-3").mkdir(parents=True),
    "a new table without a commit": lambda lake: (lake / "person_links_new" / "_delta_log").mkdir(parents=True),
    "a table made and never recorded": lambda lake: shutil.copytree(lake / "links", lake / "ledger_of_v2"),
    "files without a commit": lambda lake: shutil.copy(data_file(lake, Link.path), lake / Link.path / "part-x.parquet"),
    "half a small file": lambda lake: (lake / "._lake.json.0123").write_text('{"lake'),
    "what Delta writes first": lambda lake: (
        commit(lake, Link.path).with_name(".00000000000000000099.json.tmp")
    ).touch(),
}


@pytest.mark.parametrize("what", mark_others(LEFT, first=["a lock nobody holds", "a table made and never recorded"]))
def test_what_a_killed_run_left_is_removed_or_never_seen(
    what: str, links_of_v2: Stop, spark: SparkSession, tmp_path: Path
) -> None:
    lake = links_of_v2.copy(tmp_path)
    there = {entry.name for entry in lake.iterdir()}
    LEFT[what](lake)
    links_of_v2.run_again(spark, lake)
    assert table_hashes(lake) == links_of_v2.after
    assert {entry.name for entry in lake.iterdir()} - {lock.FILE} <= there | {"._lake.json.0123"}


def test_versions_killed_at_its_first_commit_is_made_anew(
    links_of_v2: Stop, spark: SparkSession, tmp_path: Path
) -> None:
    lake = links_of_v2.copy(tmp_path)
    record = json.loads((lake / "_lake.json").read_text(encoding="utf-8"))
    del record["tables"][Version.path]
    (lake / "_lake.json").write_text(json.dumps(record), encoding="utf-8")
    shutil.rmtree(lake / Version.path)
    (lake / Version.path / "_delta_log").mkdir(parents=True)
    links_of_v2.run_again(spark, lake)
    made = table_hashes(lake)
    assert {path: made[path] for path in made if path != Version.path} == {
        path: hash for path, hash in links_of_v2.after.items() if path != Version.path
    }


@pytest.mark.accidents
@pytest.mark.parametrize("kibibytes", [0, 256])
def test_a_full_disk_stops_the_run_and_the_same_command_works_with_room(
    kibibytes: int, links_of_v2: Stop, spark: SparkSession, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", megabytes=64) as disk:
        lake = links_of_v2.copy(disk)
        filled = disk / "filled"
        free = shutil.disk_usage(disk).free
        filled.write_bytes(b"0" * (free - kibibytes * 1024))
        said = refusal(links_of_v2, lake, spark)
        assert "No space is left" in said
        filled.unlink()
        links_of_v2.run_again(spark, lake)
        assert table_hashes(lake) == links_of_v2.after


@pytest.mark.accidents
def test_a_lake_that_may_not_be_written_is_refused_by_its_path(
    links_of_v2: Stop, spark: SparkSession, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", megabytes=64) as disk:
        lake = links_of_v2.copy(disk)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        said = refusal(links_of_v2, lake, spark)
        assert str(lake) in said
        assert "its file system is read-only" in said


def refusal(stop: Stop, lake: Path, spark: SparkSession) -> str:
    """Run the job, which must stop; return what the user reads. What was published must be as it was, where readable."""
    with pytest.raises(Exception) as stopped:  # noqa: PT011 - which one, the user's sentence tells
        stop.run_again(spark, lake)
    error = stopped.value
    known = error if isinstance(error, UserFacingError) else known_cause(error)
    assert known is not None, f"unexpected {type(error).__name__}: {error}"
    return str(known)


@contextmanager
def forgotten(spark: SparkSession) -> Iterator[None]:
    """Have Delta forget what it knows of every table, as a process that starts does."""
    forget = spark._jvm.org.apache.spark.sql.delta.DeltaLog.clearCache  # type: ignore[union-attr]
    forget()
    yield
    forget()


@contextmanager
def small_disk(place: Path, *, megabytes: int) -> Iterator[Path]:
    """Give a file system of a few megabytes, in memory; skip where this account may not mount one."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this account may not mount a file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
