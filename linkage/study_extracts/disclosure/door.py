"""The one door: counts are perturbed by the keys of their persons, then attacked beside everything shown before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import pandas as pd

from linkage.platform.errors import ContractError
from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure.attack import GAP, Published, attack
from linkage.study_extracts.disclosure.counts import COMPLEMENT, SMALL, STATE, VALUE, Population, Unknown, Variable
from linkage.study_extracts.disclosure.perturbation import perturb_total, publishable
from linkage.study_extracts.disclosure.posterior import Belief, Posterior
from linkage.study_extracts.population import KEY
from linkage.study_extracts.tables import NB, WEIGHTED
from linkage.tables.study_extracts import SHOWN

Counts = Mapping[Unknown, int]
AIM = 2 / 3
"""Of the declared certainty, what one release may reach: later ones add to it."""
DRIFT = 1
"""How far a small count may move from one version to the next: a guess that is off by that today may be right then."""


def protect(
    cells: pd.DataFrame,
    rules: DisclosureSettings,
    *,
    seed: bytes,
    of: Population,
    version: str,
    earlier: Sequence[Published] = (),
    counted_before: Sequence[Counts] = (),
) -> pd.DataFrame:
    """Return the cells as they may leave: ``valeur``, null when hidden, and why; exact counts and keys are gone.

    ``cells`` have their ``variable`` and ``part``; ``earlier`` is what every release before this one showed, and
    ``counted_before`` the exact counts of each. Small counts are hidden. Where an attacker would guess one rightly, or
    what two counts differ by, with too good a chance, the smallest count of this release that tells her most is hidden
    too. ``weighted`` is perturbed with the same key.

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
    counted: Counts = dict(zip(cells["variable"], cells[NB].astype(int), strict=True))
    of_version = [(one.version, counts) for one, counts in zip(earlier, counted_before, strict=True)]
    truth = Truth([*of_version, (version, counted)], rules.threshold)
    # A version released again, whatever came after, shows and hides what it did.
    hidden = {one for release in same for one in _hidden(release)} - set(_shown(same))
    for rounds_left in reversed(range(rules.rounds)):
        present = Published(_without(shown, hidden), of, version)
        new = {
            (*one, str(value))
            for one, values in _shown([present]).items()
            for value in values
            if value not in before.get(one, ())
        }
        posterior = attack([*earlier, present], rules)
        beliefs = posterior.beliefs()
        near = truth.guessed(posterior, beliefs, AIM * rules.certainty, drift=DRIFT)
        guessed = truth.guessed(posterior, beliefs, rules.certainty)
        protected = {one for one in near if one[0] != GAP} | guessed
        more = {_variable(told) for one in sorted(protected) if (told := _telling(posterior, one, new))}
        if not more or not rounds_left:
            _refuse(guessed, cells, earlier, truth, rules)
            break
        hidden |= more
    weighted = zip(cells[WEIGHTED], cells[KEY], strict=True)
    totals = [perturb_total(total, key, rules.base, seed=seed) for total, key in weighted]
    return _without(shown, hidden).assign(**{WEIGHTED: totals}).drop(columns=[NB, KEY])


class Truth:
    """Exact counts of several releases, and what those of one version differ by."""

    def __init__(self, releases: Iterable[tuple[str, Counts]], threshold: int) -> None:
        self._threshold = threshold
        self._of_version: dict[str, dict[Unknown, int]] = {}
        for version, counts in releases:
            self._of_version.setdefault(version, {}).update(counts)

    def of(self, one: Unknown) -> set[int]:
        """Return what a count, or a difference of two, was in any version that has it."""
        if one[0] != GAP:
            return {counts[one] for counts in self._of_version.values() if one in counts}
        large, small = one[1:7], one[7:13]
        return {
            counts[large] - counts[small] for counts in self._of_version.values() if large in counts and small in counts
        }

    def guessed(
        self, posterior: Posterior, beliefs: Mapping[Unknown, Belief], certainty: float, *, drift: int = 0
    ) -> set[Unknown]:
        """Return what is guessed with a better chance, of the counts and differences from one to the threshold.

        A guess may be off by ``drift``. That nobody is in a cell is no guess at anyone: a table of many empty rows says
        that they are mostly empty.
        """
        guessed = set()
        for one, belief in beliefs.items():
            near = {nb + step for nb in self.of(one) for step in range(-drift, drift + 1)}
            places = [nb - posterior.first[one] for nb in near if 0 < nb < self._threshold]
            if any(belief[place] > certainty for place in places if 0 <= place < len(belief)):
                guessed.add(one)
        return guessed


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


def _telling(posterior: Posterior, one: Unknown, new: AbstractSet[Unknown]) -> Unknown | None:
    """Return the smallest new count of the equation that says most of a small one, or of the two that leave it.

    Where all of these were shown before, what says most of one of them, and so on.
    """
    seen, front, equations = {one}, [one], [{one}]
    while front:
        for names in equations:
            if new_counts := {count for name in names for count in _counts_in(name, new)}:
                return min(new_counts, key=_smallest)
        equations = [{total, *parts} for name in front for total, parts in posterior.telling(name)]
        front = sorted(set().union(*equations) - seen)
        seen.update(front)
    return None


def _counts_in(name: Unknown, new: AbstractSet[Unknown]) -> Iterable[Unknown]:
    """Return the new counts that a name stands for: one, or the two of a difference."""
    if name[0] == GAP:
        return (count for count in new if count[:-1] in (name[1:7], name[7:13]))
    return (name,) if name in new else ()


def _smallest(name: Unknown) -> tuple[int, Unknown]:
    return int(name[-1]), name


def _variable(name: Unknown) -> Variable:
    return Variable(*name[:-1])


def _refuse(
    guessed: AbstractSet[Unknown],
    cells: pd.DataFrame,
    earlier: Sequence[Published],
    truth: Truth,
    rules: DisclosureSettings,
) -> None:
    """Refuse the release if it lets a small count be guessed that those before it did not."""
    worst = {one for one in guessed if one[0] != GAP}
    if worst:
        before = attack(earlier, rules)
        worst -= truth.guessed(before, before.beliefs(), rules.certainty)
    if worst:
        tables = sorted({table for table, one in zip(cells["table"], cells["variable"], strict=True) if one in worst})
        raise ContractError(
            f"study_extracts: {len(worst)} small counts can be guessed with a chance above {rules.certainty:.0%}, "
            f"of tables: {', '.join(tables) or 'another study'}. Declare fewer or coarser tables. Nothing was written."
        )
