"""The rounds: their order, an arm that takes too long or fails, what is refused before Spark starts."""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jobs import CATALOGUE
from jobs.compare_engines import arms, children, request, rounds
from jobs.compare_engines.figures import CEILING, FIELDS
from jobs.compare_engines.lakes import linked_copy, problems
from linkage.platform.errors import InputError, UserFacingError
from linkage.platform.progress.events import SPARK_OPTIONS_VARIABLE, Event
from linkage.platform.progress.progress import Progress

# In place of ./spark-submit.sh: an arm that takes a second, hangs with its clock running, or fails with it running.
FAKE = """#!/bin/sh
while [ $# -gt 1 ]; do
    case $1 in --arm) arm=$2 ;; --out) out=$2 ;; --lake) lake=$2 ;; esac
    shift
done
[ -f "$lake/_lake.json" ] || exit 9
work=$(dirname "$out")
echo "$arm" >> "$CALLS"
case $arm in
    splink_spark) date +%s > "$work/running"; sleep 61.25 & wait ;;
    splink_duckdb) date +%s > "$work/running"; sleep 1; echo "no memory is left"; exit 1 ;;
    broken) echo "cannot start"; echo "failed after 1 s. Details: x.log"; exit 1 ;;
    *) echo '{"arm": "'$arm'", "procedures": 50, "affaires": 40, "wall_s": 0.2, "cpu_s": 1.5, "peak_mb": 100.0,' > "$out"
       echo '"shuffle_bytes": 5, "spill_bytes": 0, "pairs": 7, "f1": null}' >> "$out" ;;
esac
"""


