"""The one door: counts are hidden or rounded, then attacked, and hidden further until the attack fails."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from linkage.platform.errors import ContractError
from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure.attacker import Attacker, are_among, hidden_before, known
from linkage.study_extracts.disclosure.counts import COMPLEMENT, SHOWN, SMALL, STATE, VALUE, Unknown
from linkage.study_extracts.disclosure.releases import NOTHING, Earlier
from linkage.study_extracts.disclosure.rounding import shown_as
from linkage.study_extracts.tables import NB, TOTAL, WEIGHTED

FULL, MEAN = "pleine", "poids_moyen"


def protect(
    cells: pd.DataFrame, settings: DisclosureSettings, *, seed: bytes, earlier: Earlier = NOTHING
) -> pd.DataFrame:
    """Return the cells as they may leave: ``valeur`` (null when hidden), ``etat``, ``pleine``; the exact count is gone.

    ``cells`` have their ``variable``; ``earlier`` is what every release before this one said. A full cell (all of its
    row) is hidden with the small ones: it says of everyone in the row what they got.

    Raises
    ------
    ContractError
        After the declared rounds a count can still be deduced, or this version has shown another one; nothing may be
        written.
    """
    counts: dict[Unknown, int] = {one: int(nb) for one, nb in zip(cells["variable"], cells[NB], strict=True)}
    _same_base(cells, earlier.same, counts, settings)
    totals = cells[cells["column"] == TOTAL].set_index(["table", "row"])[NB]
    of_row = pd.Series([totals[key] for key in zip(cells["table"], cells["row"], strict=True)], index=cells.index)
    full = (cells["column"] != TOTAL) & (cells[NB] == of_row) & (cells[NB] > 0)
    hidden = {*cells.loc[full, "variable"], *hidden_before(earlier.same)}
    state: dict[Unknown, str] = {
        one: SMALL if nb < settings.threshold else COMPLEMENT if one in hidden else SHOWN for one, nb in counts.items()
    }
    last = earlier.values()
    values: dict[Unknown, int] = {
        one: shown_as(nb, settings.base, seed, one, last.get(one)) for one, nb in counts.items()
    }
    # First what this version says alone: it must hold whatever the other versions said. Then all of them together.
    alone = Earlier(earlier.same, earlier.other.iloc[:0], earlier.nested)
    for releases in (alone, earlier) if len(earlier.other) else (alone,):
        attacker = Attacker(cells, counts, values, state, last, settings, releases)
        _hide_until_safe(attacker, cells, settings)
    states = [state[one] for one in cells["variable"]]
    shown = [values[one] if state[one] == SHOWN else None for one in cells["variable"]]
    return cells.assign(
        **{
            VALUE: pd.array(shown, dtype="Int64"),
            STATE: states,
            FULL: full,
            MEAN: cells[WEIGHTED] / cells[NB].where(cells[NB] > 0),
        }
    ).drop(columns=[NB, WEIGHTED])


def _same_base(
    cells: pd.DataFrame, earlier: pd.DataFrame, counts: Mapping[Unknown, int], settings: DisclosureSettings
) -> None:
    """Refuse counts that cannot have been rounded to what their version showed of them."""
    shown = earlier[(earlier[STATE] == SHOWN) & are_among(earlier, counts)]
    bounds = [(one, *known(value, SHOWN, settings)) for one, value in zip(shown["variable"], shown[VALUE], strict=True)]
    other = {one for one, low, high in bounds if not low <= counts[one] <= high}
    if other:
        tables = sorted(set(cells.loc[are_among(cells, other), "table"]))
        raise ContractError(
            f"study_extracts: version {earlier['version'].iloc[0]}: {len(other)} counts are not those that earlier "
            f"releases of this version showed, of tables: {', '.join(tables)}: its base was made anew and differs. "
            "Publish another version. Nothing was written."
        )


def _hide_until_safe(attacker: Attacker, cells: pd.DataFrame, settings: DisclosureSettings) -> None:
    """Hide until no count is confined, or only by what other versions showed: that is known, hiding more is in vain.

    Raises
    ------
    ContractError
        A count is confined after the declared rounds, or by what this version has shown already.
    """
    narrow: list[Unknown] = []
    for _ in range(settings.rounds):
        narrow = attacker.narrow()
        if not narrow:
            return
        if not attacker.hide_for(narrow):
            if attacker.others:
                return
            break
    tables = sorted(set(cells.loc[are_among(cells, set(narrow)), "table"])) or ["of earlier releases"]
    raise ContractError(
        f"study_extracts: after {settings.rounds} rounds of complementary suppression {len(narrow)} counts can "
        f"still be deduced, of tables: {', '.join(tables)}; other versions looked at: {attacker.others or 'none'}. "
        "Declare fewer or coarser tables. Nothing was written."
    )
