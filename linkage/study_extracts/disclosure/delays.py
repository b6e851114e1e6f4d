"""Medians of one release beside those of earlier ones: what a few more persons did to a median says when they came."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure.counts import Population, holds, of_row
from linkage.study_extracts.disclosure.rounding import rounded
from linkage.study_extracts.tables import NB, WHOLE
from linkage.tables.study_extracts import Delay, ReleasedDelay

MEDIANS = [Delay.mediane, Delay.mediane_km, Delay.troisieme_quartile_km]
Key = tuple[str, str]


def register_delays(
    delays: pd.DataFrame,
    days: pd.DataFrame,
    whole: Population,
    rules: DisclosureSettings,
    *,
    study: str,
    version: str,
    release: str,
    by: str,
    seed: bytes,
) -> pd.DataFrame:
    """Return the rows of ``releases_delais``: medians as ``delays`` shows them, and the cases behind them.

    The number of cases is rounded; a keyed imprint tells whether two medians stand on the same cases' days, whatever
    their rows are called.
    """
    behind = dict(_behind(days, rules, seed))
    keys = list(zip(delays[Delay.etape], delays[Delay.modalite], strict=True))
    return delays[[Delay.etape, Delay.modalite, *MEDIANS]].assign(
        **{
            ReleasedDelay.release: release,
            ReleasedDelay.etude: study,
            ReleasedDelay.version: version,
            ReleasedDelay.population: json.dumps(whole, sort_keys=True),
            ReleasedDelay.regroupement: by,
            ReleasedDelay.effectif: [behind[key][0] for key in keys],
            ReleasedDelay.empreinte: [behind[key][1] for key in keys],
        }
    )


def find_hidden(
    present: pd.DataFrame, earlier: pd.DataFrame, days: pd.DataFrame, rules: DisclosureSettings
) -> set[Key]:
    """Return step and row of the medians to hide: an earlier release showed another value of almost the same cases.

    ``present`` is as ``register_delays`` made it. The same cases (or a median that did not move) teach nothing;
    otherwise the number of cases behind both must differ by the threshold at least, however the earlier was rounded.
    What is released already is not hidden: a release made again says what it said.
    """
    exact = days.groupby(["step", "row"])[NB].sum().to_dict()
    released = dict(list(earlier.groupby(Delay.etape)))
    known = find_released(present, earlier)
    hidden = set()
    for row in present.itertuples():
        key = (row.etape, row.modalite)
        for before in released.get(row.etape, earlier.iloc[:0]).itertuples():
            few = abs(exact[key] - before.effectif) < rules.threshold + rules.base - 1
            other = before.empreinte != row.empreinte
            if few and other and _shown_otherwise(row, before) and _same_or_nested(row, before):
                hidden.add(key)
    # A row that holds the same cases would say what was hidden.
    same = {
        (row.etape, row.empreinte) for row in present.itertuples() if (row.etape, row.modalite) in hidden - {*known}
    }
    alike = {(row.etape, row.modalite) for row in present.itertuples() if (row.etape, row.empreinte) in same}
    return alike - {*known}


def find_released(present: pd.DataFrame, earlier: pd.DataFrame) -> dict[Key, list[Any]]:
    """Return the medians that the register has of the same cases, row and version, as they were shown."""
    of = [ReleasedDelay.version, ReleasedDelay.population, Delay.etape, Delay.modalite, ReleasedDelay.empreinte]
    shown = earlier[earlier[MEDIANS].notna().any(axis="columns")].sort_values(ReleasedDelay.release)
    values = [[pd.NA if pd.isna(one) else int(one) for one in row] for row in shown[MEDIANS].to_numpy()]
    medians = dict(zip(shown[of].itertuples(index=False, name=None), values, strict=True))
    keys = present[of].itertuples(index=False, name=None)
    return {(key[2], key[3]): medians[key] for key in keys if key in medians}


def _behind(days: pd.DataFrame, rules: DisclosureSettings, seed: bytes) -> Iterator[tuple[Key, tuple[int, str]]]:
    for (step, row), own in days.groupby(["step", "row"]):
        nb = int(own[NB].sum())
        content = own[["days", "seen", NB]].astype("int64").sort_values(["days", "seen"]).to_csv(index=False)
        imprint = hmac.digest(seed, f"{step}\x1f{content}".encode(), "sha256").hex()[:16]
        yield (step, row), (rounded(nb, rules.base, seed, ("delay", step)), imprint)


def _same_or_nested(row: object, before: object) -> bool:
    """Tell whether one counts nobody whom the other does not."""
    (one, slice_of_one), (other, slice_of_other) = _persons(row), _persons(before)
    return slice_of_one == slice_of_other and (holds(one, other) or holds(other, one))


def _persons(released: Any) -> tuple[Population, Key | None]:
    """Return the population that a row is of, and the cohort of it; a year is a population, everybody is no cohort."""
    by, row = released.regroupement, released.modalite
    part = of_row(json.loads(released.population), by, row)
    if row == WHOLE:
        return part, None
    if by == "millesime" and row.isdecimal():
        return {**part, "years": [int(row)] * 2}, None
    return part, (by, row)


def _shown_otherwise(row: object, before: object) -> bool:
    pairs = [(getattr(row, name), getattr(before, name)) for name in MEDIANS]
    return any(pd.notna(old) and pd.notna(new) and old != new for new, old in pairs)
