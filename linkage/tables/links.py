"""Links of cases and of persons, and what became of every case."""

from __future__ import annotations

from linkage.platform.lake.schema import Column, Table
from linkage.tables.sources import NOT_DELIVERED

RETAINED, TO_REVIEW = "retenu", "a_revoir"
LINKED, UNLINKED = "linked", "unlinked:"
NOT_SENT, NOT_POLICE, PETIT_X_WITHOUT_KEY = "non_transmise", "origine_hors_police", "petit_x_sans_cle"
RIVAL, BLOCK_SET_ASIDE = "rivale", "bloc_mis_de_cote"
BELOW_THRESHOLD, NO_CANDIDATE = "sous_le_seuil", "sans_candidat"
OUT_OF_SCOPE = (NOT_SENT, NOT_POLICE, PETIT_X_WITHOUT_KEY)
WITHOUT_PAIR = (RIVAL, BLOCK_SET_ASIDE, BELOW_THRESHOLD, NO_CANDIDATE)
REASONS = (TO_REVIEW, *OUT_OF_SCOPE, *WITHOUT_PAIR)
"""Why a case has no link; of several that hold, the first is its reason."""


class Link(Table):
    """One row per retained or doubtful pair of a version."""

    path = "links"
    grain = "Une ligne par paire retenue ou douteuse d'une version."
    coverage = "Paires retenues et paires à examiner : ne compter que celles dont status est retenu."
    defects = ("match_probability est celle du modèle, non un taux d'erreur mesuré : voir quality/estimates.",)
    key = ("version", "source", "id_procedure", "id_affaire")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    source = Column("string", "source de la procédure : lrppn ou lrpgn")
    id_procedure = Column("string", "procédure, comme livrée ; unique dans sa source")
    id_affaire = Column("string", "affaire, comme livrée")
    link_pass = Column("string", "passe qui a proposé le lien")
    match_weight = Column(
        "double", "poids de Splink : modèle des affaires ou des jonctions, retour des personnes compris", unit="bits"
    )
    match_probability = Column("double", "probabilité de ce poids")
    status = Column("string", "retenu, ou a_revoir : à examiner à la main")
    evidence = Column("string", "ce qui s'accorde et ce qui ne s'accorde pas, comparaison par comparaison")
    id_dossier = Column("string", "composante du graphe des liens retenus", nulls="a_revoir")


class PersonLink(Table):
    """One row per pair of persons recognised as the same inside a retained link of a version."""

    path = "person_links"
    grain = "Une ligne par paire de personnes reconnues comme la même dans un lien retenu d'une version."
    coverage = "Chaque personne au plus une fois par lien ; vide quand la méthode n'apparie pas les personnes."
    job = "links"
    key = ("version", "source", "id_procedure", "rang_procedure", "id_affaire")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    source = Column("string", "source de la procédure : lrppn ou lrpgn")
    id_procedure = Column("string", "procédure, comme livrée ; unique dans sa source")
    rang_procedure = Column("int", "rang de la personne dans la procédure")
    id_affaire = Column("string", "affaire, comme livrée")
    rang_affaire = Column("int", "rang de la personne dans l'affaire")
    role = Column("string", "rôle dans la procédure", nulls=NOT_DELIVERED)
    role_change = Column("boolean", "le rôle n'est pas le même dans l'affaire", nulls="rôle absent d'un côté")
    match_weight = Column("double", "poids de Splink sur le modèle des personnes", unit="bits")
    match_probability = Column(
        "double", "probabilité de Splink sur le modèle des personnes, partagée entre les paires interchangeables"
    )
    nb_interchangeables = Column(
        "int", "paires entre lesquelles rien ne choisit : 1 quand celle-ci est seule la meilleure", unit="paires"
    )


class Unlinked(Table):
    """One row per procedure or affair without a retained link."""

    path = "unlinked"
    grain = "Une ligne par procédure ou affaire sans lien retenu."
    coverage = "Tous les dossiers gardés et non liés ; ceux qui ont été mis de côté à la réception sont dans rejects."
    defects = ("La raison est la première qui vaut : une procédure non transmise peut aussi être sans candidat.",)
    job = "links"
    key = ("version", "source", "id")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    side = Column("string", "procedure ou affaire")
    source = Column("string", "lrppn, lrpgn ou cassiopee")
    id = Column("string", "procédure ou affaire, comme livrée ; unique dans sa source")
    reason = Column("string", "raison de l'absence de lien", values=REASONS)


class Ledger(Table):
    """One row per version, source, vintage and outcome: what came in = linked + unlinked by reason + set aside."""

    path = "ledger"
    grain = "Une ligne par version, source, millésime et issue : reçus = liés + non liés par raison + mis de côté."
    coverage = "Tout ce qui a été reçu."
    job = "links"
    key = ("version", "source", "millesime", "outcome")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    source = Column("string", "lrppn, lrpgn ou cassiopee")
    millesime = Column("int", "millésime")
    outcome = Column("string", "linked, unlinked:<raison> ou set_aside")
    nb = Column("bigint", "procédures ou affaires", unit="dossiers")
