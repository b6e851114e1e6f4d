"""Numbers and words as a French reader expects them."""

from __future__ import annotations

import math
from typing import Any

THIN, DASH = "\u202f", "–"

SIDES = {"procedure": "procédures", "affaire": "affaires"}
DIMENSIONS = {
    "ensemble": "Ensemble",
    "millesime": "Millésime",
    "force": "Force",
    "departement": "Département des faits",
    "tribunal": "Tribunal",
    "famille": "Famille d'infraction",
    "petit_x": "Petit X",
    "sexe_victime": "Sexe des victimes",
    "sexe_mis_en_cause": "Sexe des mis en cause",
    "age_victime": "Âge des victimes",
    "age_mis_en_cause": "Âge des mis en cause",
    "naissance_victime": "Pays de naissance des victimes",
    "naissance_mis_en_cause": "Pays de naissance des mis en cause",
    "avec_mis_en_cause": "Mis en cause connu",
    "code_departement": "Département des faits",
    "suite judiciaire": "Suite judiciaire",
}
MEASURES = {
    "taux_appariement": "Taux d'appariement",
    "taux_appariement_total": "Taux d'appariement, tous dossiers",
    "precision_estimee": "Précision estimée",
    "rappel_estime": "Rappel estimé",
    "precision_vraie": "Précision (vérité connue)",
    "rappel_vrai": "Rappel (vérité connue)",
}
METHODS = {
    "synthese": "Synthèse",
    "revue": "Revue d'un échantillon",
    "melange": "Mélange du modèle",
    "cles_cachees": "Clés cachées et retrouvées",
    "liens": "Décompte des liens",
}
OUTCOMES = {
    "linked": "lié",
    "unlinked:a_revoir": "à examiner",
    "unlinked:non_transmise": "non transmise",
    "unlinked:origine_hors_police": "origine hors police",
    "unlinked:petit_x_sans_cle": "petit X sans clé",
    "unlinked:rivale": "battu par un rival",
    "unlinked:bloc_mis_de_cote": "bloc trop grand, mis de côté",
    "unlinked:sous_le_seuil": "sous le seuil",
    "unlinked:sans_candidat": "sans candidat",
    "set_aside": "mis de côté",
}
VALUES = {"true": "oui", "false": "non", "M": "masculin", "F": "féminin", "*": "toutes les passes"}
STATUSES = {"retenu": "retenu", "a_revoir": "à revoir", "ecarte": "écarté"}


def missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def entier(value: Any) -> str:
    """``16479`` → ``16 479``, with a thin space that does not break."""
    return DASH if missing(value) else f"{round(value):,}".replace(",", THIN)


def compte(value: Any, smallest: int) -> str:
    """A count, or that it is too small to be shown: ``moins de 10``."""
    return f"moins de {smallest}" if not missing(value) and 0 < value < smallest else entier(value)


def decimal(value: Any, digits: int = 1) -> str:
    """``-1.25`` → ``−1,3``."""
    if missing(value):
        return DASH
    shown = f"{value:.{digits}f}".replace(".", ",")
    return shown.replace("-", "\u2212") if any(digit in shown for digit in "123456789") else shown.lstrip("-")


def part(value: Any, digits: int = 1) -> str:
    """``0.9432`` → ``94,3 %``."""
    return DASH if missing(value) else decimal(100 * value, digits) + THIN + "%"


def points(value: Any) -> str:
    """``-0.0312`` → ``−3,1 pt``."""
    return DASH if missing(value) else ("+" if value > 0 else "") + decimal(100 * value) + THIN + "pt"


def bornes(low: Any, high: Any) -> str:
    """The bounds of a share, in percent: ``[93,9 ; 94,7]``."""
    return "" if missing(low) or missing(high) else f"[{decimal(100 * low)}\u00a0;\u00a0{decimal(100 * high)}]"


def mot(value: Any, words: dict[str, str]) -> str:
    """The word that readers know for a code; the code itself where there is none."""
    return DASH if missing(value) else words.get(str(value), str(value))


FILTERS = {"entier": entier, "compte": compte, "decimal": decimal, "part": part, "points": points, "mot": mot}
