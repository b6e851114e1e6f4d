"""The pseudonymised base that analysts read: exploitation zone, no identifier of a source, no birth date.

Pseudonyms are 32 hexadecimal characters, the same within a table, a version and the whole base as long as the key is
the same; ``docs/decisions/06-pseudonyms.md`` says how they are made.
"""

from __future__ import annotations

from linkage.platform.lake.schema import Column, Table
from linkage.tables import codes
from linkage.tables.sources import NO_DATE, NOT_DELIVERED

MOVED = ", reculé avec le dossier : son premier enregistrement est mis au premier jour de son mois, les délais restent"
TOO_SMALL = "inconnue, ou moins peuplée que le seuil du profil"
KEY_IDS = "key_ids"
"""In the metadata of a write of the base: the id of the key of each version's pseudonyms."""
FICTITIOUS = "fictives"
"""There too: the versions made of fictitious deliveries. The notebooks, which see no delivery, say it after them."""


class Published(Table):
    """What every table of the base begins with."""

    partitions = ("version", "millesime")
    version = Column("string", "version de l'appariement", source="versions")
    millesime = Column(
        "int",
        "millésime : année d'enregistrement de la procédure, ou d'arrivée de l'affaire ; pour un lien, de la procédure",
        unit="année",
        source="sources",
    )


class Facts(Published):
    """When and where, at the profile's grain."""

    derived_from = "standardised"
    date_faits_debut = Column("date", "début des faits, ramené au premier jour du mois", unit="mois", nulls="inconnu")
    date_faits_fin = Column("date", "fin des faits, ramenée au premier jour du mois", unit="mois", nulls="inconnue")
    commune_faits = Column("string", "commune des faits, code Insee", nulls=TOO_SMALL, nomenclature="communes")
    code_departement = Column("string", "département des faits", nulls="inconnu", nomenclature="departements")


class Case(Facts):
    """What a procedure and an affair have in common."""

    derived_from = "standardised"
    code_tj = Column(
        "string", "tribunal judiciaire", nulls="non transmise, absent ou code illisible", nomenclature="tribunaux"
    )
    natinf = Column(
        "string", "nature de l'infraction de rang 1", nulls="sans infraction, ou code illisible", nomenclature="natinf"
    )
    famille = Column(
        "string", "famille de cette infraction, ou inconnue", nulls="sans infraction", codes=codes.FAMILIES
    )
    nb_mis_en_cause = Column(
        "int",
        "mis en cause (police) ou auteurs (justice) comptés par la source",
        unit="personnes",
        source="sources",
        nulls=NOT_DELIVERED,
    )
    nb_victimes = Column(
        "int", "victimes comptées par la source", unit="personnes", source="sources", nulls=NOT_DELIVERED
    )
    est_liee = Column("boolean", "au moins un lien retenu dans cette version", source="links")
    raison_sans_lien = Column(
        "string", "pourquoi aucun lien n'est retenu", source="unlinked", nulls="liée", values=codes.UNLINKED
    )


class Procedure(Case):
    """One row per version and procedure of police or gendarmerie, linked or not."""

    path = "linked_base/procedures"
    grain = "Une ligne par version et procédure de police ou de gendarmerie, liée ou non."
    coverage = "Toutes les procédures de la version."
    derived_from = "standardised/procedures"
    key = ("version", "id_procedure")
    id_procedure = Column("string", "pseudonyme de la procédure")
    source = Column("string", "lrppn ou lrpgn", values=codes.SOURCES)
    force = Column("string", "PN ou GN", values=codes.FORCES)
    date_enregistrement = Column("date", f"enregistrement{MOVED}", unit="jour", nulls=NO_DATE)
    date_transmission = Column("date", f"transmission au parquet{MOVED}", unit="jour", nulls="non transmise")


