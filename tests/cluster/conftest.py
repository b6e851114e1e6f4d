"""A standalone cluster of two workers, a country and its lake of local mode, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.commands import PROCEDURES, command, links, submit
from tests.cluster.daemons import Standalone, standalone


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standalone]:
    """A master and two workers of one core each."""
    with standalone(tmp_path_factory.mktemp("cluster"), workers=2, memory="1536m") as started:
        yield started


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fictitious deliveries."""
    out = tmp_path_factory.mktemp("country") / "deliveries"
    submit(command("synthetic", "--out", str(out), "--procedures", str(PROCEDURES), "--seed", "7"))
    return out


@pytest.fixture(scope="session")
def local_lake(country: Path) -> Path:
    """The lake of local mode."""
    lake = country.parent / "lake"
    submit(command("all", "--lake", str(lake), "--deliveries", str(country), "--version", "v1"))
    assert links(lake).height > PROCEDURES / 2
    return lake
