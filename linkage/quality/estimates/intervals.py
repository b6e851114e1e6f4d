"""Intervals for shares and for their differences, as columns."""

from __future__ import annotations

from statistics import NormalDist

from pyspark.sql import Column
from pyspark.sql import functions as F


def wilson(successes: Column, trials: Column, *, confidence: float) -> tuple[Column, Column]:
    """Return the bounds of a share; null without trials. Successes may be expected counts.

    Method: Wilson (1927), score interval: stays within 0 and 1 and keeps its width at both ends.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    spread = F.greatest(successes * (trials - successes), F.lit(0.0)) / trials + z * z / 4
    centre = (successes + z * z / 2) / (trials + z * z)
    half = z * F.sqrt(spread) / (trials + z * z)
    some = trials > 0
    return F.when(some, F.greatest(centre - half, F.lit(0.0))), F.when(some, F.least(centre + half, F.lit(1.0)))


def gap_to_whole(
    part: tuple[Column, Column], whole: tuple[Column, Column], *, confidence: float
) -> tuple[Column, Column, Column]:
    """Return a part's share less the whole's, with bounds; each is successes and trials. Null when the part is all.

    Method: the part against the rest, which is independent of it (Newcombe 1998, method 10), scaled to the whole:
    p - p_whole = (1 - n / n_whole) (p - p_rest).
    """
    successes, trials = part
    rest = (whole[0] - successes, whole[1] - trials)
    ours, theirs = successes / trials, rest[0] / rest[1]
    low, high = wilson(successes, trials, confidence=confidence)
    rest_low, rest_high = wilson(*rest, confidence=confidence)
    difference = ours - theirs
    below = F.sqrt(F.pow(ours - low, 2) + F.pow(rest_high - theirs, 2))
    above = F.sqrt(F.pow(high - ours, 2) + F.pow(theirs - rest_low, 2))
    scale, both = 1 - trials / whole[1], (trials > 0) & (rest[1] > 0)
    return (
        F.when(both, scale * difference),
        F.when(both, scale * (difference - below)),
        F.when(both, scale * (difference + above)),
    )
