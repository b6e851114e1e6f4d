"""What the plain model compares: one row per procedure and per reference, with the first person of each."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from jobs.compare_engines.plain import COLUMNS
from linkage.concepts.sides import AFFAIRE, CASE, name_in_pair
from linkage.tables.standardised import BEYOND, PROCEDURE, REFERENCE, Personne, Record

FACTS = ("code_service", "annee", "numero", "commune_faits", "natinf")


def plain_records(records: DataFrame, personnes: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Return procedures and references (``PAIR`` names them), each with the plain model's columns."""
    first = personnes.groupBy(Personne.side, *CASE).agg(
        F.min_by(F.struct("csns", "sexe", "date_naissance", "commune_residence"), Personne.rang).alias("person")
    )
    sides = ((PROCEDURE, PROCEDURE), (REFERENCE, AFFAIRE))
    procedures, references = (
        records.where((F.col(Record.side) == side) & (F.col(Record.rang) != BEYOND))
        .join(first.where(F.col(Personne.side) == persons).drop(Personne.side), on=CASE, how="left")
        .select(*name_in_pair(persons), *(_value(column) for column in COLUMNS))
        for side, persons in sides
    )
    return procedures, references


def _value(column: str) -> Column:
    if column == "date_faits":
        return F.date_from_unix_date(Record.jour_faits_debut).cast("string").alias(column)
    source = F.col(column) if column in FACTS else F.col("person")[column]
    return source.cast("string").alias(column)
