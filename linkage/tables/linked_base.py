"""The pseudonymised base that analysts read: exploitation zone, no identifier of a source, no birth date.

Pseudonyms are 32 hexadecimal characters, the same within a table, a version and the whole base as long as the key is
the same; ``docs/decisions/06-pseudonyms.md`` says how they are made.
"""

from __future__ import annotations

from linkage.platform.lake.schema import Column, Table


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

    date_faits_debut = Column(
        "date", "début des faits, ramené au premier jour du mois", unit="mois", source="standardised", nulls="inconnu"
    )
    date_faits_fin = Column(
        "date", "fin des faits, ramenée au premier jour du mois", unit="mois", source="standardised", nulls="inconnue"
    )
    commune_faits = Column(
        "string",
        "commune des faits, code Insee",
        source="standardised",
        nulls="inconnue, ou moins peuplée que le seuil du profil",
    )
    code_departement = Column("string", "département des faits", source="standardised", nulls="inconnu")


class Case(Facts):
    """What a procedure and an affair have in common."""

    code_tj = Column("string", "tribunal judiciaire", source="standardised", nulls="non transmise, ou code illisible")
    natinf = Column(
        "string", "nature de l'infraction de rang 1", source="standardised", nulls="sans infraction, ou code illisible"
    )
    famille = Column(
        "string", "famille de cette infraction, ou inconnue", source="standardised", nulls="sans infraction"
    )
    nb_mis_en_cause = Column(
        "int", "mis en cause (police) ou auteurs (justice) comptés par la source", unit="personnes", source="sources"
    )
    nb_victimes = Column("int", "victimes comptées par la source", unit="personnes", source="sources")
    est_liee = Column("boolean", "au moins un lien retenu dans cette version", source="links")
    raison_sans_lien = Column("string", "pourquoi aucun lien n'est retenu", source="unlinked", nulls="liée")


class Procedure(Case):
    """One row per version and procedure of police or gendarmerie, linked or not."""

    path = "linked_base/procedures"
    key = ("version", "id_procedure")
    id_procedure = Column("string", "pseudonyme de la procédure", source="standardised/procedures")
    source = Column("string", "lrppn ou lrpgn", source="standardised/procedures", values=("lrppn", "lrpgn"))
    force = Column("string", "PN ou GN", source="standardised/procedures", values=("PN", "GN"))
    date_enregistrement = Column("date", "enregistrement", unit="jour", source="standardised/procedures")
    date_transmission = Column(
        "date", "transmission au parquet", unit="jour", source="standardised/procedures", nulls="non transmise"
    )


class Affaire(Case):
    """One row per version and affair of a parquet, linked or not."""

    path = "linked_base/affaires"
    key = ("version", "id_affaire")
    id_affaire = Column("string", "pseudonyme de l'affaire", source="standardised/affaires")
    date_arrivee = Column("date", "arrivée au parquet", unit="jour", source="standardised/affaires")
    origine = Column(
        "string", "police, gendarmerie, plainte_parquet, administration ou autre", source="standardised/affaires"
    )
    nature_affaire = Column(
        "string", "nature d'affaire (NATAFF)", source="standardised/affaires", nulls="absente, ou code illisible"
    )
    petit_x = Column("boolean", "affaire de faible gravité sans mis en cause identifié", source="standardised/affaires")


class OfOneSide(Published):
    """Something of a procedure or of an affair: one of the two keys is filled."""

    side = Column("string", "procedure ou affaire", source="standardised", values=("procedure", "affaire"))
    id_procedure = Column("string", "pseudonyme de la procédure", source="standardised", nulls="côté affaire")
    id_affaire = Column("string", "pseudonyme de l'affaire", source="standardised", nulls="côté procedure")
    rang = Column("int", "rang dans la procédure ou l'affaire", source="sources")


