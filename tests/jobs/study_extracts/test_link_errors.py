"""What stands beside a study of the error of its links: of all procedures, and of the groups that it has too."""

from __future__ import annotations

from pyspark.sql import SparkSession

from jobs.study_extracts import link_errors
from linkage.tables.quality import Estimate, Subgroup
from tests.drawing import draw


def test_the_error_is_the_synthesis_and_that_of_groups_of_procedures(spark: SparkSession) -> None:
    bounds = {"low": 0.9, "high": 1.0}
    estimates = [
        {"method": method, "measure": "precision", "estimate": estimate, **bounds}
        for method, estimate in (("synthese", 0.99), ("revue", 0.5))
    ]
    groups = [
        ("procedure", "force", "PN", "precision_estimee", 0.98),
        ("procedure", "departement", "33", "rappel_estime", 0.97),
        ("procedure", "force", "GN", "taux_appariement", 0.1),
        ("procedure", "famille", "vol", "precision_estimee", 0.2),
        ("affaire", "force", "PN", "precision_estimee", 0.3),
    ]
    names = ("side", "dimension", "modalite", "measure", "estimate")
    subgroups = [{**dict(zip(names, group, strict=True)), **bounds} for group in groups]
    errors = link_errors.select_errors(draw(spark, Estimate, estimates), draw(spark, Subgroup, subgroups))
    assert errors.columns == ["dimension", "modalite", "measure", "estimate", "low", "high"]
    assert sorted(tuple(row) for row in errors.collect()) == [
        ("departement", "33", "rappel", 0.97, 0.9, 1.0),
        ("ensemble", "*", "precision", 0.99, 0.9, 1.0),
        ("force", "PN", "precision", 0.98, 0.9, 1.0),
    ]
