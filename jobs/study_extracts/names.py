"""What the nomenclatures say of the rows of a study: names beside codes, and the région of each département."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linkage.platform import config
from linkage.tables.study_extracts import StudyCase
from linkage.versions import nomenclatures

PARTNER = "C/C/P"
"""What the nomenclature of offences writes for a partner, actual or former: married, in PACS or free union."""


@dataclass(frozen=True)
class Names:
    """``labels`` by grouping and code; ``regions`` and ``contours`` by département."""

    labels: Mapping[str, Mapping[str, str]]
    regions: Mapping[str, str]
    contours: Mapping[str, str]


def read() -> Names:
    """Return the names that every study has."""
    departements, offences = config.nomenclature("departements"), config.nomenclature("natinf")
    motives = config.nomenclature("motifs_classement")
    return Names(
        labels={
            StudyCase.code_departement: nomenclatures.names_of_departements(),
            StudyCase.code_tj: nomenclatures.names_of_courts(),
            StudyCase.natinf: {row["code"]: _offence(row) for row in offences},
            StudyCase.motif: {row["code"]: _small(row["libelle"]) for row in motives},
        },
        regions={row["code_departement"]: row["libelle_region"] for row in departements},
        contours={row["code_departement"]: row["contour"] for row in config.nomenclature("contours_departements")},
    )


def _offence(row: Mapping[str, str]) -> str:
    wording = row["libelle"].replace(PARTNER, "par conjoint ou ex-conjoint")
    return f"{wording} (Natinf {row['code']})"


def _small(wording: str) -> str:
    return wording[:1].lower() + wording[1:]
