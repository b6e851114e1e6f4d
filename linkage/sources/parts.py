"""The physical files of a delivery: what lies in its folder, under which names, and whether there may be rows in it."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from linkage.concepts.blanks import plain_name
from linkage.sources.declaration import Declaration

if TYPE_CHECKING:
    from linkage.platform.lake.files import Files

_SUFFIX = re.compile(r"(\.snappy|\.zstd)?(\.(csv|txt|tsv|dat|parquet))?(\.gz)?$", re.IGNORECASE)
_UNNAMEABLE = re.compile(r"[:\\\x00-\x1f]")  # Hadoop reads no such file
_OUR_FORMS = (".csv", ".tsv", ".dat", ".parquet", ".gz")
_OTHER_FORMS = (
    *(".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".json", ".jsonl", ".xml", ".zip", ".7z", ".tar", ".tgz", ".rar"),
    *(".bz2", ".xz", ".zst", ".avro", ".orc", ".feather", ".arrow", ".sas7bdat", ".dta", ".sav", ".rds", ".rdata"),
    *(".mdb", ".accdb", ".db", ".sqlite", ".sql"),
)  # fmt: skip
_FIRST_BYTES = 1 << 16


@dataclass(frozen=True)
class Part:
    """One physical file."""

    path: str
    name: str
    """Its path inside the delivery's folder."""

    @property
    def is_parquet(self) -> bool:
        """Return whether it is Parquet, by its name or that of the folder it lies in."""
        return ".parquet" in self.name.lower()

    @property
    def is_gzip(self) -> bool:
        """Return whether it is gzipped text, by its name."""
        return self.name.lower().endswith(".gz")


def list_visible(files: Files, folder: str) -> list[str]:
    """Return the names in a folder but those that every reader passes over."""
    # "_SUCCESS" and the like have no suffix of data; a file of data that begins with "_" is not passed over.
    return [
        name
        for name in files.children(folder)
        if not name.startswith(".")
        and not (name.startswith("_") and not name.lower().endswith((*_OUR_FORMS, *_OTHER_FORMS)))
    ]


def list_parts(files: Files, folder: str, name: str) -> Iterator[Part]:
    """Yield the files of an entry: itself, or those of the folder, of the folders in it and so on."""
    path = f"{folder}/{name}"
    if not files.is_folder(path):
        yield Part(path, name)
        return
    for inner in list_visible(files, path):
        yield from list_parts(files, folder, f"{name}/{inner}")


def stem(name: str) -> str:
    """Return a file's name without what tells its form, as declared names are compared with it."""
    return _SUFFIX.sub("", plain_name(name)).strip()


def is_declared_unread(part: Part, declaration: Declaration) -> bool:
    """Return whether the declaration says that the file is delivered and not read."""
    top = plain_name(part.name.split("/")[0])
    names = {top, stem(top), top.split(".")[0]}
    return any(fnmatch.fnmatchcase(name, plain_name(pattern)) for name in names for pattern in declaration.unread)


def has_rows(files: Files, part: Part, declaration: Declaration) -> bool:
    """Return whether a file that no name is declared for may hold rows: two lines of data, or a form of data."""
    name = part.name.lower()
    if _UNNAMEABLE.search(part.name):
        return True
    if files.size(part.path) == 0:
        return False
    if name.endswith(_OTHER_FORMS) or part.is_parquet or part.is_gzip:
        return True
    delimiter = declaration.dialect.delimiter
    lines = [line for line in files.read_bytes(part.path, at_most=_FIRST_BYTES).splitlines() if line.strip()]
    if name.endswith(_OUR_FORMS):
        return len(lines) > declaration.dialect.header
    return len(lines) > 1 and all(line.count(delimiter.encode()) > 1 for line in lines[:2])


def find_unnameable(folder: str, read: Iterable[Part]) -> list[str]:
    """Return a sentence for each file that Spark cannot read, or would pass over, by its name."""
    return [
        f"{folder}/{part.name!r}: a file with a colon, a backslash or a control in its name cannot be read; rename it."
        for part in sorted(read, key=lambda part: part.name)
        if _UNNAMEABLE.search(part.name)
    ] + [
        f"{folder}/{part.name}: a file whose name begins with _ is passed over by Spark; rename it."
        for part in sorted(read, key=lambda part: part.name)
        if any(step.startswith("_") for step in part.name.split("/"))
    ]


def logical_name(name: str) -> str:
    """Return the name under which a manifest may list a file: a part's folder, a gzipped one without ``.gz``."""
    return name.split("/", maxsplit=1)[0].removesuffix(".gz")
