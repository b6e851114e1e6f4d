"""The French words of the study's page and workbook for what the tables write as codes: theirs, and its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linkage.concepts.outcomes import UNKNOWN
from linkage.settings.study_extracts import StudySettings
from linkage.study_extracts.categories import ALONE, LINKED
from linkage.study_extracts.population import AGAIN, AND, FIRST_TIME, OF_A_KIND, OTHER_AFFAIRE, PETIT_X
from linkage.study_extracts.tables import WHOLE
from linkage.tables import codes
from linkage.tables.study_extracts import StudyCase

WORDS = {
    **codes.TIES,
    **codes.ORIENTATIONS,
    **codes.MODES,
    **codes.DECISIONS,
    **codes.GUILT,
    **codes.FORCES,
    "victime": "victimes",
    "procedure": "procédures",
    "mis_en_cause": "mis en cause",
    "enregistrement_arrivee": "de l'enregistrement à l'arrivée au parquet",
    "arrivee_orientation": "de l'arrivée au parquet à l'orientation",
    "orientation_decision": "de l'orientation à la décision",
    "enregistrement_fin": "de l'enregistrement à la fin de la procédure",
    "harcelement": "harcèlement",
    "plusieurs": "plusieurs formes de violence",
    "autre": "autre infraction",
    "F": "femmes",
    "M": "hommes",
    "orientation": "orientation",
    "famille_motif": "motif de classement",
    "motif": "motif de classement",
    "mode": "mode de poursuite",
    "decision": "décision",
    "culpabilite": "culpabilité",
    "mois_fin": "durée",
    "genre": "forme de violence",
    "formes": "formes de violence",
    "natinf": "infraction",
    "sexe": "sexe",
    "tranche_age": "tranche d'âge",
    "lien_auteur": "lien avec l'auteur",
    "deja_victime": "première procédure de l'étude, ou non",
    "force": "service",
    "millesime": "année d'enregistrement",
    "code_departement": "département des faits",
    "region": "région des faits",
    "code_tj": "tribunal judiciaire",
    "petit_x": "affaire liée, petit X ou non",
    FIRST_TIME: "pas encore victime dans l'étude",
    AGAIN: "déjà victime dans l'étude",
    PETIT_X: "petit X : affaire de faible gravité sans mis en cause identifié",
    OTHER_AFFAIRE: "autre affaire",
    "poids_minimal": "poids minimal des liens",
    "publie": "publié",
    "masque": "couvert par le secret",
    "non_atteint": "étape non atteinte",
    "ensemble": "victimes liées",
    "pondere": "victimes liées, part pondérée",
    WHOLE: "ensemble",
    UNKNOWN: "non renseigné",
    LINKED: "liées à une affaire",
    ALONE: "sans affaire liée",
}
LEAST_WEIGHT = "poids_"
"""Begins the name of a mark: the shares of those who are linked by so many bits at least."""
NARROW = {
    LINKED: "liées",
    ALONE: "non liées",
    "inopportunite": "inopportunité",
    "alternatives": "alternatives",
    "non_poursuivable": "non poursuiv.",
    "en_cours": "en attente",
    "en_attente": "attendue",
    "dispense": "dispense",
}
"""Shorter ones, where the picture is narrow."""


@dataclass(frozen=True)
class Words:
    """The words of one study: its own kinds of offences, and what the nomenclatures say of codes."""

    study: StudySettings
    labels: Mapping[str, Mapping[str, str]]
    """By grouping or indicator, then by code."""

    def name(self, code: str) -> str:
        """Return the word for a code; a code without one is shown as it is."""
        if (least := code.removeprefix(LEAST_WEIGHT)).isdigit() and least != code:
            return f"lien d'au moins {least} bits"
        return self._kinds.get(code) or WORDS.get(code, code)

    def row(self, by: str, name: str) -> str:
        """Return the label of a row."""
        if name in self.labels.get(by, {}):
            return self.labels[by][name]
        if by == StudyCase.tranche_age and name not in WORDS:
            return _ages(name)
        if by == StudyCase.formes:
            return " et ".join(self.name(kind) for kind in name.split(AND))
        if by == StudyCase.natinf and name.endswith(OF_A_KIND):
            return f"{self.name(name.removesuffix(OF_A_KIND))}, plusieurs infractions"
        if by == "poids_minimal":
            return f"{name} bits au moins"
        return self.name(name)

    def column(self, indicator: str, name: str) -> str:
        """Return the label of a column."""
        return self.labels.get(indicator, {}).get(name) or self.name(name)

    @property
    def _kinds(self) -> dict[str, str]:
        return {kind.name: kind.label for kind in self.study.kinds}


def _ages(band: str) -> str:
    low, _, high = band.partition("-")
    if high:
        return f"{low} à {high} ans"
    return f"{band.removesuffix(' et plus')} ans et plus" if band.endswith("et plus") else f"{band} ans"
