"""The traits that weights are written under, and the share of missing weights that is still accepted."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from linkage.concepts import crossings
from linkage.platform.errors import ContractError
from linkage.tables import linked_base, standardised
from tests.drawing import draw


@pytest.mark.parametrize("table", [standardised.Procedure, linked_base.Procedure])
def test_traits_are_written_as_text_and_a_missing_one_by_its_word(spark: SparkSession, table: type) -> None:
    known = {"nb_mis_en_cause": 1, "famille": "vol", "force": "PN", "millesime": 2020, "code_departement": "2A"}
    drawn = draw(spark, table, [known, {"nb_mis_en_cause": 0}, {}])
    missing = "sans information"
    assert [tuple(row) for row in drawn.select(*crossings.traits()).collect()] == [
        ("true", "vol", "PN", "2020", "2A"),
        ("false", missing, missing, missing, missing),
        (missing, missing, missing, missing, missing),
    ]


def test_a_small_share_without_weight_is_accepted_and_a_larger_one_refused() -> None:
    crossings.refuse_unweighted(0, 0, largest=0.01)
    crossings.refuse_unweighted(10, 1000, largest=0.01)
    with pytest.raises(ContractError, match=r"11 of 1000 linked procedures have no weight there; 1\.0% at most"):
        crossings.refuse_unweighted(11, 1000, largest=0.01)
