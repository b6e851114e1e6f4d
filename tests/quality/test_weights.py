"""Weights on counts small enough to check by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from pyspark.sql import SparkSession

from linkage.concepts.crossings import TRAITS
from linkage.quality import weights
from linkage.settings.quality import WeightsSettings
from linkage.tables.links import Link
from linkage.tables.sources import Evenement
from linkage.tables.standardised import Procedure
from tests.drawing import draw

SETTINGS = WeightsSettings(
    variables=("avec_mis_en_cause", "famille", "force", "millesime", "code_departement"),
    why_variables="", smallest_cell=50, smallest_linked=20, why_smallest_cell="", largest_unweighted=0.01, why_largest_unweighted="",
)  # fmt: skip


def counts(*rows: tuple[str, str, int, int, str]) -> pd.DataFrame:
    """Force, département, sent, linked, outcome of the linked; the unlinked have none."""
    made = []
    for force, departement, sent, linked, outcome in rows:
        crossing = ("true", "vol", force, "2020", departement, False)
        made += [(*crossing, outcome, linked, linked), (*crossing, None, sent - linked, 0)]
    return pd.DataFrame(made, columns=[*TRAITS, weights.CONJUGAL, weights.OUTCOME, "nb", "nb_linked"])


def test_weights_of_the_linked_add_up_to_those_sent_whatever_is_pooled() -> None:
    drawn = counts(("PN", "32", 100, 50, "a"), ("PN", "33", 30, 20, "a"), ("PN", "34", 25, 1, "a"), ("GN", "32", 60, 40, "a"), ("GN", "33", 5, 0, "a"))  # fmt: skip
    made = weights.build_weights(drawn, version="v", settings=SETTINGS)
    linked = drawn.groupby(TRAITS)["nb_linked"].sum().to_numpy()
    assert (made["weight"] * linked).sum() == pytest.approx(drawn["nb"].sum())
    by_place = made.set_index(["force", "code_departement"])["weight"].to_dict()
    # 33 and 34 are pooled in the police (55 sent, 21 linked); 5 of the gendarmerie join the cell beside them.
    assert by_place == pytest.approx({("PN", "32"): 2.0, ("PN", "33"): 55 / 21, ("PN", "34"): 55 / 21, ("GN", "32"): 65 / 40, ("GN", "33"): 65 / 40})  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "linked", "cells"),
    [(50, 20, 2), (49, 20, 1), (50, 19, 1)],
    ids=["just large enough", "too few sent", "too few linked"],
)
def test_a_cell_stands_alone_from_both_least_sizes(sent: int, linked: int, cells: int) -> None:
    drawn = counts(("PN", "32", 100, 50, "a"), ("GN", "32", sent, linked, "a"))
    assert weights.build_weights(drawn, version="v", settings=SETTINGS)["cell"].nunique() == cells


@pytest.mark.parametrize("trait", TRAITS)
def test_each_trait_makes_cells(trait: str) -> None:
    one, other = counts(("PN", "32", 100, 50, "a")), counts(("PN", "32", 100, 25, "a"))
    made = weights.build_weights(pd.concat([one, other.assign(**{trait: "z"})]), version="v", settings=SETTINGS)
    assert made.set_index(trait)["weight"].to_dict() == {one[trait].iloc[0]: 2.0, "z": 4.0}


def test_what_is_too_small_joins_the_smallest_cell_beside_it() -> None:
    drawn = counts(("A", "32", 200, 50, "a"), ("B", "32", 100, 50, "a"), ("C", "32", 10, 5, "a"))
    made = weights.build_weights(drawn, version="v", settings=SETTINGS).set_index("force")
    assert made["nb"].to_dict() == {"A": 200, "B": 110, "C": 110}


def test_weights_remove_a_bias_that_the_traits_carry() -> None:
    # Prosecuted: 20 % of the police's, 80 % of the gendarmerie's; the police's are linked half as often.
    drawn = counts(("PN", "32", 800, 80, "poursuites"), ("PN", "32", 800, 320, "classement"), ("GN", "32", 500, 400, "poursuites"), ("GN", "32", 500, 100, "classement"))  # fmt: skip
    made = weights.build_weights(drawn, version="v", settings=SETTINGS)
    found = weights.build_balance(drawn, made, version="v", smallest=10).set_index(["measure", "modalite"])
    true_share = (1600 * 0.2 + 1000 * 0.8) / 2600
    assert found.loc[("suite judiciaire", "poursuites"), "share"] == pytest.approx(480 / 900)
    assert found.loc[("suite judiciaire", "poursuites"), "weighted_share"] == pytest.approx(true_share)
    force = found.loc[("force", "PN")]
    assert (force["share"], force["weighted_share"], force["known_share"]) == pytest.approx((400 / 900, 1600 / 2600, 1600 / 2600))  # fmt: skip


def test_no_weight_where_nothing_is_linked() -> None:
    made = weights.build_weights(counts(("PN", "32", 100, 0, "a")), version="v", settings=SETTINGS)
    assert made["weight"].isna().all()


@pytest.mark.parametrize(
    ("third", "shown"), [(10, {"a", "b", "c"}), (9, {"a", "autres"})], ids=["large enough", "hidden with the next"]
)
def test_a_small_category_cannot_be_had_by_difference(third: int, shown: set[str]) -> None:
    drawn = counts(("PN", "32", 100, 60, "a"), ("PN", "32", 100, 20, "b"), ("PN", "32", 100, third, "c"))
    made = weights.build_balance(
        drawn, weights.build_weights(drawn, version="v", settings=SETTINGS), version="v", smallest=10
    )
    assert set(made.loc[made["measure"] == "suite judiciaire", "modalite"]) == shown


def test_a_small_population_is_left_out() -> None:
    drawn = counts(("PN", "32", 100, 60, "a"))
    drawn[weights.CONJUGAL] = [None, True]
    made = weights.build_balance(
        drawn, weights.build_weights(drawn, version="v", settings=SETTINGS), version="v", smallest=10
    )
    assert set(made["population"]) == {"ensemble"}


FAMILIES = {"21": "non_poursuivable", "48": "inopportunite", "56": "alternative"}
EVENTS: dict[str, list[tuple[str, str | None]]] = {
    "prosecuted": [("orientation", "copj")],
    "judged": [("decision", "jugement")],
    "ordered": [("ordonnance_reglement", "renvoi_tc")],
    "settled": [("orientation", "composition_penale")],
    "warned": [("classement", "56")],
    "let go": [("classement", "48")],
    "impossible": [("classement", "21")],
    "waiting": [("classement", None)],
    "first dropped": [("classement", "21"), ("classement", "48"), ("orientation", "crpc")],
}


def count(spark: SparkSession, links: list[tuple[str, str, str]], **procedures: dict[str, Any]) -> pd.DataFrame:
    """Procedures sent unless said otherwise, links with their status, and the affairs of ``EVENTS``."""
    usual = {"date_transmission": date(2020, 1, 1), "nb_mis_en_cause": 1, "natinfs": ["7151"], "force": "PN"}
    drawn = draw(spark, Procedure, [{**usual, "id_procedure": name, **said} for name, said in procedures.items()])
    rows = [{"id_procedure": p, "id_affaire": a, "status": status} for p, a, status in links]
    events = [{"id_affaire": a, "type": kind, "code": code} for a, two in EVENTS.items() for kind, code in two]
    return weights.count_crossings(
        drawn, draw(spark, Link, rows), draw(spark, Evenement, events), conjugal=["10872"], families=FAMILIES
    ).toPandas()


def test_sent_procedures_are_counted_under_the_orientation_of_their_affair(spark: SparkSession) -> None:
    expected = {
        **dict.fromkeys(("prosecuted", "judged", "ordered", "first dropped"), "poursuites"),
        **dict.fromkeys(("settled", "warned"), "alternatives"),
        "let go": "inopportunite",
        "impossible": "non_poursuivable",
        **dict.fromkeys(("waiting", "without events"), "en_cours"),
    }
    force = dict(zip(expected, "ABCDEFGHIJ", strict=True))
    links = [(f"p{affaire}", affaire, "retenu") for affaire in expected]
    found = count(spark, links, **{f"p{affaire}": {"force": letter} for affaire, letter in force.items()})
    assert dict(zip(found["force"], found[weights.OUTCOME], strict=True)) == {
        force[affaire]: word for affaire, word in expected.items()
    }
    assert (found["nb"] == 1).all() and (found["nb_linked"] == 1).all()


def test_of_several_affairs_the_furthest_counts_and_doubtful_links_count_for_nothing(spark: SparkSession) -> None:
    links = [("p", "impossible", "retenu"), ("p", "warned", "retenu"), ("p", "prosecuted", "a_revoir"), ("q", "judged", "a_revoir")]  # fmt: skip
    unlinked = {"nb_mis_en_cause": 0, "natinfs": ["7151", "10872"]}
    found = count(spark, links, p={}, q=unlinked, r=unlinked, s={"date_transmission": None})
    rows = {
        (row.avec_mis_en_cause, row.famille, row.force, row.nb, row.nb_linked): (conjugal, outcome)
        for row, conjugal, outcome in zip(
            found.itertuples(), found[weights.CONJUGAL], found[weights.OUTCOME], strict=True
        )
    }
    assert rows == {
        ("true", "sans information", "PN", 1, 1): (False, "alternatives"),
        ("false", "sans information", "PN", 2, 0): (True, None),
    }


def test_a_linked_procedure_without_a_weight_is_counted_and_stands_for_itself() -> None:
    drawn = counts(("PN", "32", 100, 50, "a"), ("GN", "32", 60, 30, "b"), ("GN", "33", 40, 0, "b"))
    known = weights.build_weights(drawn, version="v", settings=SETTINGS)
    assert weights.count_unweighted(drawn, known) == 0
    partial = known[known["force"] == "PN"]
    assert weights.count_unweighted(drawn, partial) == 30
    balance = weights.build_balance(drawn, partial, version="v", smallest=10).set_index(["measure", "modalite"])
    assert balance.loc[("suite judiciaire", "a"), "weighted_share"] == pytest.approx(50 * 2 / (50 * 2 + 30))


@pytest.mark.parametrize(("linked", "populations"), [(10, {"ensemble"}), (9, set())])
def test_a_population_is_shown_from_its_least_size(linked: int, populations: set[str]) -> None:
    drawn = counts(("PN", "32", 100, linked, "a"))
    made = weights.build_weights(drawn, version="v", settings=SETTINGS)
    balance = weights.build_balance(drawn, made, version="v", smallest=10)
    assert set(balance["population"]) == populations
    assert list(balance.columns) and (balance["nb_linked"] == linked).all()
