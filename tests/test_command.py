"""How a job takes its arguments, runs, calls another, and fails."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from linkage import command, options
from linkage.command import Job, Run
from linkage.errors import ContractError, InputError
from linkage.progress import EVENTS_VARIABLE, EventLines, Progress, read_event


class NoSpark:
    """Stands for a session where a test needs none."""

    stopped = False
    collections = 0
    sparkContext = _jvm = System = property(lambda self: self)  # noqa: N815 - Spark's and Java's names

    def gc(self) -> None:
        self.collections += 1

    def statusTracker(self) -> None:  # noqa: N802 - Spark's name
        return None

    def stop(self) -> None:
        self.stopped = True


@pytest.fixture
def no_spark(monkeypatch: pytest.MonkeyPatch) -> NoSpark:
    session = NoSpark()
    monkeypatch.setattr("linkage.session.build", lambda name: session)
    monkeypatch.setattr("linkage.command.spark_meter", lambda context: None)
    return session


def job(run: Callable[[Run], None], check: Callable[[argparse.Namespace], None] = lambda _: None) -> Job:
    return Job("links", "Links.", options.lake, check, run)


def failing(error: Exception) -> Job:
    def run(_: Run) -> None:
        raise error

    return job(run)


def install(monkeypatch: pytest.MonkeyPatch, name: str, **content: Any) -> None:
    module = ModuleType(f"jobs.{name}", f"{name}.")
    vars(module).update(content)
    monkeypatch.setitem(sys.modules, f"jobs.{name}", module)


ARGS = argparse.Namespace(lake="lake", env="local")


@pytest.mark.parametrize(
    ("error", "code"),
    [(InputError("--lake: not there."), 2), (ContractError(["rows: 3 found.", "rows: 4 expected."]), 3)],
)
def test_an_error_for_the_user_is_its_message_and_its_exit_code(
    error: InputError, code: int, no_spark: NoSpark, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.execute(failing(error), ARGS) == code
    said = capsys.readouterr()
    assert "\n".join(error.problems) in said.err
    assert "Traceback" not in said.err
    assert said.out == ""
    assert no_spark.stopped


def test_an_unexpected_error_is_one_sentence_that_quotes_nothing(
    no_spark: NoSpark, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(EVENTS_VARIABLE, "1")
    assert command.execute(failing(ValueError("DUPONT 1980-01-01")), ARGS) == 1
    said = capsys.readouterr()
    errors = [event for line in said.out.splitlines() if (event := read_event(line)) and event.kind == "error"]
    assert len(errors) == 1
    assert "ValueError" in errors[0].text
    assert "DUPONT" not in said.out
    assert "DUPONT" in said.err  # the launcher keeps that in the log file


def test_what_a_job_can_refuse_without_spark_is_refused_before_spark(
    no_spark: NoSpark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linkage.session.build", lambda name: pytest.fail("Spark was started"))

    def check(_: argparse.Namespace) -> None:
        raise InputError("conf/method/links.toml: threshold: 2 found, at most 1 expected.")

    assert command.execute(job(lambda run: None, check), ARGS) == 2


def test_a_run_that_goes_well_tells_its_rows_and_its_time(
    no_spark: NoSpark, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.execute(job(lambda run: run.progress.rows("links", "links", written=3)), ARGS) == 0
    said = capsys.readouterr()
    assert "set aside" in said.out
    assert said.err.splitlines()[-1].startswith("done in ")


def test_a_called_job_takes_the_callers_arguments_then_those_given_then_its_own_defaults(
    no_spark: NoSpark, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {}

    def arguments(parser: argparse.ArgumentParser) -> None:
        options.lake(parser)
        options.version(parser)
        parser.add_argument("--seed", type=int, default=7)

    def run(run: Run) -> None:
        seen.update(vars(run.args))
        assert run.spark is no_spark

    install(monkeypatch, "links", arguments=arguments, run=run)
    monkeypatch.setattr(command, "shuffled_bytes", lambda spark_context: 0)
    caller = Run(
        job(lambda run: None), argparse.Namespace(lake="mine", env="local", other=1), Progress(EventLines(sys.stdout))
    )
    caller.call("links", version="v1")
    assert seen == {"lake": "mine", "version": "v1", "seed": 7, "env": "local"}


def test_the_heap_is_collected_after_a_job_where_enough_was_shuffled_since_the_last_time(
    no_spark: NoSpark, monkeypatch: pytest.MonkeyPatch
) -> None:
    enough = command.WORTH_A_RELEASE
    install(monkeypatch, "links", arguments=lambda parser: None, run=lambda run: None)
    caller = Run(job(lambda run: None), ARGS, Progress(EventLines(sys.stdout)))
    collections = []
    for shuffled in (enough - 1, enough, 2 * enough - 1, 2 * enough):
        monkeypatch.setattr(command, "shuffled_bytes", lambda spark_context, shuffled=shuffled: shuffled)
        caller.call("links")
        collections.append(no_spark.collections)
    assert collections == [0, 1, 1, 2]


def test_a_called_job_that_lacks_an_argument_says_which(no_spark: NoSpark, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "links", arguments=options.version, run=lambda run: None)
    caller = Run(job(lambda run: None), ARGS, Progress(EventLines(sys.stdout)))
    with pytest.raises(TypeError, match="the job links needs version"):
        caller.call("links")


def test_jobs_are_listed_in_the_datas_order_and_unknown_ones_after(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "linkage").mkdir()
    (tmp_path / "jobs").mkdir()
    for name in ("__init__", "links", "sources", "aside"):
        (tmp_path / "jobs" / f"{name}.py").write_text(f'"""Does {name}.\n\nMore."""\nimport nothing_there\n')
    monkeypatch.setattr("linkage.__file__", str(tmp_path / "linkage" / "__init__.py"))
    assert list(command.listing().items()) == [
        ("sources", "Does sources."),
        ("links", "Does links."),
        ("aside", "Does aside."),
    ]


@pytest.mark.parametrize("name", ["v1", "2024-03.b_2"])
def test_a_version_is_named_by_letters_digits_and_three_signs(name: str) -> None:
    assert options.version_name(name) == name


@pytest.mark.parametrize("name", ["", "a b", "a/b", "v'1", "é"])
def test_any_other_name_of_a_version_is_refused(name: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="expected"):
        options.version_name(name)


@pytest.mark.parametrize("count", ["0", "-1", "1.5", "many", ""])
def test_a_count_is_a_whole_number_above_zero(count: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="above zero"):
        options.positive(count)


@pytest.mark.parametrize(
    ("text", "has"),
    [("hdfs:///lake", True), ("s3a://b/lake", True), ("file:/x", True), ("/x", False), ("a/b:c", False)],
)
def test_a_location_with_a_scheme_is_known_by_it(text: str, has: bool) -> None:
    assert options.location(text).has_scheme is has
