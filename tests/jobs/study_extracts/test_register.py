"""What a release finds of those before it, and what it leaves to those after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pandas as pd
import pytest

from jobs.study_extracts.declaration import declared
from jobs.study_extracts.register import Register
from linkage.platform.errors import InputError
from linkage.platform.lake.schema import Table
from linkage.platform.lake.store import Store
from linkage.study_extracts.disclosure import counts
from linkage.study_extracts.disclosure import delays as released_delays
from linkage.study_extracts.disclosure.delays import MEDIANS
from linkage.study_extracts.tables import LINKED, WHOLE
from linkage.tables.study_extracts import Release, ReleasedDelay

STUDY = declared("violences_conjugales")
POPULATION = counts.population(STUDY, ["10872"])
SEED = b"0123456789abcdef"
STEP, ROW = "arrivee_orientation", "2020"


class Kept:
    """A lake that has the tables given and no other."""

    def __init__(self, tables: Mapping[type[Table], pd.DataFrame]) -> None:
        self.tables = tables

    def read_or_empty(self, table: type[Table]) -> Any:
        empty = pd.DataFrame(columns=table.names())
        found = self.tables.get(table, empty)
        return type("Frame", (), {"toPandas": staticmethod(lambda: found.copy())})


def register(version: str = "v1", **tables: pd.DataFrame) -> Register:
    known = {"releases": Release, "delays": ReleasedDelay}
    store = cast(Store, Kept({known[name]: frame for name, frame in tables.items()}))
    return Register(store, STUDY, version, {})


def cases(nb: int, median: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The delays of one cohort as they would be shown, and the days behind them."""
    days = pd.DataFrame([{"step": STEP, "row": ROW, "days": 30, "seen": True, "nb": nb}])
    medians: dict[str, int] = dict.fromkeys(MEDIANS, median)
    delays = pd.DataFrame([{"etape": STEP, "modalite": ROW, **medians}]).astype(dict.fromkeys(MEDIANS, "Int64"))
    return delays, days


def released(nb: int, median: int, *, version: str, effectif: int) -> pd.DataFrame:
    """What the register keeps of them, its number of cases rounded as said."""
    delays, days = cases(nb, median)
    names = {"study": STUDY.study, "version": version, "release": f"r-{version}", "by": "millesime"}
    kept = released_delays.register_delays(delays, days, POPULATION, STUDY.disclosure, seed=SEED, **names)
    return kept.assign(effectif=effectif).astype(dict.fromkeys(MEDIANS, "float64"))


def test_a_release_made_again_shows_the_medians_that_it_had_shown() -> None:
    """The second was far enough from the first as that one was rounded; the first again is not far from the second."""
    both = [released(104, 60, version="v1", effectif=100), released(114, 65, version="v2", effectif=115)]
    second, _ = register("v2", delays=both[0]).delays(*cases(114, 65), POPULATION, SEED, release="r-v2")
    assert second[MEDIANS].iloc[0].tolist() == [65, 65, 65]
    everything = pd.concat(both, ignore_index=True)
    again, kept = register("v1", delays=everything).delays(*cases(104, 60), POPULATION, SEED, release="r-v1")
    assert again[MEDIANS].iloc[0].tolist() == [60, 60, 60]
    assert kept[MEDIANS].iloc[0].tolist() == [60, 60, 60]
    # Rounded otherwise, both values together would say more.
    finer, _ = register("v1", delays=everything).delays(*cases(104, 62), POPULATION, SEED, release="r-v1")
    assert finer[MEDIANS].iloc[0].tolist() == [60, 60, 60]


def test_a_median_that_no_release_of_the_version_has_shown_is_hidden() -> None:
    other = released(114, 65, version="v2", effectif=115)
    shown, kept = register("v1", delays=other).delays(*cases(104, 60), POPULATION, SEED, release="r-v1")
    assert shown[MEDIANS].isna().all(axis=None)
    assert kept[MEDIANS].isna().all(axis=None)


def cells(release: str, *, etat: str = "publie") -> pd.DataFrame:
    """What the register keeps of how many are linked."""
    usual = {"release": release, "etude": STUDY.study, "version": "v1", "indicateur": LINKED, "etat": etat}
    return pd.DataFrame([{**usual, "modalite": WHOLE, "categorie": LINKED}])


def test_releases_whose_medians_no_register_kept_are_named_and_refused() -> None:
    before = pd.concat([cells("r-old"), cells("r-v2"), cells("r-small", etat="masque")])
    delays = released(114, 65, version="v2", effectif=115)
    with pytest.raises(InputError, match="r-old") as error:
        register("v3", releases=before, delays=delays).delays(*cases(104, 60), POPULATION, SEED, release="r-v3")
    said = str(error.value)
    assert "--version v1" in said
    assert f"--study {STUDY.study}" in said
    assert "study_extracts" in said
    assert "r-v2" not in said
    assert "r-small" not in said


def test_a_release_whose_medians_no_register_kept_is_made_again_as_it_was() -> None:
    before = pd.concat([cells("r-v1"), cells("r-old")])
    delays = released(114, 65, version="v2", effectif=115)
    again = register("v1", releases=before, delays=delays).delays(*cases(104, 60), POPULATION, SEED, release="r-v1")
    assert [frame[MEDIANS].iloc[0].tolist() for frame in again] == [[60, 60, 60]] * 2
