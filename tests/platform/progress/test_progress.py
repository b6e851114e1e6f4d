"""What a user sees while a job works: plain lines, results apart, the closing table."""

from __future__ import annotations

import io
import json

import pytest

from linkage.platform.progress.console import Console, cell, duration
from linkage.platform.progress.events import EVENT_MARKER, Event, EventLines, read_event
from linkage.platform.progress.progress import Progress, task_counts


class Seen:
    """Keeps what a run says."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def handle(self, event: Event) -> None:
        self.events.append(event)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def plain() -> tuple[Console, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    return Console(out, err), out, err


def test_steps_name_the_stage_they_belong_to(seen: Seen) -> None:
    progress = Progress(seen)
    with progress.stage("all"), progress.stage("links"), progress.step("passes"):
        pass
    assert [(event.kind, event.stage, event.step) for event in seen.events if event.kind != "record"] == [
        ("start", "all", ""),
        ("start", "links", ""),
        ("start", "links", "passes"),
        ("end", "links", "passes"),
        ("end", "links", ""),
        ("end", "all", ""),
    ]


def test_a_step_that_fails_is_said_to_be_stopped(seen: Seen) -> None:
    progress = Progress(seen)
    with pytest.raises(ValueError, match="broken"), progress.step("reading"):
        raise ValueError("broken")
    assert [event.kind for event in seen.events] == ["start", "stopped"]


def test_an_event_survives_the_way_to_another_process() -> None:
    stream = io.StringIO()
    event = Event("table", text="Liens é", columns=["a"], rows=[[1], [None], [0.5], ["x\ny"]])
    EventLines(stream).handle(event)
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().isascii()
    assert read_event(stream.getvalue()) == event


def test_an_event_is_found_after_the_unfinished_line_of_someone_else() -> None:
    assert read_event("Completed 3%" + Event("say", text="hello").line()) == Event("say", text="hello")


def test_a_line_of_someone_else_is_no_event() -> None:
    assert read_event('{"kind": "say", "text": "not ours"}\n') is None


def test_a_line_cut_short_is_no_event() -> None:
    assert read_event(Event("say", text="hello").line()[:-20]) is None


def test_rows_said_twice_are_added_and_unsaid_ones_stay_unknown(seen: Seen) -> None:
    progress = Progress(seen)
    progress.rows("sources", "police", read=10, written=9, set_aside=1)
    progress.rows("links", "links", written=4)
    progress.rows("sources", "police", read=5, written=5, set_aside=0)
    progress.summary()
    assert seen.events[-1].rows == [["sources", "police", 15, 14, 1], ["links", "links", None, 4, None]]


def test_a_run_without_counted_rows_has_no_closing_table(seen: Seen) -> None:
    Progress(seen).summary()
    assert seen.events == []


def test_tasks_are_told_while_a_step_lasts(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linkage.platform.progress.progress.POLL_SECONDS", 0.01)
    progress = Progress(seen)
    progress.watch(lambda: (3, 8))
    with progress.stage("links"), progress.step("passes"):
        while not any(event.kind == "tick" for event in seen.events):
            pass
    progress.close()
    tick = next(event for event in seen.events if event.kind == "tick")
    assert (tick.stage, tick.done, tick.total) == ("links", 3, 8)
    assert not progress._poller.is_alive()


def test_a_session_that_ends_under_the_watch_ends_the_watch_quietly(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linkage.platform.progress.progress.POLL_SECONDS", 0.01)

    def gone() -> tuple[int, int]:
        raise ConnectionError("the JVM is gone")

    progress = Progress(seen)
    progress.watch(gone)
    with progress.stage("links"):
        progress._poller.join(timeout=10)
    assert not progress._poller.is_alive()
    assert [event.kind for event in seen.events] == ["start", "end"]


def test_tasks_are_counted_over_the_active_stages_only() -> None:
    class Stage:
        def __init__(self, done: int, total: int) -> None:
            self.numCompletedTasks, self.numTasks = done, total

    class Tracker:
        def __init__(self) -> None:
            self.stages = {4: Stage(1, 10), 5: Stage(2, 20), 6: None}

        def getActiveStageIds(self) -> list[int]:  # noqa: N802 - Spark's name
            return [4, 5, 6]

        def getStageInfo(self, stage: int) -> Stage | None:  # noqa: N802 - Spark's name
            return self.stages[stage]

    class Context:
        def statusTracker(self) -> Tracker:  # noqa: N802 - Spark's name
            return Tracker()

    assert task_counts(Context())() == (3, 30)


def test_plain_output_has_a_line_at_the_start_and_at_the_end_of_each_step(
    plain: tuple[Console, io.StringIO, io.StringIO],
) -> None:
    console, out, err = plain
    for event in (
        Event("start", "links"),
        Event("start", "links", "passes"),
        Event("end", "links", "passes", seconds=133),
        Event("end", "links"),
    ):
        console.handle(event)
    assert err.getvalue() == "links · passes …\nlinks · passes: done in 2 min 13 s\n"
    assert out.getvalue() == ""


def test_plain_output_tells_tasks_no_more_often_than_every_15_seconds(
    plain: tuple[Console, io.StringIO, io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    console, _, err = plain
    now = [1000.0]
    monkeypatch.setattr("linkage.platform.progress.console.time.monotonic", lambda: now[0])
    console.handle(Event("start", "links", "passes"))
    for _ in range(31):
        now[0] += 1
        console.handle(Event("tick", "links", "passes", done=1234, total=5678))
    assert err.getvalue().splitlines() == [
        "links · passes …",
        "links · passes · 1,234 of 5,678 tasks · 15 s",
        "links · passes · 1,234 of 5,678 tasks · 30 s",
    ]


def test_results_go_to_standard_output_and_errors_to_standard_error(
    plain: tuple[Console, io.StringIO, io.StringIO],
) -> None:
    console, out, err = plain
    console.handle(Event("say", text="F1 = 0.97 [bold]"))
    console.handle(Event("error", text="--lake x: no such folder."))
    assert out.getvalue() == "F1 = 0.97 [bold]\n"
    assert err.getvalue() == "--lake x: no such folder.\n"


def test_a_table_aligns_numbers_to_the_right_and_keeps_long_text_whole(
    plain: tuple[Console, io.StringIO, io.StringIO],
) -> None:
    console, out, _ = plain
    long = "x" * 60
    console.handle(Event("table", text="Rows", columns=["table", "in"], rows=[["links", 1234567], [long, None]]))
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    assert f"  links{' ' * 55}   1,234,567" in lines
    assert f"  {long}           –" in lines


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (133, "2 min 13 s"),
        (3600, "1 h 00 min"),
        (7384, "2 h 03 min"),
    ],
)
def test_elapsed_time_is_said_as_people_say_it(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(("value", "said"), [(None, "–"), (12345, "12,345"), (0.98765, "0.988"), ("0,98", "0,98")])
def test_a_cell_is_written_by_its_kind(value: str | float | None, said: str) -> None:
    assert cell(value) == said


def test_events_are_marked_by_what_no_text_contains() -> None:
    content = Event("say", text=EVENT_MARKER).line().removeprefix(EVENT_MARKER)
    assert EVENT_MARKER not in content
    assert json.loads(content)["text"] == EVENT_MARKER


class Terminal(io.StringIO):
    """Where a live line can be drawn."""

    def isatty(self) -> bool:
        return True


def test_a_note_after_the_close_draws_no_live_line_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    screen = Terminal()
    console = Console(io.StringIO(), screen)
    console.wait("starting")
    console.close()
    before = screen.tell()
    console.handle(Event("note", text="waiting"))
    assert screen.getvalue()[before:] == "waiting\n"
