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

Keep = Callable[[Mapping[type[Table], DataFrame]], Mapping[type[Table], DataFrame]]


def build(
    sources: Mapping[str, DataFrame],
    communes: DataFrame,
    mouvements: DataFrame,
    natinf: DataFrame,
    settings: StandardisedSettings,
    *,
    keep: Keep,
) -> None:
    """Hand the standardised tables to ``keep`` in three groups, and go on from what that gives back.

    A ``keep`` that writes and reads again has nothing standardised twice: offences and persons are in every case, and
    cases in the records. The tables of a group do without one another; the longest is the first. Reads the source
    tables by name (``lrppn_procedures`` …), the communes and their movements (as ``list_codes`` has them) and the
    offences' families (``code``, ``famille``).
    """
    codes = list_codes(communes, mouvements)
    cases = unite_sources(sources, "procedures")
    affairs = unite_sources(sources, "affaires")
    parts = keep(
        {
            Personne: build_personnes(unite_sources(sources, "personnes"), codes, settings),
            Infraction: build_infractions(unite_sources(sources, "infractions"), codes, natinf, settings),
            Reference: build_references(affairs, unite_sources(sources, "origines"), settings),
        }
    )
    offences, persons = parts[Infraction], parts[Personne]
    sides = keep(
        {
            Procedure: build_procedures(cases, offences, persons, codes, settings),
            Affaire: build_affaires(affairs, offences, persons),
        }
    )
    keep({Record: records.build(sides[Procedure], sides[Affaire], parts[Reference])})
