"""The deliveries once read: the canonical contract, typed, one table per source and file."""

from __future__ import annotations

from linkage.platform.lake.schema import Column, Table

POLICE = ("lrppn", "lrpgn")
JUSTICE = ("cassiopee",)


class Delivered(Table):
    """Where a delivered row comes from; every source table begins with these columns."""

    millesime = Column("int", "millésime de la livraison : année d'enregistrement (police) ou d'arrivée (justice)")
    date_extraction = Column("date", "date d'extraction de la livraison", nulls="livraison sans manifest.json")


class Procedure(Delivered):
    """One row per procedure recorded by a police or gendarmerie unit."""

    key = ("id_procedure",)
    id_procedure = Column("string", "identifiant opaque de la procédure dans la source")
    code_service = Column("string", "unité rédactrice du PV, telle que livrée")
    annee = Column("string", "année du PV, telle que livrée")
    numero = Column("string", "numéro du PV dans l'unité et l'année, tel que livré")
    date_enregistrement = Column("date", "enregistrement de la procédure")
    date_faits_debut = Column("date", "début des faits")
    date_faits_fin = Column("date", "fin des faits")
    commune_faits = Column("string", "commune des faits, code Insee")
    nb_mis_en_cause = Column("int", "mis en cause comptés par la source", unit="personnes")
    nb_victimes = Column("int", "victimes comptées par la source", unit="personnes")
    date_transmission = Column("date", "transmission au parquet", nulls="non transmise")
    code_tj = Column("string", "tribunal judiciaire destinataire", nulls="non transmise")


class InfractionPolice(Delivered):
    """One row per offence of a procedure."""

    key = ("id_procedure", "rang")
    id_procedure = Column("string", "procédure")
    rang = Column("int", "rang de l'infraction dans la procédure")
    natinf = Column("string", "nature d'infraction, code non complété par des zéros")
    date_faits_debut = Column("date", "début des faits")
    date_faits_fin = Column("date", "fin des faits")
    commune_faits = Column("string", "commune des faits, code Insee")
    tentative = Column("boolean", "tentative")


class Personne(Delivered):
    """The traits of a person, the same on both sides."""

    role = Column("string", "rôle de la personne")
    csns = Column("string", "code statistique non signifiant", nulls="personne non identifiée")
    sexe = Column("string", "M ou F", values=("M", "F"))
    date_naissance = Column("date", "naissance")
    commune_naissance = Column("string", "commune de naissance, code Insee", nulls="née à l'étranger ou inconnue")
    pays_naissance = Column("string", "pays de naissance, ISO 3166 alpha-3")
    commune_residence = Column("string", "commune de résidence, code Insee")
    nationalite = Column("string", "nationalité, ISO 3166 alpha-3")
    profession = Column("string", "profession, PCS")
    situation_familiale = Column("string", "situation familiale")
    nombre_enfants = Column("int", "nombre d'enfants", unit="enfants")


class PersonnePolice(Personne):
    """One row per person of a procedure."""

    key = ("id_procedure", "rang")
    id_procedure = Column("string", "procédure")
    rang = Column("int", "rang de la personne dans la procédure")
    role = Column("string", "mis_en_cause ou victime", values=("mis_en_cause", "victime"))
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

    key = ("id_affaire",)
    id_affaire = Column("string", "identifiant opaque de l'affaire dans la source")
    code_tj = Column("string", "tribunal judiciaire")
    numero_parquet = Column("string", "numéro parquet, unique dans un tribunal")
    idj = Column("string", "identifiant justice", nulls="avant la procédure pénale numérique, ou absent")
    date_arrivee = Column("date", "arrivée au parquet")
    origine = Column(
        "string",
        "police, gendarmerie, plainte_parquet, administration ou autre",
        values=("police", "gendarmerie", "plainte_parquet", "administration", "autre"),
    )
    nature_affaire = Column("string", "nature d'affaire (NATAFF)")
    petit_x = Column("boolean", "affaire de faible gravité sans mis en cause identifié")
    nb_auteurs = Column("int", "auteurs comptés par la source", unit="personnes")
    nb_victimes = Column("int", "victimes comptées par la source", unit="personnes")


class Origine(Delivered):
    """One row per PV of origin of an affair."""

    key = ("id_affaire", "rang")
    id_affaire = Column("string", "affaire")
    rang = Column("int", "rang du PV d'origine dans l'affaire")
    type_service = Column("string", "PN ou GN", values=("PN", "GN"))
    code_service = Column("string", "unité rédactrice, telle que saisie")
    annee = Column("string", "année du PV, telle que saisie")
    numero = Column("string", "numéro du PV, tel que saisi")
    reference_pv = Column("string", "référence du PV en texte libre")


