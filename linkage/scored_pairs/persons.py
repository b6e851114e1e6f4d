"""The persons of candidate cases, side by side: each person of the procedure with each of the affair."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.concepts.lineage import cut_lineage
from linkage.concepts.sides import AFFAIRE, OF_AFFAIRE, OF_PROCEDURE, PAIR, name_in_pair, number_by_source
from linkage.scored_pairs.estimation import drawn, estimate
from linkage.scored_pairs.model import Model
from linkage.scored_pairs.scoring import score, score_compared
from linkage.settings.scored_pairs import PersonsSettings
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.scored_pairs import ScoredPair, ScoredPerson
from linkage.tables.standardised import PROCEDURE, REFERENCE, Personne, Record


def score_persons(
    personnes: DataFrame, scored_pairs: DataFrame, model: Model, *, settings: PersonsSettings
) -> DataFrame:
    """Return ``scored_persons``: the pairs of persons of the cases that reach ``case_weight``, from the floor up.

    So are those of a case that a confirmed key settles: it may be a link whatever it weighs, beside other PVs.
    """
    reached = scored_pairs.where((F.col(ScoredPair.match_weight) >= settings.case_weight) | F.col(ScoredPair.settles))
    # By affair at once, as their persons come: they need not be shuffled again to meet them.
    cases = reached.select(*PAIR).repartition(ScoredPerson.id_affaire).dropDuplicates()
    records = make_person_records(personnes)
    if settings.scorer == "predict":
        return score(records, form_person_pairs(cases, records), model, settings=settings)
    compared = form_person_pairs(cases, records, carried=settings.compared)
    return score_compared(compared, model, settings=settings)


def estimate_persons(
    records: DataFrame, personnes: DataFrame, candidate_pairs: DataFrame, *, settings: PersonsSettings
) -> Model:
    """Return the model of persons, learnt in the cases that the rules of ``learnt_from`` formed.

    About ``max_pairs`` of these cases at most, drawn before their persons are looked for; among the pairs of persons
    that they have, a few each, the estimation draws in turn.
    """
    formed = candidate_pairs.where(F.col(CandidatePair.blocking_rule).isin(*settings.learnt_from))
    learnt = formed.where(drawn(formed.count(), settings.estimation)).transform(cut_lineage)
    for key, side in ((CandidatePair.procedure_key, PROCEDURE), (CandidatePair.reference_key, AFFAIRE)):
        known = records.select(F.col(Record.record_key).alias(key), *name_in_pair(side))
        learnt = F.broadcast(learnt).join(known, on=key, how="inner")
    cases = learnt.select(*PAIR).dropDuplicates().transform(cut_lineage)
    # By their identifiers alone: the persons of a namesake in another source leave when pairs are formed.
    ids = F.array(ScoredPerson.id_procedure, ScoredPerson.id_affaire)
    of_cases = F.broadcast(cases.select(F.explode(ids).alias(Personne.id)))
    persons = make_person_records(personnes).join(of_cases, on=Personne.id, how="left_semi").transform(cut_lineage)
    return estimate(persons, form_person_pairs(cases, persons), settings=settings)


def make_person_records(personnes: DataFrame) -> DataFrame:
    """Return ``standardised/personnes`` with the side and the integer key that records have."""
    side = F.when(F.col(Personne.side) == PROCEDURE, PROCEDURE).otherwise(REFERENCE)
    key = number_by_source(F.xxhash64(Personne.side, Personne.id, Personne.rang), F.col(Personne.source))
    return personnes.select("*", key.alias(Record.record_key)).withColumn(Record.side, side)


def form_person_pairs(cases: DataFrame, persons: DataFrame, *, carried: Sequence[str] = ()) -> DataFrame:
    """Return each person of the procedure with each of the affair, whatever their roles: keys, ranks, roles.

    ``carried`` are columns of persons that come along from both sides, as ``column_l`` and ``column_r``.
    """
    procedure = persons.where(F.col(Record.side) == PROCEDURE).select(
        F.col(Personne.id).alias(ScoredPerson.id_procedure),
        F.col(Personne.source).alias(ScoredPerson.source),
        F.col(Record.record_key).alias(CandidatePair.procedure_key),
        F.col(Personne.rang).alias(ScoredPerson.rang_procedure),
        F.col(Personne.role).alias(ScoredPerson.role),
        *(F.col(column).alias(f"{column}_l") for column in carried),
    )
    affaire = persons.where(F.col(Record.side) == REFERENCE).select(
        F.col(Personne.id).alias(ScoredPerson.id_affaire),
        F.col(Record.record_key).alias(CandidatePair.reference_key),
        F.col(Personne.rang).alias(ScoredPerson.rang_affaire),
        F.col(Personne.role).alias(ScoredPerson.role_affaire),
        *(F.col(column).alias(f"{column}_r") for column in carried),
    )
    # Affairs first: the estimation draws some of their persons, and meets procedures with those alone.
    return (
        cases.select(*PAIR)
        .join(affaire.hint("shuffle_hash"), on=OF_AFFAIRE, how="inner")
        .join(procedure.hint("shuffle_hash"), on=OF_PROCEDURE, how="inner")
    )
