"""What someone who has every release reads in it: the intervals left to each count, and which are too narrow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from linkage.platform.errors import ContractError
from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure.attack import Attack, Equation, Interval
from linkage.study_extracts.disclosure.counts import COMPLEMENT, SHOWN, SMALL, STATE, Gap, Unknown
from linkage.study_extracts.disclosure.releases import Earlier, find_sums, keep_known_gaps

ANYTHING: Interval = (0.0, float("inf"))
"""What is known of a count of which nothing was said."""


def known(value: float, state: str, settings: DisclosureSettings) -> Interval:
    """Return what a published cell says of its count to someone who knows the rules and which cells were too small."""
    if state == SHOWN:
        return max(float(settings.threshold), value - settings.base + 1), value + settings.base - 1
    return (0.0, settings.threshold - 1.0) if state == SMALL else ANYTHING


def _both(one: Interval, other: Interval) -> Interval:
    return max(one[0], other[0]), min(one[1], other[1])


def are_among(cells: pd.DataFrame, counts: Collection[Unknown]) -> pd.Series:
    """Tell of each cell whether its count is one of these. Pandas itself compares named tuples with tuples wrongly."""
    return pd.Series([one in counts for one in cells["variable"]], index=cells.index, dtype=bool)


def hidden_before(cells: pd.DataFrame) -> set[Unknown]:
    """Return the counts that this version hid in earlier releases and never showed: they protect others there."""
    shown = set(cells.loc[cells[STATE] == SHOWN, "variable"])
    return set(cells["variable"]) - shown


class Attacker:
    """Everything that an attacker has: the present cells, those of earlier releases, and how they add up."""

    def __init__(
        self,
        cells: pd.DataFrame,
        counts: Mapping[Unknown, int],
        values: Mapping[Unknown, int],
        state: dict[Unknown, str],
        last: Mapping[Unknown, int],
        settings: DisclosureSettings,
        earlier: Earlier,
    ) -> None:
        self.values, self.state, self.last, self.settings = values, state, last, settings
        self.others = ", ".join(sorted(set(earlier.other.get("version", ()))))
        self.before: dict[Unknown, Interval] = dict.fromkeys(earlier.same["variable"], ANYTHING)
        self.shown_before: set[Unknown] = set()
        self.hidden_before: set[Unknown] = hidden_before(earlier.same)
        for cell in earlier.same.itertuples():
            self._learn(cell, counts)
        for cell in earlier.other[are_among(earlier.other, counts)].itertuples():
            self._learn(cell, counts)
        both = pd.concat([frame for frame in (cells, earlier.same) if len(frame)])
        self.sums = find_sums(both)
        joined = [*self.sums, *keep_known_gaps(earlier.nested, {**self.before, **state})]
        # Populations that are not quite nested (a person counted under another procedure) contradict their rounding at
        # times: an attacker would see it and let them go.
        if Attack(joined, self.intervals(joined)).feasible():
            self.sums = joined
        elif not Attack(self.sums, self.intervals(self.sums)).feasible():
            raise ContractError(
                "study_extracts: earlier releases of this version cannot be true of its counts: its base was made anew "
                "and differs. Publish another version. Nothing was written."
            )

    def _learn(self, cell: Any, counts: Mapping[Unknown, int]) -> None:
        """Take an earlier cell into account.

        Another version may have counted otherwise. Where the present count could be the one it showed, an attacker who
        supposes that nothing changed is right as far as she can see: she is given both.
        """
        one = cell.variable
        if cell.etat != SHOWN:
            self.hidden_before |= {one} - self.shown_before
            return
        low, high = known(cell.valeur, SHOWN, self.settings)
        if one in counts and not low <= counts[one] <= high:
            return
        self.before[one] = _both(self.before.get(one, ANYTHING), (low, high))
        self.shown_before.add(one)
        self.hidden_before.discard(one)

    def intervals(self, equations: list[Equation]) -> dict[Unknown, Interval]:
        """Return what every release says of each count on its own."""
        of_gaps: dict[Unknown, Interval] = {
            part: ANYTHING for _, parts in equations for part in parts if isinstance(part, Gap)
        }
        intervals = of_gaps | self.before
        for one in self.state:
            intervals[one] = _both(intervals.get(one, ANYTHING), self._present(one))
        return intervals

    def _present(self, one: Unknown) -> Interval:
        """Return what this release says of a count; another value than the last one says that that one misfits."""
        value, base = self.values[one], self.settings.base
        low, high = known(value, self.state[one], self.settings)
        last = self.last.get(one, value)
        if self.state[one] == SHOWN and value != last:
            return (max(low, last + base), high) if value > last else (low, min(high, last - base))
        return low, high

    def _adds(self, one: Unknown) -> bool:
        """Tell whether this release shows more of a count than those before it."""
        if self.state.get(one) != SHOWN:
            return False
        before = self.before.get(one, ANYTHING)
        return _both(before, self._present(one)) != before

    def narrow(self) -> list[Unknown]:
        """Return the counts that an attacker confines more than declared, earlier ones and gaps among them.

        A count once shown cannot be hidden any more: it keeps the width of a rounded one.
        """
        intervals = self.intervals(self.sums)
        widths = {
            one: self.settings.rounded_width
            if one in self.shown_before or (self.state.get(one) == SHOWN and one not in self.hidden_before)
            else self.settings.hidden_width
            for one in intervals
        }
        return Attack(self.sums, intervals).confined(widths)

    def hide_for(self, narrow: Iterable[Unknown]) -> bool:
        """Hide, for each of those given, the smallest shown count whose bounds confine it; itself when there is none.

        Return whether any was hidden: else nothing that this release shows confines them.
        """
        attack = Attack(self.sums, self.intervals(self.sums))
        hidden: set[Unknown] = set()
        for one in narrow:
            confining = attack.binding(one)
            # What was just hidden for another may have freed this one too: the next round says.
            if hidden & {one, *confining}:
                continue
            beside = [(self.values[by], by) for by in confining if self._adds(by)]
            smallest = min(beside)[1] if beside else one
            if self._adds(smallest):
                self.state[smallest] = COMPLEMENT
                hidden.add(smallest)
        return bool(hidden)
