"""What the notebooks share: where the lake is, and what may be shown of a table."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from linkage.platform import config
from linkage.settings.study_extracts import StudySettings

FILE = Path(__file__).parents[2] / "notebooks" / "carnet.py"


@pytest.fixture
def carnet(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as a notebook finds it when nothing is set."""
    monkeypatch.delenv("APPARIEMENT_LAKE", raising=False)
    return loaded()


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
def test_threshold_and_rounding_are_those_of_the_studies(carnet: ModuleType, study: str) -> None:
    disclosure = config.settings(f"studies/{study}.toml", StudySettings).disclosure
    assert (disclosure.threshold, disclosure.base) == (carnet.SEUIL, carnet.BASE)


@pytest.mark.parametrize(
    ("total", "part", "shown"),
    [
        (100, 50, (100, 50, 0.5)),
        (102, 53, (100, 55, 0.55)),
        (40, 10, (40, 10, 0.25)),
        (40, 9, (40, None, None)),
        (40, 0, (40, None, None)),
        # The rest would be read by subtraction.
        (40, 30, (40, 30, 0.75)),
        (40, 31, (40, None, None)),
        (40, 40, (40, None, None)),
        (9, 9, (None, None, None)),
        (0, 0, (None, None, None)),
    ],
)
def test_a_share_is_hidden_with_its_small_count_and_with_its_small_rest(
    carnet: ModuleType, total: int, part: int, shown: tuple[float | None, ...]
) -> None:
    # A second row keeps the rest a part of its own, whatever the first holds.
    table = pd.DataFrame({"total": [total, 200], "part": [part, 100]})
    first = carnet.publiable(table, "total", ["part"]).iloc[0]
    found = tuple(None if pd.isna(value) else value for value in first[["total", "part", "part_part"]])
    assert found == shown


def test_of_parts_that_make_the_whole_a_single_hidden_one_hides_the_smallest_other(carnet: ModuleType) -> None:
    table = pd.DataFrame({"n": [120, 120], "a": [80, 60], "b": [36, 30], "c": [4, 30]})
    shown = carnet.publiable(table, "n", ["a", "b", "c"])
    assert shown[["a", "b", "c"]].isna().to_numpy().tolist() == [[False, True, True], [False, False, False]]


def test_a_printed_table_says_c_for_what_is_hidden_and_counts_in_french(carnet: ModuleType) -> None:
    table = pd.DataFrame({"famille": ["vol", "violences"], "n": [12340, 30], "a": [2470, 3]})
    page = carnet.imprime(carnet.publiable(table, "n", ["a"]), {"n": "victimes"}).to_html()
    assert "12\u202f340" in page
    assert "20\u202f%" in page
    assert page.count(">c<") == 2
    assert "victimes" in page
