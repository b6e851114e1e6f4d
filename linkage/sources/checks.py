"""What is refused whole: files unlike their declaration or manifest, deliveries with too many faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import functions as F

from linkage.concepts.blanks import plain_name
from linkage.platform.errors import ContractError, InputError
from linkage.settings.sources import SourcesSettings
from linkage.sources import days
from linkage.sources.declaration import Declaration
from linkage.sources.folder import Delivery
from linkage.sources.frames import EMPTY, HEADERS, MISREAD, ROWS, WITH_UNBALANCED, WITH_UNUSUAL, Batch
from linkage.sources.headers import FIRST_BYTES, header_problem, read_first_line
from linkage.sources.incoming import Incoming, OpenedPart
from linkage.sources.manifest import Manifest, ManifestFile
from linkage.sources.parts import Part
from linkage.sources.reading import PART, ROW
from linkage.sources.rules import MOST_DATES, list_dates
from linkage.sources.verdicts import FileCounts

if TYPE_CHECKING:
    from linkage.platform.lake.files import Files

_READERS = 8  # files are read to their end one beside the other: it is the disk or the network that one waits for


@dataclass(frozen=True)
class Opening:
    """A part once opened, or the problem that it shows."""

    part: OpenedPart | None
    unreadable: str = ""
    unlike_manifest: str = ""


def open_parts(
    files: Files, deliveries: Sequence[Delivery], declarations: Mapping[str, Declaration]
) -> list[tuple[OpenedPart, ...]]:
    """Return the parts of each delivery, opened, in the order of the deliveries.

    Raises
    ------
    InputError
        A file is empty, truncated, damaged, of another encoding, or its header is not the declared one.
    ContractError
        A file's SHA-256 is not the manifest's.
    """

    def open_of(work: tuple[Delivery, str, Part]) -> Opening:
        delivery, file, part = work
        return _open(files, delivery, file, part, declarations[delivery.source])

    works = [
        [(delivery, file, part) for file, parts in delivery.files.items() for part in parts] for delivery in deliveries
    ]
    with ThreadPoolExecutor(_READERS) as pool:
        # Every file begins to be read before the first one is waited for.
        results = [pool.map(open_of, of_delivery) for of_delivery in works]
        openings = [list(of_delivery) for of_delivery in results]
    every = [opening for of_delivery in openings for opening in of_delivery]
    if unreadable := [opening.unreadable for opening in every if opening.unreadable]:
        raise InputError(unreadable)
    if unlike := [opening.unlike_manifest for opening in every if opening.unlike_manifest]:
        raise ContractError(unlike)
    return [tuple(opening.part for opening in of_delivery if opening.part) for of_delivery in openings]


def _open(files: Files, delivery: Delivery, file: str, part: Part, declaration: Declaration) -> Opening:
    name = f"{delivery.folder}/{part.name}"
    listed = listed_for(delivery, file, part)
    header_line = ""
    if not part.is_parquet:
        first_line = read_first_line(
            files.read_bytes(part.path, at_most=FIRST_BYTES),
            name=name,
            gzipped=part.is_gzip,
            layout=declaration.layout(file),
            dialect=declaration.dialect,
            may_be_empty=listed is not None and listed.lignes == 0,
        )
        if first_line.problem:
            return Opening(None, unreadable=first_line.problem)
        header_line = first_line.header
    elif files.size(part.path) == 0:
        return Opening(None, unreadable=f"{name}: empty file; a Parquet file expected.")
    digests = [files.sha256(part.path)]
    if part.is_gzip:
        try:
            digests.append(files.sha256_of_gzipped(part.path))
        except OSError:
            return Opening(
                None, unreadable=f"{name}: the gzip file is truncated or damaged; it cannot be read to its end."
            )
    unlike = ""
    if listed is not None and listed.sha256 is not None and listed.sha256.lower() not in digests:
        unlike = f"{name}: sha256 {digests[0]} found, the manifest says {listed.sha256.lower()}."
    return Opening(OpenedPart(file, part, header_line, digests[0]), unlike_manifest=unlike)


def listed_for(delivery: Delivery, file: str, part: Part) -> ManifestFile | None:
    """Return what the manifest says of one physical file; None when it only says it of the whole, or says nothing."""
    if delivery.manifest is None:
        return None
    listed = _listed(delivery.manifest, plain_name(part.name))
    alone = len(delivery.files[file]) == 1
    return listed or (_listed_whole(delivery, file) if alone else None)


def _listed_whole(delivery: Delivery, file: str) -> ManifestFile | None:
    if delivery.manifest is None:
        return None
    tops = {plain_name(part.name).split("/")[0].removesuffix(".gz") for part in delivery.files[file]}
    names = [file, f"{file}.csv", *(tops if len(tops) == 1 else ())]
    return next((listed for listed in (_listed(delivery.manifest, name) for name in names) if listed), None)


def _listed(manifest: Manifest, plain: str) -> ManifestFile | None:
    return next((file for name, file in manifest.fichiers.items() if plain_name(name) == plain), None)


def check_parquet_columns(batch: Batch) -> None:
    """Refuse Parquet parts that cannot be opened or whose columns are not the declared ones, in any order."""
    problems = []
    for part in batch.parts:
        if not part.part.is_parquet:
            continue
        layout = batch.layouts(part.source)[part.file]
        try:
            columns = batch.parquet_columns(part)
        except (PySparkException, Py4JJavaError):
            problems.append(f"{part.name}: not a Parquet file, or damaged.")
            continue
        if set(columns) != set(layout.header):
            problems.append(header_problem(columns, part.name, layout, batch.declarations[part.source].dialect))
    if problems:
        raise InputError(problems)


def count_lines(batch: Batch) -> None:
    """Count the rows of each file of each delivery, on the bytes alone, into ``Incoming.lines``.

    Raises
    ------
    InputError
        Lines are not of the declared encoding, or a header stands in the middle of a file.
    ContractError
        The manifest has another number of rows.
    """
    inspected = {row[PART]: row for row in batch.inspect_lines().collect()}
    batch.unbalanced = {number for number, row in inspected.items() if row[WITH_UNBALANCED]}
    batch.unusual = {number for number, row in inspected.items() if row[WITH_UNUSUAL]}
    misread = {part.source for part in batch.parts if part.number in inspected and inspected[part.number][MISREAD]}
    first_misread = {
        row[PART]: row[ROW] for source in sorted(misread) for row in batch.find_first_misread(source).collect()
    }
    problems, unlike = [], []
    for part in batch.parts:
        row = inspected.get(part.number)
        rows, headers, empty = (row[ROWS], row[HEADERS], row[EMPTY]) if row else (0, 0, 0)
        if row and part.number in first_misread:
            encoding = batch.declarations[part.source].dialect.encoding
            problems.append(
                f"{part.name}: {row[MISREAD]} lines hold bytes that are not {encoding}, the declared encoding; "
                f"the first is line {first_misread[part.number]}."
            )
        if headers != (1 if part.opened.header_line else 0):
            problems.append(f"{part.name}: {headers} header lines found, one at the top expected.")
        lines = part.incoming.lines
        lines[part.file] = lines.get(part.file, 0) + rows
        if empty:
            batch.empty_rows[part.name] = empty
        part.incoming.empty_rows[part.file] = part.incoming.empty_rows.get(part.file, 0) + empty
        listed = listed_for(part.incoming.delivery, part.file, part.part)
        # A producer may count its lines of separators or not.
        if listed is not None and listed.lignes not in (rows, rows + empty):
            unlike.append(f"{part.name}: {rows} rows found, the manifest says {listed.lignes}.")
    unlike += [problem for incoming in batch.deliveries for problem in _unlike_whole(incoming)]
    if problems:
        raise InputError(problems)
    if unlike:
        raise ContractError(unlike)


def _unlike_whole(incoming: Incoming) -> Iterator[str]:
    delivery = incoming.delivery
    for file, rows in incoming.lines.items():
        whole = _listed_whole(delivery, file) if len(delivery.files[file]) > 1 else None
        if whole is not None and whole.lignes not in (rows, rows + incoming.empty_rows[file]):
            yield f"{delivery.folder}: {file}: {rows} rows found in all parts, the manifest says {whole.lignes}."


def check_counts(batch: Batch, settings: SourcesSettings) -> None:
    """Refuse deliveries whose rows do not add up, of which too many rows are at fault or too many dates blanked."""
    problems = [
        problem
        for incoming in batch.deliveries
        for file, counts in incoming.counts.items()
        for problem in (
            *_faults(f"{incoming.delivery.folder}: {file}", counts, incoming.lines[file], settings),
            *_blanked(batch, incoming, file, settings),
        )
    ]
    if problems:
        raise ContractError(problems)


def _faults(name: str, counts: FileCounts, lines: int, settings: SourcesSettings) -> Iterator[str]:
    if counts.read != lines or counts.kept + counts.nb_rejected != lines:
        yield f"{name}: {lines} rows read, {counts.kept} kept and {counts.nb_rejected} set aside: they do not add up."
    if counts.nb_faulty > settings.max_rejected_share * lines:
        by_rule = ", ".join(f"{rule} {rows}" for rule, rows in sorted(counts.rejected.items()))
        yield (
            f"{name}: {counts.nb_faulty} of {lines} rows set aside ({counts.nb_faulty / lines:.1%}), "
            f"at most {settings.max_rejected_share:.1%} expected (max_rejected_share): {by_rule}."
        )
    if counts.other_vintage > settings.max_other_vintage_share * lines:
        yield f"{name}: {counts.other_vintage} of {lines} rows are dated in another year than the delivery's vintage."


def _blanked(batch: Batch, incoming: Incoming, file: str, settings: SourcesSettings) -> Iterator[str]:
    """Yield the columns of dates of which too many are blanked, with the format that the data show."""
    layout, dates = batch.layouts(incoming.source)[file], incoming.counts[file].dates
    dialect = batch.declarations[incoming.source].dialect
    for place, column in enumerate(list_dates(layout)):
        delivered, blanked = dates[place], dates[MOST_DATES + place]
        if blanked <= settings.max_blanked_share * delivered:
            continue
        text = batch.read_text(layout, [incoming]).filter(F.col(column).isNotNull())
        counted = [F.count_if(likeness).alias(name) for name, likeness in days.look_like(F.col(column)).items()]
        total, *found = text.agg(F.count("*"), *counted).collect()[0]
        looking_like, date_format = max(zip(found, days.USUAL, strict=True), key=lambda one: one[0])
        seen = f"{looking_like} of {total} look like {date_format}" if looking_like else "none looks like a usual date"
        if date_format == dialect.date_format and looking_like:
            seen += f" and are days before {settings.first_date} or after the extraction, or no days"
        yield (
            f"{incoming.delivery.folder}: {file}: column {column}: {blanked} of {delivered} dates blanked "
            f"({blanked / delivered:.1%}), at most {settings.max_blanked_share:.1%} expected (max_blanked_share): "
            f"{seen}; {dialect.date_format} is declared (date_format; missing has the words for unknown)."
        )
