"""The stage from end to end: looks, checks everything, then writes what nothing speaks against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pyspark.sql import DataFrame

from linkage.settings.sources import SourcesSettings
from linkage.sources import checks, folder, register, verdicts
from linkage.sources.declaration import Declaration, Layout
from linkage.sources.folder import Delivery
from linkage.sources.frames import Batch, DeliveredPart
from linkage.sources.verdicts import DELIVERY, FILE, FileCounts
from linkage.sources.writing import Writing
from linkage.tables import sources as tables

if TYPE_CHECKING:
    from linkage.platform.lake.store import Store


class Progress(Protocol):
    """What is said while it works."""

    def step(self, text: str) -> AbstractContextManager[None]:
        """A step, in a few words."""

    def say(self, text: str) -> None:
        """A result, in a sentence."""


@dataclass(frozen=True)
class FileReport:
    """What became of one file of a new delivery."""

    delivery: str
    source: str
    file: str
    counts: FileCounts

    def row(self) -> tuple[str | int, ...]:
        """Delivery, file, rows read, kept, set aside, rules broken, dates blanked."""
        found = self.counts
        rules = ", ".join(f"{rule} {count}" for rule, count in sorted(found.rejected.items()))
        return self.delivery, self.file, found.read, found.kept, found.nb_rejected, rules, found.effacees


def receive(
    store: Store,
    deliveries_folder: str,
    declarations: Mapping[str, Declaration],
    settings: SourcesSettings,
    progress: Progress,
) -> list[FileReport]:
    """Brings the deliveries of a folder into the lake; what became of each file of the new ones.

    Writes
    ------
    ``sources/<source>_<file>``, ``rejects`` and ``sources/deliveries``, seen together or not at all.

    Raises
    ------
    InputError, ContractError
        Something was refused; the lake is as it was.
    """
    store.undo()
    with progress.step("looking at what was delivered"):
        found, ignored = folder.find(store.files, deliveries_folder, declarations)
        opened = checks.open_parts(store.files, found, declarations)
    for name in ignored:
        progress.say(f"{name}: not a delivery, ignored.")
    for delivery in found:
        if delivery.manifest is None:
            progress.say(
                f"{delivery.folder}: no manifest.json; extraction date unknown, nothing to check the files against."
            )
    bytes_of = {
        place: register.files_fingerprint(
            {name: part.sha256 for (owner, name), part in opened.items() if owner == place},
            declarations[delivery.source],
            settings,
        )
        for place, delivery in enumerate(found)
    }
    registered = store.read_or_empty(tables.Delivery).collect()  # one row per delivery
    slots = {(row["source"], row["millesime"], row["date_extraction"]): row for row in registered}
    unread = [
        place
        for place, delivery in enumerate(found)
        if delivery.slot not in slots or slots[delivery.slot]["fingerprint_fichiers"] != bytes_of[place]
    ]
    _say_known(progress, found, [place for place in range(len(found)) if place not in unread])
    if not unread:
        return []

    deliveries = [found[place] for place in unread]
    header_lines = {
        (unread.index(old), name): part.header_line for (old, name), part in opened.items() if old in unread
    }
    parts = _numbered_parts(store, deliveries, header_lines)
    batch = Batch(store.spark, deliveries, parts, declarations, settings)
    with progress.step("reading every line"):
        checks.parquet_columns(batch)
        read = checks.lines(batch)
    verdicts_of: dict[str, DataFrame] = {}
    counted = {place_file: FileCounts() for place_file in read}
    for source in batch.sources:
        with progress.step(f"checking the rows of {source}"):
            verdicts_of[source] = verdicts.verdicts(_frames(batch, source, range(len(deliveries))))
            for row in verdicts.tally(verdicts_of[source]).collect():
                counted[row[DELIVERY], row[FILE]].add(row)
    checks.counts(batch, counted, read, settings)
    fingerprints = {
        place: register.content_fingerprint({file: counted[place, file] for file in delivery.files})
        for place, delivery in enumerate(deliveries)
    }
    told = register.tell_apart(deliveries, fingerprints, {slot: row["fingerprint"] for slot, row in slots.items()})
    _say_known(progress, deliveries, told.known)
    if not told.fresh:
        return []

    rows = [tuple(row[column] for column in tables.Delivery.columns) for row in registered]
    rows += [
        _register_row(deliveries[place], fingerprints[place], bytes_of[unread[place]], counted, place)
        for place in told.fresh
    ]
    writing = Writing(store, batch, told.fresh, counted, verdicts_of, [(row[0], row[1]) for row in registered])
    with store.together(writing.tables()):
        for source in writing.sources:
            with progress.step(f"writing {source}"):
                writing.source(source)
        with progress.step("writing the rejects"):
            writing.rejects()
        store.write(store.spark.createDataFrame(rows, tables.Delivery.struct()).coalesce(1), tables.Delivery)
    return [
        FileReport(deliveries[place].name, deliveries[place].source, file, counted[place, file])
        for place in told.fresh
        for file in deliveries[place].files
    ]


def _say_known(progress: Progress, deliveries: list[Delivery], places: Iterable[int]) -> None:
    for place in places:
        progress.say(f"{deliveries[place].folder}: already received, nothing changes.")


def _numbered_parts(
    store: Store, deliveries: list[Delivery], header_lines: Mapping[tuple[int, str], str]
) -> list[DeliveredPart]:
    every = [
        (place, delivery.source, file, part)
        for place, delivery in enumerate(deliveries)
        for file, parts in delivery.files.items()
        for part in parts
    ]
    return [
        DeliveredPart(
            number, place, source, file, part, store.files.qualified(part.path), header_lines[place, part.name]
        )
        for number, (place, source, file, part) in enumerate(every)
    ]


def _frames(batch: Batch, source: str, places: Iterable[int]) -> dict[str, tuple[Layout, DataFrame]]:
    wanted = [place for place in places if batch.deliveries[place].source == source]
    return {file: (layout, batch.rows(layout, wanted)) for file, layout in batch.layouts(source).items()}


def _register_row(
    delivery: Delivery, fingerprint: str, bytes_of: str, counted: Mapping[tuple[int, str], FileCounts], place: int
) -> tuple[object, ...]:
    files = [counted[place, file] for file in delivery.files]
    return (
        *delivery.slot,
        fingerprint,
        bytes_of,
        sum(found.read for found in files),
        sum(found.kept for found in files),
        sum(found.nb_rejected for found in files),
        sum(found.effacees for found in files),
    )
