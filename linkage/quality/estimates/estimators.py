"""Precision and recall without truth: three methods, each on an assumption of its own, and their synthesis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linkage.quality.review.clerical import PRECISION, RECALL
from linkage.settings.quality import EstimatesSettings
from linkage.tables.quality import Estimate

MIXTURE, HIDDEN_KEYS, COUNTS, SYNTHESIS = "melange", "cles_cachees", "liens", "synthese"
Z, TINY = 1.959964, 1e-9
FEWEST = 30
"""Fewer keys hidden say nothing of those that are missing."""
NOTES = {
    (MIXTURE, PRECISION): "probabilités du modèle, une référence ayant une procédure au plus parmi ses candidates",
    (MIXTURE, RECALL): "probabilités des paires comparées et non retenues ; ne voit pas les paires jamais comparées",
    (
        HIDDEN_KEYS,
        PRECISION,
    ): "part juste de ce qui est retrouvé quand une clé sûre est cachée ; mélange pour les clés exactes",
    (
        HIDDEN_KEYS,
        RECALL,
    ): "part retrouvée des clés sûres cachées, à affaires semblables ; jonctions par les PV cités, cachés de même",
    (
        COUNTS,
        RECALL,
    ): "affaires d'origine policière liées, sur celles dont la procédure est livrée d'après les clés saisies",
    (SYNTHESIS, PRECISION): "moyenne du mélange et des clés cachées ; l'intervalle compte leur désaccord",
    (SYNTHESIS, RECALL): "moyenne des clés cachées et du décompte ; l'intervalle compte leur désaccord",
}


@dataclass(frozen=True)
class Stratum:
    """Affairs alike: keys hidden, found again and wrongly so; affairs without a settled key that are linked."""

    hidden: int
    found: int
    wrong: int
    linked: int


@dataclass(frozen=True)
class Counts:
    """What the estimators read of a version, all of it counts and sums of probabilities.

    ``expected_*``: sums of the model's probabilities over retained links by key, otherwise, and of jonctions, and over
    pairs not retained, of cases and of jonctions. ``hidden_jonctions``: PVs cited beside the first, hidden, and how
    many of their procedures are ``joined_again``. ``settled_with_author``, ``others_with_author``: linked affairs that
    have an author, a confirmed key of theirs or none. ``police``, ``typed``, ``absent``, ``absent_linked``,
    ``linked``: affairs of police origin, with a whole key, with whole keys of no delivered procedure, linked among
    those, linked.
    """

    links: int
    by_key: int
    by_jonction: int
    expected_by_key: float
    expected_otherwise: float
    expected_jonction: float
    missed_cases: float
    missed_jonctions: float
    hidden_jonctions: int
    joined_again: int
    settled_with_author: int
    others_with_author: int
    sampled_pairs: int
    police: int
    typed: int
    absent: int
    absent_linked: int
    linked: int
    strata: Sequence[Stratum]

    @property
    def jonctions(self) -> Stratum:
        """Return the hidden citations, counted as hidden keys are; nothing is counted as joined wrongly."""
        return Stratum(self.hidden_jonctions, self.joined_again, 0, self.by_jonction)


@dataclass(frozen=True)
class Guess:
    """Hold an estimate and its standard deviation."""

    value: float
    sd: float

    @property
    def spread(self) -> float:
        """Return the deviation as a share of the errors that the estimate leaves."""
        return self.sd / max(1 - self.value, TINY)


def estimate_rates(counts: Counts, *, version: str, settings: EstimatesSettings) -> list[dict[str, object]]:
    """Return the rows of ``quality/estimates`` of three methods and their synthesis; none where keys are too few.

    Method: the mixture is Fellegi-Sunter's own error estimate (1969), from the probabilities of ``quality.mixture``.
    Keys hidden and found again: recall r of a stratum of affairs is the share of its hidden keys found again, and L
    links found without a settled key mean L (1 - r) / r missed (the capture-recapture argument; Blakely and Salmond,
    International Journal of Epidemiology 31, 2002, use duplicates the same way). Counts: the share of whole keys that
    no delivered procedure bears, less those found damaged, is the share of affairs whose procedure is missing.
    The synthesis is the mean of two methods that do not share their assumption. Its variance adds their own, the square
    of half their disagreement, and a declared share of the error itself, for what both ignore.
    """
    if not counts.by_key or counts.sampled_pairs < FEWEST:
        return []
    precision = {MIXTURE: mixture_precision(counts), HIDDEN_KEYS: hidden_precision(counts)}
    precision[SYNTHESIS] = synthesis([precision[MIXTURE], precision[HIDDEN_KEYS]], unseen=settings.unseen_precision)
    true = precision[SYNTHESIS].value * counts.links
    recall = {
        MIXTURE: _share(true, counts.missed_cases + counts.missed_jonctions, math.sqrt(counts.missed_cases)),
        HIDDEN_KEYS: hidden_recall(counts, true),
        COUNTS: counts_recall(counts, true, precision[SYNTHESIS].value),
    }
    recall[SYNTHESIS] = synthesis([recall[HIDDEN_KEYS], recall[COUNTS]], unseen=settings.unseen_recall)
    return [
        _row(version, method, measure, guess, counts)
        for measure, guesses in ((PRECISION, precision), (RECALL, recall))
        for method, guess in guesses.items()
    ]


def mixture_precision(counts: Counts) -> Guess:
    """Estimate precision: the mean probability of the retained links."""
    expected = counts.expected_by_key + counts.expected_otherwise + counts.expected_jonction
    value = expected / counts.links
    return Guess(value, math.sqrt(value * (1 - value) / counts.links))


def hidden_precision(counts: Counts) -> Guess:
    """Estimate precision: of links by key and jonctions by the mixture, of others by hidden keys found again."""
    right, variance, others = 0.0, 0.0, counts.links - counts.by_key - counts.by_jonction
    linked = sum(stratum.linked for stratum in counts.strata)
    pooled = _pooled(counts.strata)
    for stratum in counts.strata:
        nb_found, nb_wrong = (
            (stratum.found, stratum.wrong) if stratum.found + stratum.wrong else (pooled.found, pooled.wrong)
        )
        share = (nb_found + 0.5) / (nb_found + nb_wrong + 1)
        size = others * stratum.linked / max(linked, 1)
        right += size * share
        variance += size**2 * share * (1 - share) / (nb_found + nb_wrong + 2)
    expected = counts.expected_by_key + counts.expected_jonction + right
    return Guess(expected / counts.links, math.sqrt(variance) / counts.links)


def hidden_recall(counts: Counts, true: float) -> Guess:
    """Estimate recall: links found without a settled key stand for those like them that were missed; and jonctions."""
    missed, variance = 0.0, 0.0
    for stratum in counts.strata:
        recall = _recall(stratum, counts.strata)
        missed += stratum.linked * (1 - recall.value) / recall.value
        variance += (stratum.linked * recall.sd / recall.value**2) ** 2
    joined = _missed_jonctions(counts)
    return _share(true, missed + joined.value, math.hypot(math.sqrt(variance), joined.sd))


def counts_recall(counts: Counts, true: float, precision: float) -> Guess:
    """Estimate recall: affairs linked rightly over affairs whose procedure was delivered; jonctions by their model."""
    recall = _recall(_pooled(counts.strata), counts.strata)
    damaged = min(counts.absent_linked / recall.value, counts.absent)
    missing = (counts.absent - damaged) / max(counts.typed, 1)
    expected = counts.police * (1 - missing)
    share = min(max(counts.linked, 1) * precision / expected, 1.0) if expected else 1.0
    sd = math.sqrt(missing * (1 - missing) / max(counts.typed, 1))
    joined = _missed_jonctions(counts)
    value = 1 / (1 / share + joined.value / true)
    return Guess(value, math.hypot(sd, value**2 * joined.sd / true))


def synthesis(guesses: Sequence[Guess], *, unseen: float) -> Guess:
    """Return the mean of several estimates, its deviation from theirs, their disagreement and what they all ignore.

    Example
    -------
    >>> synthesis([Guess(0.98, 0.0), Guess(0.96, 0.0)], unseen=0.0)
    Guess(value=0.97, sd=0.010000000000000009)
    """
    value = sum(guess.value for guess in guesses) / len(guesses)
    within = sum(guess.sd**2 for guess in guesses) / len(guesses)
    between = (max(guess.value for guess in guesses) - min(guess.value for guess in guesses)) / 2
    return Guess(value, math.sqrt(within + between**2 + (unseen * (1 - value)) ** 2))


def stands_for(stratum: Stratum) -> float:
    """Return how many true links of its kind, retained or missed, each hidden link of a stratum stands for."""
    precision = (stratum.found + 0.5) / (stratum.found + stratum.wrong + 1)
    recall = (stratum.found + 0.5) / (stratum.hidden + 1)
    return stratum.linked * precision / recall / stratum.hidden


def _missed_jonctions(counts: Counts) -> Guess:
    """Estimate the jonctions missed: those joined stand for others as citations hidden and joined again do.

    None is looked for in an affair without a confirmed key: those that have an author are taken to join as often as
    the others that have one. How far that holds is known to within half of it.
    """
    recall = _recall(counts.jonctions, [counts.jonctions])
    every = counts.expected_jonction / recall.value
    never = every * counts.others_with_author / max(counts.settled_with_author, 1)
    missed = every - counts.expected_jonction
    spread = (counts.expected_jonction * recall.sd / recall.value**2) ** 2 + missed + (never / 2) ** 2
    return Guess(missed + never, math.sqrt(spread))


def _recall(stratum: Stratum, strata: Iterable[Stratum]) -> Guess:
    of = stratum if stratum.hidden else _pooled(strata)
    value = (of.found + 0.5) / (of.hidden + 1)
    return Guess(value, math.sqrt(value * (1 - value) / (of.hidden + 2)))


def _pooled(strata: Iterable[Stratum]) -> Stratum:
    every = list(strata)
    return Stratum(*(sum(getattr(s, name) for s in every) for name in ("hidden", "found", "wrong", "linked")))


def _share(true: float, missed: float, sd_missed: float) -> Guess:
    return Guess(true / (true + missed), true * sd_missed / (true + missed) ** 2)


def _row(version: str, method: str, measure: str, guess: Guess, counts: Counts) -> dict[str, object]:
    low, high = (max(0.0, min(1.0, guess.value + sign * Z * guess.sd)) for sign in (-1, 1))
    return {
        Estimate.version: version,
        Estimate.method: method,
        Estimate.measure: measure,
        Estimate.estimate: guess.value,
        Estimate.low: low,
        Estimate.high: high,
        Estimate.nb: counts.sampled_pairs if method == HIDDEN_KEYS else counts.links,
        Estimate.note: NOTES[method, measure],
    }
