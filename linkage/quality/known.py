"""How much of what identifies a case is known, by source: what a source lacks, its links cannot rest on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.tables.sources import JUSTICE
from linkage.tables.standardised import CaseFacts, Personne, Procedure, Reference

FIELD, NB, NB_KNOWN = "field", "nb", "nb_known"
OF_CASES = {"jour des faits": CaseFacts.date_faits_debut, "commune des faits": CaseFacts.commune_faits}
OF_PERSONS = {"csns": Personne.csns, "naissance": Personne.date_naissance}
TO_THE_DAY = "naissance au jour près"
"""A first of January is taken for a year alone: few are born on that day."""
KEY = "numéro de PV"


def count_known(procedures: DataFrame, affaires: DataFrame, references: DataFrame, personnes: DataFrame) -> DataFrame:
    """Count, by source, the rows of each field that identifies a case and those that have it.

    Returns ``source, field, nb, nb_known``. An affair without a PV counts once among the PV numbers, as unknown.
    Example: 900 of the 1,000 persons of lrppn have a csns: ``lrppn, csns, 1000, 900``.
    """
    typed = references.withColumn(Procedure.source, F.lit(*JUSTICE))
    born = F.col(Personne.date_naissance)
    to_the_day = F.when(F.dayofyear(born) > 1, born)
    counted = [
        _count(procedures, {KEY: Procedure.numero, **OF_CASES}),
        _count(affaires, OF_CASES),
        _count(typed, {KEY: Reference.numero}),
        _count(personnes.withColumn(TO_THE_DAY, to_the_day), {**OF_PERSONS, TO_THE_DAY: TO_THE_DAY}),
    ]
    return reduce(DataFrame.unionByName, counted).orderBy(Procedure.source, FIELD)


def find_unknown(known: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the source and field of what no row has."""
    silent = known[(known[NB_KNOWN] == 0) & (known[NB] > 0)]
    return list(zip(silent[Procedure.source], silent[FIELD], strict=True))


def _count(rows: DataFrame, fields: Mapping[str, str]) -> DataFrame:
    counts = rows.groupBy(Procedure.source).agg(
        F.count("*").alias(NB), *(F.count(column).alias(name) for name, column in fields.items())
    )
    each = F.array(*(F.struct(F.lit(name).alias(FIELD), F.col(name).alias(NB_KNOWN)) for name in fields))
    return counts.select(Procedure.source, NB, F.inline(each)).select(Procedure.source, FIELD, NB, NB_KNOWN)
