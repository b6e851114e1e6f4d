"""A delivery on its way into the lake: what its folder holds, then what is counted of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from linkage.sources.folder import Delivery
from linkage.sources.parts import Part
from linkage.sources.verdicts import FileCounts

if TYPE_CHECKING:
    from linkage.platform.lake.files import Files


@dataclass(frozen=True)
class OpenedPart:
    """One physical file of a delivery as it was opened: its header line (empty without one), its bytes' SHA-256."""

    file: str
    part: Part
    header_line: str
    sha256: str


@dataclass(eq=False)
class Incoming:
    """One delivery that a run looks at; its counts come in when its lines are read and its rows checked."""

    number: int
    """What each of its rows bears, while rows of several deliveries are read together."""
    delivery: Delivery
    parts: tuple[OpenedPart, ...]
    files_fingerprint: str
    lines: dict[str, int] = field(default_factory=dict)
    """Rows of each file, counted on its bytes alone."""
    empty_rows: dict[str, int] = field(default_factory=dict)
    """Lines of separators only, likewise."""
    counts: dict[str, FileCounts] = field(default_factory=dict)
    """What became of the rows of each file."""
    absent: int = 0
    """Procedures or affairs that only earlier extractions of its vintage have: they are kept."""

    @property
    def source(self) -> str:
        """Return the administration's software that it comes from."""
        return self.delivery.source


@dataclass(frozen=True)
class DeliveredPart:
    """One physical file among all those of a run."""

    number: int
    incoming: Incoming
    opened: OpenedPart
    uri: str

    @property
    def source(self) -> str:
        """Return the source of its delivery."""
        return self.incoming.source

    @property
    def file(self) -> str:
        """Return the canonical file that it is a part of."""
        return self.opened.file

    @property
    def part(self) -> Part:
        """Return where it lies."""
        return self.opened.part

    @property
    def name(self) -> str:
        """Return its path as messages show it."""
        return f"{self.incoming.delivery.folder}/{self.part.name}"


def of_source(deliveries: Iterable[Incoming], source: str) -> list[Incoming]:
    """Return the deliveries of one source."""
    return [incoming for incoming in deliveries if incoming.source == source]


def number_parts(files: Files, deliveries: Iterable[Incoming]) -> list[DeliveredPart]:
    """Return every part of these deliveries, numbered in their order."""
    opened = [(incoming, part) for incoming in deliveries for part in incoming.parts]
    return [
        DeliveredPart(number, incoming, part, files.qualified(part.part.path))
        for number, (incoming, part) in enumerate(opened)
    ]
