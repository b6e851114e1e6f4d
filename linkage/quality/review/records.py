"""The two records of each sampled pair, with all that a reviewer may need to know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.concepts.sides import AFFAIRE, CASE_OF, PAIR, PROCEDURE
from linkage.tables.quality import ReviewSample
from linkage.tables.scored_pairs import ScoredPair, ScoredPattern
from linkage.tables.standardised import Infraction, Personne, Reference

REFERENCES, LEVELS, WEIGHT = "references", ScoredPattern.levels, "weight"
MODEL = ScoredPattern.model
PERSONS, OFFENCES = "personnes", "infractions"


@dataclass(frozen=True)
class Described:
    """The standardised tables that describe cases."""

    procedures: DataFrame
    affaires: DataFrame
    references: DataFrame
    personnes: DataFrame
    infractions: DataFrame


def describe_pairs(
    sample: DataFrame, scored_pairs: DataFrame, scored_patterns: DataFrame, described: Described
) -> DataFrame:
    """Return a row per sampled pair: ``rang``, the pair, what weighed its best reference, both records.

    ``model``, ``levels`` and ``weight`` are those of the reference that weighs most; null where no pair is scored.

    Columns: ``procedure`` and ``affaire`` (structs of their tables), ``references``, and for each side
    ``personnes_<side>`` and ``infractions_<side>`` (arrays in the order of ``rang``). Neither status nor stratum.
    """
    pairs = sample.select(ReviewSample.rang, *PAIR)
    best = F.max_by(
        F.struct(ScoredPattern.agreement_pattern, F.col(ScoredPair.match_weight).alias(WEIGHT)),
        F.struct(ScoredPair.match_weight, ScoredPair.reference_key),
    )
    scored = scored_pairs.join(F.broadcast(sample.select(*PAIR)), on=PAIR, how="left_semi")
    weighed = scored.groupBy(*PAIR).agg(best.alias("best")).select(*PAIR, "best.*")
    levels = F.broadcast(scored_patterns.select(ScoredPattern.agreement_pattern, MODEL, LEVELS))
    of_best = weighed.join(levels, on=ScoredPattern.agreement_pattern, how="inner")
    described_pairs = pairs.join(of_best, on=PAIR, how="left").select(ReviewSample.rang, *PAIR, MODEL, LEVELS, WEIGHT)
    for side, cases in ((PROCEDURE, described.procedures), (AFFAIRE, described.affaires)):
        names = list(CASE_OF[side].values())
        drawn = F.broadcast(sample.select(*names))
        case = cases.join(drawn, on=names, how="left_semi").select(*names, F.struct("*").alias(side))
        described_pairs = described_pairs.join(case, on=names, how="left")
        for name, table, kind in (
            (PERSONS, described.personnes, Personne),
            (OFFENCES, described.infractions, Infraction),
        ):
            of_side = table.where(F.col(kind.side) == side).withColumnsRenamed(CASE_OF[side])
            of_drawn = of_side.join(drawn, on=names, how="left_semi")
            described_pairs = described_pairs.join(_gather(of_drawn, names, f"{name}_{side}"), on=names, how="left")
    ids = F.broadcast(sample.select(Reference.id_affaire))
    references = described.references.join(ids, on=Reference.id_affaire, how="left_semi")
    return described_pairs.join(
        _gather(references, [Reference.id_affaire], REFERENCES), on=Reference.id_affaire, how="left"
    )


def _gather(rows: DataFrame, names: Sequence[str], name: str) -> DataFrame:
    rest = [column for column in rows.columns if column not in (*names, "rang")]
    return rows.groupBy(*names).agg(F.array_sort(F.collect_list(F.struct("rang", *rest))).alias(name))
