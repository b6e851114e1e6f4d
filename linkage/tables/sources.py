"""The deliveries once read: the canonical contract, typed, one table per source and file."""

from __future__ import annotations

from linkage.platform.lake.schema import Column, Table

POLICE = ("lrppn", "lrpgn")
JUSTICE = ("cassiopee",)
NOT_DELIVERED = "valeur non livrée"
NO_DATE = "date non livrée, ou effacée car impossible"
RULINGS = ("condamnation", "relaxe", "acquittement", "dispense")


class Delivered(Table):
    """Where a delivered row comes from; every source table begins with these columns."""

    millesime = Column("int", "millésime de la livraison : année d'enregistrement (police) ou d'arrivée (justice)")
    date_extraction = Column("date", "date d'extraction de la livraison", nulls="livraison sans manifest.json")


class Procedure(Delivered):
    """One row per procedure recorded by a police or gendarmerie unit."""

    grain = "Une ligne par procédure enregistrée par une unité de police ou de gendarmerie."
    coverage = "Procédures de l'année du millésime, transmises ou non ; les lignes refusées sont dans rejects."
    defects = ("La clé du PV est telle que livrée : zéros de tête, suffixes et années sur deux chiffres varient.",)
    key = ("id_procedure",)
    id_procedure = Column("string", "identifiant opaque de la procédure dans la source")
    code_service = Column("string", "unité rédactrice du PV, telle que livrée", nulls=NOT_DELIVERED)
    annee = Column("string", "année du PV, telle que livrée", nulls=NOT_DELIVERED)
    numero = Column("string", "numéro du PV dans l'unité et l'année, tel que livré", nulls=NOT_DELIVERED)
    date_enregistrement = Column("date", "enregistrement de la procédure", nulls=NO_DATE)
    date_faits_debut = Column("date", "début des faits", nulls=NO_DATE)
    date_faits_fin = Column("date", "fin des faits", nulls=NO_DATE)
    commune_faits = Column("string", "commune des faits, code Insee", nulls=NOT_DELIVERED)
    nb_mis_en_cause = Column("int", "mis en cause comptés par la source", unit="personnes", nulls=NOT_DELIVERED)
    nb_victimes = Column("int", "victimes comptées par la source", unit="personnes", nulls=NOT_DELIVERED)
    date_transmission = Column("date", "transmission au parquet", nulls="non transmise")
    code_tj = Column("string", "tribunal judiciaire destinataire", nulls="non transmise")


class InfractionPolice(Delivered):
    """One row per offence of a procedure."""

    grain = "Une ligne par infraction d'une procédure."
    key = ("id_procedure", "rang")
    id_procedure = Column("string", "procédure")
    rang = Column("int", "rang de l'infraction dans la procédure")
    natinf = Column("string", "nature d'infraction, code non complété par des zéros", nulls=NOT_DELIVERED)
    date_faits_debut = Column("date", "début des faits", nulls=NO_DATE)
    date_faits_fin = Column("date", "fin des faits", nulls=NO_DATE)
    commune_faits = Column("string", "commune des faits, code Insee", nulls=NOT_DELIVERED)
    tentative = Column("boolean", "tentative", nulls=NOT_DELIVERED)


class Personne(Delivered):
    """The traits of a person, the same on both sides."""

    defects = ("Le csns manque à une personne sur six ; sous un même csns, naissance et résidence peuvent différer.",)
    role = Column("string", "rôle de la personne", nulls=NOT_DELIVERED)
    csns = Column("string", "code statistique non signifiant", nulls="personne non identifiée")
    sexe = Column("string", "M ou F", values=("M", "F"), nulls=NOT_DELIVERED)
    date_naissance = Column("date", "naissance", nulls=NO_DATE)
    commune_naissance = Column("string", "commune de naissance, code Insee", nulls="née à l'étranger ou inconnue")
    pays_naissance = Column("string", "pays de naissance, ISO 3166 alpha-3", nulls=NOT_DELIVERED)
    commune_residence = Column("string", "commune de résidence, code Insee", nulls=NOT_DELIVERED)
    nationalite = Column("string", "nationalité, ISO 3166 alpha-3", nulls=NOT_DELIVERED)
    profession = Column("string", "profession, PCS", nulls=NOT_DELIVERED)
    situation_familiale = Column("string", "situation familiale", nulls=NOT_DELIVERED)
    nombre_enfants = Column("int", "nombre d'enfants", unit="enfants", nulls=NOT_DELIVERED)


