"""An extract in which nobody is alone, under pseudonyms of its own; delays as Kaplan and Meier read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs.study_extracts.declaration import declared
from linkage.governance.keys import EXTRACT
from linkage.governance.pseudonyms import Pseudonyms
from linkage.platform.errors import ContractError
from linkage.settings.study_extracts import LadderStep, MicrodataSettings
from linkage.study_extracts import microdata
from linkage.study_extracts.tables import quantile

SETTINGS = declared("violences_conjugales").microdata.model_copy(
    update={
        "columns": ("sexe", "millesime", "orientation", "decision", "mois_fin"),
        "quasi_identifiers": ("sexe", "millesime"),
        "trajectory": ("mois_fin",),
        "ladder": (LadderStep(column="millesime", to={}),),
        "k": 3,
        "l": 2,
        "t": 0.5,
        "most_suppressed": 0.0,
    }
)
Crossing = tuple[str, str, str, str | None, str | None, int]


def crossings(*rows: Crossing) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[*SETTINGS.columns, "nb"])


def alike(sexe: str, millesime: str, *ends: tuple[str, int]) -> list[Crossing]:
    return [(sexe, millesime, end, None, None, nb) for end, nb in ends]


def left(rows: pd.DataFrame, settings: MicrodataSettings = SETTINGS) -> tuple[pd.DataFrame, float]:
    """What is shown, and the share left out."""
    made, share = microdata.climb_ladder(rows, settings)
    shown = made[[f"{name}{microdata.SHOWN}" for name in settings.columns]]
    return shown.set_axis(list(settings.columns), axis="columns").assign(nb=made["nb"]), share


@pytest.mark.parametrize(("nb", "year"), [(3, "2018"), (2, "*")])
def test_k_persons_alike_with_their_end_are_enough_and_one_fewer_is_not(nb: int, year: str) -> None:
    rows = crossings(
        *alike("F", "2018", ("poursuites", nb), ("en_cours", 3)),
        *alike("F", "2019", ("poursuites", 3), ("en_cours", 3)),
    )
    shown, share = left(rows)
    assert year in set(shown["millesime"])
    assert share == 0.0


def test_one_end_among_those_alike_would_tell_it() -> None:
    rows = crossings(*alike("F", "2018", ("poursuites", 50)), *alike("F", "2019", ("poursuites", 3), ("en_cours", 50)))
    assert set(left(rows)[0]["millesime"]) == {"*"}


@pytest.mark.parametrize(("t", "year"), [(0.5, "2018"), (0.3, "*")])
def test_ends_far_from_those_of_everybody_would_tell_much(t: float, year: str) -> None:
    rows = crossings(
        *alike("F", "2018", ("poursuites", 27), ("en_cours", 3)),
        *alike("F", "2019", ("poursuites", 3), ("en_cours", 27)),
    )
    assert year in set(left(rows, SETTINGS.model_copy(update={"t": t}))[0]["millesime"])


@pytest.mark.parametrize(("ceiling", "year"), [(0.02, "2018"), (0.019, "*")])
def test_the_ceiling_may_be_reached_and_not_passed(ceiling: float, year: str) -> None:
    rows = crossings(*alike("F", "2018", ("poursuites", 49), ("en_cours", 49), ("alternatives", 2)),
                     *alike("M", "2018", ("alternatives", 0)))  # fmt: skip
    rows = rows[rows["nb"] > 0]
    settings = SETTINGS.model_copy(update={"most_suppressed": ceiling})
    if year == "*":
        with pytest.raises(ContractError, match="with the whole ladder"):
            left(rows, settings)
    else:
        shown, share = left(rows, settings)
        assert share == pytest.approx(0.02)
        assert shown["nb"].sum() == 98


@pytest.mark.parametrize(
    ("months", "shown"),
    [
        ({"a": 3, "b": 3}, {"a": 6, "b": 6}),
        ({"a": 4, "b": 2}, {"": 12}),
        ({"a": 3, "b": 2, "c": 1}, {"a": 6, "": 6}),
        ({"a": 3, "b": 3, "c": 1}, {"b": 6, "": 8}),
    ],
    ids=["each of k", "fewer than k alone", "k are emptied", "the smallest is emptied with too few"],
)
def test_months_are_left_where_k_of_each_end_share_them(months: dict[str, int], shown: dict[str, int]) -> None:
    rows = crossings(
        *(("F", "2018", end, None, month, nb) for month, nb in months.items() for end in ("poursuites", "en_cours"))
    )
    found, _ = left(rows)
    assert found.groupby("mois_fin")["nb"].sum().to_dict() == shown


def test_what_a_hearing_tells_is_left_where_k_share_the_whole_row() -> None:
    decided = [
        ("F", "2018", "poursuites", decision, None, nb)
        for decision, nb in (("condamnation", 9), ("relaxe", 4), ("dispense", 1))
    ]
    found, _ = left(crossings(*decided, *alike("F", "2018", ("en_cours", 9))))
    assert found[found["orientation"] == "poursuites"].groupby("decision")["nb"].sum().to_dict() == {
        "condamnation": 9,
        "": 5,
    }
    assert microdata.count_alone(found, SETTINGS.columns, fewer=SETTINGS.k) == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("FM"), st.sampled_from(["2018", "2019"]), st.sampled_from(["poursuites", "en_cours", "alternatives"]),
                          st.sampled_from(["condamnation", "relaxe", None]), st.sampled_from(["a", "b", None])), min_size=1, max_size=150))  # fmt: skip
def test_nobody_is_alone_whatever_the_persons(persons: list[tuple[Any, ...]]) -> None:
    counted = pd.DataFrame(persons, columns=list(SETTINGS.columns)).groupby(list(SETTINGS.columns), dropna=False).size()
    rows = counted.reset_index(name="nb")
    try:
        found, share = left(rows, SETTINGS.model_copy(update={"most_suppressed": 0.9}))
    except ContractError:
        return
    assert microdata.count_alone(found, SETTINGS.columns, fewer=SETTINGS.k) == 0
    assert found["nb"].sum() == pytest.approx((1 - share) * len(persons))
    known = found.groupby(["sexe", "millesime", "mois_fin"])["orientation"].nunique()
    assert known.min() >= SETTINGS.l


def test_a_person_is_there_once_at_her_first_recording_and_some_are_not_drawn(spark: SparkSession) -> None:
    rows = [
        (f"{number * 0x1000000 % 2**32:08x}{number}", f"i{number // 2}", number, "F", "2018", "poursuites", None)
        for number in range(400)
    ]
    columns = ["id", "id_individu", "date_enregistrement", "sexe", "millesime", "orientation", "decision"]
    victims = spark.createDataFrame(
        rows, ", ".join(f"{name} {'int' if name == 'date_enregistrement' else 'string'}" for name in columns)
    )
    victims = victims.withColumns({"est_liee": F.lit(True), **{f"{what}_{step}": F.lit(value) for step in ("arrivee_orientation", "enregistrement_fin")
                                                              for what, value in (("jours", 40), ("vu", True))}})  # fmt: skip
    found = microdata.select_candidates(victims, SETTINGS, lambda one: one).collect()
    assert 100 < len(found) < 200
    assert all(int(row["id"][8:]) % 2 == 0 for row in found)
    assert {row["mois_fin"] for row in found} == {"1 à 2 mois"}


def test_the_extract_has_the_shown_values_in_the_order_of_pseudonyms(spark: SparkSession) -> None:
    persons = [
        (f"f{9 - n}", "F", "2018", "poursuites" if n % 2 else "en_cours", None, "a" if n < 8 else "b")
        for n in range(10)
    ]
    schema = ", ".join(f"{name} string" for name in ("id", *SETTINGS.columns))
    candidates = spark.createDataFrame(persons, schema)
    made, _ = microdata.climb_ladder(microdata.count_crossings(candidates, SETTINGS), SETTINGS)
    found = microdata.draw_extract(candidates, made, SETTINGS).collect()
    assert [row["id"] for row in found] == sorted(one[0] for one in persons)
    assert {row["mois_fin"] for row in found} == {None}


def test_two_extracts_share_no_pseudonym(spark: SparkSession, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("9f2c44d1a7e35b80c6f1d2e3940a5b6c\n", encoding="ascii")
    key.chmod(0o600)
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
