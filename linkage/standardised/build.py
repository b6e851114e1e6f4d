"""Sources → standardised: one spelling for each fact, on both sides."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import DataFrame

from linkage.settings import StandardisedSettings
from linkage.standardised.affaires import affaires, references
from linkage.standardised.infractions import infractions
from linkage.standardised.personnes import personnes
from linkage.standardised.procedures import procedures
from linkage.standardised.sides import delivered
from linkage.tables.schema import Table
from linkage.tables.standardised import Affaire, Infraction, Personne, Procedure, Reference


def build(
    sources: Mapping[str, DataFrame], communes: DataFrame, natinf: DataFrame, settings: StandardisedSettings
) -> dict[type[Table], DataFrame]:
    """The standardised tables, each as it is declared; nothing is computed yet.

    Reads the source tables by name (``lrppn_procedures`` …), the communes (``code_commune``) and the offences' families
    (``code``, ``famille``).
    """
    offences = infractions(delivered(sources, "infractions"), communes, natinf, settings)
    persons = personnes(delivered(sources, "personnes"), communes, settings)
    cases = delivered(sources, "procedures")
    affairs = delivered(sources, "affaires")
    return {
        Infraction: offences,
        Personne: persons,
        Procedure: procedures(cases, offences, persons, communes, settings),
        Affaire: affaires(affairs, offences, persons),
        Reference: references(affairs, delivered(sources, "origines"), settings),
    }
