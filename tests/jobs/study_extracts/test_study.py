"""What a study asks before it counts anything."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from jobs.study_extracts.study import Study
from linkage.platform.errors import InputError
from linkage.tables.linked_base import KEY_IDS


def of_base(made_with: dict[str, Any], *, key_id: str) -> Study:
    """A study of version v1, and the key that its base was made with."""
    store = SimpleNamespace(exists=lambda _: True, metadata=lambda _: made_with)
    return cast(Study, SimpleNamespace(store=store, version="v1", key_id=key_id))


@pytest.mark.parametrize(
    ("made_with", "found"), [({KEY_IDS: {"v1": "a", "v2": "b"}}, "a"), ({KEY_IDS: {"v2": "b"}}, "unknown"), ({}, "unknown")]
)  # fmt: skip
def test_another_key_than_that_of_the_base_is_refused_before_anything_has_left(
    made_with: dict[str, Any], found: str
) -> None:
    with pytest.raises(InputError, match=f"key b given; the base of version v1: key {found} found"):
        Study._require_key(of_base(made_with, key_id="b"))


def test_the_key_of_the_base_is_taken() -> None:
    Study._require_key(of_base({KEY_IDS: {"v1": "a"}}, key_id="a"))
