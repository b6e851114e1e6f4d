"""The content of a report as it may be read: every count and rate as ``linkage.concepts.shown`` writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from linkage.concepts.shown import Shown, rate
from linkage.quality.known import NB, NB_KNOWN
from linkage.quality.report.content import Content
from linkage.quality.traits import WHOLE
from linkage.settings.quality import QualitySettings
from linkage.tables.links import Ledger
from linkage.tables.quality import Accuracy, Balance, Estimate, Subgroup, Weight
from linkage.tables.sources import Delivery

WEIGHT_DIGITS = 1
MODEL_DIGITS = {"m": 4, "u": 4, "weight": 1}


def protect(content: Content) -> Content:
    """Return the content without an exact count or rate: whatever is drawn, summed or divided is so of shown ones."""
    shown = _shown(content.settings)
    version = dict(content.version)
    version["row_counts"] = {table: shown.count(nb) for table, nb in content.version["row_counts"].items()}
    return replace(
        content,
        version=version,
        histogram=_counts(content.histogram, ["nb"], shown).dropna(subset=["nb"]),
        passes_counted=_counts(content.passes_counted, ["nb"], shown),
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
        persons=_counts(content.persons, ["nb", "nb_role_change"], shown),
    )


def protect_levels(levels: pd.DataFrame) -> pd.DataFrame:
    """Return the parameters of the models with the digits that are shown."""
    return levels.astype(dict.fromkeys(MODEL_DIGITS, "float64")).round(MODEL_DIGITS)


def protect_subgroups(subgroups: pd.DataFrame, settings: QualitySettings) -> pd.DataFrame:
    """Return the groups with the share of their shown counts, its interval, and the gap to that of the whole."""
    shown, confidence = _shown(settings), settings.subgroups.confidence
    parts = subgroups[Subgroup.estimate] * subgroups[Subgroup.nb]
    pairs = list(zip(parts, subgroups[Subgroup.nb], strict=True))
    intervals = [shown.interval(*pair, confidence=confidence) for pair in pairs]
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


def _shown(settings: QualitySettings) -> Shown:
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