class PersonnePolice(Personne):
    """One row per person of a procedure."""

    grain = "Une ligne par personne d'une procédure."
    coverage = "Mis en cause et victimes des procédures gardées ; une procédure peut n'avoir aucun mis en cause."
    key = ("id_procedure", "rang")
    id_procedure = Column("string", "procédure")
    rang = Column("int", "rang de la personne dans la procédure")
    role = Column("string", "mis_en_cause ou victime", values=("mis_en_cause", "victime"), nulls=NOT_DELIVERED)
    lien_auteur = Column(
        "string",
        "lien de la victime avec l'auteur",
        nulls="mis en cause, ou lien inconnu",
        values=(
            *("conjoint", "ex_conjoint", "concubin", "ex_concubin", "pacse", "ex_pacse"),
            *("enfant", "ascendant", "autre"),
        ),
    )


class Affaire(Delivered):
    """One row per affair that arrived at a parquet."""

    grain = "Une ligne par affaire arrivée à un parquet."
    coverage = "Affaires de l'année du millésime, de toutes origines, hors police et gendarmerie comprises."
    defects = ("L'affaire ne porte pas de faits : ses dates et ses lieux sont ceux de ses infractions.",)
    key = ("id_affaire",)
    id_affaire = Column("string", "identifiant opaque de l'affaire dans la source")
    code_tj = Column("string", "tribunal judiciaire", nulls=NOT_DELIVERED)
    numero_parquet = Column("string", "numéro parquet, unique dans un tribunal", nulls=NOT_DELIVERED)
    idj = Column("string", "identifiant justice", nulls="avant la procédure pénale numérique, ou absent")
    date_arrivee = Column("date", "arrivée au parquet", nulls=NO_DATE)
    origine = Column(
        "string",
        "police, gendarmerie, plainte_parquet, administration ou autre",
        values=("police", "gendarmerie", "plainte_parquet", "administration", "autre"),
        nulls=NOT_DELIVERED,
    )
    nature_affaire = Column("string", "nature d'affaire (NATAFF)", nulls=NOT_DELIVERED)
    petit_x = Column("boolean", "affaire de faible gravité sans mis en cause identifié", nulls=NOT_DELIVERED)
    nb_auteurs = Column("int", "auteurs comptés par la source", unit="personnes", nulls=NOT_DELIVERED)
    nb_victimes = Column("int", "victimes comptées par la source", unit="personnes", nulls=NOT_DELIVERED)


class Origine(Delivered):
    """One row per PV of origin of an affair."""

    grain = "Une ligne par PV d'origine d'une affaire."
    coverage = "Un petit X ne garde aucun PV ; une jonction n'a pas toujours tous les siens."
    defects = ("Une partie est saisie à la main : année sur deux chiffres, suffixe, texte libre, chiffres échangés.",)
    key = ("id_affaire", "rang")
    id_affaire = Column("string", "affaire")
    rang = Column("int", "rang du PV d'origine dans l'affaire")
    type_service = Column("string", "PN ou GN", values=("PN", "GN"), nulls=NOT_DELIVERED)
    code_service = Column("string", "unité rédactrice, telle que saisie", nulls=NOT_DELIVERED)
    annee = Column("string", "année du PV, telle que saisie", nulls=NOT_DELIVERED)
    numero = Column("string", "numéro du PV, tel que saisi", nulls=NOT_DELIVERED)
    reference_pv = Column("string", "référence du PV en texte libre", nulls=NOT_DELIVERED)


class InfractionJustice(Delivered):
    """One row per offence of an affair."""

    grain = "Une ligne par infraction d'une affaire."
    key = ("id_affaire", "rang")
    id_affaire = Column("string", "affaire")
    rang = Column("int", "rang de l'infraction dans l'affaire")
    natinf = Column("string", "nature d'infraction, code non complété par des zéros", nulls=NOT_DELIVERED)
    classe = Column("string", "classe", values=("crime", "delit", "contravention"), nulls=NOT_DELIVERED)
    date_faits_debut = Column("date", "début des faits", nulls=NO_DATE)
    date_faits_fin = Column("date", "fin des faits", nulls=NO_DATE)
    commune_faits = Column("string", "commune des faits, code Insee", nulls=NOT_DELIVERED)


class PersonneJustice(Personne):
    """One row per person of an affair."""

    grain = "Une ligne par personne d'une affaire."
    key = ("id_affaire", "rang")
    id_affaire = Column("string", "affaire")
    rang = Column("int", "rang de la personne dans l'affaire")
    role = Column("string", "auteur ou victime", values=("auteur", "victime"), nulls=NOT_DELIVERED)


