"""The one door: counts are perturbed by the keys of their persons, then attacked beside everything shown before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import pandas as pd

from linkage.platform.errors import ContractError
from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure.attack import GAP, Published, attack
from linkage.study_extracts.disclosure.counts import COMPLEMENT, SMALL, STATE, VALUE, Population, Unknown, Variable
from linkage.study_extracts.disclosure.perturbation import perturb_total, publishable
from linkage.study_extracts.disclosure.posterior import Posterior
from linkage.study_extracts.population import KEY
from linkage.study_extracts.tables import NB, WEIGHTED
from linkage.tables.study_extracts import SHOWN

AIM = 2 / 3
"""Of the declared certainty, what one release may reach: later ones add to it."""


def protect(
    cells: pd.DataFrame,
    rules: DisclosureSettings,
    *,
    seed: bytes,
    of: Population,
    version: str,
    earlier: Sequence[Published] = (),
) -> pd.DataFrame:
    """Return the cells as they may leave: ``valeur``, null when hidden, and why; exact counts and keys are gone.

    ``cells`` have their ``variable`` and ``part``; ``earlier`` is what every release before this one showed. Small
    counts are hidden. Where an attacker would guess one with too good a chance, the smallest count of this release that
    tells her most is hidden too. ``weighted`` is perturbed with the same key.

    Raises
    ------
    ContractError
        One can still be guessed with more than the declared certainty, because of this release.
    """
    same = [release for release in earlier if release.version == version]
    before = _shown([*(release for release in earlier if release.version != version), *same])
    last = [before[one][-1] if one in before else None for one in cells["variable"]]
    values = publishable(list(cells[NB]), cells[KEY], rules, seed=seed, last=last)
    shown = cells.assign(**{VALUE: values.array})
    exact: dict[Unknown, int] = dict(zip(cells["variable"], cells[NB].astype(int), strict=True))
    # A version released again, whatever came after, shows and hides what it did.
    hidden = {one for release in same for one in _hidden(release)} - set(_shown(same))
    for rounds_left in reversed(range(rules.rounds)):
        present = Published(_without(shown, hidden), of, version)
        posterior = attack([*earlier, present], rules)
        guessed = _guessed(posterior, exact, rules, certainty=AIM * rules.certainty)
        new = {
            (*one, str(value))
            for one, values in _shown([present]).items()
            for value in values
            if value not in before.get(one, ())
        }
        more = {_variable(told) for one in guessed if (told := _telling(posterior, one, new))}
        if not more or not rounds_left:
            _refuse(guessed, cells, earlier, exact, rules)
            break
        hidden |= more
    weighted = zip(cells[WEIGHTED], cells[KEY], strict=True)
    totals = [perturb_total(total, key, rules.base, seed=seed) for total, key in weighted]
    return _without(shown, hidden).assign(**{WEIGHTED: totals}).drop(columns=[NB, KEY])


def _without(cells: pd.DataFrame, hidden: Collection[Variable]) -> pd.DataFrame:
    out = pd.Series([one in hidden for one in cells["variable"]], index=cells.index, dtype=bool)
    state = pd.Series(SHOWN, index=cells.index).mask(cells[VALUE].isna(), SMALL).mask(out, COMPLEMENT)
    return cells.assign(**{VALUE: cells[VALUE].mask(out), STATE: state})


def _shown(releases: Iterable[Published]) -> dict[Variable, tuple[int, ...]]:
    """Return the values that each count was shown with, the last last."""
    found: dict[Variable, tuple[int, ...]] = {}
    for release in releases:
        out = release.cells[release.cells[STATE] == SHOWN]
        for one, value in zip(out["variable"], out[VALUE].astype(int), strict=True):
            found[one] = (*(other for other in found.get(one, ()) if other != value), value)
    return found


def _hidden(release: Published) -> list[Variable]:
    """Return the counts that a release hid to protect others."""
    return list(release.cells.loc[release.cells[STATE] == COMPLEMENT, "variable"])


def _guessed(
    posterior: Posterior, exact: Mapping[Unknown, int], rules: DisclosureSettings, *, certainty: float
) -> dict[Unknown, float]:
    """Return the counts from one to the threshold that are guessed rightly with a better chance, and the chance.

    Of a count that is small no more, or that this release does not have, as differences, any guess is taken for a right
    one. That nobody is in a cell is no guess at anyone: a table of many empty rows says that they are mostly empty.
    """
    found = {}
    for one, belief in posterior.beliefs().items():
        first = posterior.first[one]
        nb = exact.get(one, rules.threshold) if isinstance(one, Variable) else rules.threshold
        somebody = belief[max(0, 1 - first) : max(0, rules.threshold - first)]
        chance = float(belief[nb] if nb < rules.threshold else max(somebody, default=0.0))
        if nb and chance > (certainty if one in exact else rules.certainty):
            found[one] = chance
    return found


def _telling(posterior: Posterior, one: Unknown, new: Collection[Unknown]) -> Unknown | None:
    """Return the smallest new count of the equation that says most of a small one, or of the two that leave it."""
    if one[0] == GAP:
        both = [name for name in new if name[:-1] in (one[1:7], one[7:13])]
        return min(both, key=_smallest, default=None)
    for total, parts in posterior.telling(one):
        if mine := [name for name in (total, *parts) if name in new]:
            return min(mine, key=_smallest)
    return None


def _smallest(name: Unknown) -> tuple[int, Unknown]:
    return int(name[-1]), name


def _variable(name: Unknown) -> Variable:
    return Variable(*name[:-1])


def _refuse(
    guessed: Mapping[Unknown, float],
    cells: pd.DataFrame,
    earlier: Sequence[Published],
    exact: Mapping[Unknown, int],
    rules: DisclosureSettings,
) -> None:
    small = {one for one, nb in exact.items() if nb < rules.threshold}
    worst = {one for one, chance in guessed.items() if chance > rules.certainty and one in small}
    if worst and earlier:
        worst -= set(_guessed(attack(earlier, rules), exact, rules, certainty=rules.certainty))
    if worst:
        tables = sorted({table for table, one in zip(cells["table"], cells["variable"], strict=True) if one in worst})
        raise ContractError(
            f"study_extracts: {len(worst)} small counts can be guessed with a chance above {rules.certainty:.0%}, "
            f"of tables: {', '.join(tables)}. Declare fewer or coarser tables. Nothing was written."
        )
