"""What a lake holds, as one hash per table; and the lake before each job, with what the job makes of it undisturbed."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars
from pyspark.sql import SparkSession

from jobs import CATALOGUE
from linkage.tables.study_extracts import HandOut
from linkage.tables.versions import Version
from tests.whole import in_session

KEY = "3d1f0a6b9c58e2740f6a1c2b8d9e4f5071a2b3c4d5e6f708192a3b4c5d6e7f80\n"
MOVING = (Version.created_at, Version.table_versions, Version.code_version, HandOut.remise, HandOut.remis_le)
"""Columns that tell when or by which commit something was made: an undisturbed run differs in them too."""
VERSION, STUDY = "v1", "violences_conjugales"


def table_hashes(lake: Path) -> dict[str, str]:
    """Return one hash per recorded table, of all its rows whatever their order, less the columns that move."""
    recorded: Mapping[str, int] = json.loads((lake / "_lake.json").read_text(encoding="utf-8"))["tables"]
    return {path: _hash(polars.read_delta(str(lake / path), version=at)) for path, at in recorded.items()}


def _hash(rows: polars.DataFrame) -> str:
    kept = rows.drop([column for column in MOVING if column in rows.columns])
    if HandOut.remise in rows.columns:  # a hand-out killed after its row keeps it; the same command adds its own
        kept = kept.unique()
    lines = sorted(repr(row) for row in kept.select(sorted(kept.columns)).rows())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a folder, by its path; of what Spark draws a name for, the content alone."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and not file.name.startswith((".", "_"))]
    return {_steady_name(file, folder): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _steady_name(file: Path, folder: Path) -> str:
    relative = file.relative_to(folder)
    return str(relative.with_name("part.parquet") if file.suffix == ".parquet" else relative)


@dataclass(frozen=True)
class Stop:
    """A job on the way: the lake as it finds it, and the hashes of what it leaves when nothing disturbs it."""

    job: str
    before: Path
    after: Mapping[str, str]
    last: tuple[str, ...]
    """The tables that it writes, in the order in which they are recorded."""

    def arguments(self, lake: Path) -> list[str]:
        """Return what a user types for the job on a lake."""
        return [self.job, "--lake", str(lake), *_options(self.job, lake, self.before.parent)]

    def copy(self, place: Path) -> Path:
        """Return a lake of one's own in the state that the job finds."""
        lake = place / "lake"
        if self.before.exists():
            shutil.copytree(self.before, lake)
        return lake

    def run_again(self, spark: SparkSession, lake: Path) -> None:
        """Run the same command to its end, in this session."""
        name, *options = self.arguments(lake)
        in_session(spark, name, *options)


JOBS = CATALOGUE.names[CATALOGUE.names.index("sources") : CATALOGUE.names.index("all")]
"""Those that a lake goes through, in order."""


def make_stops(spark: SparkSession, folder: Path, country: Path, jobs: tuple[str, ...] = JOBS) -> dict[str, Stop]:
    """Return each job with the lake before it, from deliveries to a study, made in this session."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "deliveries").symlink_to(country)
    key = folder / "key"
    key.write_text(KEY, encoding="ascii")
    key.chmod(0o600)
    lake, stops = folder / "lake", {}
    for job in jobs:
        before = folder / f"before-{job}"
        if lake.exists():
            shutil.copytree(lake, before)
        recorded = _recorded(lake)
        in_session(spark, job, "--lake", str(lake), *_options(job, lake, folder))
        written = tuple(path for path, at in _recorded(lake).items() if recorded.get(path) != at)
        stops[job] = Stop(job, before, table_hashes(lake), written)
    return stops


@dataclass(frozen=True)
class LinksOf(Stop):
    """The job ``links`` that makes one more version of a lake that has one."""

    version: str = VERSION

    @classmethod
    def make(cls, spark: SparkSession, finished: Path, folder: Path, *, version: str) -> None:
        """Make the lake before the job and the lake after it, in a folder."""
        before, lake = folder / "before", folder / "lake"
        shutil.copytree(finished, before, ignore=shutil.ignore_patterns("_scratch", "review"))
        shutil.copytree(before, lake)
        in_session(spark, "links", "--lake", str(lake), "--version", version)

    @classmethod
    def undisturbed(cls, folder: Path, *, version: str) -> LinksOf:
        """Return the job with the two lakes that a folder has."""
        before, lake = folder / "before", folder / "lake"
        written = tuple(path for path, at in _recorded(lake).items() if _recorded(before).get(path) != at)
        return cls("links", before, table_hashes(lake), written, version)

    def arguments(self, lake: Path) -> list[str]:
        """Return what a user types."""
        return [self.job, "--lake", str(lake), "--version", self.version]


def _recorded(lake: Path) -> dict[str, int]:
    record = lake / "_lake.json"
    return dict(json.loads(record.read_text(encoding="utf-8"))["tables"]) if record.exists() else {}


_OPTIONS: Mapping[str, Callable[[Path, Path], list[str]]] = {
    "sources": lambda lake, folder: ["--deliveries", str(folder / "deliveries")],
    "estimate_model": lambda lake, folder: ["--out", f"{lake}/models/{VERSION}.json"],
    "scored_pairs": lambda lake, folder: ["--model", f"{lake}/models/{VERSION}.json", "--estimated"],
    "links": lambda lake, folder: ["--version", VERSION],
    "quality": lambda lake, folder: ["--version", VERSION],
    "linked_base": lambda lake, folder: ["--version", VERSION, "--key", str(folder / "key")],
    "study_extracts": lambda lake, folder: [
        *("--version", VERSION, "--study", STUDY, "--key", str(folder / "key")),
        *("--out", str(lake.with_name("out"))),
    ],
}


def _options(job: str, lake: Path, folder: Path) -> list[str]:
    options = _OPTIONS.get(job)
    return options(lake, folder) if options else []
