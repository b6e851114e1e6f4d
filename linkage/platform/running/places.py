"""The paths of this machine that a job was given, looked at before Spark starts."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from linkage.platform.errors import InputError
from linkage.platform.lake.reading import Here
from linkage.platform.lake.record import Recorded
from linkage.platform.running.options import Location

READ_FOLDERS, READ_FILES = ("deliveries", "truth"), ("model", "decisions")
WRITTEN_FOLDERS, WRITTEN = ("lake",), ("lake", "out")
YARN_FILES = "HADOOP_CONF_DIR"
"""The variable by which Spark knows where YARN's settings are (yarn-site.xml, core-site.xml)."""
MOST_NAMED = 5
"""Files that one message names."""


def check(args: argparse.Namespace) -> None:
    """Refuse what cannot be read or written where it lies; a path that only Hadoop reaches is its own to refuse.

    Raises
    ------
    InputError
        Something is missing, of another kind, closed to this account, or on a disk that takes nothing; all at once.
    """
    problems = [
        *(problem for name in READ_FOLDERS for place in _given(args, name) for problem in _unreadable_in(name, place)),
        *(problem for name in READ_FILES for place in _given(args, name) for problem in _unreadable(name, place)),
        *(problem for name in WRITTEN for place in _given(args, name) for problem in _unwritable(name, place)),
    ]
    if problems:
        raise InputError(problems)
    for place in _given(args, "lake"):
        Recorded(Here(), str(place)).tables()


def check_files_of_yarn(master: str) -> None:
    """Refuse a run on YARN that does not say where the cluster's files are.

    Raises
    ------
    InputError
        The variable is not set, or names no folder.
    """
    folder = os.environ.get(YARN_FILES) or os.environ.get("YARN_CONF_DIR")
    if master == "yarn" and not (folder and Path(folder).is_dir()):
        missing = f"{folder} is no folder" if folder else "it is not set"
        raise InputError(f"{YARN_FILES}: {missing}; with --master yarn it names the folder of the cluster's files.")


def _given(args: argparse.Namespace, name: str) -> Iterator[Path]:
    """Yield the path that an option was given, where it is one of this machine."""
    given = getattr(args, name, None)
    if given and (args.master.startswith("local") or given.startswith("file:")):
        here = Location(given).here
        if here is not None:
            yield here


def _unreadable_in(name: str, folder: Path) -> Iterator[str]:
    if not folder.is_dir():
        yield f"--{name} {folder}: {'a file found, a folder expected' if folder.exists() else 'no such folder'}."
    elif not os.access(folder, os.R_OK | os.X_OK):
        yield f"--{name} {folder}: this account may not read it."
    else:
        closed = (place for place in folder.rglob("*") if not os.access(place, os.R_OK))
        for place in islice(closed, MOST_NAMED):
            yield f"--{name} {folder}: {place.relative_to(folder)}: this account may not read it."


def _unreadable(name: str, file: Path) -> Iterator[str]:
    if not file.is_file():
        yield f"--{name} {file}: {'a folder found, a file expected' if file.exists() else 'no such file'}."
    elif not os.access(file, os.R_OK):
        yield f"--{name} {file}: this account may not read it."


def _unwritable(name: str, place: Path) -> Iterator[str]:
    """Yield why a folder cannot be written in, or made where there is none; a file's folder is what counts."""
    if name in WRITTEN_FOLDERS and place.exists() and not place.is_dir():
        yield f"--{name} {place}: a file found, a folder expected."
        return
    there = next(parent for parent in (place, *place.absolute().parents) if parent.exists())
    if there != place and not there.is_dir():
        yield f"--{name} {place}: it cannot be made: {there} is a file."
    elif not os.access(there, os.R_OK | os.W_OK | (os.X_OK if there.is_dir() else 0)):
        read_only = os.statvfs(there).f_flag & os.ST_RDONLY
        why = "its file system is read-only" if read_only else "this account may not read and write there"
        yield f"--{name} {place}: {'' if there == place else f'{there}: '}{why}."
