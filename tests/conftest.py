"""One SparkSession for the whole run, started by the first test that asks for it; an empty lake for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from linkage import session
from tests.clone import Clone, make_clone


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
