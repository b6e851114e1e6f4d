"""The analyst's page: each of its examples runs as it stands on a finished lake, and shows what it may."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "analyse.md"
FOLDER = PAGE.parents[1] / "notebooks"
LONGEST = 15
"""Lines of an analysis, from the documentation alone."""
ANALYSES = {"part": "poursuivi, par département", "delai": "jugement d'un coupable", "retours": "reviennent ?"}
PRINTED = "\nprint(tableau.to_json(orient='records'))\n"


def examples(language: str) -> dict[str, str]:
    """The examples of the page in one language, by the heading that they stand under."""
    sections = re.split(r"^#+ ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = {
        section.partition("\n")[0]: re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL) for section in sections
    }
    return {heading: "".join(blocks) for heading, blocks in found.items() if blocks}


def example(heading: str) -> str:
    (code,) = (code for title, code in examples("python").items() if heading in title)
    return code


def run(lake: Path, *command: str) -> str:
    environment = {**os.environ, "APPARIEMENT_LAKE": str(lake)}
    environment.pop("PYTHONSAFEPATH", None)  # an analyst's Python imports from the folder that it starts in
    finished = subprocess.run(
        command, cwd=FOLDER, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def shown(lake: Path, name: str) -> list[dict[str, Any]]:
    return list(json.loads(run(lake, sys.executable, "-c", example(ANALYSES[name]) + PRINTED)))


@pytest.mark.parametrize("name", ANALYSES)
def test_an_analysis_takes_fifteen_lines(name: str) -> None:
    assert len([line for line in example(ANALYSES[name]).splitlines() if line]) <= LONGEST


def test_the_share_prosecuted_has_an_interval_around_it(linked_lake: Path) -> None:
    rows = shown(linked_lake, "part")
    told = [row for row in rows if row["poursuites"] is not None]
    assert told
    for row in told:
        assert row["bas_poursuites"] < row["part_poursuites"] < row["haut_poursuites"]
    assert all(row["victimes"] is None or (row["victimes"] >= 10 and row["victimes"] % 5 == 0) for row in rows)


def test_delays_until_a_judgement_are_told_by_year_and_for_all(linked_lake: Path) -> None:
    rows = shown(linked_lake, "delai")
    assert [row["annee"] for row in rows][-1] == "Ensemble"
    assert all((row["mediane"] is not None) == (row["etat_mediane"] == "publie") for row in rows)
    assert all(row["mediane"] is None or (row["mediane"] > 0 and row["mediane"] % 30 == 0) for row in rows)


def test_victims_who_come_back_are_some_of_those_who_appeared(linked_lake: Path) -> None:
    rows = shown(linked_lake, "retours")
    assert len(rows) >= 5
    told = [row for row in rows if row["reviennent"] is not None]
    assert all(row["reviennent"] < row["victimes"] for row in told)


def test_codes_are_looked_up_by_table_and_column(linked_lake: Path) -> None:
    printed = run(linked_lake, sys.executable, "-c", example("codes") + "\nprint(modes['crpc'])")
    assert printed == "comparution sur reconnaissance préalable de culpabilité\n"


def test_r_reads_the_base_and_shows_through_the_same_door(linked_lake: Path) -> None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("no Rscript on this machine")
    if (
        run(linked_lake, rscript, "-e", 'cat(all(c("reticulate", "jsonlite") %in% rownames(installed.packages())))')
        != "TRUE"
    ):
        pytest.skip("R has no reticulate or no jsonlite")
    code = "".join(examples("r").values()) + '\ncat("\\n", as.character(toJSON(tableau)), sep = "")'
    rows = json.loads(run(linked_lake, rscript, "-e", code).splitlines()[-1])
    assert [row["annee"] for row in rows] == sorted(row["annee"] for row in rows)
    assert all(row["victimes"] % 5 == 0 for row in rows if "victimes" in row)
    assert any("part_poursuites" in row for row in rows)
