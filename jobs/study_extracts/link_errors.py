"""What the quality tables say of the links of a version, at the grains that a study has too."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.study_extracts.pages.shown import DIMENSIONS, EVERYTHING
from linkage.tables.quality import Estimate, Subgroup

MEASURES = ("precision_estimee", "precision", "rappel_estime", "rappel")


def read(estimates: DataFrame, subgroups: DataFrame) -> DataFrame:
    """``dimension, modalite, measure, estimate, low, high``: the error of the links, of all procedures and by group."""
    said = [Estimate.estimate, Estimate.low, Estimate.high]
    everything = F.lit(EVERYTHING).alias(Subgroup.dimension), F.lit("*").alias(Subgroup.modalite)
    whole = estimates.where(F.col(Estimate.method) == "synthese").select(*everything, Estimate.measure, *said)
    measure = F.try_element_at(F.create_map(*map(F.lit, MEASURES)), F.col(Subgroup.measure))
    of_procedures = F.col(Subgroup.side) == "procedure"
    groups = subgroups.where(of_procedures & F.col(Subgroup.dimension).isin(*DIMENSIONS.values()))
    named = groups.select(Subgroup.dimension, Subgroup.modalite, measure.alias(Estimate.measure), *said)
    return whole.unionByName(named.where(F.col(Estimate.measure).isNotNull()))
