"""What the report shows of the method itself: rules, training, thresholds, calibration, agreements, last version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from linkage.concepts.shown import rate
from linkage.concepts.sides import NO_INFORMATION
from linkage.platform.pages.typography import mot
from linkage.quality.estimates import estimators
from linkage.quality.known import FIELD, NB, NB_KNOWN
from linkage.quality.report import words
from linkage.quality.report.content import MODELS, Content, read_training
from linkage.quality.report.counts import COMPARISON, EXPECTED, LABEL
from linkage.quality.review.clerical import PRECISION, RECALL
from linkage.quality.subgroups import RATE
from linkage.quality.traits import WHOLE
from linkage.quality.weights import CONJUGAL, OUTCOME
from linkage.tables.candidate_pairs import CandidatePair, PairsForecast
from linkage.tables.links import RETAINED, Link
from linkage.tables.quality import ALL_RULES, CITATIONS, KEYS, Balance, Calibration, Estimate, RuleWidth, Subgroup
from linkage.tables.scored_pairs import ScoredPattern
from linkage.tables.standardised import Procedure

if TYPE_CHECKING:
    from linkage.quality.report.content import Previous

Rows = list[dict[str, Any]]


def build_views(content: Content) -> dict[str, Any]:
    """Return what the template shows of the method, by name."""
    return {
        "rules": _list_rules(content),
        "candidates_recall": _find_recall_of_candidates(content.rules),
        "blocks": _list_blocks(content),
        "training": read_training(content.version["model"]),
        "thresholds": expect_at(content, content.settings.review.bounds),
        "calibration": content.calibration.sort_values(Calibration.low, na_position="first").to_dict("records"),
        "agreements": _list_agreements(content.agreements),
        "known": _pivot_known(content.known),
        "compared": _compare(content) if content.previous else [],
    }


def _list_rules(content: Content) -> Rows:
    """Return a row per rule: pairs that it formed first; pairs and true links held, as set and at other widths."""
    first = dict(zip(content.candidates[CandidatePair.blocking_rule], content.candidates[NB], strict=True))
    rules = content.rules[content.rules[RuleWidth.blocking_rule] != ALL_RULES]
    names = {*rules[RuleWidth.blocking_rule], *first}
    rows: Rows = []
    for name in [*(name for name in words.RULES if name in names), *sorted(names - {*words.RULES})]:
        of_rule = rules[rules[RuleWidth.blocking_rule] == name]
        as_set = of_rule[of_rule[RuleWidth.window].isna()].to_dict("records")
        others = of_rule[of_rule[RuleWidth.window].notna()].to_dict("records")
        row: dict[str, Any] = as_set[0] if as_set else {}
        rows.append({**row, "name": name, "first": first.get(name), "widths": others})
    return rows


def _find_recall_of_candidates(rules: pd.DataFrame) -> dict[str, Any]:
    whole = rules[rules[RuleWidth.blocking_rule] == ALL_RULES].set_index(RuleWidth.hidden)[RuleWidth.share_held]
    return {hidden: whole.get(hidden) for hidden in (KEYS, CITATIONS)}


def _list_blocks(content: Content) -> Rows:
    rows: Rows = content.blocks.sort_values([PairsForecast.blocking_rule, PairsForecast.outcome]).to_dict("records")
    return rows


def expect_at(content: Content, thresholds: Sequence[float]) -> Rows:
    """Return, if one threshold held for all passes, the links kept and the precision and recall expected.

    Each row has ``low`` (the threshold), ``nb``, ``precision`` and ``recall``, None where it is not known.
    """
    bands = content.thresholds.sort_values("bin")
    if bands.empty:
        return []
    true_links = bands[EXPECTED].sum()
    recall = _estimate(content.estimates, RECALL)
    rows: Rows = []
    for low in thresholds:
        above = bands[bands["bin"] >= low]
        nb, expected = above[NB].sum(), above[EXPECTED].sum()
        share = None if recall is None or not true_links else rate(recall * expected / true_links)
        rows.append({"low": low, "nb": nb, "precision": rate(min(expected / nb, 1.0)) if nb else None, "recall": share})
    return rows


def _list_agreements(agreements: pd.DataFrame) -> Rows:
    """Return, model by model, each comparison with the share of retained links at each level, the commonest first."""
    rows: Rows = []
    for (model, comparison), levels in agreements.groupby([ScoredPattern.model, COMPARISON], sort=True):
        total = levels[NB].sum()
        shown = levels.dropna(subset=[NB]).sort_values(NB, ascending=False, kind="stable")
        parts = [
            {
                "label": words.level(comparison, label) if isinstance(label, str) else NO_INFORMATION,
                "share": rate(nb / total),
            }
            for label, nb in zip(shown[LABEL], shown[NB], strict=True)
        ]
        rows.append({"model": MODELS.get(model, model), "name": mot(comparison, words.COMPARISONS), "levels": parts})
    return rows


def _pivot_known(counted: pd.DataFrame) -> dict[str, Any]:
    """Return a row per source and field: the share known of each year, and of all."""
    years = sorted(counted[Procedure.millesime].unique())
    rows: Rows = []
    for (source, field), of_field in counted.groupby([Procedure.source, FIELD], sort=False):
        by_year = of_field.set_index(Procedure.millesime)[[NB_KNOWN, NB]].reindex(years)
        shares = [_share(*numbers) for numbers in by_year.itertuples(index=False)]
        nb = of_field[NB].sum()
        share = _share(of_field[NB_KNOWN].sum(), nb)
        rows.append({"source": source, "field": field, "nb": nb, "shares": shares, "share": share})
    return {"years": years, "rows": rows}


def _share(nb_known: Any, nb: Any) -> float | None:
    """Return the share of two shown counts; None where one is hidden, or there is none."""
    return rate(nb_known / nb) if nb else None


def _compare(content: Content) -> Rows:
    """Return what the last version and this one say of the same: links, rates, errors, orientations."""
    assert content.previous is not None
    previous: Previous = content.previous
    links = content.passes_counted
    rows: Rows = [
        {
            "name": "Liens retenus",
            "before": previous.nb_links,
            "now": int(links.loc[links[Link.status] == RETAINED, NB].sum()),
            "count": True,
        }
    ]
    for side, name in words.SIDES.items():
        rows.append(
            {
                "name": f"Taux d'appariement, {name}",
                "before": _whole(previous.subgroups, side),
                "now": _whole(content.subgroups, side),
            }
        )
    for measure, name in ((PRECISION, "Précision estimée"), (RECALL, "Rappel estimé")):
        rows.append(
            {
                "name": name,
                "before": _estimate(previous.estimates, measure),
                "now": _estimate(content.estimates, measure),
            }
        )
    before, now = _orientations(previous.balance), _orientations(content.balance)
    rows += [
        {"name": f"Violences conjugales : {mot(name, words.VALUES)}", "before": before.get(name), "now": now.get(name)}
        for name in now
    ]
    return rows


def _whole(subgroups: pd.DataFrame, side: str) -> float | None:
    whole = subgroups[
        (subgroups[Subgroup.dimension] == WHOLE)
        & (subgroups[Subgroup.side] == side)
        & (subgroups[Subgroup.measure] == RATE)
    ]
    return None if whole.empty else whole[Subgroup.estimate].iloc[0]


def _estimate(estimates: pd.DataFrame, measure: str) -> float | None:
    synthesis = estimates[
        (estimates[Estimate.method] == estimators.SYNTHESIS) & (estimates[Estimate.measure] == measure)
    ]
    return None if synthesis.empty else synthesis[Estimate.estimate].iloc[0]


def _orientations(balance: pd.DataFrame) -> dict[str, float]:
    shares = balance[(balance[Balance.population] == CONJUGAL) & (balance[Balance.measure] == OUTCOME)]
    return dict(zip(shares[Balance.modalite], shares[Balance.weighted_share], strict=True))
