"""The analysts' notebooks on a small finished lake: they run, agree, and show nothing they may not."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from linkage.concepts.shown import DIGITS

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
SPARK, POLARS = "2_tableau_spark", "3_tableau_polars"
PSEUDONYM = re.compile(r"(?<![.\d])[0-9a-f]{16}")
"""Not the decimals of a number, which a drawing is full of."""
Execute = Callable[[str], NotebookNode]


def read(name: str) -> NotebookNode:
    notebook: NotebookNode = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    return notebook


@pytest.fixture(scope="module")
def execute(studied_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Execute:
    """Executes a notebook, once, on a lake that holds nothing but the exploitation zone."""
    zone = tmp_path_factory.mktemp("zone")
    for name in ("linked_base", "quality", "study_extracts"):
        shutil.copytree(studied_lake / name, zone / name)
    shutil.copy(studied_lake / "_lake.json", zone)
    scratch = tmp_path_factory.mktemp("scratch")

    @cache
    def executed(name: str) -> NotebookNode:
        notebook = read(name)
        if name in (SPARK, POLARS):
            notebook.cells += [
                nbformat.v4.new_code_cell("print(publiable.to_json(orient='records'))"),
                nbformat.v4.new_code_cell(
                    "exact = tableau if hasattr(tableau, 'to_json') else tableau.to_pandas()\n"
                    "print(exact.filter(regex='^(?!cle_)').to_json(orient='records'))"
                ),
            ]
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("APPARIEMENT_LAKE", str(zone))
            environment.setenv("SPARK_LOCAL_DIRS", str(scratch))
            # Set by spark-submit.sh; an analyst's Jupyter imports from the folder of the notebook.
            environment.delenv("PYTHONSAFEPATH", raising=False)
            NotebookClient(
                notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
            ).execute()
        return notebook

    return executed


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


def printed(cell: NotebookNode) -> list[dict[str, object]]:
    rows = "".join(output.text for output in cell.outputs if output.get("name") == "stdout")
    return list(json.loads(rows))


def test_there_are_four() -> None:
    assert len(NOTEBOOKS) == 4


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_kept_without_outputs(name: str) -> None:
    notebook = read(name)
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert set(notebook.metadata.language_info) == {"name"}
    for cell in notebook.cells:
        assert not cell.metadata
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cell.id), f"{cell.id}: a name that says what the cell does expected"
        if cell.cell_type == "code":
            assert not cell.outputs, cell.id
            assert cell.execution_count is None


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_on_the_exploitation_zone_alone_and_draws(name: str, execute: Execute) -> None:
    shown = outputs(execute(name))
    assert any("image/svg+xml" in output.get("data", {}) for output in shown)
    # The JVM says on standard error that it starts; nothing else may say anything there.
    if name != SPARK:
        assert not [output.text for output in shown if output.get("name") == "stderr"]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_figure_of_a_fictitious_country_says_so(name: str, execute: Execute) -> None:
    figures = [
        output.data["image/svg+xml"] for output in outputs(execute(name)) if "image/svg+xml" in output.get("data", {})
    ]
    assert all("Données fictives" in "".join(figure) for figure in figures)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_shows_no_pseudonym(name: str, execute: Execute) -> None:
    assert not PSEUDONYM.search(json.dumps(outputs(execute(name))))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_label_of_a_figure_and_no_cell_of_a_table_has_more_digits_than_are_shown(
    name: str, execute: Execute
) -> None:
    """An exact share, or the exact end of an interval, would give back the counts that it is made of."""
    data = [output.data for output in outputs(execute(name)) if "data" in output]
    labels = [
        label for one in data for label in re.findall(r'aria-label="([^"]*)"', "".join(one.get("image/svg+xml", "")))
    ]
    cells = [cell for one in data for cell in re.findall(r"<td[^>]*>([^<]*)<", "".join(one.get("text/html", "")))]
    assert labels
    assert [text for text in (*labels, *cells) if re.search(rf"\d[.,]\d{{{DIGITS + 1},}}", text)] == []


def test_spark_and_polars_give_the_same_table(execute: Execute) -> None:
    spark, polars = execute(SPARK), execute(POLARS)
    assert printed(spark.cells[-1]) == printed(polars.cells[-1])
    assert printed(spark.cells[-2]) == printed(polars.cells[-2])
    assert any(row["poursuites"] for row in printed(spark.cells[-1]))


def test_what_the_table_shows_is_rounded_and_above_the_threshold(execute: Execute) -> None:
    shown = [row[column] for row in printed(execute(POLARS).cells[-2]) for column in ("victimes", "poursuites")]
    counts = [int(str(nb)) for nb in shown if nb is not None]
    assert counts
    assert len(counts) < len(shown)
    assert all(nb >= 10 and nb % 5 == 0 for nb in counts)
