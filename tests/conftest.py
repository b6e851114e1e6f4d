"""One SparkSession for the whole run, started by the first test that asks for it; an empty lake for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from linkage import session
from tests.clone import Clone, make_clone
from tests.whole import done

PROCEDURES = 1500


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a module go to one worker, and so do all that read the finished lake, and all that start a cluster."""
    for item in items:
        lake = "finished_lake" in getattr(item, "fixturenames", ())
        together = "lake" if lake else "cluster" if item.get_closest_marker("cluster") else str(item.path)
        item.add_marker(pytest.mark.xdist_group(together))


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
    """The shared session, as it was at the start of the run: settings, cache and temporary views."""
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
    """A lake that does not exist yet."""
    return str(tmp_path / "lake")


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A clone with one job of its own, ``count``."""
    return make_clone(tmp_path)


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fictitious deliveries with their truth."""
    out = tmp_path_factory.mktemp("country") / "deliveries"
    done("synthetic", "--out", str(out), "--procedures", str(PROCEDURES), "--seed", "7")
    return out


@pytest.fixture(scope="session")
def finished_lake(country: Path) -> Path:
    """The lake that ``all`` makes of them, version v1: to be read, never written."""
    lake = country.parent / "lake"
    truth = str(country / "truth")
    done("all", "--lake", str(lake), "--deliveries", str(country), "--version", "v1", "--truth", truth)
    return lake


@pytest.fixture(scope="session")
def linked_lake(finished_lake: Path) -> Path:
    """The same with the analysts' base."""
    key = finished_lake.parent / "base.key"
    key.write_text("9f2c44d1a7e35b80c6f1d2e3940a5b6c\n", encoding="ascii")
    key.chmod(0o600)
    done("linked_base", "--lake", str(finished_lake), "--version", "v1", "--key", str(key))
    return finished_lake
