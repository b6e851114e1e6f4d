"""What became of each person: orientation, instruction, decision, and how long each step took."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from linkage.settings.study_extracts import StudyCounting
from linkage.study_extracts.population import ID, POIDS, UNKNOWN, Base
from linkage.tables.linked_base import Affaire, Evenement, Lien, LienPersonne, Personne, Procedure

POURSUITES, ALTERNATIVES = "poursuites", "alternatives"
INOPPORTUNITE, NON_POURSUIVABLE = "inopportunite", "non_poursuivable"
EN_COURS = "en_cours"
ORIENTATIONS = (POURSUITES, ALTERNATIVES, INOPPORTUNITE, NON_POURSUIVABLE, EN_COURS)
"""The furthest first: of several authors or affairs, the first of these counts."""
COMPOSITION, NON_LIEU = "composition_penale", "non_lieu"
DECISIONS = ("condamnation", "dispense", "relaxe", "acquittement", NON_LIEU)
"""Guilt found by one court is guilt, whatever another author got."""
MOTIVE_FAMILIES = {
    "11": "absence d'infraction",
    "21": "insuffisamment caractérisée",
    "71": "auteur inconnu",
    "3": "motif juridique",
    "4": "inopportunité",
}
"""By the first digits of the motive."""
ORIENTED, RULED, LEAST = "oriented", "ruled", "poids_minimal"


def authors(evenements: DataFrame, families: Mapping[str, str]) -> DataFrame:
    """Return one row per affair and author with events (author null: the whole affair): ``oriented`` and ``ruled``.

    ``oriented`` is a structure ordered as wanted by ``min``: rank, date, mode or motive. ``families`` gives the family
    of each motive of classement; a motive outside it is no orientation that the study knows.
    """
    code, kind = F.col(Evenement.code), F.col(Evenement.type)
    family = F.coalesce(*(F.when(code.isin(*_of(families, name)), name) for name in sorted(set(families.values()))))
    orientation = (
        F.when((kind == "orientation") & (code == COMPOSITION), ALTERNATIVES)
        .when(kind.isin("orientation", "ordonnance_reglement", "decision"), POURSUITES)
        .when(kind == "classement", F.when(family == "alternative", ALTERNATIVES).otherwise(family))
    )
    # An order or a judgement says that there was a prosecution; its date and mode are those of the prosecution itself.
    indirect = kind.isin("ordonnance_reglement", "decision").cast("int")
    oriented = F.struct(
        _rank(orientation, ORIENTATIONS).alias("rank"),
        indirect.alias("indirect"),
        F.when(indirect == 0, F.col(Evenement.date)).alias("date"),
        F.when(indirect == 0, code).alias("code"),
    )
    ruling = F.when(kind == "decision", F.col(Evenement.issue)).when(code == NON_LIEU, NON_LIEU)
    ruled = F.struct(_rank(ruling, DECISIONS).alias("rank"), F.col(Evenement.date).alias("date"))
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
    found = _furthest(victims, base, authors, counting, weights)
    return found.select(ID, LEAST, _orientation().alias("orientation"))


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
    found = victims.select(ID, Procedure.id_procedure).join(links, on=Lien.id_procedure, how="inner")
    if counting.several_affaires == "recognised":
        seen = base.liens_personnes.select(
            F.col(LienPersonne.id_personne_procedure).alias(ID), LienPersonne.id_affaire, F.lit(1).alias("seen")
        )
        own = F.max("seen").over(Window.partitionBy(ID, LEAST))
        found = (
            found.join(seen, on=[ID, Lien.id_affaire], how="left")
            .withColumn("own", own)
            .where(F.col("own").isNull() | F.col("seen").isNotNull())
        )
    return (
        found.join(arrived, on=Lien.id_affaire, how="inner")
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
    own = authors.where(F.col(Evenement.id_personne).isNotNull()).withColumnRenamed(Evenement.id_personne, ID)
    whole = authors.where(F.col(Evenement.id_personne).isNull()).select(
        Evenement.id_affaire, *(F.col(name).alias(f"all_{name}") for name in (ORIENTED, RULED))
    )
    arrived = base.affaires.select(Affaire.id_affaire, Affaire.date_arrivee)
    return (
        people.join(own.drop(Evenement.id_affaire), on=ID, how="left")
        .join(whole, on=Personne.id_affaire, how="left")
        .join(arrived, on=Personne.id_affaire, how="left")
        .withColumns({name: F.coalesce(name, f"all_{name}") for name in (ORIENTED, RULED)})
        .drop(f"all_{ORIENTED}", f"all_{RULED}")
    )


def of_procedures(victims: DataFrame) -> DataFrame:
    """Return one row per procedure of the victims: the furthest step among them."""
    traits = (
        *("genre", "natinf", "force", "millesime", "code_departement", "region"),
        *("est_liee", "date_enregistrement", POIDS),
    )
    return victims.groupBy(F.col(Procedure.id_procedure).alias(ID)).agg(
        *(F.first(name).alias(name) for name in traits),
        F.min(ORIENTED).alias(ORIENTED),
        F.min(RULED).alias(RULED),
        F.min(Affaire.date_arrivee).alias(Affaire.date_arrivee),
    )


def describe_courses(cases: DataFrame, families: Mapping[str, str], *, extraction: datetime.date) -> DataFrame:
    """Add orientation, motive, mode and decision in words; delays in days with whether their end was seen.

    Null for what does not concern a case: the mode of one that is not prosecuted, anything of one without link.
    A step not reached is censored at the extraction: ``jours_<step>`` runs until then and ``vu_<step>`` is false.
    """
    linked = F.col("est_liee")
    orientation = F.when(linked, _orientation())
    code, dismissed = F.col(f"{ORIENTED}.code"), F.col("orientation").isin(INOPPORTUNITE, NON_POURSUIVABLE)
    prosecuted = F.col("orientation") == POURSUITES
    unknown = F.lit(UNKNOWN)
    words = cases.withColumn("orientation", orientation).withColumns(
        {
            "motif": F.when(dismissed, F.coalesce(code, unknown)),
            "famille_motif": F.when(dismissed, _motive_family(code)),
            "mode": F.when(prosecuted, F.coalesce(code, unknown)),
            "decision": F.when(prosecuted, F.coalesce(_word(F.col(f"{RULED}.rank"), DECISIONS), F.lit("en_attente"))),
        }
    )
    recorded, arrived = F.col(Procedure.date_enregistrement), F.col(Affaire.date_arrivee)
    oriented = F.when(F.col("orientation") != EN_COURS, F.col(f"{ORIENTED}.date"))
    decided = F.when(prosecuted, F.col(f"{RULED}.date"))
    waiting, undecided = F.col("orientation") == EN_COURS, F.col("decision") == "en_attente"
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
        known = begin.isNotNull() & (end.isNotNull() | pending)
        delays[f"vu_{step}"] = F.when(concerned & known, end.isNotNull())
    return words.withColumns(delays)


def _orientation() -> Column:
    return F.coalesce(_word(F.col(f"{ORIENTED}.rank"), ORIENTATIONS), F.lit(EN_COURS))


def _of(families: Mapping[str, str], name: str) -> list[str]:
    return [code for code, family in families.items() if family == name]


def family_of(motive: str) -> str:
    """Return the published family of a motive: 11 and 21, then legal ones, unknown author, inopportunité."""
    return next((family for prefix, family in MOTIVE_FAMILIES.items() if motive.startswith(prefix)), UNKNOWN)


def _motive_family(code: Column) -> Column:
    family = F.lit(UNKNOWN)
    for prefix, name in reversed(MOTIVE_FAMILIES.items()):
        family = F.when(code.startswith(prefix), name).otherwise(family)
    return family


def _rank(word: Column, order: tuple[str, ...]) -> Column:
    return F.coalesce(*(F.when(word == name, F.lit(rank)) for rank, name in enumerate(order)))


def _word(rank: Column, order: tuple[str, ...]) -> Column:
    return F.coalesce(*(F.when(rank == number, F.lit(name)) for number, name in enumerate(order)))
