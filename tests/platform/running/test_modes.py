"""A lake that others may read is closed at the next start."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from linkage.platform.errors import InputError
from linkage.platform.running import modes


def mode(place: Path) -> int:
    return stat.S_IMODE(place.stat().st_mode)


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    """A lake as jobs made it before: for everybody to read."""
    lake = tmp_path / "lake"
    for name in ("links", "linked_base"):
        (lake / name).mkdir(parents=True)
    (lake / "_lake.json").touch()
    for place, allowed in ((lake, 0o755), (lake / "links", 0o755), (lake / "linked_base", 0o2750)):
        place.chmod(allowed)
    (lake / "_lake.json").chmod(0o644)
    return lake


@pytest.mark.parametrize("written", ["{}", "file:{}", "file://{}"])
def test_what_is_open_to_others_is_closed_and_named(opened: Path, written: str) -> None:
    assert modes.close_to_others(written.format(opened)) == ["the folder itself", "links"]
    found = {name: mode(opened / name) for name in ("", "_lake.json", "links", "linked_base")}
    # The group of a folder keeps what it had, and so does its sticky group.
    assert found == {"": 0o751, "_lake.json": 0o644, "links": 0o750, "linked_base": 0o2750}
    assert modes.close_to_others(str(opened)) == []


def test_a_lake_that_another_user_left_open_is_refused(opened: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "chmod", refuse)
    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(InputError, match="links: open to all users of this machine"):
        modes.close_to_others(str(opened))


def test_a_lake_elsewhere_or_not_yet_there_is_left_alone(tmp_path: Path) -> None:
    assert modes.close_to_others("hdfs:///lake") == []
    assert modes.close_to_others(str(tmp_path / "none")) == []
    assert not (tmp_path / "none").exists()
