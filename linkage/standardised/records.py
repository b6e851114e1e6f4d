"""Both sides of the linkage in the same columns."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.sides import number_by_source
from linkage.tables.standardised import BEYOND, PROCEDURE, REFERENCE, Affaire, CaseFacts, Procedure, Record, Reference

COMPARED = [
    CaseFacts.code_tj,
    CaseFacts.commune_faits,
    CaseFacts.code_departement,
    CaseFacts.natinf,
    CaseFacts.natinfs,
    CaseFacts.famille,
    CaseFacts.familles,
    CaseFacts.nb_mis_en_cause,
    CaseFacts.nb_victimes,
]
MIS_EN_CAUSE, VICTIME = 0, 1
PV_KEY: list[str] = [Procedure.code_service, Procedure.annee, Procedure.numero]
PLACE_AND_OFFENCE: list[str] = [CaseFacts.commune_faits, CaseFacts.natinf]


def build(procedures: DataFrame, affaires: DataFrame, references: DataFrame) -> DataFrame:
    """Return ``standardised/records``: a row per procedure, per reference, and of rang -1 per affair with references.

    The row of rang -1 stands for the affair beyond the PVs typed in it: the second procedures of a jonction,
    whose own PV nobody typed, can only be found there.
    Example: an affair with the PVs of rang 1 and 2 has the rows 1, 2 and -1; one without a PV has the row 0 alone.
    """
    similar = procedures.groupBy(*PLACE_AND_OFFENCE).agg(F.count("*").cast("int").alias(Record.nb_semblables))
    left = procedures.join(F.broadcast(similar), on=PLACE_AND_OFFENCE, how="left").select(
        F.lit(PROCEDURE).alias(Record.side),
        record_key(F.col(Procedure.source), F.col(Procedure.id_procedure), F.lit(0)).alias(Record.record_key),
        F.col(Procedure.id_procedure).alias(Record.id),
        F.lit(0).alias(Record.rang),
        Procedure.millesime,
        Procedure.source,
        Procedure.force,
        Procedure.code_service,
        Procedure.annee,
        Procedure.numero,
        F.unix_date(Procedure.date_enregistrement).alias(Record.jour_enregistrement),
        F.unix_date(Procedure.date_transmission).alias(Record.jour_transmission),
        F.lit(None).cast("int").alias(Record.jour_arrivee),
        F.lit(None).cast("boolean").alias(Record.cle_connue),
        *_facts(),
        Record.nb_semblables,
        *_persons(),
        F.lit(None).cast("boolean").alias(Record.petit_x),
        F.lit(None).cast("string").alias(Record.origine),
    )
    beyond = (
        references.where(F.col(Reference.rang) != 0)
        .groupBy(Reference.id_affaire)
        .agg(F.min(Reference.force).alias(Reference.force))
        .select(
            Reference.id_affaire,
            F.lit(BEYOND).alias(Reference.rang),
            Reference.force,
            F.lit(None).cast("string").alias(Reference.code_service),
            F.lit(None).cast("int").alias(Reference.annee),
            F.lit(None).cast("int").alias(Reference.numero),
        )
    )
    keys = references.select(beyond.columns)
    known = procedures.select(*PV_KEY).dropDuplicates().withColumn(Record.cle_connue, F.lit(True))
    complete = reduce(Column.__and__, (F.col(part).isNotNull() for part in PV_KEY))
    typed = (
        keys.where(complete)
        .join(known, on=PV_KEY, how="left")
        .withColumn(Record.cle_connue, F.coalesce(Record.cle_connue, F.lit(False)))
        .unionByName(keys.where(~complete).unionByName(beyond), allowMissingColumns=True)
    )
    # Once for each affair, before it is repeated for each of its references.
    facts = affaires.select(
        Affaire.id_affaire,
        Affaire.millesime,
        Affaire.source,
        F.unix_date(Affaire.date_arrivee).alias(Record.jour_arrivee),
        *_facts(),
        F.lit(None).cast("int").alias(Record.nb_semblables),
        *_persons(),
        Affaire.petit_x,
        Affaire.origine,
    )
    right = typed.join(facts, on=Affaire.id_affaire, how="inner").select(
        F.lit(REFERENCE).alias(Record.side),
        record_key(F.col(Affaire.source), F.col(Affaire.id_affaire), F.col(Reference.rang)).alias(Record.record_key),
        F.col(Affaire.id_affaire).alias(Record.id),
        F.col(Reference.rang),
        Reference.force,
        Reference.code_service,
        Reference.annee,
        Reference.numero,
        F.lit(None).cast("int").alias(Record.jour_enregistrement),
        F.lit(None).cast("int").alias(Record.jour_transmission),
        Record.cle_connue,
        *(column for column in facts.columns if column != Affaire.id_affaire),
    )
    return left.unionByName(right)


def record_key(source: Column, id: Column, rang: Column) -> Column:
    """Return an integer that stands for a record of its side: the same for the same content on every machine.

    64 bits: with 40 million records a side, the chance of one collision is below 1 in 10,000.
    """
    return number_by_source(F.xxhash64(id, rang.cast("int")), source)


def _facts() -> list[Column]:
    return [
        *(F.col(column) for column in COMPARED),
        F.unix_date(CaseFacts.date_faits_debut).alias(Record.jour_faits_debut),
        F.unix_date(CaseFacts.date_faits_fin).alias(Record.jour_faits_fin),
    ]


def _persons() -> list[Column]:
    mec, victimes = F.col(CaseFacts.csns_mis_en_cause), F.col(CaseFacts.csns_victimes)
    born_mec, born_victimes = F.col(CaseFacts.naissances_mis_en_cause), F.col(CaseFacts.naissances_victimes)
    identified = F.greatest(F.size(mec) + F.size(victimes), F.size(born_mec) + F.size(born_victimes))
    return [
        F.transform(F.array_union(mec, victimes), lambda code: F.xxhash64(code)).alias(Record.csns),
        F.transform(F.array_union(born_mec, born_victimes), F.unix_date).alias(Record.naissances),
        F.concat(_codes(mec, MIS_EN_CAUSE), _codes(victimes, VICTIME)).alias(Record.codes),
        F.concat(_dates(born_mec, MIS_EN_CAUSE), _dates(born_victimes, VICTIME)).alias(Record.dates),
        identified.alias(Record.nb_identifiees),
    ]


def _codes(codes: Column, role: int) -> Column:
    return F.transform(codes, lambda code: F.xxhash64(code, F.lit(role)))


def _dates(days: Column, role: int) -> Column:
    return F.transform(days, lambda day: F.unix_date(day) * 2 + role)
