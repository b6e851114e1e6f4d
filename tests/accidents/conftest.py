"""What the tests of this folder share: a lake with one version, and the job that makes the next."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.accidents.lakes import LinksOf, Stop
from tests.conftest import Once


@pytest.fixture(scope="session")
def links_of_v2(_session: SparkSession, once: Once, finished_lake: Path) -> Stop:
    """The job ``links`` for a second version of a lake: the first must stay as it is."""
    folder = once("links_of_v2", lambda folder: LinksOf.make(_session, finished_lake, folder, version="v2"))
    return LinksOf.undisturbed(folder, version="v2")
