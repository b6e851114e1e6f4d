"""The code and its settings as one zip that travels with the job; the same code gives the same bytes."""

from __future__ import annotations

import hashlib
import subprocess
import zipfile
from importlib import resources
from pathlib import Path

from linkage import ROOT

FOLDERS = ("linkage", "jobs", "conf")
VERSION_FILE = "code_version.txt"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write(root: Path, folder: Path) -> Path:
    """Pack ``linkage/``, ``jobs/`` and ``conf/`` into ``folder``; return the zip."""
    packed = folder / "appariement.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in files(root):
            archive.writestr(
                zipfile.ZipInfo(str(file.relative_to(root)), _EPOCH), file.read_bytes(), zipfile.ZIP_DEFLATED
            )
        archive.writestr(zipfile.ZipInfo(f"linkage/{VERSION_FILE}", _EPOCH), of_checkout(root))
    return packed


def files(root: Path) -> list[Path]:
    """Return the files that travel, sorted."""
    every = [file for name in FOLDERS for file in (root / name).rglob("*") if file.is_file()]
    return sorted(file for file in every if "__pycache__" not in file.parts and not file.name.startswith("."))


def of_checkout(root: Path) -> str:
    """Return which code this is: git's commit, ``-dirty`` when changed since; without git, a hash of the files."""
    git = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        described = subprocess.run(git, capture_output=True, text=True, timeout=30, check=False)
    except OSError:
        described = None
    if described is not None and described.returncode == 0:
        return described.stdout.strip()
    digest = hashlib.sha256()
    for file in files(root):
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def code_version() -> str:
    """Return which code is running, from the zip or from a checkout."""
    packed = resources.files("linkage") / VERSION_FILE
    return packed.read_text(encoding="utf-8") if packed.is_file() else of_checkout(ROOT)
