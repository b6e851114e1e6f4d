"""How a person sees a run: a live line on a terminal, plain lines elsewhere; results apart from progress."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from io import StringIO
from typing import TextIO

from rich import box
from rich.console import Console as RichConsole
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from linkage.platform.progress.events import Cell, Event

PLAIN_SECONDS = 15.0
PLAIN_WIDTH = 160


def duration(seconds: float) -> str:
    """Return elapsed time as people say it: ``12 s``, ``2 min 13 s``, ``1 h 02 min``."""
    whole = int(seconds + 0.5)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def cell(value: Cell) -> str:
    """Return a table's cell as text: thousands set apart, three decimals, a dash for None."""
    if value is None:
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.3f}" if isinstance(value, float) else value


def as_text(event: Event) -> str:
    """Return what an event says as a log keeps it: results, notes and errors; nothing of where a run is."""
    if event.kind == "table":
        text = StringIO()
        _rich(text).print(_table(event.text, event.columns, event.rows))
        return text.getvalue()
    return f"{event.text}\n" if event.kind in ("say", "note", "error") else ""


class Console:
    """Renders events: progress and errors on standard error, results on standard output but those kept aside."""

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._out, self._err = _rich(out or sys.stdout), _rich(err or sys.stderr)
        self._live = Live(console=self._err, transient=True, refresh_per_second=4) if self._err.is_terminal else None
        self._open: list[_Line] = []
        self._last_plain = time.monotonic()
        self._lock = threading.Lock()

    def handle(self, event: Event) -> None:
        """Show one event; threads may call this."""
        with self._lock:
            self._show(event)

    def _show(self, event: Event) -> None:
        if event.kind == "start":
            self._open.append(_Line(event))
            if event.step:
                self._progress(f"{self._open[-1].name} …")
        elif event.kind == "tick":
            self._tick(event)
        elif event.kind in ("end", "stopped"):
            line = self._open.pop() if self._open else _Line(event)
            verb = "done in" if event.kind == "end" else "stopped after"
            self._pause()
            if self._open:  # the outermost is the run itself, which has its own last line
                remarks = f" ({event.text})" if event.text else ""
                self._print(self._err, f"{line.name}: {verb} {duration(event.seconds)}{remarks}")
        elif event.kind == "done":
            self._print(self._err, f"done in {duration(event.seconds)}")
        elif event.kind == "record" or event.aside:  # the launcher keeps them in its files
            return
        elif event.kind in ("error", "note"):
            self._pause()
            self._print(self._err, event.text)
        else:
            self._pause()
            self._result(event)
        self._resume()

    def wait(self, for_what: str) -> None:
        """Show on a terminal that something is being waited for, until ``go_on``."""
        with self._lock:
            self._open.append(_Line(Event("start", step=for_what)))
            self._resume()

    def go_on(self) -> None:
        """End the waiting, without a word."""
        with self._lock:
            self._pause()
            self._open.clear()

    def close(self) -> None:
        """Leave the terminal as it was, also where another thread has something to show after this."""
        self.go_on()

    def _progress(self, text: str) -> None:
        if self._live is None:
            self._print(self._err, text)
        self._last_plain = time.monotonic()

    def _tick(self, event: Event) -> None:
        if not self._open:
            return
        self._open[-1].tick = event
        if self._live is None and time.monotonic() - self._last_plain >= PLAIN_SECONDS:
            self._progress(self._open[-1].text())

    def _result(self, event: Event) -> None:
        if event.kind == "say":
            self._print(self._out, event.text)
        else:
            self._out.print(_table(event.text, event.columns, event.rows))

    def _print(self, console: RichConsole, text: str) -> None:
        console.print(Text(text), soft_wrap=True)

    def _pause(self) -> None:
        if self._live is not None and self._live.is_started:
            self._live.stop()

    def _resume(self) -> None:
        if self._live is not None and self._open:
            self._live.update(Spinner("dots", text=self._open[-1]))
            self._live.start()


class _Line:
    """The step that is open, and what is known of it."""

    def __init__(self, start: Event) -> None:
        self.name = " · ".join(part for part in (start.stage, start.step) if part)
        self.began = time.monotonic()
        self.tick: Event | None = None

    def text(self) -> str:
        parts = [self.name]
        if self.tick is not None and self.tick.total:
            parts.append(f"{self.tick.done:,} of {self.tick.total:,} tasks")
        return " · ".join([*parts, duration(time.monotonic() - self.began)])

    def __rich__(self) -> Text:
        return Text(self.text(), overflow="ellipsis", no_wrap=True)


def _rich(stream: TextIO) -> RichConsole:
    width = None if stream.isatty() else PLAIN_WIDTH
    return RichConsole(file=stream, width=width, highlight=False, markup=False, emoji=False)


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Table:
    table = Table(title=Text(title, style="bold"), title_justify="left", box=box.SIMPLE)
    for place, column in enumerate(columns):
        numbers = all(row[place] is None or isinstance(row[place], int | float) for row in rows)
        table.add_column(Text(column), justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row))
    return table
