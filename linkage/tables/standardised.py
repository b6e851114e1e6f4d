"""One spelling for each fact, on both sides; what was delivered stays beside what was repaired."""

from __future__ import annotations

from linkage.platform.lake.schema import Column, Table


class CaseFacts(Table):
    """What a procedure and an affair can be compared on, besides the PV key."""

    code_tj = Column("string", "tribunal judiciaire", nulls="non transmise")
    date_faits_debut = Column("date", "premier jour des faits, toutes infractions")
    date_faits_fin = Column("date", "dernier jour des faits, toutes infractions")
    communes_faits = Column(
        "array<string>", "communes des faits reconnues, triées ; arrondissements remplacés par leur commune"
    )
    commune_faits = Column(
        "string", "commune des faits principale, arrondissement remplacé par sa commune", nulls="inconnue du COG"
    )
    code_departement = Column("string", "département des faits")
    natinf = Column("string", "nature de l'infraction de rang 1")
    natinfs = Column("array<string>", "natures d'infraction de la procédure ou de l'affaire, triées")
    familles = Column("array<string>", "familles d'infraction connues, triées")
    famille = Column("string", "famille de l'infraction de rang 1 ou inconnue", nulls="sans infraction")
    nb_mis_en_cause = Column(
        "int", "mis en cause (police) ou auteurs (justice) comptés par la source", unit="personnes"
    )
    nb_victimes = Column("int", "victimes comptées par la source", unit="personnes")
    csns_mis_en_cause = Column("array<string>", "codes des mis en cause ou auteurs, triés")
    csns_victimes = Column("array<string>", "codes des victimes, triés")
    naissances_mis_en_cause = Column("array<date>", "naissances des mis en cause ou auteurs, triées")
    naissances_victimes = Column("array<date>", "naissances des victimes, triées")
    traits_mis_en_cause = Column(
        "array<string>", "sexe|commune de naissance (pays à l'étranger) des mis en cause ou auteurs, triés"
    )
    traits_victimes = Column("array<string>", "sexe|commune de naissance (pays à l'étranger) des victimes, triés")


class Procedure(CaseFacts):
    """One row per procedure."""

    path = "standardised/procedures"
    key = ("id_procedure",)
    id_procedure = Column("string", "procédure, comme livrée")
    source = Column("string", "lrppn ou lrpgn")
    millesime = Column("int", "millésime")
    force = Column("string", "PN ou GN")
    code_service = Column("string", "unité rédactrice, cinq chiffres en gendarmerie, majuscules en police")
    code_service_livre = Column("string", "unité rédactrice, comme livrée")
    annee = Column("int", "année du PV", nulls="année illisible")
    annee_livree = Column("string", "année du PV, comme livrée")
    numero = Column("int", "numéro du PV, sans zéros ni suffixe", nulls="numéro illisible")
    numero_livre = Column("string", "numéro du PV, comme livré")
    date_enregistrement = Column("date", "enregistrement")
    date_transmission = Column("date", "transmission au parquet", nulls="non transmise")
    commune_faits_livree = Column("string", "commune des faits, comme livrée")


class Affaire(CaseFacts):
    """One row per affair."""

    path = "standardised/affaires"
    key = ("id_affaire",)
    id_affaire = Column("string", "affaire, comme livrée")
    source = Column("string", "cassiopee")
    millesime = Column("int", "millésime")
    numero_parquet = Column("string", "numéro parquet")
    idj = Column("string", "identifiant justice")
    date_arrivee = Column("date", "arrivée au parquet")
    origine = Column("string", "police, gendarmerie, plainte_parquet, administration ou autre")
    nature_affaire = Column("string", "nature d'affaire (NATAFF)")
    petit_x = Column("boolean", "petit X")


class Reference(Table):
    """One row per PV of origin of an affair, its key parsed; an affair without one has one row of rang 0."""

    path = "standardised/references"
    key = ("id_affaire", "rang")
    id_affaire = Column("string", "affaire")
    rang = Column("int", "rang du PV d'origine ; 0 quand l'affaire n'en a pas")
    force = Column("string", "PN ou GN", nulls="inconnue")
    code_service = Column("string", "unité rédactrice, réparée", nulls="illisible ou absente")
    annee = Column("int", "année du PV, sur quatre chiffres", nulls="illisible ou absente")
    numero = Column("int", "numéro du PV, sans zéros ni suffixe", nulls="illisible ou absent")
    repairs = Column(
        "array<string>", "réparations faites, dans l'ordre : texte_libre, annee_2_chiffres, suffixe, zeros_service…"
    )
    code_service_livre = Column("string", "unité, comme saisie")
    annee_livree = Column("string", "année, comme saisie")
    numero_livre = Column("string", "numéro, comme saisi")
    reference_pv_livree = Column("string", "texte libre, comme saisi")


class Personne(Table):
    """One row per person of a procedure or an affair."""

    path = "standardised/personnes"
    key = ("side", "id", "rang")
    side = Column("string", "procedure ou affaire")
    id = Column("string", "procédure ou affaire")
    rang = Column("int", "rang de la personne")
    role = Column("string", "mis_en_cause ou victime ; auteur (justice) est écrit mis_en_cause")
    csns = Column("string", "code statistique non signifiant")
    sexe = Column("string", "M ou F")
    date_naissance = Column("date", "naissance", nulls="absente, ou date fictive")
    date_naissance_livree = Column("date", "naissance, comme livrée")
    commune_naissance = Column("string", "commune de naissance reconnue, arrondissement remplacé par sa commune")
    commune_naissance_livree = Column("string", "commune de naissance, comme livrée")
    pays_naissance = Column("string", "pays de naissance")
    commune_residence = Column("string", "commune de résidence reconnue, arrondissement remplacé par sa commune")
    commune_residence_livree = Column("string", "commune de résidence, comme livrée")
    nationalite = Column("string", "nationalité")
    profession = Column("string", "profession, PCS")
    situation_familiale = Column("string", "situation familiale")
    nombre_enfants = Column("int", "nombre d'enfants", unit="enfants")
    lien_auteur = Column("string", "lien de la victime avec l'auteur", nulls="justice, mis en cause, ou inconnu")


class Infraction(Table):
    """One row per offence of a procedure or an affair."""

    path = "standardised/infractions"
    key = ("side", "id", "rang")
    side = Column("string", "procedure ou affaire")
    id = Column("string", "procédure ou affaire")
    rang = Column("int", "rang de l'infraction")
    natinf = Column("string", "nature d'infraction, sans zéros de tête")
    natinf_livre = Column("string", "nature d'infraction, comme livrée")
    famille = Column("string", "famille ; inconnue hors nomenclature")
    classe = Column("string", "crime, delit ou contravention", nulls="police")
    tentative = Column("boolean", "tentative", nulls="justice")
    date_faits_debut = Column("date", "début des faits")
    date_faits_fin = Column("date", "fin des faits")
    commune_faits = Column("string", "commune reconnue, arrondissement remplacé par sa commune")
    commune_faits_livree = Column("string", "commune, comme livrée")


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
