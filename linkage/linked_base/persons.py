"""Persons: one pseudonym in their case, one for the same person elsewhere if the profile allows it, traits reduced."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.ages import age
from linkage.concepts.countries import country_group
from linkage.governance.pseudonyms import Pseudonyms
from linkage.linked_base import grain
from linkage.linked_base.cases import REFERENCE_DAY
from linkage.linked_base.shifts import ID, SIDE
from linkage.settings.linked_base import LinkedBaseSettings
from linkage.tables import standardised
from linkage.tables.linked_base import Personne


def build_personnes(
    seen: DataFrame,
    cases: DataFrame,
    communes: DataFrame,
    *,
    union: Sequence[str],
    settings: LinkedBaseSettings,
    pseudonyms: Pseudonyms,
) -> DataFrame:
    """Return ``linked_base/personnes`` of one version, from ``standardised/personnes`` and the cases."""
    traits = settings.personnes
    csns = F.col(standardised.Personne.csns)
    individu = pseudonyms.of("individu", csns) if traits.same_person else F.lit(None).cast("string")
    birth = F.col(standardised.Personne.date_naissance)
    countries = (Personne.pays_naissance, Personne.nationalite)
    groups: dict[str, Column] = {country: country_group(F.col(country), union=union) for country in countries}
    situation = F.col(Personne.situation_familiale)
    reduced: dict[str, Column] = {
        Personne.id_personne: pseudonyms.of("personne", F.col(SIDE), F.col(ID), F.col(Personne.rang)),
        Personne.id_individu: individu,
        Personne.age: grain.capped(age(birth, F.col(REFERENCE_DAY)), settings.ages.most),
        Personne.profession: grain.shaped(F.substring(Personne.profession, 1, traits.profession_digits), "^[0-9]+$"),
        Personne.situation_familiale: F.when(situation.isin(*settings.words.situation_familiale), situation),
        Personne.nombre_enfants: grain.capped(F.col(Personne.nombre_enfants), traits.most_children),
    }
    return (
        seen.join(cases, on=[SIDE, ID], how="inner")
        .withColumns({**groups, **reduced})
        .transform(
            lambda persons: grain.placed(
                persons,
                communes,
                commune=Personne.commune_residence,
                code_departement=Personne.code_departement_residence,
                smallest_population=settings.communes.smallest_population_residence,
            )
        )
    )