class Evenement(Delivered):
    """One row per event in the course of an affair; the same event twice is one row."""

    grain = "Une ligne par événement du cours d'une affaire ; le même événement deux fois est une ligne."
    coverage = "Événements connus à la date d'extraction : le cours des affaires récentes n'est pas fini."
    id_affaire = Column("string", "affaire")
    rang_personne = Column("int", "rang de l'auteur concerné", nulls="toute l'affaire")
    type = Column(
        "string",
        "classement, orientation, ordonnance_reglement ou decision",
        values=("classement", "orientation", "ordonnance_reglement", "decision"),
        nulls=NOT_DELIVERED,
    )
    date = Column("date", "date de l'événement", nulls=NO_DATE)
    code = Column("string", "motif, mode de poursuite, sens de l'ordonnance ou jugement", nulls=NOT_DELIVERED)
    code_tj = Column("string", "tribunal de l'événement", nulls=NOT_DELIVERED)
    issue = Column("string", "jugement", nulls="autre qu'une décision", values=RULINGS)


POLICE_FILES: dict[str, type[Table]] = {
    "procedures": Procedure,
    "infractions": InfractionPolice,
    "personnes": PersonnePolice,
}
JUSTICE_FILES: dict[str, type[Table]] = {
    "affaires": Affaire,
    "origines": Origine,
    "infractions": InfractionJustice,
    "personnes": PersonneJustice,
    "evenements": Evenement,
}
FILES = dict.fromkeys(POLICE, POLICE_FILES) | dict.fromkeys(JUSTICE, JUSTICE_FILES)


def delivered_columns(source: str, file: str) -> tuple[Column, ...]:
    """Return the columns of a canonical file, in the contract's order: its key first, nothing that we add."""
    table = FILES[source][file]
    key = [column for name in table.key for column in table.columns if column == name]
    rest = [column for column in table.columns if column not in (*Delivered.names(), *table.key)]
    return (*key, *rest)


def parent_file(source: str) -> str:
    """Return the file whose rows own all the others: procedures, or affaires."""
    return next(iter(FILES[source]))


def source_table(source: str, file: str) -> type[Table]:
    """Return the declaration of ``sources/<source>_<file>``: one source's copy of a canonical file."""
    declared = FILES[source][file]
    content = {"__doc__": declared.__doc__, "path": f"sources/{source}_{file}", "partitions": (Delivered.millesime,)}
    return type(declared.__name__, (declared,), content)


class Delivery(Table):
    """One row per delivery received: the register against which a delivery is recognised."""

    path = "sources/deliveries"
    grain = "Une ligne par livraison reçue : le registre auquel une livraison se reconnaît."
    coverage = "Livraisons acceptées ; une livraison refusée n'y est pas."
    key = ("source", "millesime", "date_extraction")
    source = Column("string", "lrppn, lrpgn ou cassiopee")
    millesime = Column("int", "millésime")
    date_extraction = Column("date", "date d'extraction", nulls="livraison sans manifest.json")
    fingerprint = Column("string", "empreinte du contenu, indépendante de l'ordre des lignes et de l'encodage")
    fingerprint_fichiers = Column("string", "empreinte des fichiers tels que livrés et de leur déclaration")
    nb_lues = Column("bigint", "lignes lues, tous fichiers", unit="lignes")
    nb_gardees = Column("bigint", "lignes gardées", unit="lignes")
    nb_rejetees = Column("bigint", "lignes mises de côté", unit="lignes")
    nb_absentes = Column(
        "bigint",
        "procédures ou affaires que seules des extractions antérieures du millésime ont, gardées : à sa réception",
        unit="dossiers",
    )
    nb_dates_effacees = Column("bigint", "dates impossibles ou futures effacées, leur ligne gardée", unit="dates")
    fictif = Column("boolean", "données fictives, selon manifest.json", nulls="registre d'avant : réelle")


class Reject(Table):
    """One row per delivered row set aside, with the rule it broke; never its content."""

    path = "rejects"
    grain = "Une ligne par ligne livrée et mise de côté, avec la règle enfreinte ; jamais son contenu."
    coverage = "Toutes les lignes mises de côté, répétitions identiques comprises."
    job = "sources"
    partitions = ("delivery",)
    delivery = Column("string", "livraison : source_millesime_date d'extraction")
    file = Column("string", "fichier livré")
    row = Column("bigint", "numéro de la ligne dans le fichier, en-tête compris")
    rule = Column("string", "règle enfreinte")
    fingerprint = Column("string", "empreinte de la ligne, sous une clé dérivée", nulls="reçue sans clé")
