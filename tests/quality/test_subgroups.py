"""Subgroups on small drawn tables: who belongs, what is expected, what is protected and what is named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from chispa import assert_df_equality
from pyspark.sql import DataFrame, SparkSession

from linkage.concepts.shown import Shown
from linkage.platform.lake.contracts import checked
from linkage.quality import subgroups, traits
from linkage.quality.estimates import expectations
from linkage.settings.quality import SubgroupsSettings
from linkage.tables.quality import Subgroup
from linkage.tables.standardised import Affaire, Personne, Procedure
from tests.drawing import draw

SETTINGS = SubgroupsSettings(
    confidence=0.95, smallest=10, why_smallest="", age_bounds=(18, 65), why_age_bounds="",
    group_spread=0.0, why_group_spread="", named_above=50, named_gap=0.03, named_gap_estimated=0.01, why_named="",
)  # fmt: skip
GROUP = "side string, source string, id string, dimension string, modalite string"
CASE = "side string, source string, id string, nb_cases int, nb_sent int, nb_linked int, nb_linked_sent int, nb_links bigint, expected_found double, expected_true double, nb_true bigint, nb_true_found bigint"


def test_a_case_is_in_every_group_that_one_of_its_persons_is_in(spark: SparkSession) -> None:
    procedures = draw(spark, Procedure, [{"id_procedure": "p1", "date_faits_debut": date(2020, 6, 1), "millesime": 2020, "force": "PN"}])  # fmt: skip
    affaires = draw(spark, Affaire, [{"id_affaire": "a1", "origine": "gendarmerie", "petit_x": True}])
    persons = [
        {"rang": 1, "role": "victime", "sexe": "F", "date_naissance": date(2002, 6, 1), "pays_naissance": "ITA"},
        {"rang": 2, "role": "victime", "sexe": "F", "date_naissance": date(2002, 6, 2), "commune_naissance": "32013"},
        {"rang": 3, "role": "victime", "pays_naissance": "SEN"},
        {"rang": 4, "role": "temoin", "sexe": "M"},
    ]
    personnes = draw(spark, Personne, [{"side": "procedure", "id": "p1", **person} for person in persons])
    found = traits.list_groups(procedures, affaires, personnes, union=["ITA"], settings=SETTINGS)
    missing = "sans information"
    expected = [
        *[("procedure", "lrppn", "p1", d, v) for d, v in {"ensemble": "ensemble", "millesime": "2020", "force": "PN", "departement": missing, "tribunal": missing, "famille": missing}.items()],
        *[("affaire", "cassiopee", "a1", d, v) for d, v in {"ensemble": "ensemble", "millesime": missing, "force": "GN", "departement": missing, "tribunal": missing, "famille": missing, "petit_x": "true"}.items()],
        *[("procedure", "lrppn", "p1", "sexe_victime", v) for v in ("F", missing)],
        *[("procedure", "lrppn", "p1", "age_victime", v) for v in ("18-64", "moins de 18", missing)],
        *[("procedure", "lrppn", "p1", "naissance_victime", v) for v in ("union_europeenne", "france", "autre")],
    ]  # fmt: skip
    assert_df_equality(
        found,
        spark.createDataFrame(expected, GROUP),
        ignore_row_order=True,
        ignore_column_order=True,
        ignore_nullable=True,
    )


def test_what_is_expected_of_a_case_comes_from_the_probabilities_of_its_pairs(spark: SparkSession) -> None:
    procedures = draw(spark, Procedure, [{"id_procedure": f"p{i}", "date_transmission": date(2020, 1, 1) if i < 4 else None} for i in (1, 2, 3, 4)])  # fmt: skip
    affaires = draw(spark, Affaire, [{"id_affaire": "a1", "origine": "police"}, {"id_affaire": "a2", "origine": "gendarmerie"}, {"id_affaire": "a3", "origine": "administration"}])  # fmt: skip
    pair = "source string, id_procedure string, id_affaire string, "
    links = spark.createDataFrame([("lrppn", "p1", "a1", "retenu", 0.9), ("lrppn", "p2", "a2", "a_revoir", 0.6)], pair + "status string, p double")  # fmt: skip
    scored = spark.createDataFrame(
        [
            ("lrppn", "p1", "a1", 1, 11, 0.9), ("lrppn", "p2", "a1", 2, 11, 0.5),  # a1's only reference is settled
            ("lrppn", "p2", "a2", 2, 12, 0.6), ("lrppn", "p3", "a2", 3, 12, 0.3),  # p2 is the best of a2
            ("lrppn", "p1", "a3", 1, 13, 0.8), ("lrppn", "p2", "a3", 2, 13, 0.4),  # p1 has a link; p2 is worth more with a2
        ],
        pair + "procedure_key bigint, reference_key bigint, p double",
    )  # fmt: skip
    missed = expectations.find_missed(scored, links.where("status = 'retenu'"))
    assert [(row.source, row.id_procedure, row.id_affaire, row.p) for row in missed.collect()] == [
        ("lrppn", "p2", "a2", 0.6)
    ]
    truth = spark.createDataFrame([("lrppn", "p1", "a1"), ("lrppn", "p3", "a2")], pair.rstrip(", "))
    found = expectations.count_cases(procedures, affaires, links, missed, truth)
    expected = [
        ("procedure", "lrppn", "p1", 1, 1, 1, 1, 1, 0.9, 0.9, 1, 1),
        ("procedure", "lrppn", "p2", 1, 1, 0, 0, 0, 0.0, 0.6, 0, 0),
        ("procedure", "lrppn", "p3", 1, 1, 0, 0, 0, 0.0, 0.0, 1, 0),
        ("procedure", "lrppn", "p4", 1, 0, 0, 0, 0, 0.0, 0.0, 0, 0),
        ("affaire", "cassiopee", "a1", 1, 1, 1, 1, 1, 0.9, 0.9, 1, 1),
        ("affaire", "cassiopee", "a2", 1, 1, 0, 0, 0, 0.0, 0.6, 1, 0),
    ]
    assert_df_equality(
        found,
        spark.createDataFrame(expected, CASE),
        ignore_row_order=True,
        ignore_column_order=True,
        ignore_nullable=True,
    )


def _cases(
    spark: SparkSession, sizes: dict[str, int], *, found: dict[str, int] | None = None
) -> tuple[DataFrame, DataFrame]:
    """Sent procedures in groups of one dimension, each with one true link, found for the first so many."""
    groups: list[Any] = []
    cases: list[Any] = []
    for name, size in sizes.items():
        for number in range(size):
            is_found = int(number < (found or sizes)[name])
            groups += [("procedure", "lrppn", f"{name}{number}", "force", name), ("procedure", "lrppn", f"{name}{number}", "ensemble", "ensemble")]  # fmt: skip
            cases.append(("procedure", "lrppn", f"{name}{number}", 1, 1, is_found, is_found, is_found, float(is_found), 1.0, 1, is_found))  # fmt: skip
    return spark.createDataFrame(groups, GROUP), spark.createDataFrame(cases, CASE)


def _shown(spark: SparkSession, sizes: dict[str, int]) -> dict[str, float]:
    made = subgroups.measure_subgroups(*_cases(spark, sizes), version="v", settings=SETTINGS)
    rows = made.where("dimension = 'force' and measure = 'taux_appariement'").collect()
    return {row.modalite: row.nb for row in rows}


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({"A": 30, "B": 12, "C": 10}, {"A": 30, "B": 12, "C": 10}),
        ({"A": 30, "B": 12, "C": 9}, {"A": 30, "autres": 21}),  # C alone could be had by subtraction: B goes with it
        ({"A": 30, "B": 12, "C": 9, "D": 1}, {"A": 30, "B": 12, "autres": 10}),
        ({"A": 9}, {}),
    ],
)
def test_small_groups_are_merged_so_that_none_can_be_had_by_difference(
    spark: SparkSession, sizes: dict[str, int], shown: dict[str, float]
) -> None:
    assert _shown(spark, sizes) == shown


def test_a_large_group_well_below_the_whole_is_named_and_nobody_else(spark: SparkSession) -> None:
    sizes, found = {"A": 400, "B": 60, "C": 50}, {"A": 400, "B": 48, "C": 0}
    made = subgroups.measure_subgroups(*_cases(spark, sizes, found=found), version="v", settings=SETTINGS)
    rows = {row.modalite: row for row in made.where("measure = 'rappel_vrai'").collect()}
    assert {name: row.named for name, row in rows.items()} == {"ensemble": False, "A": False, "B": True, "C": False}
    assert rows["B"].gap == pytest.approx(48 / 60 - 448 / 510)
    assert rows["B"].gap_low < rows["B"].gap < rows["B"].gap_high < 0


def test_an_estimated_gap_is_named_before_a_true_one_since_it_is_the_smaller(spark: SparkSession) -> None:
    sizes, links_found = {"A": 400, "B": 60}, {"A": 400, "B": 58}
    measures = subgroups.measure_subgroups(*_cases(spark, sizes, found=links_found), version="v", settings=SETTINGS)
    rows = {row.measure: row for row in measures.where("modalite = 'B'").collect()}
    gaps = {measure: rows[measure].gap for measure in ("rappel_vrai", "rappel_estime")}
    assert all(-0.03 < gap < -0.01 for gap in gaps.values())
    assert {measure: rows[measure].named for measure in gaps} == {"rappel_vrai": False, "rappel_estime": True}


def test_an_estimated_share_is_as_unsure_as_the_report_writes_it_and_its_code_compiles(spark: SparkSession) -> None:
    sizes, links_found = {"A": 400, "B": 100}, {"A": 390, "B": 80}
    unsure = SETTINGS.model_copy(update={"group_spread": 0.4})
    measured = subgroups.measure_subgroups(
        *_cases(spark, sizes, found=links_found), version="v", settings=unsure, spread_of_whole={"rappel_estime": 0.3}
    )
    spark.conf.set("spark.sql.codegen.fallback", "false")  # code that is too long is an error, not a slower way
    try:
        rows = {(row.modalite, row.measure): row for row in checked(measured, Subgroup).collect()}
    finally:
        spark.conf.unset("spark.sql.codegen.fallback")
    written = Shown(smallest=0, base=1)
    for measure, spread in (("rappel_estime", 0.5), ("rappel_vrai", 0.0)):
        row = rows["B", measure]
        assert row.spread == pytest.approx(spread)
        assert (round(row.low, 3), round(row.high, 3)) == written.interval(80, 100, confidence=0.95, spread=spread)


def test_a_measure_that_needs_the_truth_is_absent_without_it(spark: SparkSession) -> None:
    groups, cases = _cases(spark, {"A": 20})
    blind = cases.selectExpr("* except (nb_true, nb_true_found)", "cast(null as bigint) nb_true", "cast(null as bigint) nb_true_found")  # fmt: skip
    measures = (
        subgroups.measure_subgroups(groups, blind, version="v", settings=SETTINGS)
        .select("measure")
        .distinct()
        .collect()
    )
    assert {row.measure for row in measures} == {"taux_appariement", "taux_appariement_total", "precision_estimee", "rappel_estime"}  # fmt: skip


def test_a_column_without_any_value_is_named() -> None:
    said = [
        (side, dimension, "x")
        for side, dimension in traits.name_columns()
        if (side, dimension) != ("affaire", "tribunal")
    ]
    frame = pd.DataFrame([*said, ("affaire", "tribunal", "sans information")], columns=["side", "dimension", "modalite"])  # fmt: skip
    assert traits.find_silent(frame) == ["standardised/affaires.code_tj (affaire)"]
