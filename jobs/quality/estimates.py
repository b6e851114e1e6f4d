"""Error rates of one version without truth: the linkage run again on hidden keys, and what the links count."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.quality import rules
from jobs.quality.version import Assessment
from linkage import candidate_pairs
from linkage.concepts.lineage import cut_lineage
from linkage.concepts.sides import PAIR
from linkage.concepts.sums import add_exactly
from linkage.links import decision, passes
from linkage.platform.errors import InputError
from linkage.quality.estimates import estimators, expectations, hidden_jonctions, hidden_keys, mixture
from linkage.quality.estimates.estimators import Counts, Stratum
from linkage.scored_pairs import model_file
from linkage.scored_pairs.cases import SETTLED, score_cases
from linkage.scored_pairs.model import Model
from linkage.scored_pairs.patterns import patterns
from linkage.scored_pairs.scoring import score_with_ids
from linkage.settings.scored_pairs import CASES, JONCTIONS
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.links import RETAINED, Link
from linkage.tables.quality import Calibration, Estimate, HiddenKeys
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.standardised import BEYOND, Record
from linkage.tables.versions import Version
from linkage.versions import method, publication

Rows = list[tuple[str, str, float, float, float]]
OF_MODEL, SAME_BITS = "weight_of_model", 1e-6


def estimate(assessment: Assessment) -> Rows | None:
    """Write the methods' estimates into ``quality/estimates``; return what is shown of them.

    None when the method changed since the version was made: hidden keys would be looked for by another one.
    """
    if assessment.row[Version.settings_hash] != method.settings_hash():
        return None
    try:
        models = _read_models(assessment)
    except InputError:
        # Another Splink, or levels that the code words otherwise: also another method.
        return None
    records, pairs = assessment.read_seen(Record), assessment.read_seen(CandidatePair)
    sample = hidden_keys.draw_sample(pairs, settings=assessment.settings.estimates).transform(cut_lineage)
    cited = hidden_jonctions.list_cited(records, pairs).transform(cut_lineage)
    decided = _decide_without_keys(models[CASES], records, pairs, sample).transform(cut_lineage)
    joined_again = hidden_jonctions.count_joined_again(
        cited, _decide_without_citations(models, records, pairs, cited).transform(cut_lineage)
    )
    counts, strata = _count_evidence(assessment, models[CASES], sample, decided, joined_again)
    rates = estimators.estimate_rates(counts, version=assessment.version, settings=assessment.settings.estimates)
    # Where keys are too few to estimate anything, groups are not told what they miss by them either.
    _write_strata(assessment, {**strata, hidden_keys.JONCTIONS: counts.jonctions} if rates else {})
    _write_calibration(assessment, sample if rates else sample.limit(0), decided)
    if rates:
        rules.measure(assessment, rules.Hidden(sample, strata, cited, counts.jonctions))
    methods = (estimators.MIXTURE, estimators.HIDDEN_KEYS, estimators.COUNTS, estimators.SYNTHESIS)
    names = ", ".join(f"'{one}'" for one in methods)
    slice = f"{publication.in_version(assessment.version)} AND {Estimate.method} IN ({names})"
    assessment.store.write(assessment.store.spark.createDataFrame(rates, Estimate.struct()), Estimate, slice=slice)
    shown = (Estimate.measure, Estimate.method, Estimate.estimate, Estimate.low, Estimate.high)
    estimates = (
        assessment.read(Estimate)
        .where(F.col(Estimate.method).isin(*methods))
        .orderBy(Estimate.measure, Estimate.method)
    )
    return [tuple(row) for row in estimates.select(*shown).collect()]


def _write_strata(assessment: Assessment, strata: Mapping[str, Stratum]) -> None:
    rows = [
        {
            HiddenKeys.version: assessment.version,
            HiddenKeys.stratum: name,
            HiddenKeys.nb: stratum.hidden,
            HiddenKeys.found: stratum.found,
            HiddenKeys.wrong: stratum.wrong,
            HiddenKeys.linked: stratum.linked,
        }
        for name, stratum in strata.items()
    ]
    assessment.write(assessment.store.spark.createDataFrame(rows, HiddenKeys.struct()), HiddenKeys)


def _write_calibration(assessment: Assessment, sample: DataFrame, decided: DataFrame) -> None:
    retained = assessment.read(Link).where(F.col(Link.status) == RETAINED)
    bounds = assessment.settings.review.bounds
    calibration = hidden_keys.count_calibration(sample, decided, retained, bounds=bounds)
    assessment.write(calibration.withColumn(Calibration.version, F.lit(assessment.version)), Calibration)


def _count_evidence(
    assessment: Assessment, model: Model, sample: DataFrame, decided: DataFrame, joined_again: tuple[int, int]
) -> tuple[Counts, dict[str, Stratum]]:
    """Count what the estimators read of the version; return it and the strata of hidden keys by name.

    ``decided`` is what the method decides of ``sample``, keys hidden; ``joined_again`` how many citations were hidden,
    and how many of these procedures it joins again.
    """
    records, pairs, scored = (assessment.read_seen(table) for table in (Record, CandidatePair, ScoredPair))
    links = assessment.read(Link)
    retained = links.where(F.col(Link.status) == RETAINED)
    again: pd.DataFrame = hidden_keys.count_found_again(sample, decided, records, retained).toPandas()
    affaires: pd.DataFrame = hidden_keys.count_affaires(records, pairs, links).toPandas()
    probable = _score_pairs(model, scored, pairs)
    of_links = probable.join(retained.select(*PAIR), on=PAIR, how="left_semi")
    best = of_links.groupBy(*PAIR).agg(
        F.max(expectations.P).alias(expectations.P), F.max(ScoredPair.match_weight).alias(OF_MODEL)
    )
    # What persons or other PVs of the affair moved has the probability of where it was moved.
    is_moved = F.abs(F.col(Link.match_weight) - F.col(OF_MODEL)) > SAME_BITS
    p = F.when(is_moved, F.col(Link.match_probability)).otherwise(F.coalesce(expectations.P, F.lit(0.0)))
    by_pass = retained.join(best, on=PAIR, how="left").withColumn(expectations.P, p).groupBy(Link.link_pass)
    sums = by_pass.agg(F.count("*").alias("links"), add_exactly(expectations.P).alias("expected")).collect()
    links_of = {row[Link.link_pass]: int(row["links"]) for row in sums}
    expected_of = {row[Link.link_pass]: float(row["expected"]) for row in sums}
    declared = method.links_settings().passes
    key = [p.name for p in declared if p.several_affaires]
    jonction = [p.name for p in declared if p.beyond]
    missed = {
        beyond: expectations.find_missed(probable.where((F.col(ScoredPair.rang) == BEYOND) == beyond), retained)
        .agg(F.coalesce(add_exactly(expectations.P), F.lit(0.0)))
        .collect()[0][0]
        for beyond in (False, True)
    }

    def nb(condition: str) -> int:
        return int(affaires.query(condition)["nb"].sum())

    others = [name for name in links_of if name not in (*key, *jonction)]
    linked = affaires.query("linked and not settled").groupby(hidden_keys.STRATUM)["nb"].sum()
    by_stratum = again.set_index(hidden_keys.STRATUM)
    of_sample = (hidden_keys.NB, hidden_keys.FOUND, hidden_keys.WRONG)
    strata = {
        name: Stratum(*(int(counted.get(name, 0)) for counted in (*map(by_stratum.get, of_sample), linked)))
        for name in sorted({*by_stratum.index, *linked.index})
    }
    with_author = affaires[affaires[hidden_keys.STRATUM].str.startswith(hidden_keys.WITH_AUTHOR)]
    hidden, joined = joined_again
    counts = Counts(
        links=sum(links_of.values()),
        by_key=sum(links_of.get(name, 0) for name in key),
        by_jonction=sum(links_of.get(name, 0) for name in jonction),
        expected_by_key=sum(expected_of.get(name, 0.0) for name in key),
        expected_otherwise=sum(expected_of.get(name, 0.0) for name in others),
        expected_jonction=sum(expected_of.get(name, 0.0) for name in jonction),
        missed_cases=missed[False],
        missed_jonctions=missed[True],
        hidden_jonctions=hidden,
        joined_again=joined,
        settled_with_author=int(with_author.query("linked and settled")["nb"].sum()),
        others_with_author=sum(of.linked for name, of in strata.items() if name.startswith(hidden_keys.WITH_AUTHOR)),
        sampled_pairs=sample.count(),
        police=nb("nb > 0"),
        typed=nb("typed"),
        absent=nb("absent"),
        absent_linked=nb("absent and linked"),
        linked=nb("linked"),
        strata=list(strata.values()),
    )
    return counts, strata


def _decide_without_keys(model: Model, records: DataFrame, pairs: DataFrame, sample: DataFrame) -> DataFrame:
    """Return what the method decides of the sampled references, their keys hidden."""
    scores = method.scored_pairs_settings()
    hidden = hidden_keys.hide_keys(records, pairs, sample).withColumn(SETTLED, F.lit(False)).transform(cut_lineage)
    formed = candidate_pairs.build(hidden, settings=method.candidate_pairs_settings()).transform(cut_lineage)
    return _decide(hidden, score_with_ids(hidden, formed, model, settings=scores))


def _score_pairs(model: Model, scored: DataFrame, pairs: DataFrame) -> DataFrame:
    """Return the scored pairs with ``p``; an affair beyond its references has each procedure by its own weight."""
    joined = F.col(ScoredPair.rang) == BEYOND
    beyond = scored.where(joined).withColumn(mixture.P, F.col(ScoredPair.match_probability))
    declared = method.candidate_pairs_settings().rules
    own_rules = [rule.name for rule in declared if rule.references != "beyond"]
    of_references = pairs.where(F.col(CandidatePair.blocking_rule).isin(own_rules))
    ratios = mixture.score_ratios(scored.where(~joined), of_references, prior=model.prior).transform(cut_lineage)
    references = of_references.select(CandidatePair.reference_key).dropDuplicates().count()
    share = mixture.estimate_share(mixture.count_evidence(ratios).toPandas(), references)
    return mixture.score_pairs(ratios, share).unionByName(beyond)


def _decide_without_citations(
    models: dict[str, Model], records: DataFrame, pairs: DataFrame, cited: DataFrame
) -> DataFrame:
    """Return what the method decides of affairs of several procedures, as if they cited the first one alone."""
    candidates, scores = method.candidate_pairs_settings(), method.scored_pairs_settings()
    looked_at = tuple(rule for rule in candidates.rules if rule.references in ("all", "beyond"))
    hidden = hidden_jonctions.hide_citations(records, pairs, cited).transform(cut_lineage)
    formed = candidate_pairs.build(hidden, settings=candidates.model_copy(update={"rules": looked_at})).transform(
        cut_lineage
    )
    return _decide(hidden, score_cases(hidden, formed, models[CASES], models[JONCTIONS], settings=scores))


def _decide(hidden: DataFrame, scored_pairs: DataFrame) -> DataFrame:
    """Return what the method decides of the pairs of records of which something is hidden."""
    scores, links = method.scored_pairs_settings(), method.links_settings()
    scored_pairs = scored_pairs.transform(cut_lineage)
    of_models = (patterns(scored_pairs, settings=model) for model in (scores, scores.jonctions))
    by_pattern = reduce(DataFrame.unionByName, of_models).transform(cut_lineage)
    return decision.decide(passes.assign(scored_pairs, by_pattern, settings=links), hidden, settings=links)


def _read_models(assessment: Assessment) -> dict[str, Model]:
    settings = method.scored_pairs_settings()
    return model_file.from_json(assessment.row[Version.model], settings, where=f"model of version {assessment.version}")
