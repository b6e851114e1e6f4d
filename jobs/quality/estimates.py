"""Error rates of one version without truth: the linkage run again on hidden keys, and what the links count."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pandas as pd  # type: ignore[import-untyped]
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.quality.version import Assessment
from linkage import candidate_pairs
from linkage.candidate_pairs.blocking import form
from linkage.links import decision, passes
from linkage.platform.errors import InputError
from linkage.quality.estimates import estimators, expectations, hidden_keys, mixture
from linkage.quality.estimates.estimators import Counts, Stratum
from linkage.scored_pairs import model_file
from linkage.scored_pairs.cases import SETTLED
from linkage.scored_pairs.model import Model
from linkage.scored_pairs.patterns import patterns
from linkage.scored_pairs.scoring import score_with_ids
from linkage.settings.scored_pairs import CASES
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.links import RETAINED, Link
from linkage.tables.quality import Estimate, HiddenKeys
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.standardised import BEYOND, PROCEDURE, REFERENCE, Record
from linkage.tables.versions import Version
from linkage.versions import method, publication

Rows = list[tuple[str, str, float, float, float]]


def estimate(of: Assessment) -> Rows | None:
    """Writes the methods' estimates into ``quality/estimates``; returns what is shown of them.

    None when the method changed since the version was made: hidden keys would be looked for by another one.
    """
    if of.row[Version.settings_hash] != method.settings_hash():
        return None
    try:
        model = _model(of)
    except InputError:
        # Another Splink, or levels that the code words otherwise: also another method.
        return None
    counted, strata = counts(of, model)
    found = estimators.estimates(counted, version=of.version, settings=of.settings.estimates)
    # Where keys are too few to estimate anything, groups are not told what they miss by them either.
    of.write(of.store.spark.createDataFrame(strata if found else [], HiddenKeys.struct()), HiddenKeys)
    methods = (estimators.MIXTURE, estimators.HIDDEN_KEYS, estimators.COUNTS, estimators.SYNTHESIS)
    named = ", ".join(f"'{one}'" for one in methods)
    slice = f"{publication.in_version(of.version)} AND {Estimate.method} IN ({named})"
    of.store.write(of.store.spark.createDataFrame(found, Estimate.struct()), Estimate, slice=slice)
    shown = (Estimate.measure, Estimate.method, Estimate.estimate, Estimate.low, Estimate.high)
    written = of.of(Estimate).where(F.col(Estimate.method).isin(*methods)).orderBy(Estimate.measure, Estimate.method)
    return [tuple(row) for row in written.select(*shown).collect()]


def counts(of: Assessment, model: Model) -> tuple[Counts, list[dict[str, Any]]]:
    """What the estimators read of the version, and the rows of ``quality/hidden_keys``; ``model`` is that of cases."""
    records, pairs, scored = (of.seen(table) for table in (Record, CandidatePair, ScoredPair))
    links = of.of(Link)
    sample = hidden_keys.sample(pairs, settings=of.settings.estimates).checkpoint()
    retained = links.where(F.col(Link.status) == RETAINED)
    again: pd.DataFrame = hidden_keys.found_again(
        sample, _without_keys(of, model, records, pairs, sample), records, retained
    ).toPandas()
    affaires: pd.DataFrame = hidden_keys.affaires(records, pairs, links).toPandas()
    probable = _probable(model, scored, pairs)
    kept = probable.join(retained.select(*expectations.PAIR), on=expectations.PAIR, how="left_semi")
    best = kept.groupBy(*expectations.PAIR).agg(F.max(expectations.P).alias(expectations.P))
    by_pass = retained.join(best, on=expectations.PAIR, how="left").groupBy(Link.link_pass)
    summed = {row[0]: (row[1], row[2]) for row in by_pass.agg(F.count("*"), F.sum(expectations.P)).collect()}
    declared = method.links_settings().passes
    key = [p.name for p in declared if p.several_affaires]
    jonction = [p.name for p in declared if p.beyond]
    missed = {
        beyond: expectations.missed(probable.where((F.col(ScoredPair.rang) == BEYOND) == beyond), retained)
        .agg(F.coalesce(F.sum(expectations.P), F.lit(0.0)))
        .collect()[0][0]
        for beyond in (False, True)
    }

    def of_passes(names: list[str], position: int) -> float:
        return float(sum(summed[name][position] for name in names if name in summed))

    def nb(condition: str) -> int:
        return int(affaires.query(condition)["nb"].sum())

    others = [name for name in summed if name not in (*key, *jonction)]
    linked = affaires.query("linked and not settled").groupby(hidden_keys.STRATUM)["nb"].sum()
    tried = again.set_index(hidden_keys.STRATUM)
    strata: list[dict[str, Any]] = [
        {
            HiddenKeys.version: of.version,
            HiddenKeys.stratum: stratum,
            **{name: int(tried[name].get(stratum, 0)) for name in (HiddenKeys.nb, HiddenKeys.found, HiddenKeys.wrong)},
            HiddenKeys.linked: int(linked.get(stratum, 0)),
        }
        for stratum in sorted({*tried.index, *linked.index})
    ]
    counted = Counts(
        links=int(of_passes(list(summed), 0)),
        by_key=int(of_passes(key, 0)),
        by_jonction=int(of_passes(jonction, 0)),
        expected_by_key=of_passes(key, 1),
        expected_otherwise=of_passes(others, 1),
        expected_jonction=of_passes(jonction, 1),
        missed_cases=missed[False],
        missed_jonctions=missed[True],
        seen_jonctions=_seen_by_jonctions(records, sample),
        known=sample.count(),
        police=nb("nb > 0"),
        typed=nb("typed"),
        absent=nb("absent"),
        absent_linked=nb("absent and linked"),
        linked=nb("linked"),
        strata=[Stratum(*(row[name] for name in HiddenKeys.columns[2:])) for row in strata],
    )
    return counted, strata


def _without_keys(of: Assessment, model: Model, records: DataFrame, pairs: DataFrame, sample: DataFrame) -> DataFrame:
    """What the method decides of the sampled references, their keys hidden."""
    scores = method.scored_pairs_settings()
    hidden = hidden_keys.hidden(records, pairs, sample).withColumn(SETTLED, F.lit(False)).checkpoint()
    formed = candidate_pairs.build(hidden, settings=method.candidate_pairs_settings()).checkpoint()
    scored = score_with_ids(hidden, formed, model, settings=scores).checkpoint()
    links = method.links_settings()
    found = patterns(scored, settings=scores).checkpoint()
    return decision.decide(passes.assign(scored, found, settings=links), settings=links)


def _probable(model: Model, scored: DataFrame, pairs: DataFrame) -> DataFrame:
    """The scored pairs with ``p``; the affair beyond its references may have several procedures, each by its weight."""
    joined = F.col(ScoredPair.rang) == BEYOND
    beyond = scored.where(joined).withColumn(mixture.P, F.col(ScoredPair.match_probability))
    rules = method.candidate_pairs_settings().rules
    own_rules = [rule.name for rule in rules if rule.references != "beyond"]
    own = pairs.where(F.col(CandidatePair.blocking_rule).isin(own_rules))
    ratios = mixture.ratios(scored.where(~joined), own, prior=model.prior).checkpoint()
    references = own.select(CandidatePair.reference_key).dropDuplicates().count()
    share = mixture.share(mixture.histogram(ratios).toPandas(), references)
    return mixture.probable(ratios, share).unionByName(beyond)


def _model(of: Assessment) -> Model:
    settings = method.scored_pairs_settings()
    models = model_file.from_json(of.row[Version.model], settings, where=f"model of version {of.version}")
    return models[CASES]


def _seen_by_jonctions(records: DataFrame, sample: DataFrame) -> int:
    """How many of the sampled true pairs the rules of jonctions would have formed."""
    keys = {
        side: sample.select(F.col(key).alias(Record.record_key))
        for side, key in ((PROCEDURE, CandidatePair.procedure_key), (REFERENCE, CandidatePair.reference_key))
    }
    procedures, references = (
        records.where(F.col(Record.side) == side).join(taken, on=Record.record_key, how="left_semi")
        for side, taken in keys.items()
    )
    rules = [rule for rule in method.candidate_pairs_settings().rules if rule.references == "beyond"]
    formed = [form(procedures, references, rule).select(*CandidatePair.key) for rule in rules]
    if not formed:
        return 0
    every = reduce(DataFrame.unionByName, formed)
    return every.join(sample, on=list(CandidatePair.key), how="left_semi").dropDuplicates().count()
