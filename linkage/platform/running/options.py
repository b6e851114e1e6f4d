"""The command-line options that several jobs share: one wording, one check each."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

_VERSION = re.compile(r"[A-Za-z0-9._-]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class Location(str):
    """A path or URI that Hadoop reads; in local mode the launcher makes a relative one absolute."""

    __slots__ = ()

    @property
    def has_scheme(self) -> bool:
        """Return whether it names its file system, as in ``hdfs:///lake``."""
        return _SCHEME.match(self) is not None

    @property
    def here(self) -> Path | None:
        """Return the path on this machine; None when it lies on another file system."""
        if self.startswith("file:"):
            return Path("/" + self.removeprefix("file:").lstrip("/"))
        return None if self.has_scheme else Path(self)


def location(text: str) -> Location:
    """Return the text as a Hadoop path or URI: the ``type=`` of an option that takes one."""
    if not text.strip():
        raise argparse.ArgumentTypeError("an empty path found, a path or URI expected")
    if text.startswith("~"):
        raise argparse.ArgumentTypeError(
            f"{text!r} found, which no shell replaced by a home folder; a whole path expected"
        )
    return Location(text)


def version_name(text: str) -> str:
    """Return the text where it is safe in a path and in a condition: the ``type=`` of ``--version``."""
    if not _VERSION.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} found; letters, digits, '.', '-' and '_' expected")
    return text


def positive(text: str) -> int:
    """Return the text as a number above zero: the ``type=`` of an option that counts something."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} found; a whole number above zero expected")
    return int(text)


def years(text: str) -> tuple[int, int]:
    """Return the text as two years: the ``type=`` of an option that takes a first and a last one."""
    first, _, last = text.partition("-")
    if not (re.fullmatch(r"\d{4}", first) and re.fullmatch(r"\d{4}", last) and first <= last):
        raise argparse.ArgumentTypeError(f"{text!r} found; two years such as 2018-2023 expected")
    return int(first), int(last)


def lake(parser: argparse.ArgumentParser) -> None:
    """Add ``--lake``: where the Delta tables lie."""
    parser.add_argument(
        "--lake", metavar="DIR", type=location, required=True, help="folder of the Delta tables (path or URI)"
    )


def deliveries(parser: argparse.ArgumentParser) -> None:
    """Add ``--deliveries``: what the two administrations sent."""
    parser.add_argument(
        "--deliveries", metavar="DIR", type=location, required=True, help="folder of the files delivered"
    )


def dry_run(parser: argparse.ArgumentParser) -> None:
    """Add ``--dry-run``: everything is checked and nothing written."""
    parser.add_argument(
        "--dry-run", action="store_true", help="check everything and say what would be done; nothing is written"
    )


def version(parser: argparse.ArgumentParser) -> None:
    """Add ``--version``: which linkage version is written or read."""
    parser.add_argument("--version", metavar="V", type=version_name, required=True, help="name of the linkage version")


def model(parser: argparse.ArgumentParser) -> None:
    """Add ``--model``: a reviewed file of model parameters."""
    parser.add_argument(
        "--model", metavar="FILE", type=location, help="reviewed model file, as written by estimate_model"
    )


def truth(parser: argparse.ArgumentParser) -> None:
    """Add ``--truth``: the known links of fictitious deliveries."""
    parser.add_argument("--truth", metavar="DIR", type=location, help="folder of the known links, where there is one")


def key(parser: argparse.ArgumentParser) -> None:
    """Add ``--key``: the file of the pseudonymisation key."""
    parser.add_argument(
        "--key",
        metavar="FILE",
        type=location,
        help="file of the pseudonymisation key, on this machine, outside the lake",
    )


def out(parser: argparse.ArgumentParser, *, metavar: str, help: str) -> None:
    """Add ``--out``: what leaves the lake."""
    parser.add_argument("--out", metavar=metavar, type=location, required=True, help=help)
