"""Every row of what a version holds, on one small seeded country: what a change of layout or of speed must not move.

A change of method moves digests: run ``python -m tests.jobs.test_digests LAKE`` on the lake that the test names, write
what it prints to ``tests/cases/digests.json``, and say in the CHANGELOG what moved.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import polars

from tests.conftest import STUDY

DIGESTS = Path(__file__).parent.parent / "cases" / "digests.json"
TABLES = (
    "links",
    "person_links",
    "unlinked",
    "ledger",
    *(f"linked_base/{name}" for name in ("procedures", "affaires", "personnes", "infractions")),
    *(f"linked_base/{name}" for name in ("liens", "liens_personnes", "evenements", "suites")),
    *(f"study_extracts/{STUDY}/{name}" for name in ("tableaux", "delais", "reperes")),
)
SIGNIFICANT = 9
"""Digits of a decimal number that count: the last ones depend on the processor that adds up."""


def digest(lake: Path, table: str) -> str:
    """Return SHA-256 of the table's rows and column names, whatever the order of either."""
    rows = polars.read_delta(str(lake / table))
    columns = sorted(rows.columns)
    lines = sorted(json.dumps([_written(value) for value in row]) for row in rows.select(columns).iter_rows())
    return hashlib.sha256("\n".join([json.dumps(columns), *lines]).encode()).hexdigest()


def _written(value: object) -> str:
    return f"{value:.{SIGNIFICANT}g}" if isinstance(value, float) else str(value)


def test_every_row_of_a_version_and_its_study_is_as_it_was(studied_lake: Path) -> None:
    expected = json.loads(DIGESTS.read_text(encoding="utf-8"))
    assert {table: digest(studied_lake, table) for table in TABLES} == expected, f"see {studied_lake}"


if __name__ == "__main__":
    made = {table: digest(Path(sys.argv[1]), table) for table in TABLES}
    sys.stdout.write(json.dumps(made, indent=2) + "\n")
