"""The French words of the report: groups, measures, methods, outcomes, values."""

from __future__ import annotations

import re

from linkage.concepts.outcomes import ALTERNATIVES, EN_COURS, INOPPORTUNITE, NON_POURSUIVABLE
from linkage.concepts.sides import AFFAIRE, PROCEDURE
from linkage.quality.estimates import estimators
from linkage.quality.indicators import ALL_PASSES
from linkage.quality.review import clerical
from linkage.quality.subgroups import EST_PRECISION, EST_RECALL, RATE, RATE_OF_ALL, TRUE_PRECISION, TRUE_RECALL
from linkage.quality.traits import WHOLE
from linkage.quality.weights import OUTCOME
from linkage.tables import codes
from linkage.tables.candidate_pairs import SET_ASIDE, SPLIT
from linkage.tables.links import (
    BELOW_THRESHOLD,
    BLOCK_SET_ASIDE,
    LINKED,
    NO_CANDIDATE,
    NOT_POLICE,
    NOT_SENT,
    PETIT_X_WITHOUT_KEY,
    RETAINED,
    RIVAL,
    TO_REVIEW,
    UNLINKED,
)
from linkage.tables.quality import REJECTED, Weight

SIDES = {PROCEDURE: "procédures", AFFAIRE: "affaires"}
DIMENSIONS = {
    WHOLE: "Ensemble",
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
    Weight.avec_mis_en_cause: "Mis en cause connu",
    Weight.code_departement: "Département des faits",
    OUTCOME: "Suite judiciaire",
}
MEASURES = {
    RATE: "Taux d'appariement",
    RATE_OF_ALL: "Taux d'appariement, tous dossiers",
    EST_PRECISION: "Précision estimée",
    EST_RECALL: "Rappel estimé",
    TRUE_PRECISION: "Précision (vérité connue)",
    TRUE_RECALL: "Rappel (vérité connue)",
}
METHODS = {
    estimators.SYNTHESIS: "Synthèse",
    clerical.METHOD: "Revue d'un échantillon",
    estimators.MIXTURE: "Mélange du modèle",
    estimators.HIDDEN_KEYS: "Clés cachées et retrouvées",
    estimators.COUNTS: "Décompte des liens",
}
OUTCOMES = {
    LINKED: "lié",
    UNLINKED + TO_REVIEW: "à examiner",
    UNLINKED + NOT_SENT: "non transmise",
    UNLINKED + NOT_POLICE: "origine hors police",
    UNLINKED + PETIT_X_WITHOUT_KEY: "petit X sans clé",
    UNLINKED + RIVAL: "battu par un rival",
    UNLINKED + BLOCK_SET_ASIDE: "bloc trop grand, mis de côté",
    UNLINKED + BELOW_THRESHOLD: "sous le seuil",
    UNLINKED + NO_CANDIDATE: "sans candidat",
    SET_ASIDE: "mis de côté",
}
VALUES = {
    "true": "oui",
    "false": "non",
    ALL_PASSES: "toutes les passes",
    **codes.SEXES,
    **codes.COUNTRIES,
    **codes.FORCES,
    ALTERNATIVES: "alternatives aux poursuites",
    INOPPORTUNITE: "classement pour inopportunité",
    NON_POURSUIVABLE: "affaire non poursuivable",
    EN_COURS: "aucune orientation connue",
    "denonciation": "dénonciation calomnieuse",
    "domicile": "violation de domicile",
    "famille": "atteintes à la famille",
    "harcelement": "harcèlement",
    "sequestration": "séquestration",
    "sexuel": "violences sexuelles",
    "mis_en_cause": "mis en cause",
}
PASSES = codes.PASSES
RULES = {
    "cle": "clé du PV",
    "cle_autre_annee": "clé du PV, année voisine",
    "cle_autre_service": "clé du PV, autre unité",
    "service_et_faits": "unité et jour des faits",
    "csns_et_delai": "code statistique d'une personne",
    "naissance_et_faits": "naissance et jour des faits",
    "naissance_et_departement": "naissance et département",
    "naissance_et_mois": "naissance et mois des faits",
    "lieu_et_faits": "lieu, jour et famille d'infraction",
    "lieu_et_natinf": "lieu, nature d'infraction et jours proches",
    "jonction": "jonction : code statistique d'une personne",
    "jonction_faits": "jonction : naissance d'une personne et faits",
    "jonction_apport": "jonction : personne qui manque aux procédures liées",
}
BLOCKS = {SPLIT: "découpé", SET_ASIDE: "mis de côté"}
WINDOWS = {
    "jour_faits_debut → jour_faits_debut": "écart des jours des faits",
    "jour_faits_debut → jour_faits_fin": "jusqu'au dernier jour des faits",
    "jour_transmission → jour_arrivee": "de la transmission à l'arrivée",
    "jour_transmission → jour_transmission": "écart des transmissions",
    "annee → annee": "écart des années du PV",
}
COMPARISONS = {
    "cle": "clé du PV",
    "delai": "délai d'arrivée",
    "faits": "date des faits",
    "lieu": "lieu des faits",
    "semblables": "procédures de même lieu et même infraction",
    "envoi": "écart des transmissions",
    "effectifs": "nombre de personnes",
    "libre": "procédure libre ou non",
    "csns": "code statistique non signifiant",
    "naissance": "date de naissance",
    "origine": "lieu de naissance, nationalité",
    "residence": "commune de résidence",
    "role": "rôle",
}
LEVELS = {
    "toutes avec des autres": "toutes celles de la procédure, et d'autres",
    "une commune": "une infraction commune",
}
STATUSES = {RETAINED: "retenu", TO_REVIEW: "à revoir", REJECTED: "écarté"}
UNREAD = {
    "illisible": "clé de PV illisible",
    "csns_illisible": "code de personne illisible ou mot pour « inconnu »",
    "csns_partage": "code porté par trop de personnes, écarté",
    "date_naissance_partagee": "naissance portée par trop de personnes, écartée",
    **{
        f"commune_{of}_{what}": f"commune {place} {said}"
        for of, place in (("faits", "des faits"), ("naissance", "de naissance"), ("residence", "de résidence"))
        for what, said in (
            ("hors_cog", "d'aucun millésime du code géographique"),
            ("reportee", "reportée à celle d'aujourd'hui"),
            ("perimee", "périmée à la date du fait, reportée"),
            ("divisee", "divisée depuis, gardée"),
        )
    },
}
"""Repairs that the report counts: values set aside, unreadable, or carried to the communes of today."""


