"""Persons: the same words and codes on both sides, and the sets of persons of a case by role."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.countries import FRANCE
from linkage.settings.standardised import StandardisedSettings
from linkage.standardised.communes import recognise_commune, repair_of
from linkage.standardised.dates import known_day
from linkage.standardised.shared_values import set_aside_shared
from linkage.standardised.sides import list_repairs, word
from linkage.tables.standardised import CaseFacts, Personne, Procedure

MIS_EN_CAUSE, VICTIME = "mis_en_cause", "victime"
_NO_CODE = r"^(.)(?:\1|[^A-Z0-9])*$|^[^0-9]{0,19}$| |[0-9](?:[.,][0-9]+E[+-]?|E[+-])[0-9]+$"
# What a case keeps of its persons, by role.
ARRAYS = {
    MIS_EN_CAUSE: (CaseFacts.csns_mis_en_cause, CaseFacts.naissances_mis_en_cause, CaseFacts.traits_mis_en_cause),
    VICTIME: (CaseFacts.csns_victimes, CaseFacts.naissances_victimes, CaseFacts.traits_victimes),
}


def role(delivered: Column) -> Column:
    """Return the police word of a role: justice's ``auteur`` is a ``mis_en_cause``.

    Example: ``role("Auteur")`` is ``"mis_en_cause"``; ``role("victime")`` is ``"victime"``.
    """
    police_word = word(delivered)
    return F.when(police_word == "auteur", MIS_EN_CAUSE).otherwise(police_word)


def csns(delivered: Column, *, min_length: int) -> Column:
    """Return the code statistique non signifiant; null when it is too short, or one character repeated, to be one.

    Nulls: also what has no digit, as words have, or blanks inside, and a power of ten, whose digits are lost.
    Example: ``csns("a1b2c3", min_length=6)`` is ``"A1B2C3"``; ``csns("000-000", min_length=6)`` is ``None``;
    ``csns("NON RENSEIGNE", min_length=6)`` is ``None``; ``csns("1,23457E+15", min_length=6)`` is ``None``.
    """
    code = F.upper(F.trim(delivered))
    return F.when((F.length(code) >= min_length) & ~code.rlike(_NO_CODE), code)


def code_pays(delivered: Column) -> Column:
    """Return an ISO 3166 alpha-3 code, upper-case; null when it has not that form.

    Example: ``code_pays("fra")`` is ``"FRA"``; ``code_pays("France")`` is ``None``.
    """
    code = F.upper(F.trim(delivered))
    return F.when(code.rlike("^[A-Z]{3}$"), code)


def sexe(delivered: Column) -> Column:
    """Return M or F; null for anything else.

    Example: ``sexe("f")`` is ``"F"``; ``sexe("X")`` is ``None``.
    """
    letter = F.upper(F.trim(delivered))
    return F.when(letter.isin("M", "F"), letter)


def build_personnes(delivered: DataFrame, codes: DataFrame, settings: StandardisedSettings) -> DataFrame:
    """Return one row per person of either side (``procedure``, ``affaire``), as ``standardised/personnes`` declares it.

    Reads the persons as delivered, with ``side``, ``source`` and ``id``, and the codes of communes.
    """
    spelt = delivered.withColumns(
        {
            "csns_livre": F.col(Personne.csns),
            Personne.role: role(F.col(Personne.role)),
            Personne.csns: csns(F.col(Personne.csns), min_length=settings.csns.min_length),
            Personne.sexe: sexe(F.col(Personne.sexe)),
            Personne.date_naissance_livree: F.col(Personne.date_naissance),
            Personne.date_naissance: known_day(
                F.col(Personne.date_naissance), placeholders=settings.placeholder_days.naissance
            ),
            Personne.commune_naissance_livree: F.col(Personne.commune_naissance),
            Personne.commune_residence_livree: F.col(Personne.commune_residence),
            Personne.pays_naissance: code_pays(F.col(Personne.pays_naissance)),
            Personne.nationalite: code_pays(F.col(Personne.nationalite)),
            Personne.profession: word(F.col(Personne.profession)),
            Personne.situation_familiale: word(F.col(Personne.situation_familiale)),
            Personne.lien_auteur: word(F.col(Personne.lien_auteur)),
        }
    )
    born = F.coalesce(F.year(Personne.date_naissance), Procedure.millesime)
    repairs = list_repairs(
        F.when(F.col("csns_livre").isNotNull() & F.col("csns_read").isNull(), "csns_illisible"),
        F.when(F.col(Personne.csns).isNull() & F.col("csns_read").isNotNull(), "csns_partage"),
        F.when(F.col(Personne.date_naissance).isNull() & F.col("day_read").isNotNull(), "date_naissance_partagee"),
        *(F.col(repair_of(commune)) for commune in (Personne.commune_naissance, Personne.commune_residence)),
    )
    return (
        spelt.withColumns({"csns_read": F.col(Personne.csns), "day_read": F.col(Personne.date_naissance)})
        .transform(set_aside_shared, settings.shared_values)
        .transform(recognise_commune, Personne.commune_naissance, codes, year=born)
        .transform(recognise_commune, Personne.commune_residence, codes, year=F.col(Procedure.millesime))
        .withColumn(Personne.repairs, repairs)
        .transform(Personne.conform)
    )


def group_by_case(personnes: DataFrame, key: list[str]) -> DataFrame:
    """Return one row per case of one side that has persons: the sorted sets of codes, births and traits by role.

    A trait is ``sexe|commune of birth``, the country in its place for people born abroad; it takes both to have one.
    """
    place = F.coalesce(
        F.col(Personne.commune_naissance),
        F.when(F.col(Personne.pays_naissance) != FRANCE, F.col(Personne.pays_naissance)),
    )
    values = (
        F.col(Personne.csns),
        F.col(Personne.date_naissance),
        F.concat(F.col(Personne.sexe), F.lit("|"), place),
    )
    collected = [
        F.sort_array(F.collect_set(F.when(F.col(Personne.role) == of_role, value))).alias(name)
        for of_role, names in ARRAYS.items()
        for name, value in zip(names, values, strict=True)
    ]
    return personnes.groupBy(*key).agg(*collected)
