"""What records say together, and the page made of them."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from jobs.compare_engines import clock, page
from jobs.compare_engines.arms import judged
from jobs.compare_engines.figures import FIELDS, arms, exponent
from jobs.compare_engines.plain import best_threshold
from tests.whole import ROOT

TIMED = """
import json, pathlib, sys, time
from jobs.compare_engines.clock import Clock
running = pathlib.Path(sys.argv[1])
with Clock(running) as clock:
    assert running.exists()
    held = b"x" * 64 * 2**20
    until = time.monotonic() + 1  # several looks at the memory, however fast the machine
    while time.monotonic() < until:
        sum(number * number for number in range(100_000))
assert not running.exists()
print(json.dumps(clock.figures))
"""


def record(arm: str, run: int, wall: float, **said: Any) -> dict[str, Any]:
    usual = {"procedures": 1000, "affaires": 700, "stopped": False, "pairs": 20_000, "f1": 0.9}
    return {**dict.fromkeys(FIELDS), **usual, "arm": arm, "run": run, "wall_s": wall, **said}


def test_ratios_are_taken_round_by_round() -> None:
    made = arms([record("ours", 1, 10), record("floor", 1, 5), record("ours", 2, 20), record("floor", 2, 8)])
    ratio = made["floor"].ratio(made["ours"])
    assert ratio is not None
    assert (ratio.median, ratio.low, ratio.high) == pytest.approx((0.45, 0.4, 0.5))
    assert str(ratio) == "0.45 (0.40–0.50)"
    assert made["ours"].s_per_million_pairs == pytest.approx(750)


def test_a_stopped_arm_takes_at_least_what_it_reached() -> None:
    nothing = {"pairs": None, "f1": None, "stopped": True}
    made = arms([record("ours", 1, 10), record("splink_spark", 1, 101, **nothing)])
    assert str(made["splink_spark"].ratio(made["ours"])) == "≥ 10.10 (10.10–10.10)"
    assert made["splink_spark"].s_per_million_pairs is None


def test_an_arm_that_fails_before_it_is_stopped_has_no_ratio() -> None:
    made = arms([record("ours", 1, 10), record("splink_duckdb", 1, 7, stopped=True)])
    assert made["splink_duckdb"].ratio(made["ours"]) is None
    assert made["splink_duckdb"].reached(made["ours"]) == "failed after 7.0"
    assert made["splink_duckdb"].reached(None) == "≥ 7.0"


def test_an_arm_stopped_in_the_first_round_has_not_failed_though_ours_is_slower_later() -> None:
    made = arms([record("ours", 1, 10), record("splink_spark", 1, 100.2, stopped=True), record("ours", 2, 12)])
    assert made["splink_spark"].reached(made["ours"]) == "≥ 100.2"
    assert str(made["splink_spark"].ratio(made["ours"])) == "≥ 10.02 (10.02–10.02)"


def test_the_exponent_is_that_of_the_law_the_points_follow() -> None:
    assert exponent([(size, 3 * size**1.25) for size in (1000, 10_000, 100_000)]) == pytest.approx(1.25)
    assert exponent([(1000, 3.0), (1000, 4.0)]) is None


def test_the_page_has_each_size_the_machine_and_the_growth(tmp_path: Path) -> None:
    small = [record("ours", 1, 10), record("floor", 1, 5, f1=None), record("splink_spark", 1, 101, stopped=True)]
    large = [record("ours", 1, 120, procedures=10_000, shuffle_bytes=3_000_000)]
    for name, records in (("b-large", large), ("z-small", small)):
        (tmp_path / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")
    (tmp_path / "z-small.machine.json").write_text(json.dumps({"processor": "P1", "driver_memory": "8g"}), "utf-8")
    made = page.page(page.results(tmp_path))
    assert made.index("## z-small: 1,000 procedures") < made.index("## b-large: 10,000 procedures")
    assert "Machine: processor P1; driver memory 8g." in made
    assert "| ours | 120.0 | 120.0–120.0 | 1.00 (1.00–1.00) | – | – | 3 | – | 20,000 | 6,000.0 | 0.900 |" in made
    assert "| splink_spark | ≥ 101.0 |" in made
    assert "| ours | 10.000 | 12.000 | 1.079 |" in made
    assert "| floor | 5.000 | – | – |" in made
    assert "| splink_spark |" not in made.partition("## Growth")[2]


def test_an_old_page_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(page, "RESULTS", tmp_path)
    monkeypatch.setattr(sys, "argv", ["page"])
    assert page.main() == 0
    monkeypatch.setattr(sys, "argv", ["page", "--check"])
    assert page.main() == 0
    (tmp_path / "one.json").write_text(json.dumps([record("ours", 1, 10)]), encoding="utf-8")
    assert page.main() == 1


def test_the_best_threshold_in_sql_is_that_of_the_plain_model(tmp_path: Path) -> None:
    pairs = pd.DataFrame(
        {
            "source": "lrppn",
            "id_procedure": ["p1", "p1", "p1", "p2", "p3", "p3", "p4"],
            "id_affaire": ["a1", "a1", "a2", "a2", "a3", "a4", "a5"],
            "match_weight": [9.0, -2.0, 1.0, 9.0, 4.0, 4.0, -3.0],
        }
    )
    truth = pd.DataFrame(
        {"source": "lrppn", "id_procedure": ["p1", "p2", "p3", "p5"], "id_affaire": ["a1", "a2", "a3", "a6"]}
    )
    for name, table in (("pairs", pairs), ("truth", truth)):
        table.to_parquet(tmp_path / f"{name}.parquet")
    with duckdb.connect() as connection:
        found = judged(connection, str(tmp_path / "pairs.parquet"), str(tmp_path / "truth.parquet"))
    assert found == pytest.approx(best_threshold(pairs, truth)["f1"], abs=1e-6)
    assert found == pytest.approx(2 * 3 / (4 + 4))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="figures of processes are read from /proc")
def test_the_clock_counts_the_processor_time_of_its_session(tmp_path: Path) -> None:
    # In a session of its own, as an arm is: in that of the tests, other processes end meanwhile.
    command = [sys.executable, "-c", TIMED, str(tmp_path / "running")]
    said = subprocess.run(command, capture_output=True, text=True, check=True, start_new_session=True, cwd=ROOT).stdout
    figures = json.loads(said)
    assert figures["cpu_s"] > 0.05
    assert figures["peak_mb"] > 64
    assert figures["wall_s"] > 0
    assert figures["shuffle_bytes"] is None


def test_what_a_forked_process_shows_of_its_parent_is_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = [{"1": 100.0}, {"1": 100.0}, {"1": 100.0, "2": 100.0}, {"1": 110.0}, {"1": 110.0}]
    monkeypatch.setattr(clock, "SAMPLE_SECONDS", 0.001)
    timed, over = clock.Clock(tmp_path / "running"), threading.Event()

    def usage() -> tuple[float, dict[str, float]]:
        if len(looks) == 1:
            over.set()
        return 0.0, looks.pop(0) if looks[1:] else looks[0]

    timed._usage = usage
    with timed:
        assert over.wait(10)
    assert timed.figures["peak_mb"] == 110
