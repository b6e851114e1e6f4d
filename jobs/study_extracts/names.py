"""What the nomenclatures say of the rows of a study: names beside codes, and the région of each département."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linkage.platform import config
from linkage.settings.study_extracts import StudySettings
from linkage.study_extracts.population import OF_A_KIND
from linkage.tables.study_extracts import StudyCase


@dataclass(frozen=True)
class Names:
    """``labels`` by grouping and code; ``regions`` by département."""

    labels: Mapping[str, Mapping[str, str]]
    regions: Mapping[str, str]


def read(study: StudySettings) -> Names:
    """Return the names for one study."""
    departements, offences = config.nomenclature("departements"), config.nomenclature("natinf")
    several = {f"{kind.name}{OF_A_KIND}": f"{kind.label}{OF_A_KIND}" for kind in study.kinds}
    return Names(
        labels={
            StudyCase.code_departement: {
                row["code_departement"]: _beside(row["code_departement"], row) for row in departements
            },
            StudyCase.natinf: {row["code"]: _beside(row["code"], row) for row in offences} | several,
        },
        regions={row["code_departement"]: row["libelle_region"] for row in departements},
    )


def _beside(code: str, row: Mapping[str, str]) -> str:
    return f"{code} {row['libelle']}"
