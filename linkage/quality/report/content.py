"""What a report shows, gathered from the tables of a version as plain values and small frames."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.concepts.sides import CASE, PAIR
from linkage.quality.report import words
from linkage.settings.links import LinksSettings
from linkage.settings.quality import QualitySettings, ReportSettings
from linkage.settings.scored_pairs import CASES, JONCTIONS, PERSONS
from linkage.tables.links import RETAINED, Link, PersonLink
from linkage.tables.quality import DOUBT, NO, REJECTED, YES, ReviewDecision, ReviewSample
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.standardised import Affaire, Personne, Procedure

LEVELS = ["model", "comparison", "label", "m", "u", "weight"]
MODELS = {CASES: "dossiers", JONCTIONS: "jonctions", PERSONS: "personnes"}


@dataclass(frozen=True)
class Content:
    """Everything a report shows, as plain values and frames; aggregates only."""

    version: Mapping[str, Any]
    written: date
    code_version: str
    fictitious: bool
    places: Mapping[str, str]
    """Names of départements and courts, by their code."""
    settings: QualitySettings
    passes: LinksSettings | None
    """The thresholds, when the settings of now are those of the version."""
    histogram: pd.DataFrame
    passes_counted: pd.DataFrame
    dossiers: pd.DataFrame
    deliveries: pd.DataFrame
    known: pd.DataFrame
    ledger: pd.DataFrame
    accuracy: pd.DataFrame
    estimates: pd.DataFrame
    subgroups: pd.DataFrame
    balance: pd.DataFrame
    weights: pd.DataFrame
    review: pd.DataFrame
    persons: pd.DataFrame
    unread: pd.DataFrame
    """Values that were set aside, unreadable or carried to another commune: ``source, millesime, repair, nb``."""


def count_bands(scored_pairs: DataFrame, links: DataFrame, *, settings: ReportSettings) -> DataFrame:
    """Count scored pairs by weight band (lower bound, in bits) and status: ``bin, status, nb``."""
    best = scored_pairs.groupBy(*PAIR).agg(F.max(ScoredPair.match_weight).alias("weight"))
    status = F.coalesce(F.col(Link.status), F.lit(REJECTED)).alias("status")
    width = settings.bin_bits
    band = (F.floor(F.col("weight") / width) * width).alias("bin")
    pairs = best.join(links.select(*PAIR, Link.status), on=PAIR, how="left")
    return pairs.groupBy(band, status).agg(F.count("*").alias("nb"))


def count_passes(links: DataFrame) -> DataFrame:
    """Count links by pass and status: ``link_pass, status, nb``."""
    return links.groupBy(Link.link_pass, Link.status).agg(F.count("*").alias("nb"))


def count_dossiers(links: DataFrame) -> DataFrame:
    """Count dossiers by number of retained links: ``nb_links, nb``."""
    sizes = links.where(F.col(Link.status) == RETAINED).groupBy(Link.id_dossier).agg(F.count("*").alias("nb_links"))
    return sizes.groupBy("nb_links").agg(F.count("*").alias("nb"))


def count_persons(person_links: DataFrame) -> DataFrame:
    """Count pairs of persons in retained links by role in the procedure: ``role, nb, nb_role_change``."""
    changed = F.sum(F.when(F.col(PersonLink.role_change), 1).otherwise(0)).alias("nb_role_change")
    return person_links.groupBy(PersonLink.role).agg(F.count("*").alias("nb"), changed).orderBy(PersonLink.role)


def count_unread(cases: Mapping[str, DataFrame], rows: Iterable[DataFrame]) -> DataFrame:
    """Count the values set aside, unreadable or carried, by source and year: ``source, millesime, repair, nb``.

    Reads procedures and affairs by side, and what has ``repairs``, with ``side``, ``source`` and ``id``.
    """
    sources_of_cases = [
        frame.select(
            F.lit(side).alias(Personne.side), F.col(id).alias(Personne.id), Personne.source, Procedure.millesime
        )
        for (side, frame), id in zip(cases.items(), (Procedure.id_procedure, Affaire.id_affaire), strict=True)
    ]
    repaired = [frame.select(Personne.side, *CASE, F.explode(Personne.repairs).alias("repair")) for frame in rows]
    of_words = reduce(DataFrame.unionByName, repaired).filter(F.col("repair").isin(*words.UNREAD))
    placed = of_words.join(reduce(DataFrame.unionByName, sources_of_cases), on=[Personne.side, *CASE], how="inner")
    return placed.groupBy(Procedure.source, Procedure.millesime, "repair").agg(F.count("*").alias("nb"))


def count_decisions(sample: DataFrame, decisions: DataFrame) -> DataFrame:
    """Count the decisions of the review: ``stratum, nb_population, nb_sampled, oui, non, doute``."""
    joined = sample.join(decisions.select(*PAIR, ReviewDecision.decision), on=PAIR, how="left")
    strata = [ReviewSample.stratum, ReviewSample.nb_population, ReviewSample.nb_sampled]
    counts = [F.count(F.when(F.col(ReviewDecision.decision) == word, 1)).alias(word) for word in (YES, NO, DOUBT)]
    return joined.groupBy(*strata).agg(*counts).orderBy(ReviewSample.stratum)


def read_levels(model: str) -> pd.DataFrame:
    """Return the parameters of one model or several: ``model, comparison, label, m, u, weight``."""
    content = json.loads(model)
    parts = {CASES: content} if "comparisons" in content else content.get("models", content)
    rows = [
        (MODELS.get(name, name), comparison["name"], level["label"], level["m"], level["u"])
        for name, part in parts.items()
        if isinstance(part, dict) and "comparisons" in part
        for comparison in part["comparisons"]
        for level in comparison["levels"]
    ]
    parameters = pd.DataFrame(rows, columns=LEVELS[:-1])
    return parameters.assign(weight=np.log2(parameters["m"].astype(float) / parameters["u"].astype(float)))


def name_levels(levels: pd.DataFrame) -> pd.DataFrame:
    """Return the same with comparisons and levels in words."""
    labels = [words.level(*one) for one in zip(levels["comparison"], levels["label"], strict=True)]
    names = levels["comparison"].map(lambda name: words.COMPARISONS.get(name, name))
    return levels.assign(label=labels, comparison=names)
