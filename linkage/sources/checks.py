"""What is refused whole: files unlike their declaration or manifest, deliveries with too many faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException

from linkage.platform.errors import ContractError, InputError
from linkage.settings.sources import SourcesSettings
from linkage.sources.declaration import Declaration
from linkage.sources.folder import Delivery, Part
from linkage.sources.frames import Batch, DeliveredPart
from linkage.sources.headers import FIRST_BYTES, header_problem, opening
from linkage.sources.manifest import ManifestFile
from linkage.sources.verdicts import FileCounts

if TYPE_CHECKING:
    from linkage.platform.lake.files import Files

_READERS = 8  # files are read to their end one beside the other: it is the disk or the network that one waits for


@dataclass(frozen=True)
class Opened:
    """A part as it was opened: its header line, its bytes' SHA-256, and the problems found."""

    header_line: str
    sha256: str
    unreadable: str = ""
    unlike_manifest: str = ""


def open_parts(
    files: Files, deliveries: list[Delivery], declarations: Mapping[str, Declaration]
) -> dict[tuple[int, str], Opened]:
    """Every part of every delivery, by the delivery's place and the part's name.

    Raises
    ------
    InputError
        A file is empty, truncated, damaged, of another encoding, or its header is not the declared one.
    ContractError
        A file's SHA-256 is not the manifest's.
    """
    work = [
        (place, delivery, file, part)
        for place, delivery in enumerate(deliveries)
        for file, parts in delivery.files.items()
        for part in parts
    ]

    def opened(item: tuple[int, Delivery, str, Part]) -> Opened:
        _, delivery, file, part = item
        return _opened(files, delivery, file, part, declarations[delivery.source])

    with ThreadPoolExecutor(_READERS) as pool:
        results = list(pool.map(opened, work))
    unreadable = [found.unreadable for found in results if found.unreadable]
    if unreadable:
        raise InputError(unreadable)
    unlike = [found.unlike_manifest for found in results if found.unlike_manifest]
    if unlike:
        raise ContractError(unlike)
    return {(place, part.name): found for (place, _, _, part), found in zip(work, results, strict=True)}


def _opened(files: Files, delivery: Delivery, file: str, part: Part, declaration: Declaration) -> Opened:
    name = f"{delivery.folder}/{part.name}"
    listed = listed_for(delivery, file, part)
    header_line = ""
    if not part.is_parquet:
        begins = opening(
            files.read_bytes(part.path, at_most=FIRST_BYTES),
            name=name,
            gzipped=part.is_gzip,
            layout=declaration.layout(file),
            dialect=declaration.dialect,
            may_be_empty=listed is not None and listed.lignes == 0,
        )
        if begins.problem:
            return Opened("", "", unreadable=begins.problem)
        header_line = begins.header_line
    elif files.size(part.path) == 0:
        return Opened("", "", unreadable=f"{name}: empty file; a Parquet file expected.")
    digests = [files.sha256(part.path)]
    if part.is_gzip:
        try:
            digests.append(files.sha256_of_gzipped(part.path))
        except OSError:
            return Opened(
                "", "", unreadable=f"{name}: the gzip file is truncated or damaged; it cannot be read to its end."
            )
    unlike = ""
    if listed is not None and listed.sha256 is not None and listed.sha256.lower() not in digests:
        unlike = f"{name}: sha256 {digests[0]} found, the manifest says {listed.sha256.lower()}."
    return Opened(header_line, digests[0], unlike_manifest=unlike)


def listed_for(delivery: Delivery, file: str, part: Part) -> ManifestFile | None:
    """What the manifest says of one physical file; None when it only says it of the whole, or says nothing."""
    if delivery.manifest is None:
        return None
    listed = delivery.manifest.fichiers.get(part.name)
    alone = len(delivery.files[file]) == 1
    return listed or (_listed_whole(delivery, file) if alone else None)


def _listed_whole(delivery: Delivery, file: str) -> ManifestFile | None:
    if delivery.manifest is None:
        return None
    tops = {part.name.split("/")[0].removesuffix(".gz") for part in delivery.files[file]}
    names = [file, f"{file}.csv", *(tops if len(tops) == 1 else ())]
    return next((delivery.manifest.fichiers[name] for name in names if name in delivery.manifest.fichiers), None)


