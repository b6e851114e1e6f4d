"""How a job takes its arguments, runs, calls another, and fails."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import jobs
from jobs import CATALOGUE
from linkage.platform.errors import ContractError, InputError
from linkage.platform.progress.events import EVENTS_VARIABLE, EventLines, read_event
from linkage.platform.progress.progress import Progress
from linkage.platform.running import options
from linkage.platform.running.job import Catalogue, Job, JobModule
from linkage.platform.running.run import WORTH_A_RELEASE, Run, execute


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
    monkeypatch.setattr("linkage.platform.running.session.build", lambda name: session)
    monkeypatch.setattr("linkage.platform.running.run.spark_meter", lambda context: None)
    return session


def job(run: Callable[[Run], None], check: Callable[[argparse.Namespace], None] = lambda _: None) -> Job:
    return Job("links", "Links.", options.lake, check, run)


def failing(error: Exception) -> Job:
    def run(_: Run) -> None:
        raise error

    return job(run)


def module(name: str, **content: Any) -> JobModule:
    made: Any = ModuleType(f"jobs.{name}", f"{name}.")
    vars(made).update(content)
    return made  # type: ignore[no-any-return]


ARGS = argparse.Namespace(lake="lake", env="local")


@pytest.mark.parametrize(
    ("error", "code"),
    [(InputError("--lake: not there."), 2), (ContractError(["rows: 3 found.", "rows: 4 expected."]), 3)],
)
def test_an_error_for_the_user_is_its_message_and_its_exit_code(
    error: InputError, code: int, no_spark: NoSpark, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(failing(error), ARGS) == code
    said = capsys.readouterr()
    assert "\n".join(error.problems) in said.err
    assert "Traceback" not in said.err
    assert said.out == ""
    assert no_spark.stopped


def test_an_unexpected_error_is_one_sentence_that_quotes_nothing(
    no_spark: NoSpark, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(EVENTS_VARIABLE, "1")
    assert execute(failing(ValueError("DUPONT 1980-01-01")), ARGS) == 1
    said = capsys.readouterr()
    errors = [event for line in said.out.splitlines() if (event := read_event(line)) and event.kind == "error"]
    assert len(errors) == 1
    assert "ValueError" in errors[0].text
    assert "DUPONT" not in said.out
    assert "DUPONT" in said.err  # the launcher keeps that in the log file


def test_what_a_job_can_refuse_without_spark_is_refused_before_spark(
    no_spark: NoSpark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linkage.platform.running.session.build", lambda name: pytest.fail("Spark was started"))

    def check(_: argparse.Namespace) -> None:
        raise InputError("conf/method/links.toml: threshold: 2 found, at most 1 expected.")

    assert execute(job(lambda run: None, check), ARGS) == 2


def test_a_run_that_goes_well_tells_its_rows_and_its_time(
    no_spark: NoSpark, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(job(lambda run: run.progress.rows("links", "links", written=3)), ARGS) == 0
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
        spark: object = run.spark
        assert spark is no_spark

    links = module("links", arguments=arguments, run=run)
    monkeypatch.setattr("linkage.platform.running.run.shuffled_bytes", lambda spark_context: 0)
    caller = Run(
        job(lambda run: None), argparse.Namespace(lake="mine", env="local", other=1), Progress(EventLines(sys.stdout))
    )
    caller.call(links, version="v1")
    assert seen == {"lake": "mine", "version": "v1", "seed": 7, "env": "local"}


class Shuffled:
    """Stands for what executors have shuffled."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __call__(self, _: object) -> int:
        return self.count


def test_the_heap_is_collected_after_a_job_where_enough_was_shuffled_since_the_last_time(
    no_spark: NoSpark, monkeypatch: pytest.MonkeyPatch
) -> None:
    enough = WORTH_A_RELEASE
    links = module("links", arguments=lambda parser: None, run=lambda run: None)
    caller = Run(job(lambda run: None), ARGS, Progress(EventLines(sys.stdout)))
    collections = []
    for shuffled in (enough - 1, enough, 2 * enough - 1, 2 * enough):
        monkeypatch.setattr("linkage.platform.running.run.shuffled_bytes", Shuffled(shuffled))
        caller.call(links)
        collections.append(no_spark.collections)
    assert collections == [0, 1, 1, 2]


def test_a_called_job_that_lacks_an_argument_says_which(no_spark: NoSpark) -> None:
    links = module("links", arguments=options.version, run=lambda run: None)
    caller = Run(job(lambda run: None), ARGS, Progress(EventLines(sys.stdout)))
    with pytest.raises(TypeError, match="the job links needs version"):
        caller.call(links)


def test_jobs_are_listed_in_the_order_of_the_catalogue_and_not_imported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    works = tmp_path / "works"
    (works / "links").mkdir(parents=True)
    for name in ("__init__", "sources", "links/__init__", "links/job"):
        (works / f"{name}.py").write_text(f'"""Does {name}.\n\nMore."""\n')
    for name in ("sources", "links/job"):
        (works / f"{name}.py").write_text(f'"""Does {name}.\n\nMore."""\nimport nothing_there\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    found = Catalogue("works", ("sources", "links")).listing()
    assert list(found.items()) == [("sources", "Does sources."), ("links", "Does links/job.")]


def test_every_job_of_the_catalogue_can_be_loaded_and_none_is_left_out() -> None:
    modules = {file.stem for file in Path(jobs.__file__).parent.glob("[a-z]*.py")}
    packages = {file.parent.name for file in Path(jobs.__file__).parent.glob("*/job.py")}
    assert set(CATALOGUE.names) == modules | packages
    for name in CATALOGUE.names:
        assert CATALOGUE.load(name).name == name


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


@pytest.mark.parametrize("text", ["~", "~/lake", "~somebody/lake"])
def test_a_home_folder_that_no_shell_replaced_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="a whole path expected"):
        options.location(text)
