"""What a source lacks is said, field by field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from pyspark.sql import SparkSession

from linkage.quality.known import count_known, find_unknown
from linkage.tables.standardised import Affaire, Personne, Procedure, Reference
from tests.drawing import draw

Rows = list[dict[str, Any]]
DAY = date(2020, 3, 1)


def test_what_identifies_is_counted_by_source(spark: SparkSession) -> None:
    procedures: Rows = [{"numero": 1, "date_faits_debut": DAY}, {"numero": None, "commune_faits": "75056"}]
    persons: Rows = [
        {"side": "procedure", "csns": None, "date_naissance": DAY},
        {"side": "affaire", "csns": "0123456789ABCDEF"},
        {"side": "affaire", "date_naissance": date(1980, 1, 1)},
    ]
    found = count_known(
        draw(spark, Procedure, procedures),
        draw(spark, Affaire, [{"date_faits_debut": DAY}]),
        draw(spark, Reference, [{"rang": 1, "numero": 7}, {"rang": 0}]),
        draw(spark, Personne, persons),
    )
    assert [tuple(row) for row in found.collect()] == [
        ("cassiopee", "commune des faits", 1, 0),
        ("cassiopee", "csns", 2, 1),
        ("cassiopee", "jour des faits", 1, 1),
        ("cassiopee", "naissance", 2, 1),
        ("cassiopee", "naissance au jour pr\u00e8s", 2, 0),
        ("cassiopee", "num\u00e9ro de PV", 2, 1),
        ("lrppn", "commune des faits", 2, 1),
        ("lrppn", "csns", 1, 0),
        ("lrppn", "jour des faits", 2, 1),
        ("lrppn", "naissance", 1, 1),
        ("lrppn", "naissance au jour pr\u00e8s", 1, 1),
        ("lrppn", "num\u00e9ro de PV", 2, 1),
    ]


def test_a_field_that_no_row_has_is_named_and_one_of_no_rows_is_not() -> None:
    rows = [("lrppn", "csns", 9, 0), ("lrppn", "naissance", 9, 1), ("lrpgn", "csns", 0, 0)]
    assert find_unknown(pd.DataFrame(rows, columns=["source", "field", "nb", "nb_known"])) == [("lrppn", "csns")]
