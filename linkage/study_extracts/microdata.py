"""The extract: allowed columns only, nobody alone in what others may know of a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from linkage.platform.errors import ContractError
from linkage.settings.study_extracts import LadderStep, MicrodataSettings
from linkage.study_extracts.population import ID
from linkage.study_extracts.tables import NB
from linkage.tables.linked_base import Case
from linkage.tables.study_extracts import StudyCase

ALL = "*"
MONTHS = ((1, "moins de 1 mois"), (3, "1 à 2 mois"), (6, "3 à 5 mois"), (12, "6 à 11 mois"), (24, "12 à 23 mois"))
LONGEST = "24 mois et plus"


def select_candidates(victims: DataFrame, settings: MicrodataSettings) -> DataFrame:
    """Return the linked victims with the declared columns as text; months in bands, those of a step seen only."""
    months: dict[str, Column] = {
        StudyCase.mois_orientation: _months("arrivee_orientation"),
        StudyCase.mois_fin: _months("enregistrement_fin"),
    }
    columns = [
        (months[name] if name in months else F.col(name).cast("string")).alias(name) for name in settings.columns
    ]
    return victims.where(Case.est_liee).select(ID, *columns)


def _months(step: str) -> Column:
    months = F.floor(F.col(f"jours_{step}") / 30.4375)
    band = F.lit(LONGEST)
    for below, label in reversed(MONTHS):
        band = F.when(months < below, label).otherwise(band)
    return F.when(F.col(f"vu_{step}"), band)


def count_crossings(candidates: DataFrame, settings: MicrodataSettings) -> pd.DataFrame:
    """Count persons by crossing of quasi-identifiers and sensitive value: what the ladder is chosen on."""
    columns = [*settings.quasi_identifiers, settings.sensitive]
    counts: pd.DataFrame = candidates.groupBy(*columns).agg(F.count("*").alias(NB)).toPandas()
    return counts.fillna(ALL)


def climb_ladder(counts: pd.DataFrame, settings: MicrodataSettings) -> tuple[int, float]:
    """Return how many steps of the ladder are needed, and the share of persons then left out.

    Method: k-anonymity (Sweeney 2002) and l-diversity (Machanavajjhala et al. 2007), by global recoding.

    Raises
    ------
    ContractError
        The ladder ends before the ceiling holds.
    """
    current, share = counts.copy(), 1.0
    for nb_steps in range(len(settings.ladder) + 1):
        if nb_steps:
            step = settings.ladder[nb_steps - 1]
            current[step.column] = current[step.column].map(step.to).fillna(ALL)
        share = _alone(current, settings)
        if share <= settings.most_suppressed:
            return nb_steps, share
    raise ContractError(
        f"study_extracts: with the whole ladder, {share:.1%} of persons share their traits with fewer than "
        f"{settings.k} others; {settings.most_suppressed:.1%} at most declared. Declare coarser steps or fewer columns."
    )


def _alone(counts: pd.DataFrame, settings: MicrodataSettings) -> float:
    groups = counts.groupby(list(settings.quasi_identifiers))
    sizes, kinds = groups[NB].sum(), groups[settings.sensitive].nunique()
    left_out, total = sizes[(sizes < settings.k) | (kinds < settings.l)].sum(), sizes.sum()
    return float(left_out / total) if total else 0.0


def draw_extract(
    candidates: DataFrame,
    settings: MicrodataSettings,
    *,
    steps: int,
    pseudonym: Callable[[Column], Column],
) -> DataFrame:
    """Return the rows that may leave, under pseudonyms of this extract alone, in their order."""
    coarser = candidates
    for step in settings.ladder[:steps]:
        coarser = coarser.withColumn(step.column, _recoded(step))
    without_nulls = coarser.fillna(ALL, subset=list(settings.quasi_identifiers))
    alike = Window.partitionBy(*settings.quasi_identifiers)
    large_groups = (
        without_nulls.withColumn("size", F.count("*").over(alike))
        .withColumn("kinds", F.size(F.collect_set(settings.sensitive).over(alike)))
        .where((F.col("size") >= settings.k) & (F.col("kinds") >= settings.l))
        .drop("size", "kinds")
    )
    protected = _trajectories(large_groups, settings.quasi_identifiers, settings.trajectory, settings.k)
    return protected.withColumn(ID, pseudonym(F.col(ID))).orderBy(ID)


def _recoded(step: LadderStep) -> Column:
    coarse = F.lit(ALL)
    for value, wider in step.to.items():
        coarse = F.when(F.col(step.column) == value, wider).otherwise(coarse)
    return coarse


def _trajectories(rows: DataFrame, traits: Sequence[str], trajectory: Sequence[str], k: int) -> DataFrame:
    """Empty the trajectory where fewer than ``k`` share it among those alike, and for all alike if few would be."""
    if not trajectory:
        return rows
    few = F.count("*").over(Window.partitionBy(*traits, *trajectory)) < k
    nb_few = F.sum(F.col("few").cast("int")).over(Window.partitionBy(*traits))
    emptied = F.col("few") | ((F.col("nb_few") > 0) & (F.col("nb_few") < k))
    return (
        rows.withColumn("few", few)
        .withColumn("nb_few", nb_few)
        .withColumns({name: F.when(~emptied, F.col(name)) for name in trajectory})
        .drop("few", "nb_few")
    )
