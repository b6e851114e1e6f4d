"""Sources → standardised: one spelling for each fact, on both sides."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pyspark.sql import DataFrame

from linkage.platform.lake.schema import Table
from linkage.settings.standardised import StandardisedSettings
from linkage.standardised import records
from linkage.standardised.affaires import affaires, references
from linkage.standardised.infractions import infractions
from linkage.standardised.personnes import personnes
from linkage.standardised.procedures import procedures
from linkage.standardised.sides import delivered
from linkage.tables.standardised import Affaire, Infraction, Personne, Procedure, Record, Reference

Keep = Callable[[type[Table], DataFrame], DataFrame]


def build(
    sources: Mapping[str, DataFrame],
    communes: DataFrame,
    natinf: DataFrame,
    settings: StandardisedSettings,
    *,
    keep: Keep,
) -> None:
    """Hand each standardised table to ``keep``, as it is declared, and goes on from what that gives back.

    A ``keep`` that writes and reads again has nothing standardised twice: offences and persons are in every case, and
    cases in the records. Reads the source tables by name (``lrppn_procedures`` …), the communes (``code_commune``) and
    the offences' families (``code``, ``famille``).
    """
    offences = keep(Infraction, infractions(delivered(sources, "infractions"), communes, natinf, settings))
    persons = keep(Personne, personnes(delivered(sources, "personnes"), communes, settings))
    cases = delivered(sources, "procedures")
    affairs = delivered(sources, "affaires")
    left = keep(Procedure, procedures(cases, offences, persons, communes, settings))
    right = keep(Affaire, affaires(affairs, offences, persons))
    origins = keep(Reference, references(affairs, delivered(sources, "origines"), settings))
    keep(Record, records.build(left, right, origins))
