"""The examples in the docstrings are true."""

from __future__ import annotations

import doctest

import pytest

from linkage.quality.estimates import estimators
from linkage.quality.review import clerical


@pytest.mark.parametrize("module", [estimators, clerical])
def test_examples_give_what_they_show(module: object) -> None:
    ran = doctest.testmod(module)  # type: ignore[arg-type]
    assert ran.attempted and not ran.failed
