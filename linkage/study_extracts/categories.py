"""The rows and columns that a study's tables have: those of nomenclatures and of its declaration, never of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from linkage.concepts.outcomes import (
    COUPABLE,
    DECISIONS,
    EN_ATTENTE,
    MODES,
    MOTIVE_FAMILIES,
    NON_COUPABLE,
    ORIENTATIONS,
    UNKNOWN,
)
from linkage.settings.study_extracts import StudyGrouping, StudyIndicator, StudySettings, StudyUnit
from linkage.study_extracts import months
from linkage.study_extracts.population import AGAIN, AND, FIRST_TIME, OF_A_KIND, OTHER, OTHER_AFFAIRE, PETIT_X, SEVERAL
from linkage.tables import codes
from linkage.tables.linked_base import Procedure

LINKED, ALONE = "liées", "sans lien"


@dataclass(frozen=True)
class Categories:
    """What a table may have in rows and in columns, whoever is in the data: an absent one would say that nobody is."""

    groupings: Mapping[StudyGrouping, Sequence[str]]
    indicators: Mapping[str, Sequence[str]]
    of_authors: Sequence[str]
    """Age bands that only the mis en cause may have."""

    def rows(self, unit: StudyUnit, by: StudyGrouping) -> Sequence[str]:
        """Return the rows of a table, its whole left out; a person of an age that the study excludes has none."""
        known = self.groupings[by]
        return [row for row in known if by != "tranche_age" or unit == "mis_en_cause" or row not in self.of_authors]

    def columns(self, indicator: StudyIndicator | str) -> Sequence[str]:
        """Return the columns of a table, its total left out."""
        return self.indicators[indicator]


def categories(
    study: StudySettings,
    *,
    natinf: Sequence[str],
    regions: Mapping[str, str],
    motives: Sequence[str],
    courts: Sequence[str],
) -> Categories:
    """Return those of a study.

    ``regions`` has the région of each département; ``motives`` the codes of classements, ``courts`` those of tribunals.
    """
    of, bounds = study.population, study.ages.bounds
    kinds = {code: kind.name for kind in study.kinds for code in kind.natinf}
    named = sorted({kinds.get(code, OTHER) for code in natinf})
    together = [AND.join(kinds) for size in range(1, len(named) + 1) for kinds in combinations(named, size)]
    several = [SEVERAL] if len(named) > 1 else []
    bands = [f"moins de {bounds[0]}", *(f"{low}-{high - 1}" for low, high in pairwise(bounds)), f"{bounds[-1]} et plus"]
    below = [band for band, end in zip(bands, bounds, strict=False) if end <= of.smallest_age]
    return Categories(
        groupings={
            "genre": [*named, *several],
            "formes": together,
            "natinf": [*natinf, *(f"{kind}{OF_A_KIND}" for kind in named), *several],
            "sexe": ["F", "M", UNKNOWN],
            "tranche_age": [*bands, UNKNOWN],
            "lien_auteur": [*(of.lien_auteur or codes.TIES), UNKNOWN],
            "deja_victime": [FIRST_TIME, AGAIN, UNKNOWN],
            "force": list(Procedure.force.values),
            "millesime": [str(year) for year in range(of.first_year, of.last_year + 1)],
            "code_departement": [*sorted(regions), UNKNOWN],
            "region": [*sorted(set(regions.values())), UNKNOWN],
            "code_tj": [*sorted(courts), UNKNOWN],
            "petit_x": [PETIT_X, OTHER_AFFAIRE, UNKNOWN],
        },
        indicators={
            "orientation": ORIENTATIONS,
            "famille_motif": [*MOTIVE_FAMILIES.values(), UNKNOWN],
            "motif": [*sorted(motives), UNKNOWN],
            "mode": [*MODES, UNKNOWN],
            "decision": [*DECISIONS, EN_ATTENTE],
            "culpabilite": (COUPABLE, NON_COUPABLE),
            "mois_fin": months.CATEGORIES,
            LINKED: (LINKED, ALONE),
        },
        of_authors=[*below, UNKNOWN],
    )
