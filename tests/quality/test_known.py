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


def test_what_identifies_is_counted_by_source_and_year(spark: SparkSession) -> None:
    procedures: Rows = [
        {"id_procedure": "p", "millesime": 2020, "numero": 1, "date_faits_debut": DAY},
        {"id_procedure": "q", "millesime": 2020, "numero": None, "commune_faits": "75056"},
        {"id_procedure": "r", "millesime": 2021, "numero": 5},
    ]
    persons: Rows = [
        {"side": "procedure", "id": "p", "source": "lrppn", "csns": None, "date_naissance": DAY},
        {"side": "affaire", "id": "a", "source": "cassiopee", "csns": "0123456789ABCDEF"},
        {"side": "affaire", "id": "a", "source": "cassiopee", "date_naissance": date(1980, 1, 1)},
    ]
    found = count_known(
        draw(spark, Procedure, procedures),
        draw(spark, Affaire, [{"id_affaire": "a", "millesime": 2021, "date_faits_debut": DAY}]),
        draw(spark, Reference, [{"id_affaire": "a", "rang": 1, "numero": 7}, {"id_affaire": "a", "rang": 0}]),
        draw(spark, Personne, persons),
    )
    assert [tuple(row) for row in found.collect()] == [
        ("cassiopee", 2021, "commune des faits", 1, 0),
        ("cassiopee", 2021, "csns", 2, 1),
        ("cassiopee", 2021, "jour des faits", 1, 1),
        ("cassiopee", 2021, "naissance", 2, 1),
        ("cassiopee", 2021, "naissance au jour pr\u00e8s", 2, 0),
        ("cassiopee", 2021, "num\u00e9ro de PV", 2, 1),
        ("lrppn", 2020, "commune des faits", 2, 1),
        ("lrppn", 2021, "commune des faits", 1, 0),
        ("lrppn", 2020, "csns", 1, 0),
        ("lrppn", 2020, "jour des faits", 2, 1),
        ("lrppn", 2021, "jour des faits", 1, 0),
        ("lrppn", 2020, "naissance", 1, 1),
        ("lrppn", 2020, "naissance au jour pr\u00e8s", 1, 1),
        ("lrppn", 2020, "num\u00e9ro de PV", 2, 1),
        ("lrppn", 2021, "num\u00e9ro de PV", 1, 1),
    ]


def test_a_field_that_no_row_has_is_named_and_one_of_no_rows_is_not() -> None:
    of_years = [(2020, "csns", 9, 0), (2021, "csns", 9, 0), (2020, "naissance", 9, 1), (2021, "naissance", 9, 0)]
    rows = [*(("lrppn", *one) for one in of_years), ("lrpgn", 2020, "csns", 0, 0)]
    columns = ["source", "millesime", "field", "nb", "nb_known"]
    assert find_unknown(pd.DataFrame(rows, columns=columns)) == [("lrppn", "csns")]