class InfractionJustice(Delivered):
    """One row per offence of an affair."""

    key = ("id_affaire", "rang")
    id_affaire = Column("string", "affaire")
    rang = Column("int", "rang de l'infraction dans l'affaire")
    natinf = Column("string", "nature d'infraction, code non complété par des zéros")
    classe = Column("string", "crime, delit ou contravention", values=("crime", "delit", "contravention"))
    date_faits_debut = Column("date", "début des faits")
    date_faits_fin = Column("date", "fin des faits")
    commune_faits = Column("string", "commune des faits, code Insee")


class PersonneJustice(Personne):
    """One row per person of an affair."""

    key = ("id_affaire", "rang")
    id_affaire = Column("string", "affaire")
    rang = Column("int", "rang de la personne dans l'affaire")
    role = Column("string", "auteur ou victime", values=("auteur", "victime"))


class Evenement(Delivered):
    """One row per event in the course of an affair; the same event twice is one row."""

    id_affaire = Column("string", "affaire")
    rang_personne = Column("int", "rang de l'auteur concerné", nulls="toute l'affaire")
    type = Column(
        "string",
        "classement, orientation, ordonnance_reglement ou decision",
        values=("classement", "orientation", "ordonnance_reglement", "decision"),
    )
    date = Column("date", "date de l'événement")
    code = Column("string", "motif de classement, mode de poursuite, sens de l'ordonnance ou jugement")
    code_tj = Column("string", "tribunal de l'événement")
    issue = Column(
        "string",
        "condamnation, relaxe, acquittement ou dispense",
        nulls="autre qu'une décision",
        values=("condamnation", "relaxe", "acquittement", "dispense"),
    )


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
FILES: dict[str, dict[str, type[Table]]] = {
    **dict.fromkeys(POLICE, POLICE_FILES),
    **dict.fromkeys(JUSTICE, JUSTICE_FILES),
}


def delivered_columns(source: str, file: str) -> tuple[Column, ...]:
    """The columns of a canonical file, in the contract's order: its key first, nothing that we add."""
    table = FILES[source][file]
    ours = {str(column) for column in Delivered.columns}
    key = [column for name in table.key for column in table.columns if column == name]
    rest = [column for column in table.columns if column not in ours and column not in table.key]
    return (*key, *rest)


def parent_file(source: str) -> str:
    """The file whose rows own all the others: procedures, or affaires."""
    return next(iter(FILES[source]))


def source_table(source: str, file: str) -> type[Table]:
    """The declaration of ``sources/<source>_<file>``: one source's own copy of a canonical file."""
    declared = FILES[source][file]
    return type(
        declared.__name__,
        (declared,),
        {"__doc__": declared.__doc__, "path": f"sources/{source}_{file}", "partitions": (Delivered.millesime,)},
    )


class Delivery(Table):
    """One row per delivery received: the register against which a delivery is recognised."""

    path = "sources/deliveries"
    key = ("source", "millesime", "date_extraction")
    source = Column("string", "lrppn, lrpgn ou cassiopee")
    millesime = Column("int", "millésime")
    date_extraction = Column("date", "date d'extraction", nulls="livraison sans manifest.json")
    fingerprint = Column("string", "empreinte du contenu, indépendante de l'ordre des lignes et de l'encodage")
    fingerprint_fichiers = Column("string", "empreinte des fichiers tels que livrés et de leur déclaration")
    nb_lues = Column("bigint", "lignes lues, tous fichiers", unit="lignes")
    nb_gardees = Column("bigint", "lignes gardées", unit="lignes")
    nb_rejetees = Column("bigint", "lignes mises de côté", unit="lignes")
    nb_dates_effacees = Column("bigint", "dates impossibles ou futures effacées, leur ligne gardée", unit="dates")


class Reject(Table):
    """One row per delivered row set aside, with the rule it broke; never its content."""

    path = "rejects"
    partitions = ("delivery",)
    delivery = Column("string", "livraison : source_millesime_date d'extraction")
    file = Column("string", "fichier livré")
    row = Column("bigint", "numéro de la ligne dans le fichier, en-tête compris")
    rule = Column("string", "règle enfreinte")
    fingerprint = Column("string", "empreinte de la ligne")