def parquet_columns(batch: Batch) -> None:
    """Refuses Parquet parts that cannot be opened or whose columns are not the declared ones, in any order."""
    problems = []
    for part in batch.parts:
        if not part.part.is_parquet:
            continue
        name, layout = _name(batch, part), batch.layouts(part.source)[part.file]
        try:
            columns = batch.parquet_columns(part)
        except (PySparkException, Py4JJavaError):
            problems.append(f"{name}: not a Parquet file, or damaged.")
            continue
        if set(columns) != set(layout.header):
            problems.append(header_problem(columns, name, layout, batch.declarations[part.source].dialect))
    if problems:
        raise InputError(problems)


def lines(batch: Batch) -> dict[tuple[int, str], int]:
    """Rows of each file of each delivery, counted on the bytes alone.

    Raises
    ------
    InputError
        Lines are not of the declared encoding, or a header stands in the middle of a file.
    ContractError
        The manifest says another number of rows.
    """
    found = {row[0]: row for row in batch.inspected().collect()}
    batch.unbalanced = {number for number, row in found.items() if row["unbalanced"]}
    misread = {batch.parts[number].source for number, row in found.items() if row["misread"]}
    first = {row[0]: row[1] for source in sorted(misread) for row in batch.first_misread(source).collect()}
    problems, unlike = [], []
    counts: dict[tuple[int, str], int] = {}
    for part in batch.parts:
        row, name = found.get(part.number), _name(batch, part)
        rows, headers = (row["rows"], row["headers"]) if row else (0, 0)
        if part.number in first:
            encoding = batch.declarations[part.source].dialect.encoding
            problems.append(
                f"{name}: {row['misread']} lines hold bytes that are not {encoding}, the declared encoding; "  # type: ignore[index]
                f"the first is line {first[part.number]}."
            )
        if headers != (1 if part.header_line else 0):
            problems.append(f"{name}: {headers} header lines found, one at the top expected.")
        counts[part.delivery, part.file] = counts.get((part.delivery, part.file), 0) + rows
        listed = listed_for(batch.deliveries[part.delivery], part.file, part.part)
        if listed is not None and listed.lignes != rows:
            unlike.append(f"{name}: {rows} rows found, the manifest says {listed.lignes}.")
    for (place, file), rows in counts.items():
        delivery = batch.deliveries[place]
        whole = _listed_whole(delivery, file) if len(delivery.files[file]) > 1 else None
        if whole is not None and whole.lignes != rows:
            unlike.append(
                f"{delivery.folder}: {file}: {rows} rows found in all parts, the manifest says {whole.lignes}."
            )
    if problems:
        raise InputError(problems)
    if unlike:
        raise ContractError(unlike)
    return counts


def counts(
    batch: Batch,
    counted: Mapping[tuple[int, str], FileCounts],
    read: Mapping[tuple[int, str], int],
    settings: SourcesSettings,
) -> None:
    """Refuses deliveries whose rows do not add up, or of which too many rows are at fault."""
    problems = [
        problem
        for (place, file), found in counted.items()
        for problem in _faults(f"{batch.deliveries[place].folder}: {file}", found, read[place, file], settings)
    ]
    if problems:
        raise ContractError(problems)


def _faults(name: str, found: FileCounts, read: int, settings: SourcesSettings) -> Iterator[str]:
    if found.read != read or found.kept + found.nb_rejected != read:
        yield f"{name}: {read} rows read, {found.kept} kept and {found.nb_rejected} set aside: they do not add up."
    if found.nb_faulty > settings.max_rejected_share * read:
        by_rule = ", ".join(f"{rule} {rows}" for rule, rows in sorted(found.rejected.items()))
        yield (
            f"{name}: {found.nb_faulty} of {read} rows set aside ({found.nb_faulty / read:.1%}), "
            f"at most {settings.max_rejected_share:.1%} expected (max_rejected_share): {by_rule}."
        )
    if found.other_vintage > settings.max_other_vintage_share * read:
        yield f"{name}: {found.other_vintage} of {read} rows are dated in another year than the delivery's vintage."


def _name(batch: Batch, part: DeliveredPart) -> str:
    return f"{batch.deliveries[part.delivery].folder}/{part.part.name}"
