"""One SparkSession for the whole run, started by the first test that asks for it; an empty lake for each test."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyspark import SparkContext
from pyspark.sql import SparkSession

from linkage.platform.running import session
from tests.clear_text import watched
from tests.clone import Clone, make_clone
from tests.whole import done

PROCEDURES = 1500
STARTS_SPARK = {"_session", "clone", "cluster", "country"}
"""Fixtures that start Spark, or jobs through spark-submit: what asks for one, directly or not, is marked ``spark``."""
SHARED_LAKES = ("studied_lake", "linked_lake", "finished_lake")
"""Fixtures of the lakes that all workers share, the one that takes longest first."""
STUDY = "violences_conjugales"
Once = Callable[[str, Callable[[Path], None]], Path]


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need Spark: ``-m "not spark"`` runs the others in seconds."""
    _make_lakes_beside_other_tests(items)
    for item in items:
        runs_jobs = any(item.get_closest_marker(name) for name in ("accidents", "cluster"))
        if runs_jobs or STARTS_SPARK & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.spark)


def _make_lakes_beside_other_tests(items: list[pytest.Item]) -> None:
    """Put one file that needs a shared lake first and the others last: no worker waits while another makes the lakes."""
    lakes_of = {item.path: set[str]() for item in items}
    for item in items:
        lakes_of[item.path] |= {*SHARED_LAKES} & {*getattr(item, "fixturenames", ())}
    first = next((path for lake in SHARED_LAKES for path, lakes in lakes_of.items() if lake in lakes), None)
    items.sort(key=lambda item: (item.path != first, bool(lakes_of[item.path])))


@pytest.fixture(autouse=True)
def _starts_spark_only_when_marked(request: pytest.FixtureRequest) -> Iterator[None]:
    before = SparkContext._active_spark_context
    yield
    marked = request.node.get_closest_marker("spark") is not None
    assert marked or SparkContext._active_spark_context is before, "this test starts Spark and no fixture says so"


@pytest.fixture(scope="session")
def _session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    scratch = tmp_path_factory.mktemp("spark")
    extra = {"spark.local.dir": str(scratch), "spark.sql.warehouse.dir": str(scratch / "warehouse")}
    spark = session.build_local("tests", extra)
    spark.sparkContext.setLogLevel("ERROR")
    spark.sparkContext.setCheckpointDir(str(scratch / "checkpoints"))
    yield spark
    spark.stop()


@pytest.fixture
def spark(_session: SparkSession) -> Iterator[SparkSession]:
    """Give the shared session, as it was at the start of the run: settings, cache and temporary views."""
    before = dict(_session.conf.getAll)
    yield _session
    _session.catalog.clearCache()
    for view in _session.catalog.listTables():
        if view.isTemporary:
            _session.catalog.dropTempView(view.name)
    after = dict(_session.conf.getAll)
    for key in after.keys() - before.keys():
        _session.conf.unset(key)
    for key, value in before.items():
        if after.get(key) != value:
            _session.conf.set(key, value)


@pytest.fixture
def lake(tmp_path: Path) -> str:
    """Give a lake that does not exist yet."""
    return str(tmp_path / "lake")


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """Make a clone with one job of its own, ``count``."""
    return make_clone(tmp_path)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Make a folder by its name, once for all workers of this run: the others wait for it."""
    worker = tmp_path_factory.getbasetemp()
    shared = worker.parent if "PYTEST_XDIST_WORKER" in os.environ else worker

    def make_once(name: str, make: Callable[[Path], None]) -> Path:
        folder, whole = shared / name, shared / f"{name}.whole"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not whole.exists():
                make(folder)
                whole.touch()
        return folder

    return make_once


@pytest.fixture(scope="session")
def country(once: Once) -> Path:
    """Make fictitious deliveries with their truth."""
    options = ("--procedures", str(PROCEDURES), "--seed", "7")
    return once("deliveries", lambda out: done("synthetic", "--out", str(out), *options))


@pytest.fixture(scope="session")
def finished_lake(once: Once, country: Path) -> Path:
    """Make the lake that ``all`` makes of them, version v1: to be read, never written."""
    options = ("--deliveries", str(country), "--version", "v1", "--truth", str(country / "truth"))

    def make(lake: Path) -> None:
        spilled = lake.with_suffix(".spill")
        spilled.mkdir()
        with pytest.MonkeyPatch.context() as patch, watched(lake / "_scratch", spilled) as found:
            patch.setenv("SPARK_LOCAL_DIRS", str(spilled))
            done("all", "--lake", str(lake), *options)
        lake.with_suffix(".clear").write_text("\n".join(found), encoding="utf-8")

    return once("lake", make)


@pytest.fixture(scope="session")
def linked_lake(once: Once, finished_lake: Path) -> Path:
    """Make a copy of it with the analysts' base."""

    def make(lake: Path) -> None:
        shutil.copytree(finished_lake, lake, ignore=shutil.ignore_patterns("_scratch"))
        key = lake.with_suffix(".key")
        key.write_text("9f2c44d1a7e35b80c6f1d2e3940a5b6c\n", encoding="ascii")
        key.chmod(0o600)
        done("linked_base", "--lake", str(lake), "--version", "v1", "--key", str(key))

    return once("linked", make)


@pytest.fixture(scope="session")
def studied_lake(once: Once, linked_lake: Path) -> Path:
    """A copy of that one with what the study publishes."""

    def make(lake: Path) -> None:
        shutil.copytree(linked_lake, lake)
        asked = ("--version", "v1", "--study", STUDY, "--key", str(linked_lake.with_suffix(".key")))
        done("study_extracts", "--lake", str(lake), *asked, "--out", str(lake.with_suffix(".out")))

    return once("studied", make)
