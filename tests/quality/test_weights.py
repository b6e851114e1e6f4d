"""Weights on counts small enough to check by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from linkage.concepts.crossings import TRAITS
from linkage.quality import weights
from linkage.settings.quality import WeightsSettings

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
