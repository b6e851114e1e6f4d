"""Chance without a random generator: every draw is a hash of the seed, the draw's name and what it is about.

The same seed gives the same country whatever the partitions, and draws of different names are independent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F

_MANTISSA = (1 << 53) - 1
SLICES = 1000


@dataclass(frozen=True)
class Dice:
    """Draws for one seed; ``about`` names the columns a draw belongs to, such as those of a case or a person.

    The expressions are written in SQL: one call to the JVM each, where Column operators would make ten.
    """

    seed: int

    def hash(self, name: str, *about: str) -> Column:
        """Return a 64-bit integer, uniform."""
        return F.expr(self._hash(name, about))

    def uniform(self, name: str, *about: str) -> Column:
        """Return a double in [0, 1)."""
        return F.expr(self._uniform(name, about))

    def _hash(self, name: str, about: tuple[str, ...]) -> str:
        return f"xxhash64({', '.join((chr(39) + f'{self.seed}/{name}' + chr(39), *about))})"

    def _uniform(self, name: str, about: tuple[str, ...]) -> str:
        return f"(({self._hash(name, about)} & {_MANTISSA}L) / {_MANTISSA + 1}D)"

    def chance(self, share: float | Column, name: str, *about: str) -> Column:
        """Return true in a share of the draws."""
        if isinstance(share, Column):
            return self.uniform(name, *about) < share
        return F.expr(f"{self._uniform(name, about)} < {share!r}D")

    def integer(self, low: int | Column, high: int | Column, name: str, *about: str) -> Column:
        """Return an integer from ``low`` to ``high``, both included."""
        if isinstance(low, int) and isinstance(high, int):
            return F.expr(f"cast({low} + floor({self._uniform(name, about)} * {high - low + 1}) as int)")
        low, high = _column(low), _column(high)
        return (low + F.floor(self.uniform(name, *about) * (high - low + 1))).cast("int")

    def normal(self, name: str, *about: str) -> Column:
        """Return a standard normal value (Box and Muller, 1958)."""
        radius = f"sqrt(-2 * ln(1 - {self._uniform(name + '/r', about)}))"
        return F.expr(f"{radius} * cos({2 * math.pi!r}D * {self._uniform(name + '/a', about)})")

    def exponential(self, mean: float, name: str, *about: str) -> Column:
        """Return a wait of that mean, in whole units."""
        return F.expr(f"cast(floor(-{mean!r}D * ln(1 - {self._uniform(name, about)})) as int)")

    def lognormal(self, median: float | Column, spread: float, name: str, *about: str) -> Column:
        """Return a wait of that median, in whole units; ``spread`` is the standard deviation of its log."""
        return F.floor(median * F.exp(spread * self.normal(name, *about))).cast("int")

    def pick(self, weights: Mapping[str, float], name: str, *about: str) -> Column:
        """Return one of the keys, as often as its weight says."""
        return choose(self._uniform(name, about), weights)

    def count(self, shares: Sequence[float], name: str, *about: str) -> Column:
        """Return 0, 1, 2 … as often as the shares say."""
        return self.pick({str(number): share for number, share in enumerate(shares)}, name, *about).cast("int")

    def element(self, values: Column, name: str, *about: str) -> Column:
        """Return one value of an array column; null when the array is empty."""
        index = F.floor(self.uniform(name, *about) * F.size(values)).cast("int")
        return F.get(values, index)


def choose(uniform: str, weights: Mapping[str, float]) -> Column:
    """Return the key whose slice of [0, 1) holds a SQL expression's value; slices are rounded to a thousandth."""
    total, reached = sum(weights.values()), 0.0
    slots: list[str] = []
    for key, weight in weights.items():
        reached += weight
        slots += [key] * (round(SLICES * reached / total) - len(slots))
    # the optimiser turns the split into one constant array
    return F.expr(f"get(split('{','.join(slots)}', ','), cast(floor({uniform} * {SLICES}) as int))")


def by(key: str, values: Mapping[str, Column | float | int | str], otherwise: Column | None = None) -> Column:
    """Return the value that a mapping holds for each row's key."""
    if not values:
        raise ValueError("an empty mapping has no value")
    plain = [value for value in values.values() if not isinstance(value, Column)]
    if otherwise is None and len(plain) == len(values):
        cases = " ".join(f"when '{name}' then {_literal(value)}" for name, value in zip(values, plain, strict=True))
        return F.expr(f"case {key} {cases} end")
    column, choice = F.col(key), None
    for name, value in values.items():
        then = value if isinstance(value, Column) else F.lit(value)
        choice = F.when(column == name, then) if choice is None else choice.when(column == name, then)
    assert choice is not None
    return choice if otherwise is None else choice.otherwise(otherwise)


def _literal(value: float | str) -> str:
    if isinstance(value, str):
        return f"'{value}'"
    return f"{value!r}D" if isinstance(value, float) else str(value)


def _column(value: Column | float | str) -> Column:
    return value if isinstance(value, Column) else F.lit(value)
