"""What someone who adds up what was shown comes to believe of each count that was hidden."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from linkage.study_extracts.disclosure.counts import Equation, Unknown

Belief = npt.NDArray[np.float64]
"""Probabilities of a whole number and of those that follow it."""
SWEEPS = 3


Prior = tuple[int, Belief]
"""The first value that a count may have, and the probabilities of it and of those that follow."""


def of_shown(value: int, *, base: int, least: int) -> Prior:
    """Return what a shown value says of its count: within ``base - 1``, the nearer the likelier, ``least`` at least."""
    first = value - base + 1
    possible = _noise(base) * (np.arange(2 * base - 1) + first >= least)
    return first, _normal(possible)


def of_hidden(threshold: int, blur: int) -> Prior:
    """Return what is believed of a hidden count at first: all below the threshold alike, those above as it is drawn."""
    return 0, _normal(np.minimum(1.0, (threshold + blur - 1 - np.arange(threshold + blur - 1)) / blur))


def of_gap(large: int, small: int, *, base: int) -> Prior:
    """Return what two shown values say of what one count has more than another that it holds.

    Each has a noise of its own, unless nobody is left: the same persons have the same noise.
    """
    values = np.arange(max(0, large - small - 2 * (base - 1)), max(0, large - small) + 2 * base)
    twice = np.convolve(_noise(base), _noise(base)) / base
    chances = np.interp(values - (large - small), np.arange(len(twice)) - len(twice) // 2, twice, 0.0, 0.0)
    chances[values == 0] = float(large == small)
    return int(values[0]), _normal(chances) if chances.any() else np.full(len(values), 1 / len(values))


def _noise(base: int) -> Belief:
    """Return how likely a count is shown so far away, as any perturbation to the two multiples around it has it."""
    return 1 - np.abs(np.arange(1 - base, base)) / base


class Posterior:
    """Beliefs by belief propagation (Pearl 1988; Kschischang, Frey and Loeliger 2001) from what is believed at first.

    ``shown`` has the values that were shown. An equation with a count of which nothing is believed says nothing. One
    that cannot be true is left aside, and the others are believed.
    """

    def __init__(
        self,
        equations: Collection[Equation],
        priors: Mapping[Unknown, Prior],
        shown: Mapping[Unknown, int],
        *,
        base: int,
    ) -> None:
        self.shown, self.base = shown, base
        self.first = {one: first for one, (first, _) in priors.items()}
        self.prior = {one: belief for one, (_, belief) in priors.items()}
        self.equations = [(total, sorted(parts)) for total, parts in equations if {total, *parts} <= set(self.prior)]
        self._messages: dict[tuple[int, Unknown], Belief] = {}
        self._of: dict[Unknown, list[int]] = {}
        for number, (total, parts) in enumerate(self.equations):
            for one in (total, *parts):
                self._of.setdefault(one, []).append(number)

    def beliefs(self) -> dict[Unknown, Belief]:
        """Return what is believed at last of each count that was not shown: probabilities from its first value on."""
        for _ in range(SWEEPS):
            for number, (total, parts) in enumerate(self.equations):
                self._send(number, total, parts)
        return {one: self._belief(one) for one in self.prior if one not in self.shown}

    def telling(self, one: Unknown) -> list[Equation]:
        """Return the equations that say something of a count, the one that says most first."""
        alike = 1.5 / len(self.prior[one])
        said = [
            (-float(self._messages[number, one].max()), number)
            for number in self._of.get(one, ())
            if (number, one) in self._messages and self._messages[number, one].max() > alike
        ]
        return [(self.equations[number][0], frozenset(self.equations[number][1])) for _, number in sorted(said)]

    def _belief(self, one: Unknown, *, without: int | None = None) -> Belief:
        belief = self.prior[one]
        for number in self._of.get(one, ()):
            message = self._messages.get((number, one))
            if message is not None and number != without and (both := belief * message).any():
                belief = _normal(both)
        return belief

    def _send(self, number: int, total: Unknown, parts: Sequence[Unknown]) -> None:
        """Send to each count of an equation what the others say of it."""
        beliefs = [self._belief(one, without=number) for one in (total, *parts)]
        # The total with its sign turned: all of them add up to nothing.
        terms = [beliefs[0][::-1], *beliefs[1:]]
        starts = [1 - self.first[total] - len(beliefs[0]), *(self.first[part] for part in parts)]
        before, after = [np.ones(1)], [np.ones(1)]
        for term in terms[:-1]:
            before.append(np.convolve(before[-1], term))
        for term in terms[:0:-1]:
            after.append(np.convolve(after[-1], term))
        for place, one in enumerate((total, *parts)):
            others = np.convolve(before[place], after[len(parts) - place])
            message = _of_rest(others, sum(starts) - starts[place], starts[place], len(terms[place]))
            if place and one not in self.shown and len(parts) == 2:
                message = self._of_the_same(message, total, parts[2 - place])
            if message.any():
                self._messages[number, one] = _normal(message if place else message[::-1])
            else:
                self._messages.pop((number, one), None)

    def _of_the_same(self, message: Belief, total: Unknown, other: Unknown) -> Belief:
        """Return what a total and its only other part say of a hidden part: if nobody is in it, both have one noise."""
        if total not in self.shown or other not in self.shown:
            return message
        likely = message * self.base
        likely[0] = float(self.shown[total] == self.shown[other])
        return likely


def _of_rest(others: Belief, start: int, first: int, length: int) -> Belief:
    """Return, for each value of a count, the probability that the others make the sum nothing."""
    at = -np.arange(first, first + length) - start
    inside = (at >= 0) & (at < len(others))
    return np.where(inside, others[np.clip(at, 0, len(others) - 1)], 0.0)


def _normal(belief: Belief) -> Belief:
    made: Belief = belief / belief.sum()
    return made
