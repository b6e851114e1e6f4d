"""Medians of one release beside those of earlier ones: what a few more persons did to a median says when they came."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator

import pandas as pd  # type: ignore[import-untyped]

from linkage.settings import DisclosureSettings
from linkage.study_extracts.disclosure import rounded
from linkage.study_extracts.releases import Population, holds, of_row
from linkage.study_extracts.tables import NB, WHOLE
from linkage.tables.study_extracts import Delay, ReleasedDelay

MEDIANS = [Delay.mediane, Delay.mediane_km, Delay.troisieme_quartile_km]
Key = tuple[str, str]


def register(
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
    """The rows of ``releases_delais``: medians as ``delays`` shows them, and what stands behind them, from ``days``.

    The number of cases is rounded; a keyed imprint tells whether two medians stand on the same cases' days.
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


def protect(present: pd.DataFrame, earlier: pd.DataFrame, days: pd.DataFrame, rules: DisclosureSettings) -> set[Key]:
    """Step and row of the medians to hide: an earlier release showed another value of almost the same cases.

    ``present`` is as ``register`` made it. The same cases (or a median that did not move) teach nothing; otherwise the
    number of cases behind both must differ by the threshold at least, whatever the rounding of the earlier one.
    """
    exact = days.groupby(["step", "row"])[NB].sum().to_dict()
    released = dict(list(earlier.groupby([Delay.etape, Delay.modalite])))
    hidden = set()
    for row in present.itertuples():
        key = (row.etape, row.modalite)
        for before in released.get(key, earlier.iloc[:0]).itertuples():
            few = abs(exact[key] - before.effectif) < rules.threshold + rules.base - 1
            other = before.empreinte != row.empreinte
            if few and other and _same_or_nested(row, before) and _shown_otherwise(row, before):
                hidden.add(key)
    return hidden


def _behind(days: pd.DataFrame, rules: DisclosureSettings, seed: bytes) -> Iterator[tuple[Key, tuple[int, str]]]:
    for (step, row), own in days.groupby(["step", "row"]):
        nb = int(own[NB].sum())
        content = own[["days", "seen", NB]].astype("int64").sort_values(["days", "seen"]).to_csv(index=False)
        imprint = hmac.digest(seed, f"{step}\x1f{row}\x1f{content}".encode(), "sha256").hex()[:16]
        yield (step, row), (rounded(nb, rules.base, seed, ("delay", step, row)), imprint)


def _same_or_nested(row: object, before: object) -> bool:
    """Whether one counts nobody whom the other does not."""
    one, other = (
        of_row(json.loads(said.population), said.regroupement, said.modalite)  # type: ignore[attr-defined]
        for said in (row, before)
    )
    # Everybody is a row of all cohorts, whatever makes them.
    grouped_alike = row.modalite == WHOLE or row.regroupement == before.regroupement  # type: ignore[attr-defined]
    return grouped_alike and (holds(one, other) or holds(other, one))


def _shown_otherwise(row: object, before: object) -> bool:
    pairs = [(getattr(row, name), getattr(before, name)) for name in MEDIANS]
    return any(pd.notna(old) and pd.notna(new) and old != new for new, old in pairs)
