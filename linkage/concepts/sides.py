"""The sides of a link, what names a case on each, and the word for a trait that a case does not have."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from linkage.tables import standardised
from linkage.tables.sources import JUSTICE, POLICE
from linkage.tables.standardised import Affaire, Personne, Procedure

PROCEDURE, AFFAIRE = standardised.PROCEDURE, "affaire"
REFERENCE = standardised.REFERENCE
"""What stands for an affair where records are compared: one of its PV of origin."""
NO_INFORMATION = "sans information"
CASE: list[str] = [Personne.id, Personne.source]
"""What names a case in the tables of both sides: police and gendarmerie may give two procedures one identifier."""
CASE_OF: dict[str, dict[str, str]] = {
    PROCEDURE: {Personne.id: Procedure.id_procedure, Personne.source: Procedure.source},
    AFFAIRE: {Personne.id: Affaire.id_affaire},
}
"""The same columns where a procedure and an affair are in one row: ``source`` is the procedure's, affairs have one."""
OF_PROCEDURE, OF_AFFAIRE = (list(names.values()) for names in CASE_OF.values())
PAIR: list[str] = [*OF_PROCEDURE, *OF_AFFAIRE]
"""What names a procedure with an affair."""


def name_case(side: str) -> list[Column]:
    """Return the columns that name a side of a pair, under their names in the tables of both sides."""
    return [F.col(column).alias(name) for name, column in CASE_OF[side].items()]


def name_in_pair(side: str) -> list[Column]:
    """Return the columns that name a case in the tables of both sides, under their names in a pair."""
    return [F.col(name).alias(column) for name, column in CASE_OF[side].items()]


def number_by_source(hashed: Column, source: Column) -> Column:
    """Return an integer key that differs between sources that number alike: the source is in its lowest bits.

    Ties: keys of one source are in the order of their hashes, and those of all sources nearly so.
    """
    places = enumerate((*JUSTICE, *POLICE))
    return hashed.bitwiseXOR(F.coalesce(*(F.when(source == name, F.lit(place)) for place, name in places)))
