"""What a folder of deliveries holds: which deliveries, and the files and parts of each."""

from __future__ import annotations

import datetime
import fnmatch
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from linkage.concepts.blanks import plain_name
from linkage.platform.errors import InputError
from linkage.sources.declaration import Declaration, Layout
from linkage.sources.manifest import Manifest, parse
from linkage.sources.parts import (
    Part,
    find_unnameable,
    has_rows,
    is_declared_unread,
    list_parts,
    list_visible,
    logical_name,
    stem,
)

if TYPE_CHECKING:
    from linkage.platform.lake.files import Files

MANIFEST = "manifest.json"
_FOLDER = re.compile(r"([A-Za-z]+)_(\d{4})(?!\d)")


@dataclass(frozen=True)
class Delivery:
    """One source, one vintage, one extraction date: a folder."""

    folder: str
    source: str
    millesime: int
    date_extraction: datetime.date | None
    manifest: Manifest | None
    files: Mapping[str, tuple[Part, ...]]
    notes: tuple[str, ...] = ()
    """What lies beside the data and is not read: texts without rows, a manual."""

    @property
    def name(self) -> str:
        """Return how the tables name it."""
        return f"{self.source}_{self.millesime}_{self.date_extraction or 'sans_date'}"

    @property
    def slot(self) -> tuple[str, int, datetime.date | None]:
        """Return what makes two deliveries the same one."""
        return self.source, self.millesime, self.date_extraction


def find_deliveries(
    files: Files, folder: str, declarations: Mapping[str, Declaration]
) -> tuple[list[Delivery], list[str]]:
    """Return the deliveries of a folder, which may itself be one, and the names of what is ignored there.

    Raises
    ------
    InputError
        No such folder, no delivery in it, or a delivery that is incomplete or contradicts its manifest: all at once.
    """
    folder = folder.rstrip("/")
    if not files.is_folder(folder):
        raise InputError(f"--deliveries {folder}: no such folder.")
    if _is_delivery(files, folder, declarations):
        candidates, ignored = [folder], []
    else:
        names = [name for name in files.children(folder) if not name.startswith((".", "_"))]
        candidates = [f"{folder}/{name}" for name in names if _is_delivery(files, f"{folder}/{name}", declarations)]
        ignored = [name for name in names if f"{folder}/{name}" not in candidates]
    if not candidates:
        raise InputError(
            f"--deliveries {folder}: no delivery in it; folders such as {next(iter(declarations))}_2021 expected, "
            f"found {', '.join(ignored[:10]) or 'nothing'}."
        )
    deliveries, problems = [], []
    for candidate in candidates:
        opened = _open(files, candidate, declarations)
        if isinstance(opened, Delivery):
            deliveries.append(opened)
        else:
            problems += opened
    if problems:
        raise InputError(problems)
    return deliveries, ignored


def _is_delivery(files: Files, folder: str, declarations: Mapping[str, Declaration]) -> bool:
    name_match = _FOLDER.match(folder.rsplit("/", 1)[-1])
    return files.is_folder(folder) and (
        files.exists(f"{folder}/{MANIFEST}") or (name_match is not None and name_match[1].lower() in declarations)
    )


