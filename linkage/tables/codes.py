"""What the codes of the analysts' base mean, in French; the tables declare them."""

from __future__ import annotations

SIDES = {"procedure": "police ou gendarmerie", "affaire": "justice"}
SOURCES = {"lrppn": "logiciel de la police nationale", "lrpgn": "logiciel de la gendarmerie nationale"}
FORCES = {"PN": "police nationale", "GN": "gendarmerie nationale"}
ROLES = {"mis_en_cause": "mis en cause (police), auteur (justice)", "victime": "victime"}
SEXES = {"F": "féminin", "M": "masculin"}
COUNTRIES = {
    "france": "France",
    "union_europeenne": "autre pays de l'Union européenne",
    "autre": "pays hors de l'Union européenne",
}
ORIGINS = {
    "police": "police nationale",
    "gendarmerie": "gendarmerie nationale",
    "plainte_parquet": "plainte adressée au parquet",
    "administration": "administration",
    "autre": "autre origine",
}
UNLINKED = {
    "a_revoir": "un lien douteux, à examiner à la main",
    "non_transmise": "procédure non transmise au parquet",
    "origine_hors_police": "affaire qui ne vient ni de la police ni de la gendarmerie",
    "petit_x_sans_cle": "petit X sans clé de PV",
    "rivale": "son meilleur candidat est lié à un autre dossier",
    "bloc_mis_de_cote": "ses candidats sont dans un bloc trop grand, mis de côté",
    "sous_le_seuil": "aucun candidat d'un poids suffisant",
    "sans_candidat": "aucun candidat",
}
CLASSES = {"crime": "crime", "delit": "délit", "contravention": "contravention"}
FAMILIES = {
    "violences": "violences",
    "menaces": "menaces",
    "harcelement": "harcèlement",
    "sexuel": "violences sexuelles",
    "sequestration": "séquestration",
    "domicile": "violation de domicile",
    "famille": "atteintes à la famille",
    "denonciation": "dénonciation calomnieuse",
    "vol": "vol",
    "inconnue": "infraction hors de la nomenclature",
}
TIES = {
    "conjoint": "conjoint",
    "ex_conjoint": "ex-conjoint",
    "concubin": "concubin",
    "ex_concubin": "ex-concubin",
    "pacse": "partenaire de Pacs",
    "ex_pacse": "ancien partenaire de Pacs",
    "enfant": "enfant",
    "ascendant": "ascendant",
    "autre": "autre lien",
}
SITUATIONS = {
    "celibataire": "célibataire",
    "marie": "marié",
    "concubin": "concubin",
    "pacse": "pacsé",
    "separe": "séparé",
    "divorce": "divorcé",
    "veuf": "veuf",
}
PROFESSIONS = {
    "1": "agriculteurs exploitants",
    "2": "artisans, commerçants et chefs d'entreprise",
    "3": "cadres et professions intellectuelles supérieures",
    "4": "professions intermédiaires",
    "5": "employés",
    "6": "ouvriers",
    "7": "retraités",
    "8": "autres personnes sans activité professionnelle",
}
PASSES = {
    "cle_exacte": "clé du PV exacte",
    "cle_voisine": "clé du PV voisine",
    "personnes_et_faits": "personnes et faits",
    "jonction": "jonction, personnes apportées",
    "jonction_entre": "jonction, personnes apportées, entre les faits",
    "jonction_memes_personnes": "jonction, mêmes personnes",
    "jonction_memes_personnes_entre": "jonction, mêmes personnes, entre les faits",
    "jonction_hors_faits": "jonction, hors des faits",
    "reste_probabiliste": "reste, selon le modèle",
}
STATUSES = {"retenu": "lien retenu"}
EVENTS = {
    "classement": "classement sans suite, code : motif",
    "orientation": "orientation du parquet, code : mode de poursuite ou composition pénale",
    "ordonnance_reglement": "ordonnance de règlement du juge d'instruction, code : son sens",
    "decision": "jugement, issue : ce qu'il décide",
}
RULINGS = {
    "condamnation": "condamnation",
    "relaxe": "relaxe",
    "acquittement": "acquittement",
    "dispense": "dispense de peine",
}
MODES = {
    "copj": "convocation par officier de police judiciaire",
    "cppv": "convocation par procès-verbal",
    "comparution_immediate": "comparution immédiate",
    "crpc": "comparution sur reconnaissance préalable de culpabilité",
    "citation_directe": "citation directe",
    "ordonnance_penale": "ordonnance pénale",
    "juge_instruction": "juge d'instruction",
    "juge_enfants": "juge des enfants",
}
EVENT_WORDS = {
    **MODES,
    "composition_penale": "composition pénale",
    "renvoi_tc": "renvoi devant le tribunal correctionnel",
    "renvoi_assises": "renvoi devant la cour d'assises",
    "non_lieu": "non-lieu",
    "jugement": "jugement",
}
ORIENTATIONS = {
    "poursuites": "poursuites",
    "alternatives": "alternatives aux poursuites",
    "inopportunite": "classement pour inopportunité",
    "non_poursuivable": "affaire non poursuivable",
    "en_cours": "en attente d'orientation",
}
UNKNOWN = {"inconnu": "non renseigné"}
MOTIVE_FAMILIES = {
    "absence d'infraction": "motif 11",
    "insuffisamment caractérisée": "motif 21",
    "auteur inconnu": "motif 71",
    "motif juridique": "motifs 31 à 37",
    "inopportunité": "motifs 41 à 48",
    **UNKNOWN,
}
DECISIONS = {**RULINGS, "non_lieu": "non-lieu", "en_attente": "décision attendue"}
GUILT = {
    "culpabilite_reconnue": "culpabilité reconnue",
    "culpabilite_non_reconnue": "relaxe ou acquittement",
}
