"""The one door: counts are hidden or rounded, then attacked, and hidden further until the attack fails."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from linkage.platform.errors import ContractError
from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure.attack import Attack, Equation, Interval
from linkage.study_extracts.disclosure.counts import GAP, SHOWN, STATE, VALUE, Variable
from linkage.study_extracts.disclosure.releases import NOTHING, Earlier, gaps, sums
from linkage.study_extracts.tables import NB, TOTAL, WEIGHTED

SMALL, COMPLEMENT = "masque_petit", "masque_complement"
FULL, MEAN = "pleine", "poids_moyen"


def rounded(nb: int, base: int, seed: bytes, one: Variable) -> int:
    """The count at one of the two multiples around it, the nearer the likelier: unbiased.

    Method: random rounding (Willenborg and de Waal 2001, ch. 9), drawn from the count and what it counts with a secret
    seed: the same count of the same thing is always shown alike, so repeating the release teaches nothing. To the
    nearest multiple, a margin that does not add up would give its parts away.
    """
    below, rest = nb - nb % base, nb % base
    message = "\x1f".join((*one, str(nb), str(base))).encode()
    drawn = int.from_bytes(hmac.digest(seed, message, "sha256")[:8], "big") / 2**64
    return below + base if drawn < rest / base else below


def shown_as(nb: int, base: int, seed: bytes, one: Variable, last: int | None) -> int:
    """The value last released of the same count where it still is one of its roundings, else a new one.

    A version that hardly differs from the last so shows the same values: nothing is learned from their differences.
    """
    return last if last is not None and abs(last - nb) < base else rounded(nb, base, seed, one)


def known(value: float, state: str, settings: DisclosureSettings) -> Interval:
    """What a published cell says of its count to someone who knows the rules and which cells were too small."""
    if state == SHOWN:
        return max(float(settings.threshold), value - settings.base + 1), value + settings.base - 1
    return (0.0, settings.threshold - 1.0) if state == SMALL else (0.0, float("inf"))


def protect(
    cells: pd.DataFrame, settings: DisclosureSettings, *, seed: bytes, earlier: Earlier = NOTHING
) -> pd.DataFrame:
    """The cells as they may leave: ``valeur`` (null when hidden), ``etat``, ``pleine``; the exact count is gone.

    ``cells`` are ``named``; ``earlier`` is what every release before this one said. A full cell (all of its row) is
    hidden with the small ones: it says of everyone in the row what they got.

    Raises
    ------
    ContractError
        After the declared rounds a count can still be deduced, or this version has shown another one; nothing may be
        written.
    """
    counts = {one: int(nb) for one, nb in zip(cells["variable"], cells[NB], strict=True)}
    _same_base(cells, earlier.same, counts, settings)
    totals = cells[cells["column"] == TOTAL].set_index(["table", "row"])[NB]
    of_row = pd.Series([totals[key] for key in zip(cells["table"], cells["row"], strict=True)], index=cells.index)
    full = (cells["column"] != TOTAL) & (cells[NB] == of_row) & (cells[NB] > 0)
    hidden = {*cells.loc[full, "variable"], *_hidden_before(earlier.same)}
    state = {
        one: SMALL if nb < settings.threshold else COMPLEMENT if one in hidden else SHOWN for one, nb in counts.items()
    }
    last = earlier.values()
    values = {one: shown_as(nb, settings.base, seed, one, last.get(one)) for one, nb in counts.items()}
    # First what this version says alone: it must hold whatever the other versions said. Then all of them together.
    alone = Earlier(earlier.same, earlier.other.iloc[:0], earlier.nested)
    for said in (alone, earlier) if len(earlier.other) else (alone,):
        attacker = _Known(cells, counts, values, state, last, settings, said)
        _hide_until_safe(attacker, cells, settings)
    shown = cells["variable"].map(state) == SHOWN
    return cells.assign(
        **{
            VALUE: cells["variable"].map(values).where(shown).astype("Int64"),
            STATE: cells["variable"].map(state),
            FULL: full,
            MEAN: cells[WEIGHTED] / cells[NB].where(cells[NB] > 0),
        }
    ).drop(columns=[NB, WEIGHTED])


def _same_base(
    cells: pd.DataFrame, earlier: pd.DataFrame, counts: Mapping[Variable, int], settings: DisclosureSettings
) -> None:
    """Refuses counts that cannot have been rounded to what their version showed of them."""
    shown = earlier[(earlier[STATE] == SHOWN) & earlier["variable"].isin(counts)]
    bounds = [(one, *known(value, SHOWN, settings)) for one, value in zip(shown["variable"], shown[VALUE], strict=True)]
    other = {one for one, low, high in bounds if not low <= counts[one] <= high}
    if other:
        tables = sorted(set(cells.loc[cells["variable"].isin(other), "table"]))
        raise ContractError(
            f"study_extracts: version {earlier['version'].iloc[0]}: {len(other)} counts are not those that earlier "
            f"releases of this version showed, of tables: {', '.join(tables)}: its base was made anew and differs. "
            "Publish another version. Nothing was written."
        )


def _hidden_before(cells: pd.DataFrame) -> set[Variable]:
    """Hidden in an earlier release of this version and never shown: it stays hidden, it protects others there."""
    shown = set(cells.loc[cells[STATE] == SHOWN, "variable"])
    return set(cells["variable"]) - shown


class _Known:
    """Everything that an attacker has: the present cells, those of earlier releases, and how they add up."""

    def __init__(
        self,
        cells: pd.DataFrame,
        counts: Mapping[Variable, int],
        values: Mapping[Variable, int],
        state: dict[Variable, str],
        last: Mapping[Variable, int],
        settings: DisclosureSettings,
        earlier: Earlier,
    ) -> None:
        self.values, self.state, self.last, self.settings = values, state, last, settings
        self.others = ", ".join(sorted(set(earlier.other.get("version", ()))))
        self.before: dict[Variable, Interval] = dict.fromkeys(earlier.same["variable"], (0.0, float("inf")))
        self.shown_before: set[Variable] = set()
        self.hidden_before: set[Variable] = _hidden_before(earlier.same)
        for cell in earlier.same.itertuples():
            self._said(cell, counts)
        for cell in earlier.other[earlier.other["variable"].isin(set(counts))].itertuples():
            self._said(cell, counts)
        both = pd.concat([frame for frame in (cells, earlier.same) if len(frame)])
        self.sums = sums(both)
        joined = [*self.sums, *gaps(earlier.nested, {**self.before, **state})]
        # Populations that are not quite nested (a person counted under another procedure) contradict their rounding at
        # times: an attacker would see it and let them go.
        if Attack(joined, self.intervals(joined)).feasible():
            self.sums = joined
        elif not Attack(self.sums, self.intervals(self.sums)).feasible():
            raise ContractError(
                "study_extracts: earlier releases of this version cannot be true of its counts: its base was made anew "
                "and differs. Publish another version. Nothing was written."
            )

    def _said(self, cell: Any, counts: Mapping[Variable, int]) -> None:
        """Takes an earlier cell into account.

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
        was = self.before.get(one, (0.0, float("inf")))
        self.before[one] = (max(was[0], low), min(was[1], high))
        self.shown_before.add(one)
        self.hidden_before.discard(one)

    def intervals(self, equations: list[Equation]) -> dict[Variable, Interval]:
        """What is said of each count on its own."""
        said = {part: (0.0, float("inf")) for _, parts in equations for part in parts if part[0] == GAP}
        said |= self.before
        for one in self.state:
            low, high = self._present(one)
            was = said.get(one, (0.0, float("inf")))
            said[one] = (max(low, was[0]), min(high, was[1]))
        return said

    def _present(self, one: Variable) -> Interval:
        """What this release says of a count; a value that is not the last one shown says that that one does not fit."""
        value, base = self.values[one], self.settings.base
        low, high = known(value, self.state[one], self.settings)
        last = self.last.get(one, value)
        if self.state[one] == SHOWN and value != last:
            return (max(low, last + base), high) if value > last else (low, min(high, last - base))
        return low, high

    def _adds(self, one: Variable) -> bool:
        """Whether this release shows more of a count than those before it."""
        if self.state.get(one) != SHOWN:
            return False
        (low, high), was = self._present(one), self.before.get(one, (0.0, float("inf")))
        return low > was[0] or high < was[1]

    def narrow(self) -> list[Variable]:
        """The counts that an attacker confines more than declared, earlier ones and gaps among them.

        A count once shown cannot be hidden any more: it keeps the width of a rounded one.
        """
        said = self.intervals(self.sums)
        declared = {
            one: self.settings.rounded_width
            if one in self.shown_before or (self.state.get(one) == SHOWN and one not in self.hidden_before)
            else self.settings.hidden_width
            for one in said
        }
        return Attack(self.sums, said).confined(declared)

    def hide_for(self, narrow: Iterable[Variable]) -> bool:
        """Hides, for each of those given, the smallest shown count whose bounds confine it; itself when there is none.

        Returns whether any was hidden: else nothing that this release shows confines them.
        """
        attack = Attack(self.sums, self.intervals(self.sums))
        hidden: set[Variable] = set()
        for one in narrow:
            confining = attack.binding(one)
            # What was just hidden for another may have freed this one too: the next round says.
            if hidden & {one, *confining}:
                continue
            beside = [(self.values[by], by) for by in confining if self._adds(by)]
            found = min(beside)[1] if beside else one
            if self._adds(found):
                self.state[found] = COMPLEMENT
                hidden.add(found)
        return bool(hidden)


def _hide_until_safe(attacker: _Known, cells: pd.DataFrame, settings: DisclosureSettings) -> None:
    """Hides until no count is confined, or only by what other versions showed: that is known, hiding more is in vain.

    Raises
    ------
    ContractError
        A count is confined after the declared rounds, or by what this version has shown already.
    """
    narrow: list[Variable] = []
    for _ in range(settings.rounds):
        narrow = attacker.narrow()
        if not narrow:
            return
        if not attacker.hide_for(narrow):
            if attacker.others:
                return
            break
    tables = sorted(set(cells.loc[cells["variable"].isin(narrow), "table"])) or ["of earlier releases"]
    raise ContractError(
        f"study_extracts: after {settings.rounds} rounds of complementary suppression {len(narrow)} counts can "
        f"still be deduced, of tables: {', '.join(tables)}; other versions looked at: {attacker.others or 'none'}. "
        "Declare fewer or coarser tables. Nothing was written."
    )
