"""Sources → standardised: one spelling for each fact, on both sides."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pyspark.sql import DataFrame

from linkage.platform.lake.schema import Table
from linkage.settings.standardised import StandardisedSettings
from linkage.standardised import records
from linkage.standardised.affaires import build_affaires, build_references
from linkage.standardised.communes import list_codes
from linkage.standardised.infractions import build_infractions
from linkage.standardised.personnes import build_personnes
from linkage.standardised.procedures import build_procedures
from linkage.standardised.sides import unite_sources
from linkage.tables.standardised import Affaire, Infraction, Personne, Procedure, Record, Reference

Keep = Callable[[type[Table], DataFrame], DataFrame]


def build(
    sources: Mapping[str, DataFrame],
    communes: DataFrame,
    mouvements: DataFrame,
    natinf: DataFrame,
    settings: StandardisedSettings,
    *,
    keep: Keep,
) -> None:
    """Hand each standardised table to ``keep``, as it is declared, and go on from what that gives back.

    A ``keep`` that writes and reads again has nothing standardised twice: offences and persons are in every case, and
    cases in the records. Reads the source tables by name (``lrppn_procedures`` …), the communes and their movements (as
    ``list_codes`` has them) and the offences' families (``code``, ``famille``).
    """
    codes = list_codes(communes, mouvements)
    offences = keep(Infraction, build_infractions(unite_sources(sources, "infractions"), codes, natinf, settings))
    persons = keep(Personne, build_personnes(unite_sources(sources, "personnes"), codes, settings))
    cases = unite_sources(sources, "procedures")
    affairs = unite_sources(sources, "affaires")
    left = keep(Procedure, build_procedures(cases, offences, persons, codes, settings))
    right = keep(Affaire, build_affaires(affairs, offences, persons))
    origins = keep(Reference, build_references(affairs, unite_sources(sources, "origines"), settings))
    keep(Record, records.build(left, right, origins))
