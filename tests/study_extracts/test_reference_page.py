"""The reference page of a study's file names every key and every word that the settings take, and no other key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from linkage.settings.study_extracts import StudySettings
from tests.clone import ROOT
from tests.study_cases.cases import StudyCases

PAGE = (ROOT / "docs" / "etude.md").read_text(encoding="utf-8")
FIRST_CELL = re.compile(r"^\| (`[^|]*`) \|", re.MULTILINE)


def models(kind: Any) -> Iterator[type[BaseModel]]:
    """Yield the groups of settings that a type holds, and theirs."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from models(field.annotation)
    else:
        for inner in get_args(kind):
            yield from models(inner)


def words(kind: Any) -> Iterator[str]:
    """Yield the words of the closed lists in a type."""
    if get_origin(kind) is Literal:
        yield from (str(word) for word in get_args(kind))
    else:
        for inner in get_args(kind):
            yield from words(inner)


GROUPS = [*dict.fromkeys([*models(StudySettings), *models(StudyCases)])]
KEYS = {name for group in GROUPS for name in group.model_fields}


def test_every_key_and_every_word_is_there() -> None:
    closed = {word for group in GROUPS for field in group.model_fields.values() for word in words(field.annotation)}
    quoted = set(re.findall(r"`\[*([\w]+)\]*`", PAGE))
    assert KEYS - quoted == set()
    assert {word for word in closed if not word.isdigit()} - quoted == set()


def test_no_key_is_there_that_the_settings_do_not_take() -> None:
    listed = {key for cell in FIRST_CELL.findall(PAGE) for key in re.findall(r"`(\w+)`", cell)}
    assert len(listed) > 30
    assert listed - KEYS == set()
