"""What the tests of this folder share: a lake with one version, and the job that makes the next."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.accidents.lakes import Stop, stop_of


@pytest.fixture(scope="module")
def links_of_v2(_session: SparkSession, tmp_path_factory: pytest.TempPathFactory, finished_lake: Path) -> Stop:
    """The job ``links`` for a second version of a lake: the first must stay as it is."""
    return stop_of(_session, finished_lake, tmp_path_factory.mktemp("links") / "v2", version="v2")
