"""Precision and recall from a reviewed sample, with intervals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scipy.stats import beta

from linkage.tables.links import RETAINED
from linkage.tables.quality import DOUBT, NO, YES, Estimate

METHOD = "revue"
PRECISION, RECALL = "precision", "rappel"
TAIL = 0.025


@dataclass(frozen=True)
class Stratum:
    """Pairs of one status and weight band: how many there are, and what the reviewer said of those drawn."""

    status: str
    population: int
    yes: int
    no: int
    doubt: int = 0


@dataclass(frozen=True)
class Interval:
    """An estimate between two bounds."""

    estimate: float
    low: float
    high: float


def estimate_rates(strata: Sequence[Stratum], *, version: str) -> list[dict[str, object]]:
    """Return the rows of ``quality/estimates``: precision and recall, without doubts, then with them as yes and as no.

    Method: stratified estimates of totals (Cochran 1977, 5.3), a Jeffreys interval in each stratum, combined by
    recovering variances: MOVER for the sums (Zou & Donner, Statistics in Medicine 27, 2008) and for the ratio of
    independent totals (Newcombe, Confidence Intervals for Proportions, 2012, chapter 7). A stratum without an error
    keeps a one-sided doubt instead of a null variance.

    Units: shares from 0 to 1; ``nb`` counts decided pairs, doubts included where they are counted.
    """
    readings = {
        "": (strata, "doutes exclus"),
        "_doutes_oui": ([_with_doubts(stratum, yes=True) for stratum in strata], "doutes comptés comme vrais"),
        "_doutes_non": ([_with_doubts(stratum, yes=False) for stratum in strata], "doutes comptés comme faux"),
    }
    rows: list[dict[str, object]] = []
    for suffix, (read_strata, reading) in readings.items():
        retained = [stratum for stratum in read_strata if stratum.status == RETAINED]
        others = [stratum for stratum in read_strata if stratum.status != RETAINED]
        reviewed = {PRECISION: retained, RECALL: read_strata}
        for measure, interval in ((PRECISION, precision(retained)), (RECALL, recall(retained, others))):
            rows.append(
                {
                    Estimate.version: version,
                    Estimate.method: METHOD,
                    Estimate.measure: measure + suffix,
                    Estimate.estimate: interval.estimate if interval else None,
                    Estimate.low: interval.low if interval else None,
                    Estimate.high: interval.high if interval else None,
                    Estimate.nb: sum(stratum.yes + stratum.no for stratum in reviewed[measure]),
                    Estimate.note: _note(measure, reading, reviewed[measure]),
                }
            )
    return rows


def precision(retained: Sequence[Stratum]) -> Interval | None:
    """Estimate the share of retained pairs that are true; None when none of them is decided."""
    total = true_pairs(retained)
    size = sum(stratum.population for stratum in retained)
    return Interval(*(part / size for part in (total.estimate, total.low, total.high))) if total and size else None


def recall(retained: Sequence[Stratum], others: Sequence[Stratum]) -> Interval | None:
    """Estimate true retained pairs over all true pairs compared; None when either side has nothing decided."""
    retained_true, missed = true_pairs(retained), true_pairs(others)
    if not others or not sum(stratum.population for stratum in others):
        missed = Interval(0.0, 0.0, 0.0)
    if retained_true is None or missed is None or retained_true.estimate <= 0:
        return None
    odds = _ratio(missed, retained_true)
    return Interval(1 / (1 + odds.estimate), 1 / (1 + odds.high), 1 / (1 + odds.low))


def true_pairs(strata: Sequence[Stratum]) -> Interval | None:
    """Estimate the number of true pairs in some strata; None when nothing is decided in them.

    A stratum where nothing is decided takes the share of the others, and any share is possible in it.
    """
    decided = [stratum for stratum in strata if stratum.yes + stratum.no]
    if not decided:
        return None
    pooled = _total(decided) / sum(stratum.population for stratum in decided)
    shares = [(s.population, jeffreys(s.yes, s.yes + s.no, s.population, otherwise=pooled)) for s in strata]
    estimate = sum(size * share.estimate for size, share in shares)
    below = math.sqrt(sum((size * (share.estimate - share.low)) ** 2 for size, share in shares))
    above = math.sqrt(sum((size * (share.high - share.estimate)) ** 2 for size, share in shares))
    # What was seen is known: no bound may contradict it.
    nb_yes, size = sum(s.yes for s in strata), sum(s.population - s.no for s in strata)
    return Interval(estimate, max(estimate - below, nb_yes), min(estimate + above, size))


def jeffreys(yes: int, nb: int, population: int, *, otherwise: float = 0.5) -> Interval:
    """Return Jeffreys' interval of a share, for ``nb`` pairs drawn without replacement from ``population``.

    Method: Brown, Cai & DasGupta, Statistical Science 16, 2001; a share of 0 or 1 is its own bound. The sizes are
    those of a sample of the same variance drawn with replacement, so a stratum reviewed whole has no doubt left.

    Example
    -------
    >>> jeffreys(9, 10, 10)
    Interval(estimate=0.9, low=0.9, high=0.9)
    """
    if nb == 0:
        return Interval(otherwise, 0.0, 1.0)
    share = yes / nb
    if nb >= population:
        return Interval(share, share, share)
    worth = (population - 1) / (population - nb)
    law = beta(yes * worth + 0.5, (nb - yes) * worth + 0.5)
    return Interval(share, float(law.ppf(TAIL)) if yes else 0.0, float(law.ppf(1 - TAIL)) if yes < nb else 1.0)


def _total(strata: Iterable[Stratum]) -> float:
    return sum(stratum.population * stratum.yes / (stratum.yes + stratum.no) for stratum in strata)


def _ratio(top: Interval, bottom: Interval) -> Interval:
    """Return the ratio of two independent positive estimates, its interval by MOVER."""
    product, least = top.estimate * bottom.estimate, max(bottom.low, 1e-9)

    def bound(numerator: float, denominator: float, sign: int) -> float:
        spread = numerator * denominator * (2 * top.estimate - numerator) * (2 * bottom.estimate - denominator)
        return (product + sign * math.sqrt(max(product**2 - spread, 0.0))) / (
            denominator * (2 * bottom.estimate - denominator)
        )

    return Interval(
        top.estimate / bottom.estimate, max(bound(top.low, bottom.high, -1), 0.0), bound(top.high, least, 1)
    )


def _with_doubts(stratum: Stratum, *, yes: bool) -> Stratum:
    more, less = (stratum.doubt, 0) if yes else (0, stratum.doubt)
    return Stratum(stratum.status, stratum.population, stratum.yes + more, stratum.no + less)


def count_strata(reviewed: Iterable[tuple[str, str, int, str | None]]) -> list[Stratum]:
    """Count strata from ``(stratum, status, population, decision or None)``, one per sampled pair."""
    counts: dict[tuple[str, str, int], dict[str | None, int]] = {}
    for name, status, population, decision in reviewed:
        count = counts.setdefault((name, status, population), {})
        count[decision] = count.get(decision, 0) + 1
    return [
        Stratum(status, population, count.get(YES, 0), count.get(NO, 0), count.get(DOUBT, 0))
        for (_, status, population), count in sorted(counts.items())
    ]


def _note(measure: str, reading: str, strata: Sequence[Stratum]) -> str:
    silent = sum(stratum.population > 0 and stratum.yes + stratum.no == 0 for stratum in strata)
    parts = [f"échantillon stratifié revu à la main, {reading}"]
    if measure == RECALL:
        parts.append("les paires jamais comparées, ou au-dessous du plancher de poids, ne sont pas vues")
    if silent:
        parts.append(f"{silent} strates sans décision, où toute part est possible")
    return " ; ".join(parts)
