"""How much of what identifies a case is known, by source and year: what a source lacks, its links cannot rest on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.concepts.sides import AFFAIRE, CASE, PROCEDURE, name_case
from linkage.tables.standardised import Affaire, CaseFacts, Personne, Procedure, Reference

FIELD, NB, NB_KNOWN = "field", "nb", "nb_known"
OF_YEAR = (Procedure.source, Procedure.millesime)
OF_CASES = {"jour des faits": CaseFacts.date_faits_debut, "commune des faits": CaseFacts.commune_faits}
OF_PERSONS = {"csns": Personne.csns, "naissance": Personne.date_naissance}
TO_THE_DAY = "naissance au jour près"
"""A first of January is taken for a year alone: few are born on that day."""
KEY = "numéro de PV"


def count_known(procedures: DataFrame, affaires: DataFrame, references: DataFrame, personnes: DataFrame) -> DataFrame:
    """Count, by source and year, the rows of each field that identifies a case and those that have it.

    Returns ``source, millesime, field, nb, nb_known``. An affair without a PV counts once among the PV numbers, as
    unknown; references and persons are of the year of their case.
    Example: 900 of the 1,000 persons of lrppn in 2020 have a csns: ``lrppn, 2020, csns, 1000, 900``.
    """
    of_affaires = affaires.select(Affaire.id_affaire, *OF_YEAR)
    typed = references.join(of_affaires, on=Reference.id_affaire, how="inner")
    born = F.col(Personne.date_naissance)
    of_cases = personnes.join(list_cases(procedures, affaires), on=CASE, how="inner")
    counted = [
        _count(procedures, {KEY: Procedure.numero, **OF_CASES}),
        _count(affaires, OF_CASES),
        _count(typed, {KEY: Reference.numero}),
        _count(
            of_cases.withColumn(TO_THE_DAY, F.when(F.dayofyear(born) > 1, born)), {**OF_PERSONS, TO_THE_DAY: TO_THE_DAY}
        ),
    ]
    return reduce(DataFrame.unionByName, counted).orderBy(Procedure.source, FIELD, Procedure.millesime)


def list_cases(procedures: DataFrame, affaires: DataFrame) -> DataFrame:
    """Return the cases of both sides with their year: ``id, source, millesime``."""
    of_affaires = affaires.select(*name_case(AFFAIRE), *OF_YEAR)
    return procedures.select(*name_case(PROCEDURE), Procedure.millesime).unionByName(of_affaires)


def find_unknown(known: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the source and field of what no row has."""
    sums = known.groupby([Procedure.source, FIELD])[[NB, NB_KNOWN]].sum()
    return list(sums.index[(sums[NB_KNOWN] == 0) & (sums[NB] > 0)])


def _count(rows: DataFrame, fields: Mapping[str, str]) -> DataFrame:
    counts = rows.groupBy(*OF_YEAR).agg(
        F.count("*").alias(NB), *(F.count(column).alias(name) for name, column in fields.items())
    )
    each = F.array(*(F.struct(F.lit(name).alias(FIELD), F.col(name).alias(NB_KNOWN)) for name in fields))
    return counts.select(*OF_YEAR, NB, F.inline(each)).select(*OF_YEAR, FIELD, NB, NB_KNOWN)
