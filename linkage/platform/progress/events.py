"""What a run reports while it works, one event at a time, and how events reach the launcher."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Protocol, TextIO

# The launcher sets this variable; the job then writes its events as lines that the launcher renders.
EVENTS_VARIABLE = "APPARIEMENT_EVENTS"
# And this one to the Spark options that the user gave, as a shell would read them.
SPARK_OPTIONS_VARIABLE = "APPARIEMENT_SPARK_OPTIONS"
EVENT_MARKER = "\x02appariement "

Cell = str | int | float | None


@dataclass(frozen=True)
class Event:
    """A report. ``kind``: start, tick, end, stopped (of a step), say, table, note, record, error, done.

    A result that is ``aside`` goes to the log alone.
    """

    kind: str
    stage: str = ""
    step: str = ""
    text: str = ""
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    columns: Sequence[str] = field(default_factory=list)
    rows: Sequence[Sequence[Cell]] = field(default_factory=list)
    aside: bool = False

    def line(self) -> str:
        """Return the event on one line, for a reader in another process."""
        return EVENT_MARKER + json.dumps(asdict(self)) + "\n"


def read_event(line: str) -> Event | None:
    """Return the event that a line carries, wherever it begins; None when the line is somebody else's."""
    _, marker, content = line.partition(EVENT_MARKER)
    if not marker:
        return None
    try:
        return Event(**json.loads(content))
    except json.JSONDecodeError:  # the writer was killed in the middle
        return None


class Sink(Protocol):
    """What becomes of events: rendered here, or handed to the launcher."""

    def handle(self, event: Event) -> None:
        """Take one event."""


class EventLines:
    """Hands the events to the launcher, one line each."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def handle(self, event: Event) -> None:
        """Write the event at once, in one piece: other threads write to the same stream."""
        self.stream.write(event.line())
        self.stream.flush()
