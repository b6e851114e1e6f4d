"""The stage from end to end: looks, checks everything, then writes what nothing speaks against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pyspark.sql import DataFrame

from linkage.settings.sources import SourcesSettings
from linkage.sources import checks, folder, register, verdicts
from linkage.sources.declaration import Declaration
from linkage.sources.frames import Batch
from linkage.sources.incoming import Incoming, number_parts, of_source
from linkage.sources.register import Register
from linkage.sources.verdicts import DELIVERY, FILE, FileCounts, Fingerprint
from linkage.sources.writing import Writing
from linkage.tables.sources import parent_file

if TYPE_CHECKING:
    from linkage.platform.lake.store import Store


class Progress(Protocol):
    """What the user reads while the stage works."""

    def step(self, text: str) -> AbstractContextManager[None]:
        """Show a step, in a few words, while it lasts."""

    def say(self, text: str) -> None:
        """Show a result, in a sentence."""


@dataclass(frozen=True)
class FileReport:
    """What became of one file of a new delivery."""

    delivery: str
    source: str
    file: str
    counts: FileCounts

    def row(self) -> tuple[str | int, ...]:
        """Return delivery, file, rows read, kept, set aside, rules broken, dates blanked."""
        counts = self.counts
        rules = ", ".join(f"{rule} {rows}" for rule, rows in sorted(counts.rejected.items()))
        return self.delivery, self.file, counts.read, counts.kept, counts.nb_rejected, rules, counts.effacees


@dataclass(frozen=True)
class Judged:
    """Deliveries that the lake does not have, and that nothing speaks against; nothing is written yet."""

    new: Sequence[Incoming]
    batch: Batch
    verdicts_of: Mapping[str, DataFrame]
    received: Register

    def writing(self, store: Store, fingerprint: Fingerprint) -> Writing:
        """Return how they are written."""
        return Writing(store, self.batch, self.new, self.verdicts_of, self.received, fingerprint=fingerprint)

    def report(self) -> list[FileReport]:
        """Return what becomes of each file."""
        return [
            FileReport(incoming.delivery.name, incoming.source, file, incoming.counts[file])
            for incoming in self.new
            for file in incoming.delivery.files
        ]


def receive(
    store: Store,
    deliveries_folder: str,
    declarations: Mapping[str, Declaration],
    settings: SourcesSettings,
    progress: Progress,
    *,
    fingerprint: Fingerprint,
) -> list[FileReport]:
    """Bring the deliveries of a folder into the lake; return what became of each file of the new ones.

    ``fingerprint`` makes of a line that is set aside what is kept of it, in place of its content.

    Writes
    ------
    ``sources/<source>_<file>``, ``rejects`` and ``sources/deliveries``, seen together or not at all.

    Raises
    ------
    InputError, ContractError
        Something was refused; the lake is as it was.
    """
    judged = _judge(store, deliveries_folder, declarations, settings, progress)
    if judged is None:
        return []
    _write(judged.writing(store, fingerprint), progress)
    _say_absent(judged.new, progress)
    return judged.report()


def forecast(
    store: Store,
    deliveries_folder: str,
    declarations: Mapping[str, Declaration],
    settings: SourcesSettings,
    progress: Progress,
    *,
    fingerprint: Fingerprint,
) -> list[FileReport]:
    """Return what ``receive`` would make of the deliveries, and write nothing.

    Raises
    ------
    InputError, ContractError
        Something would be refused.
    """
    judged = _judge(store, deliveries_folder, declarations, settings, progress)
    if judged is None:
        return []
    writing = judged.writing(store, fingerprint)
    for source in writing.sources:
        with progress.step(f"looking for {source} in the vintages received"):
            writing.require_one_vintage(source)
    return judged.report()


def _judge(
    store: Store,
    deliveries_folder: str,
    declarations: Mapping[str, Declaration],
    settings: SourcesSettings,
    progress: Progress,
) -> Judged | None:
    """Return the new deliveries of a folder, every row looked at; None where the lake has them all."""
    deliveries = _look(store, deliveries_folder, declarations, settings, progress)
    received = Register.read(store)
    unread = [incoming for incoming in deliveries if not received.has_files_of(incoming)]
    _say_known(deliveries, unread, progress)
    if not unread:
        return None
    batch = Batch(store.spark, unread, number_parts(store.files, unread), declarations, settings)
    _read_lines(batch, progress)
    verdicts_of = _judge_rows(batch, progress)
    checks.check_counts(batch, settings)
    new = register.new_deliveries(unread, received)
    _say_known(unread, new, progress)
    return Judged(new, batch, verdicts_of, received) if new else None


def _look(
    store: Store,
    deliveries_folder: str,
    declarations: Mapping[str, Declaration],
    settings: SourcesSettings,
    progress: Progress,
) -> list[Incoming]:
    """Return the deliveries of the folder, their files opened."""
    with progress.step("looking at what was delivered"):
        deliveries, ignored = folder.find_deliveries(store.files, deliveries_folder, declarations)
        opened = checks.open_parts(store.files, deliveries, declarations)
    for name in ignored:
        progress.say(f"{name}: not a delivery, ignored.")
    incoming = []
    for number, (delivery, parts) in enumerate(zip(deliveries, opened, strict=True)):
        if delivery.manifest is None:
            progress.say(
                f"{delivery.folder}: no manifest.json; extraction date unknown, nothing to check the files against."
            )
        for note in delivery.notes:
            progress.say(f"{delivery.folder}/{note}: no rows of a delivery, not read.")
        sha256 = {opened_part.part.name: opened_part.sha256 for opened_part in parts}
        fingerprint = register.files_fingerprint(sha256, declarations[delivery.source], settings)
        incoming.append(Incoming(number, delivery, parts, fingerprint))
    return incoming


def _read_lines(batch: Batch, progress: Progress) -> None:
    """Read every file to its end, before any of its rows is looked at."""
    with progress.step("reading every line"):
        checks.check_parquet_columns(batch)
        checks.count_lines(batch)
    for name, rows in batch.empty_rows.items():
        progress.say(f"{name}: {rows} lines of separators only, ignored.")


def _judge_rows(batch: Batch, progress: Progress) -> dict[str, DataFrame]:
    """Return the verdicts on the rows of each source, and count them into their deliveries."""
    by_number = {incoming.number: incoming for incoming in batch.deliveries}
    for incoming in batch.deliveries:
        incoming.counts = {file: FileCounts() for file in incoming.lines}
    verdicts_of = {}
    for source in batch.sources:
        with progress.step(f"checking the rows of {source}"):
            deliveries = of_source(batch.deliveries, source)
            rows = {
                file: (layout, batch.read_rows(layout, deliveries)) for file, layout in batch.layouts(source).items()
            }
            verdicts_of[source] = verdicts.judge(rows)
            for row in verdicts.tally(verdicts_of[source]).collect():
                by_number[row[DELIVERY]].counts[row[FILE]].add(row)
    return verdicts_of


def _write(writing: Writing, progress: Progress) -> None:
    """Write the new deliveries and their register, seen together or not at all."""
    with writing.store.together():
        for source in writing.sources:
            with progress.step(f"writing {source}"):
                writing.write_source(source)
        with progress.step("writing the rejects"):
            writing.write_rejects()
        writing.write_register()


def _say_absent(new: Sequence[Incoming], progress: Progress) -> None:
    """Show how many procedures or affairs each new delivery no longer has."""
    for incoming in new:
        if incoming.absent:
            progress.say(
                f"{incoming.delivery.folder}: {incoming.absent:,} {parent_file(incoming.source)} of earlier "
                f"extractions of {incoming.delivery.millesime} are no longer in it: they are kept as last delivered."
            )


def _say_known(deliveries: Sequence[Incoming], going_on: Sequence[Incoming], progress: Progress) -> None:
    """Show which of the deliveries do not go on, as the lake has them already."""
    for incoming in deliveries:
        if incoming not in going_on:
            progress.say(f"{incoming.delivery.folder}: already received, nothing changes.")
