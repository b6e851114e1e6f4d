"""One standalone cluster of two workers for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.daemons import Standalone, standalone


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standalone]:
    """A master and two workers of one core each."""
    with standalone(tmp_path_factory.mktemp("cluster"), workers=2, memory="1536m") as started:
        yield started
