"""What each blocking rule brings to one version, without truth: pairs that it forms, hidden links that it holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.quality.version import Assessment
from linkage.candidate_pairs import widths
from linkage.candidate_pairs.widths import ALONE, ANY, HELD, NB, Width
from linkage.concepts.jonctions import add_own_dates, add_settled_procedures
from linkage.quality.estimates import hidden_jonctions, hidden_keys
from linkage.quality.estimates.estimators import Stratum, stands_for
from linkage.quality.estimates.hidden_keys import JONCTIONS, STRATUM
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.quality import ALL_RULES, CITATIONS, KEYS, RuleWidth
from linkage.tables.standardised import BEYOND, PROCEDURE, REFERENCE, Record
from linkage.versions import method


@dataclass(frozen=True)
class Hidden:
    """What was hidden for the estimates of error: pairs of sure keys by stratum, and citations beside the first."""

    keys: DataFrame
    strata: Mapping[str, Stratum]
    citations: DataFrame
    jonctions: Stratum


def measure(assessment: Assessment, hidden: Hidden) -> None:
    """Write ``quality/rules``: what each rule forms and, of what was hidden, holds."""
    records, pairs = assessment.read_seen(Record), assessment.read_seen(CandidatePair)
    rules = method.candidate_pairs_settings().rules[1:]
    tried = widths.list_widths(rules, assessment.settings.widths.factors)
    formed = widths.count_formed(records, pairs, rules, widths=tried, settings=assessment.settings.widths)
    rows: list[dict[str, Any]] = []
    for kind, links, stratum_of in (
        (KEYS, _join_hidden_keys(hidden.keys, records), hidden.strata),
        (CITATIONS, _join_hidden_citations(hidden.citations, records), {JONCTIONS: hidden.jonctions}),
    ):
        of_kind = [rule for rule in rules if (rule.references == "beyond") == (kind == CITATIONS)]
        able = [rule for rule in of_kind if kind == CITATIONS or not {*rule.agree} & {*hidden_keys.KEY}]
        looked_at = [width for width in tried if width.rule.name in {rule.name for rule in able}]
        held = widths.count_held(links, able, widths=looked_at, by=STRATUM).toPandas()
        whole, of_widths = _estimate(held, looked_at, stratum_of)
        rows.append({RuleWidth.hidden: kind, RuleWidth.blocking_rule: ALL_RULES, **whole})
        rows += [
            {RuleWidth.hidden: kind, RuleWidth.nb_pairs: nb, **_describe(width), **of_widths.get(width, {})}
            for width, nb in zip(tried, formed, strict=True)
            if width.rule.name in {rule.name for rule in of_kind}
        ]
    empty = dict.fromkeys(RuleWidth.names())
    tabulated = [{**empty, **row, RuleWidth.version: assessment.version} for row in rows]
    assessment.write(assessment.store.spark.createDataFrame(tabulated, RuleWidth.struct()), RuleWidth)


def _join_hidden_keys(sample: DataFrame, records: DataFrame) -> DataFrame:
    """Return the pairs whose sure key is hidden, with both records and the stratum of the affair."""
    references = records.where(F.col(Record.side) == REFERENCE)
    joined = widths.join_records(sample, records.where(F.col(Record.side) == PROCEDURE), references)
    stratum = references.select(F.col(Record.record_key).alias(CandidatePair.reference_key), hidden_keys.stratum())
    return joined.join(stratum.toDF(CandidatePair.reference_key, STRATUM), on=CandidatePair.reference_key, how="inner")


def _join_hidden_citations(cited: DataFrame, records: DataFrame) -> DataFrame:
    """Return the procedures cited beside the first of an affair, with their records and what lies beyond its first."""
    firsts = widths.add_settled(cited.where(hidden_jonctions.FIRST), records)
    affaires = records.where((F.col(Record.side) == REFERENCE) & (F.col(Record.rang) == BEYOND))
    beyond = add_settled_procedures(affaires, firsts.drop(*CandidatePair.key))
    procedures = records.where(F.col(Record.side) == PROCEDURE).transform(add_own_dates)
    keys = beyond.select(
        F.col(Record.id).alias(hidden_jonctions.AFFAIRE), F.col(Record.record_key).alias(CandidatePair.reference_key)
    )
    others = cited.where(~F.col(hidden_jonctions.FIRST)).select(CandidatePair.procedure_key, hidden_jonctions.AFFAIRE)
    pairs = others.join(keys, on=hidden_jonctions.AFFAIRE, how="inner")
    return widths.join_records(pairs, procedures, beyond).withColumn(STRATUM, F.lit(JONCTIONS))


def _estimate(
    held: pd.DataFrame, looked_at: Sequence[Width], stratum_of: Mapping[str, Stratum]
) -> tuple[dict[str, Any], dict[Width, dict[str, Any]]]:
    """Return the true links that all rules, and each width, are expected to hold.

    Method: each hidden link stands for the true links of its stratum, as in the estimates of recall.
    """
    stands = [stands_for(stratum_of[name]) if name in stratum_of else 0.0 for name in held[STRATUM]]
    nb_hidden, true_links = int(held[NB].sum()), float((held[NB] * stands).sum())

    def describe(counts: Iterable[int], alone: Iterable[int] | None = None) -> dict[str, Any]:
        nb = _weigh(counts, stands)
        return {
            RuleWidth.nb_hidden: nb_hidden,
            RuleWidth.share_held: nb / true_links if true_links else None,
            RuleWidth.nb_held: nb,
            RuleWidth.nb_alone: None if alone is None else _weigh(alone, stands),
        }

    of_widths = {
        width: describe(held[HELD].str[place], held[ALONE].str[place]) for place, width in enumerate(looked_at)
    }
    return describe(held[ANY]), of_widths


def _weigh(counts: Iterable[int], stands: Sequence[float]) -> float:
    return math.fsum(nb * weight for nb, weight in zip(counts, stands, strict=True))


def _describe(width: Width) -> dict[str, Any]:
    row: dict[str, Any] = {RuleWidth.blocking_rule: width.rule.name}
    if width.window is not None:
        name = f"{width.window.left} → {width.window.right}"
        row |= {RuleWidth.window: name, RuleWidth.factor: width.factor}
        row |= {RuleWidth.low: width.window.low, RuleWidth.high: width.window.high}
    return row
