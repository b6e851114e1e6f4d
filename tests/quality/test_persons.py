"""Links of persons against the truth, by role and overall."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from jobs.quality.truth import read_persons_truth, read_truth
from linkage.platform.errors import InputError
from linkage.platform.lake.files import Files
from linkage.quality.persons import measure_accuracy
from linkage.tables.links import PersonLink
from linkage.tables.quality import PersonAccuracy
from linkage.tables.standardised import Procedure
from tests.drawing import draw

TRUTH = """id_procedure;rang_procedure;id_affaire;rang_affaire;role;note
p1;1;a1;1;victime;x
p1;2;a1;2;mis_en_cause;x
p2;1;a2;1;victime;x
p3;1;a3;2;victime;x
"""


def link(procedure: str, left: int, affaire: str, right: int, role: str) -> dict[str, Any]:
    ids = {"id_procedure": procedure, "rang_procedure": left, "id_affaire": affaire, "rang_affaire": right}
    return {"source": "lrppn", **ids, "version": "v1", "role": role}


def test_persons_of_cases_not_retained_are_missed_and_each_role_has_its_figures(
    spark: SparkSession, tmp_path: Path
) -> None:
    (tmp_path / "persons.csv").write_text(TRUTH)
    procedures = draw(spark, Procedure, [{"id_procedure": name} for name in ("p1", "p2", "p3")])
    truth = read_persons_truth(Files(spark), str(tmp_path), procedures)
    assert truth is not None
    links = [
        link("p1", 1, "a1", 1, "victime"),
        link("p1", 2, "a1", 2, "mis_en_cause"),
        link("p3", 1, "a3", 1, "victime"),
    ]
    judged = PersonAccuracy.conform(measure_accuracy(draw(spark, PersonLink, links), truth, version="v1"))
    found = {row.role: tuple(row)[2:] for row in judged.collect()}
    assert found == {
        "*": (3, 2, 2, pytest.approx(2 / 3), 0.5, pytest.approx(4 / 7)),
        "victime": (2, 1, 2, 0.5, pytest.approx(1 / 3), 0.4),
        "mis_en_cause": (1, 1, 0, 1.0, 1.0, 1.0),
    }


def test_a_truth_without_persons_says_nothing_and_one_without_a_column_is_refused(
    spark: SparkSession, tmp_path: Path
) -> None:
    procedures = draw(spark, Procedure, [])
    assert read_persons_truth(Files(spark), str(tmp_path), procedures) is None
    (tmp_path / "persons.csv").write_text(TRUTH.replace("rang_affaire", "rang"))
    with pytest.raises(InputError, match="column rang_affaire missing"):
        read_persons_truth(Files(spark), str(tmp_path), procedures)


def test_the_source_of_a_true_procedure_is_said_or_that_of_the_only_one_with_its_identifier(
    spark: SparkSession, tmp_path: Path
) -> None:
    named = [("lrppn", "1"), ("lrpgn", "1"), ("lrpgn", "2")]
    procedures = draw(spark, Procedure, [{"source": source, "id_procedure": id} for source, id in named])
    (tmp_path / "links.csv").write_text("id_procedure;id_affaire;source\n1;a1;lrppn\n2;a2;\n9;a9;\n", encoding="utf-8")
    truth = read_truth(Files(spark), str(tmp_path), procedures)
    assert {(row.source, row.id_procedure, row.id_affaire) for row in truth.collect()} == {
        ("lrppn", "1", "a1"),
        ("lrpgn", "2", "a2"),
        (None, "9", "a9"),
    }
    (tmp_path / "links.csv").write_text("id_procedure;id_affaire\n1;a1\n2;a2\n", encoding="utf-8")
    with pytest.raises(InputError, match="1 lines name a procedure by an identifier of several sources"):
        read_truth(Files(spark), str(tmp_path), procedures)
