"""What every arm starts from: standardised tables, and for each arm of each round a lake of its own made of links."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from linkage.platform.lake import record
from linkage.tables.sources import Delivery, Reject
from linkage.tables.standardised import Record

PREPARED = tuple(table.path.partition("/")[0] for table in (Delivery, Record, Reject))
"""Folders of a lake that are made before the linkage; the rest is the linkage's own."""


def linked_copy(lake: Path, to: Path) -> None:
    """Make a lake with the files of another, hard-linked: Delta never changes a file, nothing is read twice.

    Where the file system has no hard links between the two places, the files are copied.
    """
    to.mkdir(parents=True)
    content = json.loads((lake / record.FILE).read_text(encoding="utf-8"))
    content["tables"] = {path: at for path, at in content["tables"].items() if path.split("/")[0] in PREPARED}
    (to / record.FILE).write_text(json.dumps(content), encoding="utf-8")
    for name in PREPARED:
        if (lake / name).is_dir():
            shutil.copytree(lake / name, to / name, copy_function=_link)


def problems(lake: str | None, truth: str | None) -> list[str]:
    """Return why these two options cannot be used; nothing when neither is given."""
    if lake is None and truth is None:
        return []
    if lake is None or truth is None:
        return ["--lake and --truth: one found without the other, both or none expected."]
    refused = []
    there = all((Path(lake) / table.path / "_delta_log").is_dir() for table in (Delivery, Record))
    if not there or not (Path(lake) / record.FILE).is_file():
        refused.append(
            f"--lake {lake}: no sources and standardised tables there, on this machine; these jobs make them."
        )
    if not any((Path(truth) / name).exists() for name in ("links.csv", "truth/links.csv")):
        refused.append(f"--truth {truth}: no links.csv there; expected the folder truth/ of fictitious deliveries.")
    return refused


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
