"""Medians read from perturbed counts alone: how many had come to the step after so many days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure.perturbation import publishable
from linkage.study_extracts.population import KEY
from linkage.study_extracts.tables import NB, join_keys
from linkage.tables.study_extracts import HIDDEN, NOT_REACHED, SHOWN

STATE = "_state"
"""Ends the name of the column that says whether a figure is shown."""
Figure = tuple[int | None, str]
"""Days, and whether they are shown, hidden, or not reached."""
Curve = npt.NDArray[np.float64]
LARGEST_GAP = 2
"""Steps of ``median_base`` between what the noise of the counts makes of a quantile at least and at most."""


def publish_medians(
    days: pd.DataFrame, steps: Sequence[str], cohorts: Sequence[str], rules: DisclosureSettings, *, seed: bytes
) -> pd.DataFrame:
    """Return one row per step and cohort: medians, plain and Kaplan–Meier, and third quartile, in steps of days.

    Hidden where fewer than twice the threshold came to the step, and where a count more or less would move it by more
    than one step. Not reached where fewer than that share had come by the last day. ``<figure>_state`` says which.

    Method: the numbers that came within each step of ``median_base`` days, and those censored, cumulated and perturbed
    as any count is; then Kaplan and Meier (1958). The same persons have the same medians in every study and version.
    """
    known = dict(list(days.groupby(["step", "row"])))
    columns = ["median", "median_km", "third_quartile_km"]
    rows = []
    for step in steps:
        for row in cohorts:
            found = dict(_quantiles(known[step, row], rules, seed=seed)) if (step, row) in known else {}
            figures = [found.get(name, (None, HIDDEN)) for name in columns]
            days_shown = [pd.NA if shown is None else shown for shown, _ in figures]
            rows.append([step, row, *days_shown, *(state for _, state in figures)])
    states = [f"{name}{STATE}" for name in columns]
    return pd.DataFrame(rows, columns=["step", "row", *columns, *states]).astype(dict.fromkeys(columns, "Int64"))


def _quantiles(days: pd.DataFrame, rules: DisclosureSettings, *, seed: bytes) -> Iterator[tuple[str, Figure]]:
    seen, censored = (_cumulated(days, is_seen, rules, seed=seed) for is_seen in (True, False))
    nb, everybody = seen[-1], seen[-1] + censored[-1]
    if nb < 2 * rules.threshold:
        return
    before = [np.concatenate(([0.0], counts[:-1])) for counts in (seen, censored)]
    # Those censored within a step were still at risk in it.
    at_risk = np.maximum(everybody - before[0] - before[1], 1.0)
    survival = np.cumprod(1 - np.minimum((seen - before[0]) / at_risk, 1.0))
    yield "median", _reached(1 - seen / nb, 0.5, rules.base / nb, rules)
    for name, share in (("median_km", 0.5), ("third_quartile_km", 0.75)):
        yield name, _reached(survival, share, rules.base / everybody, rules)


def _cumulated(days: pd.DataFrame, is_seen: bool, rules: DisclosureSettings, *, seed: bytes) -> Curve:
    """Return how many had come to the step, or were censored, by the end of each step of days: never fewer later."""
    base = rules.median_base
    steps = (days["days"] + base // 2) // base
    own, nb = days["seen"] == is_seen, int(steps.max()) + 1
    counts = np.bincount(steps[own], weights=days.loc[own, NB], minlength=nb).cumsum().astype(int)
    keys = np.bitwise_xor.accumulate(join_keys(days.loc[own, KEY], steps[own], nb=nb))
    shown = publishable(counts.tolist(), keys.tolist(), rules, seed=seed).fillna(0)
    return np.maximum.accumulate(shown.to_numpy(dtype=np.float64))


def _reached(survival: Curve, share: float, slack: float, rules: DisclosureSettings) -> Figure:
    """Return the days by which that share had come; hidden where the noise of the counts moves them too much."""
    at = [np.flatnonzero(survival <= 1 - share + more + 1e-9) for more in (slack, 0.0, -slack)]
    if not any(len(found) for found in at):
        return None, NOT_REACHED
    if not all(len(found) for found in at) or at[2][0] - at[0][0] > LARGEST_GAP:
        return None, HIDDEN
    return int(at[1][0]) * rules.median_base, SHOWN