def level(comparison: str, label: str) -> str:
    """Return how far a comparison agrees, in words: differences of dates are in days."""
    if comparison in ("faits", "envoi") and (days := re.fullmatch(r"écart ≤ (\d+)", label)):
        return f"{days[1]} {'jours' if int(days[1]) > 1 else 'jour'} d'écart au plus"
    return LEVELS.get(label, label)


def window(name: str, low: float, high: float) -> str:
    """Return a window of a rule in words: ``de la transmission à l'arrivée : −10 à 120 jours``."""
    unit = "ans" if name.startswith("annee") else "jours"
    return f"{WINDOWS.get(name, name)} : {low:.0f} à {high:.0f} {unit}".replace("-", chr(0x2212))


def stratum(name: str) -> str:
    """Return a stratum of the review in words: ``a_revoir [-2 ; 1[`` is ``à revoir, de −2 à 1 bit``."""
    found = re.fullmatch(r"(\w+) \[(?:(?P<low>\S+) ; (?P<high>\S+)\[|< (?P<below>\S+)\]|≥ (?P<above>\S+)\])", name)
    if found is None:
        return name
    bounds = (
        f"de {found['low']} à {found['high']} bits" if found["low"]
        else f"moins de {found['below']} bits" if found["below"] else f"{found['above']} bits ou plus"
    )  # fmt: skip
    return f"{STATUSES.get(found[1], found[1])}, {bounds.replace('-', chr(0x2212))}"
