"""What became of each person: orientation, instruction, decision, and how long each step took."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from linkage.concepts import outcomes
from linkage.concepts.outcomes import (
    COUPABLE,
    DECISIONS,
    EN_ATTENTE,
    EN_COURS,
    GUILTY,
    INOPPORTUNITE,
    NON_COUPABLE,
    NON_POURSUIVABLE,
    NOT_GUILTY,
    ORIENTATIONS,
    POURSUITES,
)
from linkage.settings.study_extracts import StudyCounting
from linkage.study_extracts import months
from linkage.study_extracts.population import ID, KEY, POIDS, UNKNOWN, Base
from linkage.tables.linked_base import Affaire, Evenement, Lien, LienPersonne, Personne, Procedure
from linkage.tables.study_extracts import StudyCase

ORIENTED, RULED, LEAST = "oriented", "ruled", "poids_minimal"


def authors(evenements: DataFrame, families: Mapping[str, str]) -> DataFrame:
    """Return one row per affair and author with events (author null: the whole affair): ``oriented`` and ``ruled``.

    ``oriented`` is a structure ordered as wanted by ``min``: rank, date, mode or motive. ``families`` gives the family
    of each motive of classement; a motive outside it is no orientation that the study knows.
    """
    code, kind = F.col(Evenement.code), F.col(Evenement.type)
    orientation = outcomes.orientation(kind, code, families)
    # The date and mode of a prosecution that only its order or judgement shows are not known.
    direct = ~outcomes.is_indirect(kind)
    oriented = F.struct(
        outcomes.rank(orientation, ORIENTATIONS).alias("rank"),
        (~direct).cast("int").alias("indirect"),
        F.when(direct, F.col(Evenement.date)).alias("date"),
        F.when(direct, code).alias("code"),
    )
    ruling = outcomes.ruling(kind, code, F.col(Evenement.issue))
    ruled = F.struct(outcomes.rank(ruling, DECISIONS).alias("rank"), F.col(Evenement.date).alias("date"))
    return evenements.groupBy(Evenement.id_affaire, Evenement.id_personne).agg(
        F.min(F.when(orientation.isNotNull(), oriented)).alias(ORIENTED),
        F.min(F.when(ruling.isNotNull(), ruled)).alias(RULED),
    )


def of_victims(victims: DataFrame, base: Base, authors: DataFrame, counting: StudyCounting) -> DataFrame:
    """Return the victims with the furthest step of their affairs; those of a procedure without link have none."""
    return victims.join(_furthest(victims, base, authors, counting).drop(LEAST), on=ID, how="left")


def by_least_weight(
    victims: DataFrame, base: Base, authors: DataFrame, counting: StudyCounting, weights: Sequence[float]
) -> DataFrame:
    """Return ``id, poids_minimal, orientation``: the victims through the links of each least weight, in bits."""
    furthest = _furthest(victims, base, authors, counting, weights)
    return furthest.select(ID, LEAST, _orientation().alias(StudyCase.orientation))


def _furthest(
    victims: DataFrame, base: Base, authors: DataFrame, counting: StudyCounting, weights: Sequence[float] = ()
) -> DataFrame:
    """Return one row per linked victim and least weight: the furthest of her affairs.

    Without weights, all links count.
    """
    affairs = authors.groupBy(Evenement.id_affaire).agg(F.min(ORIENTED).alias(ORIENTED), F.min(RULED).alias(RULED))
    reached = [F.when(F.col(Lien.match_weight) >= weight, F.lit(float(weight))) for weight in weights]
    least = F.explode(F.array_compact(F.array(*reached))) if weights else F.lit(None).cast("double")
    links = base.liens.select(Lien.id_procedure, Lien.id_affaire, least.alias(LEAST))
    arrived = base.affaires.select(Affaire.id_affaire, Affaire.date_arrivee)
    affairs_of_victims = victims.select(ID, Procedure.id_procedure).join(links, on=Lien.id_procedure, how="inner")
    if counting.several_affaires == "recognised":
        recognised = base.liens_personnes.select(
            F.col(LienPersonne.id_personne_procedure).alias(ID), LienPersonne.id_affaire, F.lit(1).alias("recognised")
        )
        recognised_somewhere = F.max("recognised").over(Window.partitionBy(ID, LEAST))
        affairs_of_victims = (
            affairs_of_victims.join(recognised, on=[ID, Lien.id_affaire], how="left")
            .withColumn("recognised_somewhere", recognised_somewhere)
            .where(F.col("recognised_somewhere").isNull() | F.col("recognised").isNotNull())
        )
    return (
        affairs_of_victims.join(arrived, on=Lien.id_affaire, how="inner")
        .join(affairs, on=Lien.id_affaire, how="left")
        .groupBy(ID, LEAST)
        .agg(
            F.min(ORIENTED).alias(ORIENTED),
            F.min(RULED).alias(RULED),
            F.min(Affaire.date_arrivee).alias(Affaire.date_arrivee),
        )
    )


def of_mis_en_cause(people: DataFrame, base: Base, authors: DataFrame) -> DataFrame:
    """Return the mis en cause with their own course, or that of their whole affair when its events name nobody."""
    own_course = authors.where(F.col(Evenement.id_personne).isNotNull()).withColumnRenamed(Evenement.id_personne, ID)
    course_of_affair = authors.where(F.col(Evenement.id_personne).isNull()).select(
        Evenement.id_affaire, *(F.col(name).alias(f"all_{name}") for name in (ORIENTED, RULED))
    )
    arrived = base.affaires.select(Affaire.id_affaire, Affaire.date_arrivee)
    return (
        people.join(own_course.drop(Evenement.id_affaire), on=ID, how="left")
        .join(course_of_affair, on=Personne.id_affaire, how="left")
        .join(arrived, on=Personne.id_affaire, how="left")
        .withColumns({name: F.coalesce(name, f"all_{name}") for name in (ORIENTED, RULED)})
        .drop(f"all_{ORIENTED}", f"all_{RULED}")
    )


def of_procedures(victims: DataFrame) -> DataFrame:
    """Return one row per procedure of the victims: the furthest step among them; its key is that of its victims.

    The same victims, counted as procedures, so have the same noise: two draws would be averaged.
    """
    traits = (
        *(StudyCase.genre, StudyCase.formes, StudyCase.natinf, StudyCase.force, StudyCase.millesime),
        *(StudyCase.code_departement, StudyCase.region, Procedure.est_liee, Procedure.date_enregistrement, POIDS),
    )
    return victims.groupBy(F.col(Procedure.id_procedure).alias(ID)).agg(
        F.bit_xor(F.xxhash64(ID)).alias(KEY),
        *(F.first(name).alias(name) for name in traits),
        F.min(ORIENTED).alias(ORIENTED),
        F.min(RULED).alias(RULED),
        F.min(Affaire.date_arrivee).alias(Affaire.date_arrivee),
    )


def describe_courses(cases: DataFrame, families: Mapping[str, str], *, extraction: datetime.date) -> DataFrame:
    """Add orientation, motive, mode, decision and guilt in words; delays in days with whether their end was seen.

    Null for what does not concern a case: the mode of one that is not prosecuted, anything of one without link.
    A step not reached is censored at the extraction: ``jours_<step>`` runs until then and ``vu_<step>`` is false.
    """
    linked = F.col(Procedure.est_liee)
    orientation = F.when(linked, _orientation())
    code, dismissed = F.col(f"{ORIENTED}.code"), F.col(StudyCase.orientation).isin(INOPPORTUNITE, NON_POURSUIVABLE)
    prosecuted = F.col(StudyCase.orientation) == POURSUITES
    decision = F.coalesce(outcomes.word(F.col(f"{RULED}.rank"), DECISIONS), F.lit(EN_ATTENTE))
    unknown = F.lit(UNKNOWN)
    words = cases.withColumn(StudyCase.orientation, orientation).withColumns(
        {
            StudyCase.motif: F.when(dismissed, F.coalesce(code, unknown)),
            StudyCase.famille_motif: F.when(dismissed, outcomes.motive_family(code)),
            StudyCase.mode: F.when(prosecuted, F.coalesce(code, unknown)),
            StudyCase.decision: F.when(prosecuted, decision),
        }
    )
    ruled = F.col(StudyCase.decision)
    guilt = F.when(ruled.isin(*GUILTY), COUPABLE).when(ruled.isin(*NOT_GUILTY), NON_COUPABLE)
    recorded, arrived = F.col(Procedure.date_enregistrement), F.col(Affaire.date_arrivee)
    oriented = F.when(F.col(StudyCase.orientation) != EN_COURS, F.col(f"{ORIENTED}.date"))
    decided = F.when(prosecuted, F.col(f"{RULED}.date"))
    waiting, undecided = F.col(StudyCase.orientation) == EN_COURS, F.col(StudyCase.decision) == EN_ATTENTE
    nobody = F.lit(False)
    spans: dict[str, tuple[Column, Column, Column, Column]] = {
        "enregistrement_arrivee": (recorded, arrived, linked, nobody),
        "arrivee_orientation": (arrived, oriented, linked, waiting),
        "orientation_decision": (oriented, decided, prosecuted, undecided),
        "enregistrement_fin": (
            recorded,
            F.when(prosecuted, decided).otherwise(oriented),
            linked,
            waiting | (prosecuted & undecided),
        ),
    }
    delays: dict[str, Column] = {}
    for step, (begin, end, concerned, pending) in spans.items():
        days = F.datediff(F.coalesce(end, F.lit(extraction)), begin)
        # An affair may be dated before its procedure by a few days of typing: the step took none.
        delays[f"jours_{step}"] = F.when(concerned, F.greatest(days, F.lit(0)))
        # A step that was taken on an unknown day is neither seen nor pending: the delays leave it out.
        is_dated = begin.isNotNull() & (end.isNotNull() | pending)
        delays[f"vu_{step}"] = F.when(concerned & is_dated, end.isNotNull())
    described = words.withColumns(delays).withColumn(StudyCase.culpabilite, guilt)
    return described.withColumn(StudyCase.mois_fin, months.counted("enregistrement_fin"))


def _orientation() -> Column:
    return outcomes.reached(F.col(f"{ORIENTED}.rank"))
