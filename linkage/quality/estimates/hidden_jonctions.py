"""PVs cited beside an affair's first, hidden: what is joined of them is what is joined of those never cited."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from linkage.quality.estimates.hidden_keys import list_unsettled_but
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.links import RETAINED, Link
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.standardised import BEYOND, PROCEDURE, REFERENCE, Record

AFFAIRE, FIRST, SENT = "affaire", "is_first", "sent"
JOINED: list[str] = [CandidatePair.procedure_key, ScoredPair.id_affaire]


def list_cited(records: DataFrame, candidate_pairs: DataFrame) -> DataFrame:
    """Return the procedures of affairs that cite several, each by a sure key: the pair, ``affaire``, ``is_first``.

    ``is_first`` is the one sent first. Procedures that several affairs cite are left out.
    Ties: of two sent the same day, the smallest key is the first.
    """
    references = records.where((F.col(Record.side) == REFERENCE) & (F.col(Record.rang) != BEYOND)).select(
        F.col(Record.record_key).alias(CandidatePair.reference_key), F.col(Record.id).alias(AFFAIRE)
    )
    procedures = records.where(F.col(Record.side) == PROCEDURE).select(
        F.col(Record.record_key).alias(CandidatePair.procedure_key), F.col(Record.jour_transmission).alias(SENT)
    )
    of_affaire, of_procedure = Window.partitionBy(AFFAIRE), Window.partitionBy(CandidatePair.procedure_key)
    return (
        candidate_pairs.where(CandidatePair.settles)
        .select(*CandidatePair.key)
        .withColumn("affaires", F.count("*").over(of_procedure))
        .where("affaires = 1")
        .join(references, on=CandidatePair.reference_key, how="inner")
        .withColumn("procedures", F.count("*").over(of_affaire))
        .where("procedures > 1")
        .join(procedures, on=CandidatePair.procedure_key, how="inner")
        .withColumn(FIRST, F.row_number().over(of_affaire.orderBy(SENT, CandidatePair.procedure_key)) == 1)
        .select(*CandidatePair.key, AFFAIRE, FIRST)
    )


def hide_citations(records: DataFrame, candidate_pairs: DataFrame, cited: DataFrame) -> DataFrame:
    """Return the records as if the affairs of ``cited`` cited their first procedure alone.

    They are these affairs, by their first reference and beyond it, and the procedures that no other key settles.
    """
    firsts = cited.where(FIRST).select(F.col(CandidatePair.reference_key).alias(Record.record_key))
    affaires = cited.where(FIRST).select(F.col(AFFAIRE).alias(Record.id))
    references = records.where(F.col(Record.side) == REFERENCE)
    beyond = references.where(F.col(Record.rang) == BEYOND).join(affaires, on=Record.id, how="left_semi")
    first = references.join(firsts, on=Record.record_key, how="left_semi")
    return list_unsettled_but(cited, records, candidate_pairs).unionByName(first).unionByName(beyond)


def count_joined_again(cited: DataFrame, decided: DataFrame) -> tuple[int, int]:
    """Return how many citations were hidden, and how many of these procedures the method joins again.

    ``decided`` are the pairs that the method keeps of ``hide_citations``.
    """
    hidden = cited.where(~F.col(FIRST)).withColumnRenamed(AFFAIRE, ScoredPair.id_affaire).select(*JOINED)
    joined = decided.where((F.col(Link.status) == RETAINED) & (F.col(ScoredPair.rang) == BEYOND))
    again = hidden.join(joined, on=JOINED, how="left_semi")
    return hidden.count(), again.count()
