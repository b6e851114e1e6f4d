"""The French words of the report: groups, measures, methods, outcomes, values."""

from __future__ import annotations

from linkage.concepts.countries import ELSEWHERE, IN_FRANCE, IN_UNION
from linkage.concepts.outcomes import ALTERNATIVES, EN_COURS, INOPPORTUNITE, NON_POURSUIVABLE

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
VALUES = {
    "true": "oui",
    "false": "non",
    "M": "masculin",
    "F": "féminin",
    "*": "toutes les passes",
    IN_FRANCE: "France",
    IN_UNION: "autre pays de l'Union européenne",
    ELSEWHERE: "pays hors de l'Union européenne",
    ALTERNATIVES: "alternatives aux poursuites",
    INOPPORTUNITE: "classement pour inopportunité",
    NON_POURSUIVABLE: "affaire non poursuivable",
    EN_COURS: "aucune orientation connue",
}
STATUSES = {"retenu": "retenu", "a_revoir": "à revoir", "ecarte": "écarté"}
