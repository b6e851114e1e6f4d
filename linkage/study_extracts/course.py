"""What became of each case of a study: of persons, of their procedures, and through safer links."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.concepts import courses
from linkage.concepts.courses import ID, LEAST, Base
from linkage.settings.study_extracts import StudyCounting
from linkage.study_extracts import months
from linkage.study_extracts.population import KEY, POIDS
from linkage.tables.linked_base import Procedure
from linkage.tables.study_extracts import StudyCase


def by_least_weight(
    victims: DataFrame, base: Base, authors: DataFrame, counting: StudyCounting, weights: Sequence[float]
) -> DataFrame:
    """Return ``id, poids_minimal, orientation``: the victims through the links of each least weight, in bits."""
    reached = courses.furthest_of_victims(
        victims, base, authors, several_affaires=counting.several_affaires, weights=weights
    )
    return reached.select(ID, LEAST, courses.orientation().alias(StudyCase.orientation))


def of_procedures(victims: DataFrame) -> DataFrame:
    """Return one row per procedure of the victims: the furthest step among them; its key is that of its victims.

    The same victims, counted as procedures, so have the same noise: two draws would be averaged.
    """
    traits = (
        *(StudyCase.genre, StudyCase.formes, StudyCase.natinf, StudyCase.force, StudyCase.millesime),
        *(StudyCase.code_departement, StudyCase.region, StudyCase.code_tj, StudyCase.petit_x),
        *(Procedure.est_liee, Procedure.date_enregistrement, POIDS),
    )
    return victims.groupBy(F.col(Procedure.id_procedure).alias(ID)).agg(
        F.bit_xor(F.xxhash64(ID)).alias(KEY),
        *(F.first(name).alias(name) for name in traits if name in victims.columns),
        *courses.furthest(),
    )


def describe_courses(cases: DataFrame, *, extraction: datetime.date) -> DataFrame:
    """Add the course of each linked case in words, its delays, and the months until its end in bands."""
    described = courses.describe(cases, followed=F.col(Procedure.est_liee), extraction=extraction)
    return described.withColumn(StudyCase.mois_fin, months.counted("enregistrement_fin"))
