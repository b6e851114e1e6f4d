"""Which deliveries are already in the lake: by what they hold, not by their bytes or their order."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import Row

from linkage.platform.errors import InputError
from linkage.settings.sources import SourcesSettings
from linkage.sources.declaration import Declaration
from linkage.sources.folder import Delivery
from linkage.sources.incoming import Incoming
from linkage.sources.verdicts import FileCounts
from linkage.tables import sources as tables

if TYPE_CHECKING:
    from linkage.platform.lake.store import Store

Slot = tuple[str, int, datetime.date | None]


@dataclass(frozen=True)
class Register:
    """``sources/deliveries``: the deliveries received before this run, each in its slot."""

    rows: Mapping[Slot, Row]

    @classmethod
    def read(cls, store: Store) -> Register:
        """Return the register of a lake; it is empty where nothing was received."""
        rows = store.read_or_empty(tables.Delivery).collect()  # one row per delivery
        return cls({tuple(row[column] for column in tables.Delivery.key): row for row in rows})

    def has_files_of(self, incoming: Incoming) -> bool:
        """Return whether these very bytes were received, read as they would be now."""
        row = self.rows.get(incoming.delivery.slot)
        return row is not None and row[tables.Delivery.fingerprint_fichiers] == incoming.files_fingerprint

    def vintages(self, source: str) -> set[int]:
        """Return the vintages received of a source."""
        return {millesime for known, millesime, _ in self.rows if known == source}

    def write_with(self, store: Store, new: Iterable[Incoming]) -> None:
        """Write the register with the new deliveries after those it has."""
        rows = [row.asDict() for row in self.rows.values()] + [_row(incoming) for incoming in new]
        frame = store.spark.createDataFrame(rows, tables.Delivery.struct())
        store.write(frame.coalesce(1), tables.Delivery)


def files_fingerprint(sha256: Mapping[str, str], declaration: Declaration, settings: SourcesSettings) -> str:
    """Return what identifies the very bytes and how they are read: the same again need not be read."""
    method = {name: value for name, value in settings.model_dump(mode="json").items() if not name.startswith("why_")}
    return _sha256([sorted(sha256.items()), declaration.model_dump(mode="json"), method])


def content_fingerprint(counts: Mapping[str, FileCounts]) -> str:
    """Return what identifies the content, whatever the order of the rows, the encoding, the compression, the parts."""
    return _sha256([[file, counted.read, *counted.content] for file, counted in sorted(counts.items())])


def new_deliveries(read: Iterable[Incoming], register: Register) -> list[Incoming]:
    """Return the deliveries that the lake does not have; one that was given twice is new once.

    Raises
    ------
    InputError
        A delivery has the source, vintage and extraction date of another and not its content.
    """
    new, problems = [], []
    in_this_run: dict[Slot, Incoming] = {}
    for incoming in read:
        delivery, content = incoming.delivery, content_fingerprint(incoming.counts)
        twin, received = in_this_run.get(delivery.slot), register.rows.get(delivery.slot)
        if twin is not None and content_fingerprint(twin.counts) != content:
            problems.append(f"{delivery.folder} and {twin.delivery.folder}: {_same(delivery)} and they differ.")
        elif twin is None and received is not None and received[tables.Delivery.fingerprint] != content:
            problems.append(
                f"{delivery.folder}: {_same(delivery)} as a delivery already in the lake and another content. "
                "A correction has a later date_extraction; after a change of the declaration, start a new lake."
            )
        elif twin is None and received is None:
            new.append(incoming)
        in_this_run.setdefault(delivery.slot, incoming)
    if problems:
        raise InputError(problems)
    return new


def _same(delivery: Delivery) -> str:
    dated = delivery.date_extraction or "no extraction date"
    return f"the same source, vintage and extraction date ({delivery.source}, {delivery.millesime}, {dated})"


def _row(incoming: Incoming) -> dict[str, object]:
    files = incoming.counts.values()
    return {
        **dict(zip(tables.Delivery.key, incoming.delivery.slot, strict=True)),
        tables.Delivery.fingerprint: content_fingerprint(incoming.counts),
        tables.Delivery.fingerprint_fichiers: incoming.files_fingerprint,
        tables.Delivery.nb_lues: sum(counted.read for counted in files),
        tables.Delivery.nb_gardees: sum(counted.kept for counted in files),
        tables.Delivery.nb_rejetees: sum(counted.nb_rejected for counted in files),
        tables.Delivery.nb_absentes: incoming.absent,
        tables.Delivery.nb_dates_effacees: sum(counted.effacees for counted in files),
        tables.Delivery.fictif: incoming.delivery.manifest is not None and incoming.delivery.manifest.fictif,
    }


def _sha256(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
