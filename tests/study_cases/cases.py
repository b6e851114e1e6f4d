"""Persons drawn by hand for a study, read from its file in this folder; docs/etude.md says what is written there."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from linkage.platform import config
from linkage.platform.settings import Settings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parent


class Event(Settings):
    """What happens in the affair, to its author."""

    type: str
    code: str
    date: date
    issue: str | None = None


class StudyCaseDrawn(Settings):
    """One victim, her procedure, the affair linked to it, and what the study must say: ``counted``, and columns."""

    why: str
    recorded: date
    natinf: tuple[str, ...] = ("10872",)
    victim: dict[str, Any] = Field(default_factory=dict)
    linked: bool = True
    events: tuple[Event, ...] = ()
    expected: dict[str, Any]


class StudyCases(Settings):
    """One file of this folder."""

    cases: tuple[StudyCaseDrawn, ...] = Field(min_length=1)


def read(study: str) -> tuple[StudyCaseDrawn, ...]:
    """Return the cases of a study."""
    file = HERE / f"{study}.toml"
    return config.validated(tomllib.loads(file.read_text(encoding="utf-8")), StudyCases, where=file.name).cases
