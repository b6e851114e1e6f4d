"""What became of each person: orientation, instruction, decision, and how long each step took."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    UNKNOWN,
)
from linkage.settings.linked_base import SeveralAffaires
from linkage.tables.linked_base import Affaire, Evenement, Lien, LienPersonne, Personne, Procedure
from linkage.tables.suites import Suite

ID = "id"
"""The pseudonym of a person, whichever side of a link she is on."""
ORIENTED, RULED, LEAST = "oriented", "ruled", "poids_minimal"


@dataclass(frozen=True)
class Base:
    """The analysts' tables of one version."""

    procedures: DataFrame
    affaires: DataFrame
    personnes: DataFrame
    infractions: DataFrame
    liens: DataFrame
    liens_personnes: DataFrame
    evenements: DataFrame


def authors(evenements: DataFrame, families: Mapping[str, str]) -> DataFrame:
    """Return one row per affair and author with events (author null: the whole affair): ``oriented`` and ``ruled``.

    ``oriented`` is a structure ordered as wanted by ``min``: rank, date, mode or motive. ``families`` gives the family
    of each motive of classement; a motive outside it is no orientation that is known.
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


def of_victims(victims: DataFrame, base: Base, authors: DataFrame, *, several_affaires: SeveralAffaires) -> DataFrame:
    """Return the victims with the furthest step of their affairs; those of a procedure without link have none."""
    reached = furthest_of_victims(victims, base, authors, several_affaires=several_affaires)
    return victims.join(reached.drop(LEAST), on=ID, how="left")


def furthest_of_victims(
    victims: DataFrame,
    base: Base,
    authors: DataFrame,
    *,
    several_affaires: SeveralAffaires,
    weights: Sequence[float] = (),
) -> DataFrame:
    """Return one row per linked victim and least weight of a link, in bits: the furthest of her affairs.

    Without weights, all links count.
    """
    affairs = authors.groupBy(Evenement.id_affaire).agg(F.min(ORIENTED).alias(ORIENTED), F.min(RULED).alias(RULED))
    reached = [F.when(F.col(Lien.match_weight) >= weight, F.lit(float(weight))) for weight in weights]
    least = F.explode(F.array_compact(F.array(*reached))) if weights else F.lit(None).cast("double")
    links = base.liens.select(Lien.id_procedure, Lien.id_affaire, least.alias(LEAST))
    affairs_of_victims = victims.select(ID, Procedure.id_procedure).join(links, on=Lien.id_procedure, how="inner")
    if several_affaires == "recognised":
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
        affairs_of_victims.join(_arrived(base), on=Lien.id_affaire, how="inner")
        .join(affairs, on=Lien.id_affaire, how="left")
        .groupBy(ID, LEAST)
        .agg(*furthest())
    )


def of_mis_en_cause(people: DataFrame, base: Base, authors: DataFrame) -> DataFrame:
    """Return the mis en cause of affairs with their own course, or that of the whole affair if its events name nobody.

    Reads people as the affair has them: ``id`` and ``id_affaire``.
    """
    own_course = authors.where(F.col(Evenement.id_personne).isNotNull()).withColumnRenamed(Evenement.id_personne, ID)
    course_of_affair = authors.where(F.col(Evenement.id_personne).isNull()).select(
        Evenement.id_affaire, *(F.col(name).alias(f"all_{name}") for name in (ORIENTED, RULED))
    )
    return (
        people.join(own_course.drop(Evenement.id_affaire), on=ID, how="left")
        .join(course_of_affair, on=Personne.id_affaire, how="left")
        .join(_arrived(base), on=Personne.id_affaire, how="left")
        .withColumns({name: F.coalesce(name, f"all_{name}") for name in (ORIENTED, RULED)})
        .drop(f"all_{ORIENTED}", f"all_{RULED}")
    )


def furthest() -> list[Column]:
    """Return, of several courses in a group, the furthest step and ruling, and the first arrival."""
    return [F.min(name).alias(name) for name in (ORIENTED, RULED, Affaire.date_arrivee)]


def orientation() -> Column:
    """Return the orientation reached; ``en_cours`` where no event shows one."""
    return outcomes.reached(F.col(f"{ORIENTED}.rank"))


def describe(cases: DataFrame, *, followed: Column, extraction: datetime.date | None) -> DataFrame:
    """Add orientation, motive, mode, decision, guilt and dates; delays in days with whether their end was seen.

    Null for what does not concern a case: the mode of one that is not prosecuted, anything of one that is not
    ``followed``. A step not reached is censored at the extraction: ``jours_<step>`` runs until then and ``vu_<step>``
    is false. Both are null where the step was taken on an unknown day.
    """
    code, dismissed = F.col(f"{ORIENTED}.code"), F.col(Suite.orientation).isin(INOPPORTUNITE, NON_POURSUIVABLE)
    prosecuted = F.col(Suite.orientation) == POURSUITES
    decision = F.coalesce(outcomes.word(F.col(f"{RULED}.rank"), DECISIONS), F.lit(EN_ATTENTE))
    unknown = F.lit(UNKNOWN)
    words = cases.withColumn(Suite.orientation, F.when(followed, orientation())).withColumns(
        {
            Suite.motif: F.when(dismissed, F.coalesce(code, unknown)),
            Suite.famille_motif: F.when(dismissed, outcomes.motive_family(code)),
            Suite.mode: F.when(prosecuted, F.coalesce(code, unknown)),
            Suite.decision: F.when(prosecuted, decision),
            Suite.date_orientation: F.when(F.col(Suite.orientation) != EN_COURS, F.col(f"{ORIENTED}.date")),
            Suite.date_decision: F.when(prosecuted, F.col(f"{RULED}.date")),
        }
    )
    ruled = F.col(Suite.decision)
    guilt = F.when(ruled.isin(*GUILTY), COUPABLE).when(ruled.isin(*NOT_GUILTY), NON_COUPABLE)
    return words.withColumns(_delays(followed, extraction)).withColumn(Suite.culpabilite, guilt)


def _delays(followed: Column, extraction: datetime.date | None) -> dict[str, Column]:
    recorded, arrived = F.col(Procedure.date_enregistrement), F.col(Affaire.date_arrivee)
    oriented, decided = F.col(Suite.date_orientation), F.col(Suite.date_decision)
    prosecuted = F.col(Suite.orientation) == POURSUITES
    waiting, undecided = F.col(Suite.orientation) == EN_COURS, F.col(Suite.decision) == EN_ATTENTE
    nobody = F.lit(False)
    spans: dict[str, tuple[Column, Column, Column, Column]] = {
        "enregistrement_arrivee": (recorded, arrived, followed, nobody),
        "arrivee_orientation": (arrived, oriented, followed, waiting),
        "orientation_decision": (oriented, decided, prosecuted, undecided),
        "enregistrement_fin": (
            recorded,
            F.when(prosecuted, decided).otherwise(oriented),
            followed,
            waiting | (prosecuted & undecided),
        ),
    }
    delays: dict[str, Column] = {}
    for step, (begin, end, concerned, pending) in spans.items():
        days = F.datediff(F.coalesce(end, F.lit(extraction)), begin)
        # A step that was taken on an unknown day is neither seen nor pending: the delays leave it out.
        is_dated = concerned & begin.isNotNull() & (end.isNotNull() | pending)
        # An affair may be dated before its procedure by a few days of typing: the step took none.
        delays[f"jours_{step}"] = F.when(is_dated & days.isNotNull(), F.greatest(days, F.lit(0)))
        delays[f"vu_{step}"] = F.when(is_dated, end.isNotNull())
    return delays


def _arrived(base: Base) -> DataFrame:
    return base.affaires.select(Affaire.id_affaire, Affaire.date_arrivee)