class Affaire(Case):
    """One row per version and affair of a parquet, linked or not."""

    path = "linked_base/affaires"
    grain = "Une ligne par version et affaire d'un parquet, liée ou non."
    coverage = "Toutes les affaires de la version, de toutes origines."
    derived_from = "standardised/affaires"
    key = ("version", "id_affaire")
    id_affaire = Column("string", "pseudonyme de l'affaire")
    date_arrivee = Column("date", f"arrivée au parquet{MOVED}", unit="jour", nulls=NO_DATE)
    origine = Column("string", "d'où vient l'affaire", nulls=NOT_DELIVERED, values=codes.ORIGINS)
    nature_affaire = Column("string", "nature d'affaire (NATAFF)", nulls="absente, ou code illisible")
    petit_x = Column("boolean", "affaire de faible gravité sans mis en cause identifié", nulls=NOT_DELIVERED)


class OfOneSide(Published):
    """Something of a procedure or of an affair: one of the two keys is filled."""

    derived_from = "standardised"
    side = Column("string", "procedure ou affaire", values=codes.SIDES)
    id_procedure = Column("string", "pseudonyme de la procédure", nulls="côté affaire")
    id_affaire = Column("string", "pseudonyme de l'affaire", nulls="côté procedure")
    rang = Column("int", "rang dans la procédure ou l'affaire", source="sources")


class Personne(OfOneSide):
    """One row per version and person of a procedure or of an affair."""

    path = "linked_base/personnes"
    grain = "Une ligne par version et personne d'une procédure ou d'une affaire."
    coverage = "Toutes les personnes de la version, des deux côtés."
    defects = (
        "id_individu ne réunit que les personnes qui ont un code statistique : il en oublie.",
        "Pseudonymisée, non anonyme : qui connaît l'état civil et les faits d'une personne trouve le plus souvent sa "
        "ligne. Le job linked_base en imprime la part.",
    )
    derived_from = "standardised/personnes"
    key = ("version", "id_personne")
    id_personne = Column("string", "pseudonyme de la personne dans sa procédure ou son affaire")
    id_individu = Column(
        "string",
        "pseudonyme du code statistique non signifiant : la même personne dans toute la base",
        nulls="personne sans code, ou profil qui ne le permet pas",
    )
    role = Column(
        "string",
        "mis_en_cause ou victime ; auteur (justice) est écrit mis_en_cause",
        source="sources",
        nulls=NOT_DELIVERED,
        values=codes.ROLES,
    )
    sexe = Column("string", "M ou F", nulls="inconnu", values=codes.SEXES)
    age = Column(
        "int",
        "âge révolu au premier jour des faits (à l'enregistrement ou à l'arrivée s'ils ne sont pas datés), plafonné",
        unit="ans",
        nulls="naissance inconnue, ou postérieure",
    )
    pays_naissance = Column("string", "france, union_europeenne ou autre", nulls="inconnu", values=codes.COUNTRIES)
    nationalite = Column("string", "france, union_europeenne ou autre", nulls="inconnue", values=codes.COUNTRIES)
    commune_residence = Column("string", "commune de résidence, code Insee", nulls=TOO_SMALL, nomenclature="communes")
    code_departement_residence = Column(
        "string", "département de résidence", nulls="inconnu, ou à l'étranger", nomenclature="departements"
    )
    profession = Column(
        "string", "groupe de profession : premier chiffre de la PCS", nulls="inconnue", codes=codes.PROFESSIONS
    )
    situation_familiale = Column(
        "string", "situation familiale", nulls="inconnue, ou hors de la liste du profil", codes=codes.SITUATIONS
    )
    nombre_enfants = Column("int", "nombre d'enfants, plafonné", unit="enfants", nulls="inconnu")
    lien_auteur = Column(
        "string",
        "lien de la victime avec l'auteur, vu par la police",
        nulls="justice, mis en cause, ou inconnu",
        values=codes.TIES,
    )


class Infraction(Facts, OfOneSide):
    """One row per version and offence of a procedure or of an affair."""

    path = "linked_base/infractions"
    grain = "Une ligne par version et infraction d'une procédure ou d'une affaire."
    coverage = "Toutes les infractions de la version, des deux côtés."
    defects = ("Police et justice ne qualifient pas toujours les mêmes faits du même code.",)
    derived_from = "standardised/infractions"
    key = ("version", "side", "id_procedure", "id_affaire", "rang")
    natinf = Column("string", "nature d'infraction", nulls="code illisible", nomenclature="natinf")
    famille = Column("string", "famille ; inconnue hors nomenclature", codes=codes.FAMILIES)
    classe = Column(
        "string", "crime, delit ou contravention", nulls="police, ou valeur non livrée", values=codes.CLASSES
    )
    tentative = Column("boolean", "tentative", nulls="justice, ou valeur non livrée")


