"""What is compared with what: both sides of the linkage in the same columns."""

from __future__ import annotations

from linkage.tables.schema import Column, Table

PROCEDURE, REFERENCE = "procedure", "reference"
BEYOND = -1


class Record(Table):
    """One row per procedure, and one per reference of an affair.

    Rang 0: an affair without any reference. Rang -1: the affair beyond its references (jonction), without a key.

    Dates are days since 1970-01-01, so that the same comparison runs on every engine. What is only looked for in
    common is an integer: it travels and compares at less cost than a text.
    """

    path = "standardised/records"
    key = ("side", "record_key")
    partitions = ("side",)
    side = Column("string", "procedure ou reference")
    record_key = Column("bigint", "clé entière : hachage de id et rang")
    id = Column("string", "procédure ou affaire")
    rang = Column(
        "int", "rang du PV d'origine ; 0 pour une procédure ou une affaire sans PV, -1 pour l'affaire au-delà de ses PV"
    )
    millesime = Column("int", "millésime")
    source = Column("string", "lrppn, lrpgn ou cassiopee")
    force = Column("string", "PN ou GN", nulls="inconnue")
    code_service = Column("string", "unité rédactrice", nulls="inconnue")
    annee = Column("int", "année du PV", nulls="inconnue")
    numero = Column("int", "numéro du PV", nulls="inconnu")
    cle_connue = Column("boolean", "le PV saisi est celui d'une procédure livrée", nulls="procédure, ou clé incomplète")
    code_tj = Column("string", "tribunal judiciaire", nulls="non transmise")
    jour_enregistrement = Column("int", "enregistrement", unit="jours", nulls="affaire")
    jour_transmission = Column("int", "transmission au parquet", unit="jours", nulls="affaire, ou non transmise")
    jour_arrivee = Column("int", "arrivée au parquet", unit="jours", nulls="procédure")
    jour_faits_debut = Column("int", "premier jour des faits", unit="jours")
    jour_faits_fin = Column("int", "dernier jour des faits", unit="jours")
    commune_faits = Column("string", "commune des faits")
    code_departement = Column("string", "département des faits")
    natinf = Column("string", "nature de l'infraction de rang 1")
    natinfs = Column("array<string>", "natures d'infraction")
    famille = Column("string", "famille de l'infraction de rang 1")
    familles = Column("array<string>", "familles d'infraction")
    nb_mis_en_cause = Column("int", "mis en cause ou auteurs", unit="personnes")
    nb_victimes = Column("int", "victimes", unit="personnes")
    csns = Column("array<bigint>", "codes des personnes, tous rôles : hachages")
    naissances = Column("array<int>", "naissances des personnes, tous rôles", unit="jours")
    codes = Column("array<bigint>", "code et rôle de chaque personne : hachages")
    dates = Column("array<int>", "naissance et rôle de chaque personne : deux fois le jour, plus un pour une victime")
    nb_identifiees = Column("int", "personnes reconnaissables par leur code ou leur naissance", unit="personnes")
    petit_x = Column("boolean", "petit X", nulls="procédure")
    origine = Column("string", "origine de l'affaire", nulls="procédure")
