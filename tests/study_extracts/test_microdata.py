"""An extract in which nobody is alone, under pseudonyms of its own; delays as Kaplan and Meier read them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs.study_extracts.declaration import declared
from linkage.governance.keys import EXTRACT
from linkage.governance.pseudonyms import Pseudonyms
from linkage.platform.errors import ContractError
from linkage.settings.study_extracts import LadderStep
from linkage.study_extracts import microdata
from linkage.study_extracts.tables import quantile

STUDY = declared("violences_conjugales").microdata
SETTINGS = STUDY.model_copy(
    update={
        "columns": ("sexe", "millesime", "orientation", "mois_fin"),
        "quasi_identifiers": ("sexe", "millesime"),
        "trajectory": ("mois_fin",),
        "ladder": (LadderStep(column="millesime", to={}),),
        "k": 3,
        "most_suppressed": 0.0,
    }
)


def counts(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["sexe", "millesime", "orientation", "nb"])


def test_k_persons_with_l_orientations_need_no_step() -> None:
    alike = counts(("F", "2018", "poursuites", 2), ("F", "2018", "en_cours", 1))
    assert microdata.climb_ladder(alike, SETTINGS) == (0, 0.0)


@pytest.mark.parametrize(("nb", "steps"), [(2, 1), (3, 0)])
def test_k_persons_alike_are_enough_and_one_fewer_is_not(nb: int, steps: int) -> None:
    """Two orientations among them in either case: only how many they are differs."""
    alike = (("F", "2018", "poursuites", nb - 1), ("F", "2018", "en_cours", 1))
    beside = (("F", "2019", "poursuites", 5), ("F", "2019", "en_cours", 5))
    assert microdata.climb_ladder(counts(*alike, *beside), SETTINGS)[0] == steps


@pytest.mark.parametrize(("kinds", "steps"), [(("poursuites",), 1), (("poursuites", "en_cours"), 0)])
def test_l_orientations_among_those_alike_are_enough_and_one_fewer_is_not(kinds: tuple[str, ...], steps: int) -> None:
    """Far more than k in either case: only how many orientations they have differs."""
    alike = [("F", "2018", kind, 50) for kind in kinds]
    beside = (("F", "2019", "poursuites", 50), ("F", "2019", "en_cours", 50))
    assert microdata.climb_ladder(counts(*alike, *beside), SETTINGS)[0] == steps


@pytest.mark.parametrize(("left_out", "steps"), [(0.02, 0), (0.019, 1)])
def test_the_ceiling_may_be_reached_and_not_passed(left_out: float, steps: int) -> None:
    """Two persons of a hundred are alone in their year."""
    rules = SETTINGS.model_copy(update={"most_suppressed": left_out})
    alone = (("F", "2018", "poursuites", 1), ("F", "2018", "en_cours", 1))
    beside = (("F", "2019", "poursuites", 49), ("F", "2019", "en_cours", 49))
    assert microdata.climb_ladder(counts(*alone, *beside), rules) == (steps, 0.0 if steps else 0.02)


@pytest.mark.parametrize(
    ("rows", "are_left"),
    [
        ([("F", "poursuites"), ("F", "poursuites"), ("F", "en_cours")], True),
        ([("F", "poursuites"), ("F", "en_cours")], False),
        ([("F", "poursuites")] * 9, False),
        ([("F", "poursuites")] * 8 + [("F", "en_cours")], True),
    ],
    ids=["k of them", "one fewer than k", "one orientation", "l orientations"],
)
def test_the_extract_holds_k_persons_with_l_orientations_and_nobody_else(
    spark: SparkSession, rows: list[tuple[str, str]], are_left: bool
) -> None:
    persons = [(f"f{n}", sexe, "2018", kind, "a") for n, (sexe, kind) in enumerate(rows)]
    candidates = spark.createDataFrame(persons, ["id", *SETTINGS.columns])
    found: pd.DataFrame = microdata.draw_extract(candidates, SETTINGS, steps=0, pseudonym=lambda one: one)
    assert found.count() == (len(rows) if are_left else 0)


@pytest.mark.parametrize(
    ("months", "left"),
    [
        (["a"] * 3 + ["b"] * 3, {"a": 3, "b": 3}),
        (["a"] * 4 + ["b"] * 2, {None: 6}),
        (["a"] * 3 + ["b"] * 2 + ["c"], {"a": 3, None: 3}),
    ],
    ids=["each of k", "fewer than k would be emptied alone", "k are emptied"],
)
def test_a_trajectory_is_left_where_k_share_it_and_emptied_for_k_at_least(
    spark: SparkSession, months: list[str], left: dict[str | None, int]
) -> None:
    persons = [(f"f{n}", "F", "2018", "poursuites" if n % 2 else "en_cours", month) for n, month in enumerate(months)]
    candidates = spark.createDataFrame(persons, ["id", *SETTINGS.columns])
    found: pd.DataFrame = microdata.draw_extract(candidates, SETTINGS, steps=0, pseudonym=lambda one: one).toPandas()
    assert found["mois_fin"].value_counts(dropna=False).to_dict() == left


@pytest.mark.parametrize(
    "rows",
    [
        (("F", "2018", "poursuites", 1), ("F", "2018", "en_cours", 1), ("F", "2019", "en_cours", 1)),
        (("F", "2018", "poursuites", 3), ("F", "2019", "en_cours", 3)),
    ],
    ids=["fewer than k", "fewer than l"],
)
def test_the_ladder_is_climbed_until_the_ceiling_holds(rows: tuple[tuple[str, str, str, int], ...]) -> None:
    assert microdata.climb_ladder(counts(*rows), SETTINGS) == (1, 0.0)


def test_a_ladder_too_short_is_refused() -> None:
    with pytest.raises(ContractError, match="with the whole ladder"):
        microdata.climb_ladder(counts(("F", "2018", "poursuites", 50), ("M", "2018", "en_cours", 1)), SETTINGS)


def test_persons_too_few_are_left_out_and_trajectories_of_few_are_emptied(spark: SparkSession) -> None:
    months = ["a"] * 4 + ["b"] * 3 + ["c", "d", "e"]
    rows = [(f"f{n}", "F", "2018", "poursuites" if n % 2 else "en_cours", month) for n, month in enumerate(months)]
    rows += [(f"m{n}", "M", "2018", "poursuites", "a") for n in range(9)]
    candidates = spark.createDataFrame(rows, ["id", *SETTINGS.columns])
    found: pd.DataFrame = microdata.draw_extract(
        candidates, SETTINGS, steps=0, pseudonym=lambda one: F.reverse(one)
    ).toPandas()
    assert set(found["sexe"]) == {"F"}
    assert found["mois_fin"].value_counts(dropna=False).to_dict() == {"a": 4, "b": 3, None: 3}
    assert list(found["id"]) == sorted(found["id"])


def test_two_extracts_share_no_pseudonym(spark: SparkSession, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("9f2c44d1a7e35b80c6f1d2e3940a5b6c\n", encoding="ascii")
    made = Pseudonyms.derived(str(key), EXTRACT)
    persons = spark.createDataFrame([(f"v{n}",) for n in range(50)], ["id"])
    extracts = [
        {row[0] for row in persons.select(made.of("extrait", F.lit(name), F.col("id"))).collect()}
        for name in ("violences_conjugales/v1/a", "violences_conjugales/v1/b")
    ]
    assert [len(one) for one in extracts] == [50, 50]
    assert not extracts[0] & extracts[1]


def test_kaplan_meier_counts_the_censored_until_their_day() -> None:
    """Freireich's patients under 6-MP: the published median is 23 weeks."""
    seen = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    days = pd.DataFrame({"days": seen + censored, "seen": [True] * len(seen) + [False] * len(censored), "nb": 1})
    assert quantile(days, 0.5) == 23
    assert quantile(days[days["seen"]], 0.5) == 10
