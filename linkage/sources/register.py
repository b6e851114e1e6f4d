"""Which deliveries are already in the lake: by what they hold, not by their bytes or their order."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linkage.platform.errors import InputError
from linkage.settings.sources import SourcesSettings
from linkage.sources.declaration import Declaration
from linkage.sources.folder import Delivery
from linkage.sources.verdicts import FileCounts

Slot = tuple[str, int, datetime.date | None]


def files_fingerprint(sha256: Mapping[str, str], declaration: Declaration, settings: SourcesSettings) -> str:
    """Identifies the very bytes and how they are read: the same again need not be read."""
    method = {name: value for name, value in settings.model_dump(mode="json").items() if not name.startswith("why_")}
    return _sha256([sorted(sha256.items()), declaration.model_dump(mode="json"), method])


def content_fingerprint(counted: Mapping[str, FileCounts]) -> str:
    """Identifies the content, whatever the order of the rows, the encoding, the compression and the parts."""
    return _sha256([[file, found.read, *found.content] for file, found in sorted(counted.items())])


def _sha256(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Sorted:
    """Deliveries told apart: places of the new ones, and of those already received or given twice."""

    fresh: list[int]
    known: list[int]


def tell_apart(
    deliveries: Sequence[Delivery], fingerprints: Mapping[int, str], registered: Mapping[Slot, str]
) -> Sorted:
    """Which deliveries are new.

    Raises
    ------
    InputError
        A delivery has the source, vintage and extraction date of another and not its content.
    """
    fresh, known, problems = [], [], []
    seen: dict[Slot, int] = {}
    for place, fingerprint in fingerprints.items():
        delivery = deliveries[place]
        other = seen.get(delivery.slot)
        if other is not None and fingerprints[other] != fingerprint:
            problems.append(f"{delivery.folder} and {deliveries[other].folder}: {_same(delivery)} and they differ.")
        elif other is None and registered.get(delivery.slot, fingerprint) != fingerprint:
            problems.append(
                f"{delivery.folder}: {_same(delivery)} as a delivery already in the lake and another content. "
                "A correction has a later date_extraction; after a change of the declaration, start a new lake."
            )
        elif other is not None or delivery.slot in registered:
            known.append(place)
        else:
            fresh.append(place)
        seen.setdefault(delivery.slot, place)
    if problems:
        raise InputError(problems)
    return Sorted(fresh, known)


def _same(delivery: Delivery) -> str:
    dated = delivery.date_extraction or "no extraction date"
    return f"the same source, vintage and extraction date ({delivery.source}, {delivery.millesime}, {dated})"
