"""What the notebooks share: where the lake is, and what may be shown of a table."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pandas as pd
import polars
import pytest
from deltalake import CommitProperties, write_deltalake

from linkage.platform import config
from linkage.settings.study_extracts import StudySettings
from linkage.study_extracts.disclosure.own_table import protect_table

SEED = b"0123456789abcdef"
FILE = Path(__file__).parents[2] / "notebooks" / "carnet.py"


@pytest.fixture
def carnet(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as a notebook finds it when nothing is set."""
    monkeypatch.delenv("APPARIEMENT_LAKE", raising=False)
    module = loaded()
    monkeypatch.setattr(module, "graine", lambda: SEED)
    return module


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("carnet", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_lake_is_the_demo_s_until_another_is_named(carnet: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(FILE.parents[1] / "demo-lake") == carnet.LAC
    monkeypatch.setenv("APPARIEMENT_LAKE", "/elsewhere")
    assert loaded().LAC == "/elsewhere"


@pytest.mark.parametrize("restricted", ["links", "standardised/personnes", "sources/lrppn_personnes", "versions"])
def test_a_table_of_the_restricted_zone_is_refused(carnet: ModuleType, restricted: str) -> None:
    with pytest.raises(ValueError, match="hors de la zone d'exploitation"):
        carnet.table(restricted)


def test_a_lake_that_is_not_there_is_said_with_what_to_do(carnet: ModuleType, tmp_path: Path) -> None:
    vars(carnet)["LAC"] = str(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"spark-submit\.sh demo"):
        carnet.table("linked_base/procedures")


@pytest.mark.parametrize("study", ["violences_conjugales", "homicides"])
def test_the_rules_are_those_of_every_study(carnet: ModuleType, study: str) -> None:
    declared = config.settings(f"studies/{study}.toml", StudySettings).disclosure
    assert (declared.threshold, declared.base) == (carnet.REGLES.threshold, carnet.REGLES.base)
    assert f"moins de {declared.threshold}" in carnet.SECRET
    assert f"multiple de {declared.base}" in carnet.SECRET


def test_a_table_goes_through_the_door_and_its_shares_are_those_of_what_is_shown(carnet: ModuleType) -> None:
    exact = pd.DataFrame({"famille": ["vol", "violences", "autres"], "n": [123, 40, 9], "a": [61, 9, 9]})
    shown = carnet.publiable(exact, "n", ["a"])
    through_the_door = protect_table(exact, carnet.REGLES, total="n", parts=["a"], seed=SEED)
    pd.testing.assert_frame_equal(shown[["famille", "n", "a"]], through_the_door)
    assert shown["part_a"].isna().tolist() == [False, True, True]
    assert shown["part_a"][0] == round(shown["a"][0] / shown["n"][0], 2)


def test_the_rounding_is_drawn_from_what_only_a_reader_of_the_base_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carnet = loaded()
    for name, ids in {"one": ["p2", "p1"], "other": ["p3"]}.items():
        polars.DataFrame({"id_procedure": ids}).write_delta(str(tmp_path / name / "linked_base/procedures"))
        (tmp_path / name / "_lake.json").write_text('{"tables": {"linked_base/procedures": 0}}')
    secrets = []
    for name in ("one", "other"):
        monkeypatch.setattr(carnet, "LAC", str(tmp_path / name))
        carnet.graine.cache_clear()
        secrets.append(carnet.graine())
    assert secrets == [b"p1", b"p3"]


def test_a_printed_table_says_c_for_what_is_hidden_and_counts_in_french(carnet: ModuleType) -> None:
    table = pd.DataFrame({"famille": ["vol", "violences"], "n": [12340, 30], "a": [2470, 3]})
    page = carnet.imprime(carnet.publiable(table, "n", ["a"]), {"n": "victimes"}).to_html()
    assert "12\u202f340" in page
    assert "20\u202f%" in page
    assert page.count(">c<") == 2
    assert "victimes" in page


@pytest.mark.parametrize(
    ("said", "fictitious"), [({"fictives": ["v1"]}, True), ({"fictives": []}, False), ({}, False), (None, False)]
)
def test_a_base_made_of_fictitious_deliveries_is_known_by_its_last_write(
    carnet: ModuleType, tmp_path: Path, said: dict[str, list[str]] | None, fictitious: bool
) -> None:
    name = "linked_base/procedures"
    told = CommitProperties(custom_metadata={"userMetadata": json.dumps(said)} if said is not None else {})
    write_deltalake(str(tmp_path / name), pd.DataFrame({"version": ["v1"]}), commit_properties=told)
    (tmp_path / "_lake.json").write_text(json.dumps({"tables": {name: 0}}), encoding="utf-8")
    vars(carnet)["LAC"] = str(tmp_path)
    assert carnet.fictif() == fictitious
    assert ("Données fictives" in carnet.source("v1")) == fictitious
    assert ("Données fictives" in carnet.imprime(pd.DataFrame({"nb": [10]})).to_html()) == fictitious


def test_without_a_lake_nothing_is_said_to_be_fictitious(carnet: ModuleType, tmp_path: Path) -> None:
    vars(carnet)["LAC"] = str(tmp_path)
    assert not carnet.fictif()


def test_an_interval_is_wilson_s_and_wide_enough_for_what_rounding_may_hide(carnet: ModuleType) -> None:
    """Of 100 shown as 100, 20 shown as 20: exact counts are within four of both. Wilson of 20 in 100 is 13.3 to 28.9."""
    shown = pd.DataFrame({"n": pd.array([100, 100, None], "Int64"), "a": pd.array([20, None, 20], "Int64")})
    found = carnet.intervalles(shown, "n", ["a"])
    assert found["bas_a"].isna().tolist() == found["haut_a"].isna().tolist() == [False, True, True]
    assert found["bas_a"][0] == pytest.approx(0.101, abs=5e-4)  # 16 in 100
    assert found["haut_a"][0] == pytest.approx(0.332, abs=5e-4)  # 24 in 100
    assert found["bas_a"][0] < 0.133 < 0.289 < found["haut_a"][0]


def people(days: list[int], seen: list[bool], year: int) -> pd.DataFrame:
    ids = [f"{place:032x}" for place in range(year * 10000, year * 10000 + len(days))]
    return pd.DataFrame({"id_personne": ids, "jours": days, "vu": seen, "annee": year})


def test_a_delay_counts_those_who_still_wait_and_hides_what_few_persons_tell(carnet: ModuleType) -> None:
    """A thousand judged after 1, 2, …, 1000 days; then the same, half of which still wait after 500 days."""
    days = list(range(1, 1001))
    whole = people(days, [True] * 1000, 2018)
    waiting = people([min(day, 500) for day in days], [day <= 500 for day in days], 2019)
    few = people([10] * 5, [True] * 5, 2020)
    found = carnet.delais(pd.concat([whole, waiting, few]), "jours", "vu", "annee").set_index("annee")
    assert list(found.index) == ["2018", "2019", "2020", "Ensemble"]
    assert abs(found.loc["2018", "mediane"] - 500) <= 30
    assert abs(found.loc["2018", "troisieme_quartile"] - 750) <= 30
    assert found.loc["2019", "etat_troisieme_quartile"] == "non_atteint"
    assert found.loc["2020", "etat_mediane"] == "masque"
    # In steps of four months a hundred persons may be told; a step finer than the study's is not taken.
    hundred = people([10 * place for place in range(1, 101)], [True] * 100, 2018)
    assert carnet.delais(hundred, "jours", "vu", "annee", pas=120)["mediane"].tolist() == [480, 480]
    assert carnet.delais(hundred, "jours", "vu", "annee", pas=1)["etat_mediane"].tolist() == ["masque", "masque"]
    # Were those who wait left out, half would have been judged within 250 days.
    assert found.loc["Ensemble", "mediane"] > 400
