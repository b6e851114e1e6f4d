"""The attacker: given only what left and the rules, what she comes to believe of each count that was not shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

import numpy as np
import pandas as pd

from linkage.concepts.courses import LEAST
from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure.counts import SMALL, STATE, VALUE, Equation, Population, Unknown, holds, of_row
from linkage.study_extracts.disclosure.posterior import SWEEPS, Posterior, Prior, of_gap, of_hidden, of_shown
from linkage.study_extracts.disclosure.relations import equations, ordered
from linkage.study_extracts.tables import TOTAL, WHOLE
from linkage.tables.study_extracts import SHOWN

GAP = "gap"
PROTECTS = "?"
"""Ends the name of a count that is hidden to protect others."""
NO_BOUND, WIDEST = 10**9, 500
"""A count that nothing bounds from above; and how many values a count may have for its sums to be worth adding up."""


@dataclass(frozen=True)
class Published:
    """The cells of one release: ``table, row, column, variable, part`` and the value shown, null when hidden."""

    cells: pd.DataFrame
    of: Population
    version: str


@dataclass(frozen=True)
class Left:
    """What is left of counts without others inside them: both values shown, and how the rests add up."""

    gaps: Mapping[Unknown, tuple[int, int]]
    sums: Sequence[Equation]


def attack(releases: Sequence[Published], rules: DisclosureSettings, *, bounded: bool = False) -> Posterior:
    """Return the beliefs of someone who has all releases and supposes that what was shown alike did not change.

    A count hidden in several releases is one count to her, and each of them says something of it. So is one that
    several show with the same value. She is given more than readers have: which of the hidden counts are small. Of
    those hidden for others she works out the bounds, where ``bounded``; otherwise she leaves out their sums.

    She also subtracts: a population from one that holds it, procedures from their victims, safer links from all.
    """
    found: set[Equation] = set()
    priors: dict[Unknown, Prior] = {}
    shown: dict[Unknown, int] = {}
    for left in _differences(releases):
        priors |= {one: of_gap(*both, base=rules.base) for one, both in left.gaps.items()}
        found.update(left.sums)
    for release in [*releases, *_periods(releases)]:
        names: dict[Unknown, Unknown] = {}
        for one, value, state in zip(*(release.cells[name] for name in ("variable", VALUE, STATE)), strict=True):
            if state == SHOWN:
                names[one] = (*one, f"{value:.0f}")
                shown[names[one]] = int(value)
                priors[names[one]] = of_shown(int(value), base=rules.base, least=rules.threshold)
            elif state == SMALL:
                names[one] = one
                priors[one] = of_hidden(rules.threshold, rules.blur)
            else:
                names[one] = (*one, PROTECTS)
        sums = equations(release.cells)
        found.update((names[total], frozenset(names[part] for part in parts)) for total, parts in sums)
    sums = ordered(found)
    bounds = _within_bounds(sums, priors, shown, rules) if bounded else {}
    return Posterior(sums, priors | bounds, shown, base=rules.base)


def _within_bounds(
    sums: Sequence[Equation], priors: Mapping[Unknown, Prior], shown: Mapping[Unknown, int], rules: DisclosureSettings
) -> dict[Unknown, Prior]:
    """Return what is believed at first of counts hidden for others: what the sums leave, all alike.

    A count shown in another release is not far from it. Without bounds, or none that can be, a count is left out.
    """
    hidden = {name for total, parts in sums for name in (total, *parts) if name[-1] == PROTECTS}
    low, high = dict.fromkeys(hidden, rules.threshold), dict.fromkeys(hidden, NO_BOUND)
    for name, value in shown.items():
        if (other := (*name[:-1], PROTECTS)) in hidden:
            low[other] = max(low[other], value - 2 * rules.base)
            high[other] = min(high[other], value + 2 * rules.base)
    for one, (first, belief) in priors.items():
        low[one], high[one] = first, first + len(belief) - 1
    concerned = [(total, parts) for total, parts in sums if hidden & {total, *parts} and {total, *parts} <= set(low)]
    for _ in range(SWEEPS):
        for total, parts in concerned:
            if total in hidden:
                low[total] = max(low[total], sum(low[part] for part in parts))
                high[total] = min(high[total], sum(high[part] for part in parts))
            for one in hidden & parts:
                others = parts - {one}
                low[one] = max(low[one], low[total] - sum(high[other] for other in others))
                high[one] = min(high[one], high[total] - sum(low[other] for other in others))
    widths = {one: high[one] - low[one] + 1 for one in sorted(hidden)}
    return {one: (low[one], np.full(width, 1 / width)) for one, width in widths.items() if 0 < width <= WIDEST}


def _differences(releases: Sequence[Published]) -> Iterator[Left]:
    """Yield what is left of a population without another inside it, of victims without their procedures, and so on."""
    for release in releases:
        yield _left(*(release.cells[release.cells["unit"] == unit] for unit in ("victime", "procedure")))
        safer = release.cells[(release.cells["by"] == LEAST) & (release.cells["column"] == TOTAL)]
        by_weight = [rows for _, rows in sorted(safer.groupby("row"), key=lambda group: float(group[0]))]
        for more, fewer in pairwise(by_weight):
            yield _left(more.assign(row=""), fewer.assign(row=""))
    for large, small in permutations(releases, 2):
        if large.version == small.version and large.of != small.of:
            inside = {
                (by, row): holds(of_row(large.of, by, row), of_row(small.of, by, row))
                for by, row in set(zip(small.cells["by"], small.cells["row"], strict=True))
            }
            keys = zip(small.cells["by"], small.cells["row"], strict=True)
            yield _left(large.cells, small.cells[[inside[key] for key in keys]])


def _left(large: pd.DataFrame, small: pd.DataFrame) -> Left:
    """Return what the larger counts leave of the smaller ones, where both are shown."""
    on = ["by", "row", "indicator", "column", *(["unit"] if set(large["unit"]) == set(small["unit"]) else [])]
    both = small.merge(large.drop_duplicates(on)[[*on, "variable", VALUE]], on=on, suffixes=("", "_of_large"))
    both = both.dropna(subset=[VALUE, f"{VALUE}_of_large"])
    pairs = list(zip(both["variable_of_large"], both["variable"], strict=True))
    values = zip(both[f"{VALUE}_of_large"].astype(int), both[VALUE].astype(int), strict=True)
    names = {one: (GAP, *other, *one) for other, one in pairs if one != other}
    gaps = {names[one]: found for (_, one), found in zip(pairs, values, strict=True) if one in names}
    # Pandas itself looks up named tuples wrongly.
    renamed = both.assign(**{name: [names.get(one) for one in both[name]] for name in ("variable", "part")})
    return Left(gaps, equations(renamed[renamed["variable"].notna()]))


def _periods(releases: Sequence[Published]) -> Iterator[Published]:
    """Yield, for a study of more years than another, its whole as that of the other and the years between."""
    for large, small in permutations(releases, 2):
        years = [{*range(release.of["years"][0], release.of["years"][1] + 1)} for release in (large, small)]
        same = {**large.of, "years": None} == {**small.of, "years": None} and large.version == small.version
        if not same or not years[1] < years[0]:
            continue
        rows = large.cells[large.cells["by"] == "millesime"]
        beyond = rows[rows["row"].isin([WHOLE, *(str(year) for year in years[0] - years[1])])]
        within = small.cells[(small.cells["by"] == "millesime") & (small.cells["row"] == WHOLE)]
        yield Published(pd.concat([beyond, within.assign(row="within")], ignore_index=True), large.of, large.version)
