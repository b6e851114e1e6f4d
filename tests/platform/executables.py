"""Executables on a path of their own, in place of those of this machine."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path


def script(folder: Path, name: str, content: str) -> Path:
    """Write an executable shell script; return its file."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{content}\n", encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def path_without_java(folder: Path) -> str:
    """Return a PATH with what a shell script needs and no Java."""
    folder.mkdir(exist_ok=True)
    for tool in ("bash", "dirname", "cat", "grep", "cmp", "env", "git"):
        found = shutil.which(tool)
        assert found is not None, tool
        (folder / tool).symlink_to(found)
    return str(folder)
