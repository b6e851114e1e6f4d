"""The content of a report as it may be read: every count and rate as ``linkage.concepts.shown`` writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from linkage.concepts.shown import Shown, rate
from linkage.quality.known import NB, NB_KNOWN
from linkage.quality.report.content import Content, Previous
from linkage.quality.report.counts import EXPECTED
from linkage.quality.traits import WHOLE
from linkage.settings.quality import QualitySettings
from linkage.tables.links import Ledger
from linkage.tables.quality import Accuracy, Balance, Calibration, Estimate, RuleWidth, Subgroup, Weight
from linkage.tables.sources import Delivery

WEIGHT_DIGITS = 1
MODEL_DIGITS = {"m": 4, "u": 4, "weight": 1}


def protect(content: Content) -> Content:
    """Return the content without an exact count or rate: whatever is drawn, summed or divided is so of shown ones."""
    shown = shown_as(content.settings)
    version = dict(content.version)
    version["row_counts"] = {table: shown.count(nb) for table, nb in content.version["row_counts"].items()}
    return replace(
        content,
        version=version,
        histogram=_counts(content.histogram, ["nb"], shown).dropna(subset=["nb"]),
        model_bands=_counts(content.model_bands, [NB], shown).dropna(subset=[NB]),
        passes_counted=_protect_expected(content.passes_counted, shown),
        dossiers=_counts(content.dossiers, ["nb"], shown),
        ledger=_counts(content.ledger, [Ledger.nb], shown),
        unread=_counts(content.unread, ["nb"], shown).dropna(subset=["nb"]),
        known=_counts(content.known, [NB, NB_KNOWN], shown),
        deliveries=_counts(content.deliveries, [Delivery.nb_absentes], shown),
        accuracy=_rates(content.accuracy, [Accuracy.precision]),
        estimates=_rates(content.estimates, [Estimate.estimate, Estimate.low, Estimate.high]),
        subgroups=protect_subgroups(content.subgroups, content.settings),
        balance=_protect_balance(content.balance, shown),
        weights=content.weights.assign(**{Weight.weight: content.weights[Weight.weight].round(WEIGHT_DIGITS)}),
        review=_counts(content.review, ["nb_population", "nb_sampled", "oui", "non", "doute"], shown),
        persons=_counts(_protect_expected(content.persons, shown), ["nb_role_change"], shown),
        rules=_protect_rules(content.rules, shown),
        candidates=_counts(content.candidates, [NB], shown),
        blocks=_counts(content.blocks, [NB, "pairs"], shown),
        thresholds=_counts(content.thresholds, [NB, EXPECTED], shown).fillna(0.0),
        calibration=_protect_calibration(content.calibration, shown),
        agreements=_counts(content.agreements, [NB], shown),
        conjugal=_counts(content.conjugal, [NB, "sent", "linked"], shown),
        previous=content.previous and _protect_previous(content.previous, shown, settings=content.settings),
    )


def protect_levels(levels: pd.DataFrame) -> pd.DataFrame:
    """Return the parameters of the models with the digits that are shown."""
    return levels.astype(dict.fromkeys(MODEL_DIGITS, "float64")).round(MODEL_DIGITS)


def _protect_expected(frame: pd.DataFrame, shown: Shown) -> pd.DataFrame:
    """Return the counts, and the share of them that probabilities expect to be true."""
    pairs = zip(frame[EXPECTED], frame[NB], strict=True)
    shares = _numbers([shown.coarse(part / nb if nb else None, nb) for part, nb in pairs], frame)
    return _counts(frame.assign(**{EXPECTED: shares}), [NB], shown)


def _protect_rules(rules: pd.DataFrame, shown: Shown) -> pd.DataFrame:
    """Return the rules with shares as coarse as the number of hidden links, and no expected link below the smallest."""
    pairs = zip(rules[RuleWidth.share_held], rules[RuleWidth.nb_hidden], strict=True)
    shares = _numbers([shown.coarse(share, nb) for share, nb in pairs], rules)
    counts = [RuleWidth.nb_pairs, RuleWidth.nb_held, RuleWidth.nb_alone, RuleWidth.nb_hidden]
    return _counts(rules.assign(**{RuleWidth.share_held: shares}), counts, shown)


def _protect_calibration(calibration: pd.DataFrame, shown: Shown) -> pd.DataFrame:
    shares = {}
    for column in (Calibration.expected, Calibration.nb_right):
        pairs = zip(calibration[column], calibration[Calibration.nb], strict=True)
        shares[column] = _numbers([shown.share(*pair) for pair in pairs], calibration)
    return _counts(calibration.assign(**shares), [Calibration.nb], shown)


def _protect_previous(previous: Previous, shown: Shown, *, settings: QualitySettings) -> Previous:
    return replace(
        previous,
        nb_links=shown.count(previous.nb_links) or 0,
        estimates=_rates(previous.estimates, [Estimate.estimate, Estimate.low, Estimate.high]),
        subgroups=protect_subgroups(previous.subgroups, settings),
        balance=_protect_balance(previous.balance, shown),
    )


def protect_subgroups(subgroups: pd.DataFrame, settings: QualitySettings) -> pd.DataFrame:
    """Return the groups with the share of their shown counts, its interval, and the gap to that of the whole."""
    shown, groups = shown_as(settings), settings.subgroups
    parts = subgroups[Subgroup.estimate] * subgroups[Subgroup.nb]
    pairs = list(zip(parts, subgroups[Subgroup.nb], strict=True))
    intervals = [
        shown.interval(*pair, confidence=groups.confidence, spread=spread)
        for pair, spread in zip(pairs, subgroups[Subgroup.spread], strict=True)
    ]
    found = subgroups.assign(
        **{
            Subgroup.nb: _numbers([shown.count(nb) for _, nb in pairs], subgroups),
            Subgroup.estimate: _numbers([shown.share(*pair) for pair in pairs], subgroups),
            Subgroup.low: _numbers([low for low, _ in intervals], subgroups),
            Subgroup.high: _numbers([high for _, high in intervals], subgroups),
        }
    )
    keys = [Subgroup.side, Subgroup.measure]
    whole = found[found[Subgroup.dimension] == WHOLE].set_index(keys)[Subgroup.estimate].to_dict()
    of_whole = [whole.get(key) for key in found[keys].itertuples(index=False, name=None)]
    gaps = found[Subgroup.estimate] - _numbers(of_whole, found)
    gaps = gaps.where(found[Subgroup.dimension] != WHOLE)
    return _rates(found.assign(**{Subgroup.gap: gaps}), [Subgroup.gap]).drop(
        columns=[Subgroup.gap_low, Subgroup.gap_high]
    )


def shown_as(settings: QualitySettings) -> Shown:
    """Return how counts are written in the report."""
    return Shown(settings.subgroups.smallest, settings.report.base)


def _counts(frame: pd.DataFrame, columns: Sequence[str], shown: Shown) -> pd.DataFrame:
    return frame.assign(**{name: _numbers([shown.count(nb) for nb in frame[name]], frame) for name in columns})


def _rates(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    return frame.assign(**{name: _numbers([rate(value) for value in frame[name]], frame) for name in columns})


def _numbers(values: Sequence[Any], frame: pd.DataFrame) -> pd.Series:
    return pd.Series(values, index=frame.index, dtype="float64")


def _protect_balance(balance: pd.DataFrame, shown: Shown) -> pd.DataFrame:
    parts = balance[Balance.share] * balance[Balance.nb_linked]
    pairs = list(zip(parts, balance[Balance.nb_linked], strict=True))
    others = {
        name: _numbers(
            [shown.coarse(value, nb) for value, nb in zip(balance[name], balance[Balance.nb_linked], strict=True)],
            balance,
        )
        for name in (Balance.weighted_share, Balance.known_share)
    }
    shares = _numbers([shown.share(*pair) for pair in pairs], balance)
    return _counts(balance.assign(**{Balance.share: shares, **others}), [Balance.nb_linked], shown)
