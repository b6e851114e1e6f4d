"""What the quality tables say of the links of a version, at the grains that a study has too."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.study_extracts.pages.shown import DIMENSIONS, EVERYTHING
from linkage.tables.quality import Estimate, Subgroup

MEASURES = ("precision_estimee", "precision", "rappel_estime", "rappel")


def select_errors(estimates: DataFrame, subgroups: DataFrame) -> DataFrame:
    """Return ``dimension, modalite, measure, estimate, low, high``: the error of links, overall and by group."""
    figures = [Estimate.estimate, Estimate.low, Estimate.high]
    everything = F.lit(EVERYTHING).alias(Subgroup.dimension), F.lit("*").alias(Subgroup.modalite)
    whole = estimates.where(F.col(Estimate.method) == "synthese").select(*everything, Estimate.measure, *figures)
    measure = F.try_element_at(F.create_map(*map(F.lit, MEASURES)), F.col(Subgroup.measure))
    of_procedures = F.col(Subgroup.side) == "procedure"
    groups = subgroups.where(of_procedures & F.col(Subgroup.dimension).isin(*DIMENSIONS.values()))
    measured = groups.select(Subgroup.dimension, Subgroup.modalite, measure.alias(Estimate.measure), *figures)
    return whole.unionByName(measured.where(F.col(Estimate.measure).isNotNull()))