class Said:
    """What a run said."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def handle(self, event: Event) -> None:
        self.events.append(event)


class FakeRun:
    """As much of a run as the rounds look at."""

    def __init__(self, out: Path, lake: Path) -> None:
        self.args = argparse.Namespace(procedures=50, runs=2, out=str(out), lake=str(lake), truth=str(lake))
        self.said = Said()
        self.progress = Progress(self.said)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeRun:
    fake = tmp_path / "spark-submit.sh"
    fake.write_text(FAKE, encoding="utf-8")
    fake.chmod(0o755)
    lake = tmp_path / "lake"
    (lake / "standardised").mkdir(parents=True)
    (lake / "standardised" / "part").touch()
    (lake / "links").mkdir()
    (lake / "_lake.json").write_text('{"layout": 2, "tables": {}}', encoding="utf-8")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setattr(children, "command", lambda: [str(fake)])
    monkeypatch.setattr(children, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(rounds, "_spark_options", lambda _: [])
    monkeypatch.setattr(rounds, "_machine", lambda _: {"processors": 2})
    return FakeRun(tmp_path / "out" / "result.json", lake)


def compare(run: FakeRun, *names: str) -> list[dict[str, Any]]:
    rounds.compare(run, names)  # type: ignore[arg-type]
    made: list[dict[str, Any]] = json.loads(Path(run.args.out).read_text(encoding="utf-8"))
    return made


def test_arms_alternate_and_each_record_has_every_field(run: FakeRun, tmp_path: Path) -> None:
    made = compare(run, "floor", "ours")
    assert [(record["arm"], record["run"]) for record in made] == [("ours", 1), ("floor", 1), ("ours", 2), ("floor", 2)]
    assert all(tuple(record) == FIELDS for record in made)
    assert (made[0]["wall_s"], made[0]["stopped"], made[0]["affaires"]) == (0.2, False, 40)
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["result.json", "result.machine.json"]
    said = [event.text for event in run.said.events if event.kind == "say"]
    assert said[0] == "ours, run 1: 0.2 s"
    assert said[-1].startswith(f"The records are in {run.args.out}")


def test_an_arm_over_the_ceiling_is_ended_recorded_and_not_run_again(run: FakeRun, tmp_path: Path) -> None:
    began = time.monotonic()
    made = compare(run, "ours", "splink_spark")
    assert time.monotonic() - began < 40
    assert [record["arm"] for record in made] == ["ours", "splink_spark", "ours"]
    stopped = made[1]
    assert stopped["stopped"]
    assert stopped["wall_s"] >= CEILING * 0.2
    assert {field for field, value in stopped.items() if value is None} == set(FIELDS[6:])
    assert not list((tmp_path / "out").glob(".compare_engines-*"))
    listed = subprocess.check_output(["ps", "-eo", "args"], text=True)
    assert "sleep 61.25" not in listed


def test_an_arm_that_fails_with_its_clock_running_counts_as_stopped(run: FakeRun) -> None:
    made = compare(run, "ours", "splink_duckdb")
    assert [record["stopped"] for record in made if record["arm"] == "splink_duckdb"] == [True]
    assert any("no memory is left" in event.text for event in run.said.events if event.kind == "say")


def test_an_arm_that_cannot_start_stops_the_benchmark_and_leaves_no_lake(run: FakeRun, tmp_path: Path) -> None:
    with pytest.raises(UserFacingError, match="broken ended with status 1: cannot start failed"):
        compare(run, "broken")
    assert not list((tmp_path / "out").glob(".compare_engines-*"))


def test_an_arm_has_a_lake_of_its_own_made_of_links(run: FakeRun, tmp_path: Path) -> None:
    linked_copy(Path(run.args.lake), tmp_path / "copy")
    part = Path("standardised/part")
    assert (tmp_path / "lake" / part).samefile(tmp_path / "copy" / part)
    assert not (tmp_path / "lake" / "_lake.json").samefile(tmp_path / "copy" / "_lake.json")
    assert not (tmp_path / "copy" / "links").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--arms", "ours,spark"], "--arms: 'spark' found, ours, splink_spark, splink_duckdb, floor expected."),
        (["--out", "hdfs://host/result.json"], "--out hdfs://host/result.json: a path on this machine expected"),
        (["--out", "result.csv"], "--out result.csv: a name that ends with .json expected"),
        (["--truth", "somewhere"], "--lake and --truth: one found without the other"),
        (["--lake", "nowhere", "--truth", "nowhere"], "--truth nowhere: no links.csv there"),
        (["--lake", "nowhere", "--truth", "nowhere"], "--lake nowhere: no sources and standardised tables there"),
    ],
)
def test_what_cannot_be_run_is_refused(given: list[str], said: str) -> None:
    job = CATALOGUE.load("compare_engines")
    args = job.parser().parse_args(["--procedures", "50", "--out", "result.json", *given])
    with pytest.raises(InputError) as raised:
        job.check(args)
    assert said in str(raised.value)


def test_a_large_country_has_its_truth_in_parts(tmp_path: Path) -> None:
    (tmp_path / "truth" / "links.csv").mkdir(parents=True)
    assert not [said for said in problems("nowhere", str(tmp_path)) if said.startswith("--truth")]


@pytest.mark.parametrize("runs", ["0", "-1", "two"])
def test_rounds_are_a_number_above_zero(runs: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        CATALOGUE.load("compare_engines").parser().parse_args(["--procedures", "5", "--out", "r.json", "--runs", runs])


def test_each_arm_that_may_be_named_can_run() -> None:
    assert tuple(arms.ARMS) == request.ARMS


def test_arms_have_the_spark_options_that_were_given_and_the_machine_file_no_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = ["--properties-file", "/etc/own.conf", "--conf", "spark.a=b c", "--conf", "spark.authenticate.secret=x"]
    monkeypatch.setenv(SPARK_OPTIONS_VARIABLE, shlex.join(given))
    run: Any = SimpleNamespace(
        args=argparse.Namespace(env="local"), spark=SimpleNamespace(sparkContext=SimpleNamespace(master="local[2]"))
    )
    assert rounds._spark_options(run) == ["--env", "local", "--master", "local[2]", *given]
    assert rounds._shown(rounds._options_in_environment()) == ["spark.a=b c"]
