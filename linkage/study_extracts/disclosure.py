"""The one door: counts are hidden or rounded, then attacked, and hidden further until the attack fails."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

import pandas as pd  # type: ignore[import-untyped]

from linkage.errors import ContractError
from linkage.settings import DisclosureSettings
from linkage.study_extracts.attack import Equation, Interval, Variable, equations, intervals, variable
from linkage.study_extracts.tables import NB, TOTAL

SHOWN, SMALL, COMPLEMENT = "publie", "masque_petit", "masque_complement"
VALUE, STATE, FULL = "valeur", "etat", "pleine"


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


def known(value: float, state: str, settings: DisclosureSettings) -> Interval:
    """What a published cell says of its count to someone who knows the rules and which cells were too small."""
    if state == SHOWN:
        return max(float(settings.threshold), value - settings.base + 1), value + settings.base - 1
    return (0.0, settings.threshold - 1.0) if state == SMALL else (0.0, float("inf"))


def protect(
    cells: pd.DataFrame,
    settings: DisclosureSettings,
    *,
    seed: bytes,
    earlier: Mapping[Variable, Interval] | None = None,
) -> pd.DataFrame:
    """The cells as they may leave: ``valeur`` (null when hidden), ``etat``, ``pleine``; the exact count is gone.

    ``earlier``: what releases of the same version already said of the same counts. A full cell (all of its row) is
    hidden with the small ones: it says of everyone in the row what they got.

    Raises
    ------
    ContractError
        After the declared rounds a count can still be deduced; nothing may be written.
    """
    named = cells.assign(
        variable=[variable(*row) for row in cells[["unit", "by", "indicator", "row", "column"]].itertuples(index=False)]
    )
    counts = {one: int(nb) for one, nb in zip(named["variable"], named[NB], strict=True)}
    totals = named[named["column"] == TOTAL].set_index(["table", "row"])[NB]
    of_row = pd.Series([totals[key] for key in zip(named["table"], named["row"], strict=True)], index=named.index)
    full = (named["column"] != TOTAL) & (named[NB] == of_row) & (named[NB] > 0)
    state = {one: SMALL if nb < settings.threshold else SHOWN for one, nb in counts.items()}
    for one in named.loc[full, "variable"]:
        if state[one] == SHOWN:
            state[one] = COMPLEMENT
    values = {one: rounded(nb, settings.base, seed, one) for one, nb in counts.items()}
    sums = equations(named)
    _hide_until_safe(sums, values, state, settings, earlier or {})
    shown = named["variable"].map(state) == SHOWN
    return named.assign(
        **{
            VALUE: named["variable"].map(values).where(shown).astype("Int64"),
            STATE: named["variable"].map(state),
            FULL: full,
        }
    ).drop(columns=NB)


def _hide_until_safe(
    sums: list[Equation],
    values: Mapping[Variable, int],
    state: dict[Variable, str],
    settings: DisclosureSettings,
    earlier: Mapping[Variable, Interval],
) -> None:
    for _ in range(settings.rounds):
        narrow = narrower(sums, values, state, settings, earlier)
        if not narrow:
            return
        for one in narrow:
            _hide_beside(one, sums, values, state)
    raise ContractError(
        f"study_extracts: after {settings.rounds} rounds of complementary suppression {len(narrow)} counts can still "
        "be deduced from the tables together; declare fewer or coarser tables. Nothing was written."
    )


def narrower(
    sums: list[Equation],
    values: Mapping[Variable, int],
    state: Mapping[Variable, str],
    settings: DisclosureSettings,
    earlier: Mapping[Variable, Interval],
) -> list[Variable]:
    """The counts that an attacker confines more than declared."""
    said = {one: known(values[one], state[one], settings) for one in state}
    for one, (low, high) in earlier.items():
        if one in said:
            said[one] = (max(said[one][0], low), min(said[one][1], high))
    found = intervals(sums, said, sorted(state))
    return [one for one, (low, high) in found.items() if high - low < _declared(state[one], settings)]


def _declared(state: str, settings: DisclosureSettings) -> int:
    return settings.rounded_width if state == SHOWN else settings.hidden_width


def _hide_beside(
    one: Variable, sums: list[Equation], values: Mapping[Variable, int], state: dict[Variable, str]
) -> None:
    """Hides, in each sum that the count is in, the smallest part still shown; the sum itself when none is left."""
    for total, parts in sums:
        if one != total and one not in parts:
            continue
        shown = sorted((values[part], part) for part in parts - {one} if state[part] == SHOWN)
        beside = shown[0][1] if shown else total
        if state[beside] == SHOWN:
            state[beside] = COMPLEMENT
    if state[one] == SHOWN:
        state[one] = COMPLEMENT


def earlier_bounds(releases: pd.DataFrame) -> dict[Variable, Interval]:
    """What releases of one version say together: ``variable`` (joined by ``|``), ``low`` and ``high``."""
    grouped = releases.groupby("variable")[["low", "high"]].agg({"low": "max", "high": "min"})
    return {tuple(str(key).split("|")): (float(row.low), float(row.high)) for key, row in grouped.iterrows()}
