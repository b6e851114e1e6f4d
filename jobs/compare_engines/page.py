"""The page of the benchmarks, made of their result files: ``python -m jobs.compare_engines.page`` writes it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from jobs.compare_engines.figures import OURS, Arm, arms, exponent
from linkage import ROOT

DOCS = ROOT / "docs"
PAGE, RESULTS = DOCS / "benchmarks.md", DOCS / "benchmarks"
MACHINE = ".machine.json"
INTRODUCTION = """# Benchmarks

Made by `python -m jobs.compare_engines.page` of the files of `docs/benchmarks/`; change neither by hand. A new file:

```bash
./spark-submit.sh synthetic --procedures 100000 --seed 33 --out D
./spark-submit.sh sources --lake L --deliveries D && ./spark-submit.sh standardised --lake L
./spark-submit.sh compare_engines --procedures 100000 --lake L --truth D/truth --out docs/benchmarks/100k.json
.venv/bin/python -m jobs.compare_engines.page
```

The files here are of seeds 33 (100,000 procedures), 91 (a million), 92 (two million) and 97 (ten million, with
`--conf spark.sql.shuffle.partitions=160`); those named `-all` are of earlier code, which weighed the neighbours that
keys settled (decisions/14-neighbours.md), twice as many pairs. Without `--lake` and `--truth` the job makes a country
of its own, seed 1. An arm without a row was not asked for at that size (`--arms`).

The same standardised tables go through each arm in turn, `ours` first, round after round, each in a process of its own:

- `ours`: candidate pairs, model, scores and links of this job; F1 of the links retained.
- `splink_spark`, `splink_duckdb`: Splink 5's own training and `predict()` with the same blocking rules and
  comparisons; ids, weight and probability of each pair are kept. F1 at the best threshold on truth. Left out, since
  they need the key first: jonctions, the comparison `libre`, and that some rules look at unsettled records only. Their
  F1 is above that of the plain Splink model of docs/assumptions.md, which has comparisons and rules of its own.
- `floor`: Spark reads the records, forms the pairs of `ours` without forecast or budget and writes them unscored.

DuckDB has as many threads as Spark has cores, as much memory as Spark's heap, and need not keep the order of rows.

Wall time runs from standardised tables on disk to the result written, estimation included, start of the session
excluded. Processor time and peak memory are those of all processes of the arm; in `splink_duckdb` an idle Spark
session, which only named the files, is among them. Shuffle and spill are Spark's own count. An arm that takes ten times
as long as `ours` is stopped, and marked ≥: it takes at least that. One that fails before, out of memory say, has no
ratio."""
TITLES = "arm|wall, s|min–max, s|ratio to ours (min–max)|cpu, s|peak, MB|shuffle, MB|spill, MB|pairs"
COLUMNS = (*TITLES.split("|"), "s per million pairs", "F1")


class Result(NamedTuple):
    """One result file: its name, its records and the machine that made them."""

    name: str
    records: Sequence[Mapping[str, Any]]
    machine: Mapping[str, Any]

    @property
    def procedures(self) -> int:
        """Return the size of the country measured."""
        return int(self.records[0]["procedures"])


def results(folder: Path) -> list[Result]:
    """Return each result file of a folder: its name, its records and its machine, smallest country first."""
    files = []
    for file in folder.glob("*.json"):
        if not file.name.endswith(MACHINE):
            beside = file.with_suffix(MACHINE)
            machine = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else {}
            files.append(Result(file.stem, json.loads(file.read_text(encoding="utf-8")), machine))
    return sorted((result for result in files if result.records), key=lambda result: (result.procedures, result.name))


def page(every_result: Sequence[Result]) -> str:
    """Return the page in Markdown."""
    if not every_result:
        return f"{INTRODUCTION}\n\nThere is no result file yet.\n"
    return "\n\n".join([INTRODUCTION, *map(_section, every_result), *_growth(every_result)]) + "\n"


def _section(result: Result) -> str:
    name, records, machine = result
    by_arm, first = arms(records), records[0]
    rounds = max(record["run"] for record in records)
    sizes = f"{first['procedures']:,} procedures, {_number(first['affaires'])} affairs, rounds: {rounds}."
    shown = "; ".join(f"{key.replace('_', ' ')} {value}" for key, value in machine.items() if value) or "not recorded"
    rows = [_row(arm, by_arm.get(OURS)) for arm in by_arm.values()]
    return f"## {name}: {first['procedures']:,} procedures\n\n{sizes}\n\nMachine: {shown}.\n\n{_table(COLUMNS, rows)}"


def _row(arm: Arm, ours: Arm | None) -> list[str]:
    ratio = arm.ratio(ours)
    return [
        arm.name,
        arm.reached(ours),
        f"{min(arm.walls):,.1f}–{max(arm.walls):,.1f}",
        str(ratio) if ratio else "–",
        _number(arm.middle("cpu_s")),
        _number(arm.middle("peak_mb")),
        _megabytes(arm.middle("shuffle_bytes")),
        _megabytes(arm.middle("spill_bytes")),
        _number(arm.middle("pairs")),
        _number(arm.s_per_million_pairs, 1),
        _number(arm.middle("f1"), 3),
    ]


def _growth(every_result: Sequence[Result]) -> list[str]:
    """Show how wall time grows: cost per procedure at each size, and the slope on logarithms, of arms that ended."""
    points: dict[str, list[tuple[int, float]]] = {}
    for _, records, _ in every_result:
        for arm in arms(records).values():
            if not arm.stopped:
                points.setdefault(arm.name, []).append((records[0]["procedures"], median(arm.walls)))
    sizes = sorted({procedures for times in points.values() for procedures, _ in times})
    if len(sizes) < 2:
        return []
    rows = []
    for name, times in points.items():
        at = {size: median(seconds for procedures, seconds in times if procedures == size) for size, _ in times}
        costs = [_number(at[size] / size * 1000, 3) if size in at else "–" for size in sizes]
        rows.append([name, *costs, _number(exponent(times), 3)])
    columns = ("arm", *(f"ms per procedure at {size:,}" for size in sizes), "exponent")
    text = "Seconds grow as procedures to the power of the exponent (least squares on logarithms; 1: in proportion)."
    if len({(machine.get("processor"), machine.get("code_version")) for _, _, machine in every_result}) > 1:
        text += (
            " Sizes were not all measured on one processor and one version of the code: it is an order of magnitude."
        )
    return [f"## Growth\n\n{text}\n\n{_table(columns, rows)}"]


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---", *["---:"] * (len(columns) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _number(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def _megabytes(value: float | None) -> str:
    return _number(None if value is None else value / 1e6)


def main() -> int:
    """Write the page; with ``--check``, return whether it is up to date (0) or not (1)."""
    text = page(results(RESULTS))
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write("docs/benchmarks.md is not up to date: run python -m jobs.compare_engines.page\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