class Lien(Published):
    """One row per version and retained link between a procedure and an affair; doubtful pairs are not here."""

    path = "linked_base/liens"
    grain = "Une ligne par version et lien retenu entre une procédure et une affaire."
    coverage = "Les liens retenus ; les paires douteuses n'y sont pas."
    defects = ("match_probability est celle du modèle, non un taux d'erreur mesuré : voir quality/estimates.",)
    derived_from = "links"
    key = ("version", "id_procedure", "id_affaire")
    id_procedure = Column("string", "pseudonyme de la procédure")
    id_affaire = Column("string", "pseudonyme de l'affaire")
    id_dossier = Column("string", "pseudonyme du dossier : composante du graphe des liens retenus")
    link_pass = Column("string", "passe qui a proposé le lien", codes=codes.PASSES)
    match_weight = Column("double", "poids de Splink sur le modèle des affaires", unit="bits")
    match_probability = Column("double", "probabilité de Splink sur le modèle des affaires")
    status = Column("string", "retenu, toujours", values=codes.STATUSES)


class LienPersonne(Published):
    """One row per version and pair of persons recognised as the same inside a retained link."""

    path = "linked_base/liens_personnes"
    grain = "Une ligne par version et paire de personnes reconnues comme la même dans un lien retenu."
    coverage = "Chaque personne au plus une fois par lien."
    derived_from = "person_links"
    key = ("version", "id_personne_procedure", "id_affaire")
    id_procedure = Column("string", "pseudonyme de la procédure")
    id_affaire = Column("string", "pseudonyme de l'affaire")
    id_personne_procedure = Column("string", "id_personne dans la procédure")
    id_personne_affaire = Column("string", "id_personne dans l'affaire")
    role = Column("string", "rôle dans la procédure", nulls=NOT_DELIVERED, values=codes.ROLES)
    role_change = Column("boolean", "le rôle n'est pas le même dans l'affaire", nulls="rôle absent d'un côté")
    match_weight = Column("double", "poids de Splink sur le modèle des personnes", unit="bits")
    match_probability = Column(
        "double", "probabilité de Splink sur le modèle des personnes, partagée entre les paires interchangeables"
    )
    nb_interchangeables = Column(
        "int", "paires entre lesquelles rien ne choisit : 1 quand celle-ci est seule la meilleure", unit="paires"
    )


class Evenement(Published):
    """One row per version and event in the course of an affair."""

    path = "linked_base/evenements"
    grain = "Une ligne par version et événement du cours d'une affaire."
    coverage = "Événements connus à l'extraction, affaires liées ou non : le cours des plus récentes n'est pas fini."
    derived_from = "sources/cassiopee_evenements"
    id_affaire = Column("string", "pseudonyme de l'affaire")
    id_personne = Column("string", "id_personne de l'auteur concerné", nulls="toute l'affaire")
    type = Column("string", "ce qui se passe", nulls=NOT_DELIVERED, values=codes.EVENTS)
    date = Column("date", f"date de l'événement{MOVED}", unit="jour", nulls=NO_DATE)
    code = Column(
        "string",
        "motif de classement, mode de poursuite, sens de l'ordonnance ou jugement",
        nulls="absent, ou hors de la liste du profil",
        codes=codes.EVENT_WORDS,
        nomenclature="motifs_classement",
    )
    code_tj = Column("string", "tribunal de l'événement", nulls="absent, ou code illisible", nomenclature="tribunaux")
    issue = Column("string", "ce que décide le jugement", nulls="autre qu'une décision", values=codes.RULINGS)


TABLES: tuple[type[Table], ...] = (Procedure, Affaire, Personne, Infraction, Lien, LienPersonne, Evenement)
