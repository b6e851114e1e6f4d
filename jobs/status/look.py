"""What is looked at in a lake, in its record and logs alone: stages, versions, disk, unfinished writes, damages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone

from linkage.platform.errors import InputError, UserFacingError
from linkage.platform.lake import commits, scratch
from linkage.platform.lake.published import Published
from linkage.platform.progress.measures import volume
from linkage.tables.linked_base import Procedure as BaseProcedure
from linkage.tables.links import Link
from linkage.tables.quality import MatchRate
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.sources import Delivery
from linkage.tables.versions import Version
from linkage.versions import made_of

NOT_MADE, CURRENT = "not made yet", "current"


def disk_of(lake: Published, sizes: Mapping[str, int]) -> str:
    """Return how much the lake takes, and how much is free where it lies."""
    return f"{volume(sum(sizes.values()))} on disk, {volume(lake.files.free_bytes(lake.lake))} free there"


def stages_of(lake: Published) -> Iterator[tuple[str, datetime | None, str]]:
    """Yield each stage up to the scored pairs: when it was made, and whether it would be made of the same now."""
    received = sum(1 for _ in lake.rows(Delivery))
    yield "sources", lake.written_at(Delivery), f"{received} deliveries" if received else NOT_MADE
    before: list[str] = []
    for stage in made_of.IN_ORDER:
        try:
            changed = made_of.changed_since(lake, stage)
        except InputError as error:  # the settings are no longer what this code reads
            changed = error.problems
        if not lake.exists(stage.table):
            state = NOT_MADE
        elif changed:
            state = f"older than {', '.join(changed)}"
        else:
            state = f"older than {before[0]} will be" if before else CURRENT
        if state != CURRENT:
            before.append(stage.name)
        yield stage.name, lake.written_at(stage.table), state


def versions_of(lake: Published) -> Iterator[tuple[str, datetime, str, int | None, str, str, str]]:
    """Yield each published version, the newest first: when, by which code, its links, what was made of it since.

    The last cell says whether it was made of the pairs that the lake holds now.
    """
    with_quality, in_base = lake.partitions(MatchRate), lake.partitions(BaseProcedure)
    rows = sorted(lake.rows(Version), key=lambda row: row[Version.created_at], reverse=True)
    for row in rows:
        name, seen = row[Version.version], dict(row[Version.table_versions])
        created = row[Version.created_at]  # Parquet has it in UTC, with its zone or without
        published = (created if created.tzinfo else created.replace(tzinfo=timezone.utc)).timestamp()
        yield (
            name,
            datetime.fromtimestamp(published, timezone.utc),
            row[Version.code_version],
            dict(row[Version.row_counts]).get(Link.path),
            _yes(name in with_quality),
            _yes(name in in_base),
            _yes(seen.get(ScoredPair.path) == lake.version(ScoredPair)),
        )


def unfinished_in(lake: Published, sizes: Mapping[str, int]) -> list[str]:
    """Return what runs began and did not publish: commits beyond the record, scratch, half of a small file."""
    found = []
    for path in lake.record.folders():
        version, last = lake.versions.get(path), commits.last_version(lake.files, f"{lake.lake}/{path}")
        if version is None:
            found.append(f"{path}: written, never published")
        elif last is not None and last > version and not _is_restored(lake, path, last, version):
            found.append(f"{path}: written to version {last}, published at version {version}")
    in_scratch = sum(size for path, size in sizes.items() if path.startswith(f"{scratch.FOLDER}/"))
    if lake.files.children(f"{lake.lake}/{scratch.FOLDER}"):
        found.append(f"{scratch.FOLDER}: {volume(in_scratch)}")
    found += [path for path in sizes if path.startswith("._") and not path.endswith(".crc")]
    return found


def damages(lake: Published, sizes: Mapping[str, int]) -> list[str]:
    """Return a sentence for each published table whose log or files are not whole."""
    problems = []
    for path in lake.versions:
        try:
            files = lake.data_files(path)
        except UserFacingError as error:
            problems += error.problems
            continue
        missing = [file for file, added in files.items() if sizes.get(f"{path}/{file}") != added["size"]]
        if missing:
            problems.append(
                f"--lake {lake.lake}: {path}: {len(missing)} of its {len(files)} files are missing or cut, the first "
                f"{missing[0]}. {commits.RECOVERY}"
            )
    return problems


def _is_restored(lake: Published, path: str, last: int, version: int) -> bool:
    """Return whether the last commit only put the published rows back."""
    return commits.restored(lake.files, f"{lake.lake}/{path}", last) == version


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
