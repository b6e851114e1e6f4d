"""How a count, a share or a rate is written wherever an analyst or the public reads: hidden, rounded, with few digits.

What is written is a function of rounded counts alone: a share is that of two counts as they are shown, and so are its
interval and the picture that draws it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

DIGITS = 3
"""Of a share: a tenth of a percent."""


@dataclass(frozen=True)
class Shown:
    """What is written of exact counts: none below ``smallest``, zero included; of others a multiple of ``base``."""

    smallest: int
    base: int

    def count(self, nb: Any) -> int | None:
        """Return the count as it is shown; None where it is hidden or not known."""
        return None if _unknown(nb) or nb < self.smallest else self._rounded(nb)

    def share(self, part: Any, whole: Any) -> float | None:
        """Return the share of two counts as they are shown; None where one of them is hidden."""
        shown_part, shown_whole = self.count(part), self.count(whole)
        return None if shown_part is None or shown_whole is None else rate(shown_part / shown_whole)

    def interval(self, part: Any, whole: Any, *, confidence: float, spread: float) -> tuple[float | None, float | None]:
        """Return the bounds of the same share; ``spread`` is how far off its errors may be, 0 where they are counted.

        Method: Wilson (1927), as ``quality/subgroups``, of the counts as they are shown.
        """
        shown_part, shown_whole = self.count(part), self.count(whole)
        if shown_part is None or shown_whole is None:
            return None, None
        z = NormalDist().inv_cdf((1 + confidence) / 2)
        effect = 1 + spread**2 * max(shown_whole - shown_part, 0)
        of_part, of_whole = shown_part / effect, shown_whole / effect
        centre = (of_part + z * z / 2) / (of_whole + z * z)
        variance = of_part * (of_whole - of_part) / of_whole + z * z / 4
        half = z * math.sqrt(max(variance, 0.0)) / (of_whole + z * z) + (1 / shown_whole if spread else 0.0)
        return rate(max(centre - half, 0.0)), rate(min(centre + half, 1.0))

    def coarse(self, value: Any, whole: Any) -> float | None:
        """Return a share that is not one of shown counts: a step of its last digit is ``base`` of the whole or more."""
        shown_whole = self.count(whole)
        if shown_whole is None or _unknown(value):
            return None
        digits = next((digits for digits in (DIGITS, 2, 1) if shown_whole >= 10**digits * self.base), 0)
        return round(float(value), digits) if digits else None

    def _rounded(self, nb: float) -> int:
        return self.base * math.floor(nb / self.base + 0.5)


def rate(value: Any) -> float | None:
    """Return a rate with the digits that are shown; None where it is not known."""
    return None if _unknown(value) else round(float(value), DIGITS)


def _unknown(value: Any) -> bool:
    return value is None or value != value
