"""Whom a study is about: victims, the procedures they are in, and the mis en cause of the affairs linked to these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from linkage.concepts import crossings
from linkage.concepts.ages import band
from linkage.concepts.courses import ID, Base
from linkage.concepts.crossings import TRAITS
from linkage.concepts.outcomes import UNKNOWN
from linkage.concepts.sides import AFFAIRE, PROCEDURE
from linkage.settings.study_extracts import StudyAges, StudyKind, StudyPopulation, StudySettings
from linkage.tables.linked_base import Affaire, Infraction, Lien, Personne, Procedure
from linkage.tables.quality import Weight
from linkage.tables.study_extracts import StudyCase

GENRE, TRANCHE_AGE = StudyCase.genre, StudyCase.tranche_age
SEVERAL, OTHER = "plusieurs", "autre"
OF_A_KIND = ", plusieurs codes"
"""Follows the kind, where a procedure has several codes of it."""
AND = " + "
"""Between the kinds of offence of one procedure."""
FIRST_TIME, AGAIN = "premiere", "repetee"
PETIT_X, OTHER_AFFAIRE = "faible_gravite", "autre_affaire"
CROSSING, POIDS, KEY = "crossing", "poids", "key"


def codes(population: StudyPopulation, conjugal: Sequence[str]) -> tuple[str, ...]:
    """Return the offences of a study."""
    return tuple(sorted({*population.natinf, *(conjugal if population.est_conjugal else ())}))


def procedures(base: Base, study: StudySettings, natinf: Sequence[str], regions: Mapping[str, str]) -> DataFrame:
    """Return the procedures of the years with an offence of the study: traits of the procedure, kind of offence.

    ``regions`` names the région of each département.
    """
    offences = base.infractions.where((F.col(Infraction.side) == PROCEDURE) & F.col(Infraction.natinf).isin(*natinf))
    kinds = offences.groupBy(Infraction.id_procedure).agg(
        F.collect_set(_kind(study.kinds)).alias("kinds"), F.collect_set(Infraction.natinf).alias("codes")
    )
    recorded = F.year(Procedure.date_enregistrement)
    within = recorded.between(study.population.first_year, study.population.last_year)
    genre = F.when(F.size("kinds") > 1, SEVERAL).otherwise(F.element_at("kinds", 1))
    several = F.when(F.size("kinds") > 1, SEVERAL).otherwise(F.concat(F.element_at("kinds", 1), F.lit(OF_A_KIND)))
    code_departement = F.coalesce(F.col(Procedure.code_departement), F.lit(UNKNOWN))
    region_of = F.create_map(*(F.lit(word) for pair in sorted(regions.items()) for word in pair))
    described = base.procedures.where(within)
    petit_x = []
    if StudyCase.petit_x in study.described_by:
        described = described.join(_kinds_of_affaire(base), on=Procedure.id_procedure, how="left")
        petit_x = [F.coalesce(F.col(StudyCase.petit_x), F.lit(UNKNOWN)).alias(StudyCase.petit_x)]
    return described.join(kinds, on=Procedure.id_procedure, how="inner").select(
        Procedure.id_procedure,
        Procedure.date_enregistrement,
        F.concat_ws("|", *crossings.traits()).alias(CROSSING),
        genre.alias(GENRE),
        F.array_join(F.array_sort("kinds"), AND).alias(StudyCase.formes),
        F.when(F.size("codes") > 1, several).otherwise(F.element_at("codes", 1)).alias(StudyCase.natinf),
        Procedure.force,
        # The year of the study is that of the recording; the vintage of the delivery may be another.
        recorded.cast("string").alias(StudyCase.millesime),
        code_departement.alias(StudyCase.code_departement),
        F.coalesce(F.try_element_at(region_of, code_departement), F.lit(UNKNOWN)).alias(StudyCase.region),
        F.coalesce(F.col(Procedure.code_tj), F.lit(UNKNOWN)).alias(StudyCase.code_tj),
        *petit_x,
    )


def victims(base: Base, procedures: DataFrame, study: StudySettings) -> DataFrame:
    """Return one row per victim that counts: pseudonym as ``id``, person, traits, procedure, whether it is linked.

    With ``once_per = "dossier"``, the same person in several procedures of one dossier is her first recording.
    """
    population = study.population
    tie = F.col(Personne.lien_auteur)
    of_tie = F.lit(not population.lien_auteur) | tie.isin(*population.lien_auteur)
    if population.unknown_tie:
        of_tie = of_tie | tie.isNull()
    people = base.personnes.where(
        (F.col(Personne.side) == PROCEDURE)
        & (F.col(Personne.role) == "victime")
        & (F.col(Personne.age) >= population.smallest_age)
        & of_tie
    ).select(
        F.col(Personne.id_personne).alias(ID),
        Personne.id_individu,
        Personne.id_procedure,
        *_traits_of_person(study.ages),
        F.coalesce(tie, F.lit(UNKNOWN)).alias(StudyCase.lien_auteur),
    )
    dossiers = base.liens.groupBy(Lien.id_procedure).agg(F.min(Lien.id_dossier).alias(Lien.id_dossier))
    recorded = people.join(procedures, on=Procedure.id_procedure, how="inner").join(
        dossiers, on=Lien.id_procedure, how="left"
    )
    recorded = recorded.withColumn(Procedure.est_liee, F.col(Lien.id_dossier).isNotNull())
    if study.counting.once_per == "dossier":
        # Without a dossier or a pseudonym of the person, nothing says that two records are the same: each is its own.
        same = F.when(F.col(Personne.id_individu).isNull() | F.col(Lien.id_dossier).isNull(), F.col(ID))
        person = Window.partitionBy(F.coalesce(same, F.concat_ws("/", Lien.id_dossier, Personne.id_individu))).orderBy(
            Procedure.date_enregistrement, ID
        )
        recorded = recorded.withColumn("order", F.row_number().over(person)).where("order = 1").drop("order")
    if StudyCase.deja_victime in study.described_by:
        recorded = recorded.withColumn(StudyCase.deja_victime, _again())
    return recorded.drop(Lien.id_dossier)


def mis_en_cause(base: Base, procedures: DataFrame, study: StudySettings) -> DataFrame:
    """Return one row per person prosecuted or not in an affair linked to a procedure of the study.

    Traits of the procedure are those of the first recorded: joined to several, a mis en cause counts once.
    """
    people = base.personnes.where((F.col(Personne.side) == AFFAIRE) & (F.col(Personne.role) == "mis_en_cause")).select(
        F.col(Personne.id_personne).alias(ID),
        Personne.id_affaire,
        *_traits_of_person(study.ages),
    )
    first = Window.partitionBy(Lien.id_affaire).orderBy(Procedure.date_enregistrement, Procedure.id_procedure)
    linked = (
        base.liens.select(Lien.id_procedure, Lien.id_affaire)
        .join(procedures, on=Lien.id_procedure, how="inner")
        .withColumn("order", F.row_number().over(first))
        .where("order = 1")
        .drop("order")
    )
    return people.join(linked, on=Lien.id_affaire, how="inner").withColumn(Procedure.est_liee, F.lit(True))


def weighted(procedures: DataFrame, weights: DataFrame) -> DataFrame:
    """Return the procedures with ``poids``: how many procedures a linked one stands for, null where none is known."""
    poids = weights.select(F.concat_ws("|", *TRAITS).alias(CROSSING), F.col(Weight.weight).alias(POIDS))
    return procedures.join(F.broadcast(poids), on=CROSSING, how="left")


def count_unweighted(procedures: DataFrame, liens: DataFrame) -> DataFrame:
    """Count the linked procedures, and those of them without ``poids``: one row, ``linked, unweighted``."""
    linked = procedures.join(liens, on=Procedure.id_procedure, how="left_semi")
    return linked.agg(F.count("*").alias("linked"), F.count_if(F.col(POIDS).isNull()).alias("unweighted"))


def _again() -> Column:
    """Return whether a victim of the study was recorded in it before; unknown without a pseudonym of the person.

    Example: recorded in 2019 and 2021, she is ``premiere`` in 2019 and ``repetee`` in 2021.
    """
    person = F.coalesce(F.col(Personne.id_individu), F.col(ID))
    earlier = F.row_number().over(Window.partitionBy(person).orderBy(Procedure.date_enregistrement, ID)) > 1
    return F.when(F.col(Personne.id_individu).isNull(), UNKNOWN).otherwise(F.when(earlier, AGAIN).otherwise(FIRST_TIME))


def _kinds_of_affaire(base: Base) -> DataFrame:
    """Return ``id_procedure, petit_x`` of the linked procedures: a petit X if one of their affairs is."""
    kinds = base.liens.join(
        base.affaires.select(Lien.id_affaire, F.col(Affaire.petit_x).alias("is_petit_x")),
        on=Lien.id_affaire,
        how="inner",
    )
    kind = F.when(F.max("is_petit_x"), PETIT_X).when(~F.max("is_petit_x"), OTHER_AFFAIRE)
    return kinds.groupBy(Lien.id_procedure).agg(kind.alias(StudyCase.petit_x))


def _traits_of_person(ages: StudyAges) -> tuple[Column, ...]:
    sexe = F.coalesce(F.col(Personne.sexe), F.lit(UNKNOWN)).alias(StudyCase.sexe)
    return sexe, F.coalesce(band(F.col(Personne.age), ages.bounds), F.lit(UNKNOWN)).alias(TRANCHE_AGE)


def _kind(kinds: Sequence[StudyKind]) -> Column:
    name = F.lit(None).cast("string")
    for kind in reversed(kinds):
        name = F.when(F.col(Infraction.natinf).isin(*kind.natinf), kind.name).otherwise(name)
    return F.coalesce(name, F.lit(OTHER))