class Personne(OfOneSide):
    """One row per version and person of a procedure or of an affair."""

    path = "linked_base/personnes"
    key = ("version", "id_personne")
    id_personne = Column(
        "string", "pseudonyme de la personne dans sa procédure ou son affaire", source="standardised/personnes"
    )
    id_individu = Column(
        "string",
        "pseudonyme du code statistique non signifiant : la même personne dans toute la base",
        source="standardised/personnes",
        nulls="personne sans code, ou profil qui ne le permet pas",
    )
    role = Column("string", "mis_en_cause ou victime ; auteur (justice) est écrit mis_en_cause", source="sources")
    sexe = Column("string", "M ou F", source="standardised/personnes", nulls="inconnu")
    age = Column(
        "int",
        "âge révolu au premier jour des faits (à l'enregistrement ou à l'arrivée s'ils ne sont pas datés), plafonné",
        unit="ans",
        source="standardised/personnes",
        nulls="naissance inconnue, ou postérieure",
    )
    pays_naissance = Column(
        "string",
        "france, union_europeenne ou autre",
        source="standardised/personnes",
        nulls="inconnu",
        values=("france", "union_europeenne", "autre"),
    )
    nationalite = Column(
        "string",
        "france, union_europeenne ou autre",
        source="standardised/personnes",
        nulls="inconnue",
        values=("france", "union_europeenne", "autre"),
    )
    commune_residence = Column(
        "string",
        "commune de résidence, code Insee",
        source="standardised/personnes",
        nulls="inconnue, ou moins peuplée que le seuil du profil",
    )
    code_departement_residence = Column(
        "string", "département de résidence", source="standardised/personnes", nulls="inconnu, ou à l'étranger"
    )
    profession = Column(
        "string", "groupe de profession : premier chiffre de la PCS", source="standardised/personnes", nulls="inconnue"
    )
    situation_familiale = Column(
        "string",
        "situation familiale",
        source="standardised/personnes",
        nulls="inconnue, ou hors de la liste du profil",
    )
    nombre_enfants = Column(
        "int", "nombre d'enfants, plafonné", unit="enfants", source="standardised/personnes", nulls="inconnu"
    )
    lien_auteur = Column(
        "string",
        "lien de la victime avec l'auteur, vu par la police",
        source="standardised/personnes",
        nulls="justice, mis en cause, ou inconnu",
    )


class Infraction(Facts, OfOneSide):
    """One row per version and offence of a procedure or of an affair."""

    path = "linked_base/infractions"
    key = ("version", "side", "id_procedure", "id_affaire", "rang")
    natinf = Column("string", "nature d'infraction", source="standardised/infractions", nulls="code illisible")
    famille = Column("string", "famille ; inconnue hors nomenclature", source="standardised/infractions")
    classe = Column("string", "crime, delit ou contravention", source="standardised/infractions", nulls="police")
    tentative = Column("boolean", "tentative", source="standardised/infractions", nulls="justice")


class Lien(Published):
    """One row per version and retained link between a procedure and an affair; doubtful pairs are not here."""

    path = "linked_base/liens"
    key = ("version", "id_procedure", "id_affaire")
    id_procedure = Column("string", "pseudonyme de la procédure", source="links")
    id_affaire = Column("string", "pseudonyme de l'affaire", source="links")
    id_dossier = Column("string", "pseudonyme du dossier : composante du graphe des liens retenus", source="links")
    link_pass = Column("string", "passe qui a proposé le lien", source="links")
    match_weight = Column("double", "poids de Splink sur le modèle des affaires", unit="bits", source="links")
    match_probability = Column("double", "probabilité de Splink sur le modèle des affaires", source="links")
    status = Column("string", "retenu, toujours", source="links", values=("retenu",))


class LienPersonne(Published):
    """One row per version and pair of persons recognised as the same inside a retained link."""

    path = "linked_base/liens_personnes"
    key = ("version", "id_personne_procedure", "id_affaire")
    id_procedure = Column("string", "pseudonyme de la procédure", source="person_links")
    id_affaire = Column("string", "pseudonyme de l'affaire", source="person_links")
    id_personne_procedure = Column("string", "id_personne dans la procédure", source="person_links")
    id_personne_affaire = Column("string", "id_personne dans l'affaire", source="person_links")
    role = Column("string", "rôle dans la procédure", source="person_links")
    role_change = Column("boolean", "le rôle n'est pas le même dans l'affaire", source="person_links")
    match_weight = Column("double", "poids de Splink sur le modèle des personnes", unit="bits", source="person_links")
    match_probability = Column("double", "probabilité de Splink sur le modèle des personnes", source="person_links")


class Evenement(Published):
    """One row per version and event in the course of an affair."""

    path = "linked_base/evenements"
    id_affaire = Column("string", "pseudonyme de l'affaire", source="sources/cassiopee_evenements")
    id_personne = Column(
        "string",
        "id_personne de l'auteur concerné",
        source="sources/cassiopee_evenements",
        nulls="toute l'affaire",
    )
    type = Column(
        "string",
        "classement, orientation, ordonnance_reglement ou decision",
        source="sources/cassiopee_evenements",
    )
    date = Column("date", "date de l'événement", unit="jour", source="sources/cassiopee_evenements")
    code = Column(
        "string",
        "motif de classement, mode de poursuite, sens de l'ordonnance ou jugement",
        source="sources/cassiopee_evenements",
        nulls="absent, ou hors de la liste du profil",
    )
    code_tj = Column(
        "string", "tribunal de l'événement", source="sources/cassiopee_evenements", nulls="absent, ou code illisible"
    )
    issue = Column(
        "string",
        "condamnation, relaxe, acquittement ou dispense",
        source="sources/cassiopee_evenements",
        nulls="autre qu'une décision",
    )


TABLES: tuple[type[Table], ...] = (Procedure, Affaire, Personne, Infraction, Lien, LienPersonne, Evenement)
