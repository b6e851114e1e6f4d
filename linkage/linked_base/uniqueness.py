"""How many persons of the base are alone on what somebody may know of them."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.concepts.sides import PROCEDURE
from linkage.settings.linked_base import LinkedBaseSettings
from linkage.tables.linked_base import Personne, Procedure
from linkage.tables.suites import Suite

NAME, NB, ALONE = "name", "nb", "alone"


def count_alone(
    personnes: DataFrame, procedures: DataFrame, suites: DataFrame, *, settings: LinkedBaseSettings
) -> DataFrame:
    """Count the persons of procedures, and those alone on each declared set of columns: ``name, nb, alone``.

    Reads one version of ``linked_base/personnes``, ``procedures`` and ``suites``. Nulls: unknown is a value too.
    """
    of_case = [column for column in Procedure.names() if column not in Personne.names()]
    of_course = [column for column in Suite.names() if column not in (*Personne.names(), *of_case)]
    cases, course = procedures.select(Procedure.id_procedure, *of_case), suites.select(Suite.id_personne, *of_course)
    persons = (
        personnes.where(F.col(Personne.side) == PROCEDURE)
        .join(cases, on=Procedure.id_procedure, how="inner")
        .join(course, on=Personne.id_personne, how="left")
    )
    return reduce(
        DataFrame.unionByName,
        (
            persons.groupBy(*known.columns)
            .agg(F.count("*").alias("together"))
            .agg(F.sum("together").alias(NB), F.count_if(F.col("together") == 1).alias(ALONE))
            .select(F.lit(known.name).alias(NAME), NB, ALONE)
            for known in settings.unicite
        ),
    )