def _open(files: Files, folder: str, declarations: Mapping[str, Declaration]) -> Delivery | list[str]:
    manifest: Manifest | None = None
    if files.exists(f"{folder}/{MANIFEST}"):
        where = f"{folder}/{MANIFEST}"
        try:
            parsed = parse(files.read_bytes(where).decode("utf-8-sig"), where=where)
        except UnicodeDecodeError:
            return [f"{where}: not UTF-8 text."]
        if not isinstance(parsed, Manifest):
            return parsed
        manifest = parsed
    name_match = _FOLDER.match(folder.rsplit("/", 1)[-1])
    of_name: tuple[str, int] | None = None
    if name_match and name_match[1].lower() in declarations:
        of_name = name_match[1].lower(), int(name_match[2])
    of_manifest = (manifest.source, manifest.millesime) if manifest else None
    if of_manifest and of_name and of_manifest != of_name:
        (source, millesime), (source_named, millesime_named) = of_manifest, of_name
        return [
            f"{folder}/{MANIFEST}: {source} {millesime} found, the folder's name says {source_named} {millesime_named}."
        ]
    source, millesime = of_manifest or of_name or ("", 0)
    if source not in declarations:
        return [f"{folder}/{MANIFEST}: source {source!r} found, {', '.join(declarations)} expected."]
    date_extraction = manifest.date_extraction if manifest else None
    layouts = declarations[source].layouts()
    entries = {name: tuple(list_parts(files, folder, name)) for name in list_visible(files, folder) if name != MANIFEST}
    parts_of = {file: _matching(entries, layout) for file, layout in layouts.items()}
    read = {part for parts in parts_of.values() for part in parts}
    beside = [part for parts in entries.values() for part in parts if part not in read]
    unread = [part for part in beside if not is_declared_unread(part, declarations[source])]
    with_rows = [part for part in unread if has_rows(files, part, declarations[source])]
    problems = [
        *find_unnameable(folder, read),
        *_incomplete(folder, layouts, parts_of),
        *_unlike_manifest(folder, manifest, entries, parts_of),
        *_left_unread(folder, manifest, unread, with_rows, layouts),
    ]
    notes = tuple(part.name for part in beside if part not in with_rows)
    return problems or Delivery(folder, source, millesime, date_extraction, manifest, parts_of, notes)


def _left_unread(
    folder: str, manifest: Manifest | None, unread: list[Part], with_rows: list[Part], layouts: Mapping[str, Layout]
) -> list[str]:
    """Return what was delivered and no name is declared for: nothing with rows is passed over."""
    listed = set(map(plain_name, manifest.fichiers)) if manifest else set()
    expected = ", ".join(name for layout in layouts.values() for name in layout.names)
    problems = []
    for part in unread:
        is_listed = bool({plain_name(part.name), logical_name(plain_name(part.name))} & listed)
        if is_listed or part in with_rows:
            found = f"listed in {MANIFEST} and not read" if is_listed else "not read, and rows in it"
            problems.append(
                f"{folder}/{part.name}: {found}: no declared name is its own ({expected}). Rename it, declare it in "
                "names of its file, or in unread."
            )
    return problems


def _matching(entries: Mapping[str, tuple[Part, ...]], layout: Layout) -> tuple[Part, ...]:
    return tuple(
        part
        for name, parts in entries.items()
        if any(fnmatch.fnmatchcase(stem(name), pattern) for pattern in layout.names)
        for part in parts
    )


def _incomplete(folder: str, layouts: Mapping[str, Layout], parts_of: Mapping[str, tuple[Part, ...]]) -> list[str]:
    problems = []
    for file, parts in parts_of.items():
        if not parts:
            problems.append(
                f"{folder}: no file {' or '.join(layouts[file].names)} (.csv, .csv.gz, .parquet or a folder of parts)."
            )
        tops: dict[str, set[str]] = {}
        for top in (part.name.split("/")[0] for part in parts):
            tops.setdefault(stem(top), set()).add(top)
        problems += [
            f"{folder}: {file} is there twice: {', '.join(sorted(names))}." for names in tops.values() if len(names) > 1
        ]
    return problems


def _unlike_manifest(
    folder: str,
    manifest: Manifest | None,
    entries: Mapping[str, tuple[Part, ...]],
    parts_of: Mapping[str, tuple[Part, ...]],
) -> list[str]:
    if manifest is None:
        return []
    there = {plain_name(part.name) for parts in entries.values() for part in parts}
    logical = {*map(plain_name, entries), *parts_of, *map(logical_name, there), *(f"{file}.csv" for file in parts_of)}
    listed = {plain_name(name): name for name in manifest.fichiers}
    problems = [
        f"{folder}/{MANIFEST}: {name} is listed and not there."
        for plain, name in listed.items()
        if plain not in there | logical
    ]
    for file, parts in parts_of.items():
        whole = {file, f"{file}.csv", *(logical_name(plain_name(part.name)) for part in parts)} & set(listed)
        missing = [part.name for part in parts if plain_name(part.name) not in listed]
        if missing and not whole:
            problems.append(f"{folder}/{MANIFEST}: {', '.join(missing[:5])} not listed in fichiers.")
    return problems
