"""One spelling for each fact, on both sides; what was delivered stays beside what was repaired."""

from __future__ import annotations

from linkage.platform.lake.schema import Column, Table
from linkage.tables.sources import NO_DATE, NOT_DELIVERED


class CaseFacts(Table):
    """What a procedure and an affair can be compared on, besides the PV key."""

    code_tj = Column("string", "tribunal judiciaire", nulls="non transmise, valeur non livrée ou code illisible")
    date_faits_debut = Column("date", "premier jour des faits, toutes infractions", nulls="inconnu")
    date_faits_fin = Column("date", "dernier jour des faits, toutes infractions", nulls="inconnu")
    communes_faits = Column(
        "array<string>", "communes des faits reconnues, triées ; arrondissements remplacés par leur commune"
    )
    commune_faits = Column(
        "string", "commune des faits principale, arrondissement remplacé par sa commune", nulls="inconnue du COG"
    )
    code_departement = Column("string", "département des faits", nulls="inconnu")
    natinf = Column("string", "nature de l'infraction de rang 1", nulls="sans infraction, ou code illisible")
    natinfs = Column("array<string>", "natures d'infraction de la procédure ou de l'affaire, triées")
    familles = Column("array<string>", "familles d'infraction connues, triées")
    famille = Column("string", "famille de l'infraction de rang 1 ou inconnue", nulls="sans infraction")
    nb_mis_en_cause = Column(
        "int", "mis en cause (police) ou auteurs (justice) comptés par la source", unit="personnes", nulls=NOT_DELIVERED
    )
    nb_victimes = Column("int", "victimes comptées par la source", unit="personnes", nulls=NOT_DELIVERED)
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
    grain = "Une ligne par procédure."
    coverage = "Toutes les procédures de sources, de tous les millésimes."
    defects = ("Une procédure dont le service, l'année ou le numéro est illisible n'a pas de clé de PV.",)
    key = ("source", "id_procedure")
    source = Column("string", "lrppn ou lrpgn")
    id_procedure = Column("string", "procédure, comme livrée ; unique dans sa source")
    millesime = Column("int", "millésime")
    force = Column("string", "PN ou GN")
    code_service = Column(
        "string", "unité rédactrice, cinq chiffres en gendarmerie, majuscules en police", nulls=NOT_DELIVERED
    )
    code_service_livre = Column("string", "unité rédactrice, comme livrée", nulls=NOT_DELIVERED)
    annee = Column("int", "année du PV", nulls="année illisible")
    annee_livree = Column("string", "année du PV, comme livrée", nulls=NOT_DELIVERED)
    numero = Column("int", "numéro du PV, sans zéros ni suffixe", nulls="numéro illisible")
    numero_livre = Column("string", "numéro du PV, comme livré", nulls=NOT_DELIVERED)
    date_enregistrement = Column("date", "enregistrement", nulls=NO_DATE)
    date_transmission = Column("date", "transmission au parquet", nulls="non transmise")
    commune_faits_livree = Column("string", "commune des faits, comme livrée", nulls=NOT_DELIVERED)
    repairs = Column(
        "array<string>",
        "ce qui a été réparé de la clé (voir references) et de la commune : commune_faits_reportee (fusion, "
        "code changé), _perimee avant les faits, _divisee depuis, _hors_cog",
    )


class Affaire(CaseFacts):
    """One row per affair."""

    path = "standardised/affaires"
    grain = "Une ligne par affaire."
    coverage = "Toutes les affaires de sources, de tous les millésimes et de toutes origines."
    key = ("id_affaire",)
    id_affaire = Column("string", "affaire, comme livrée")
    source = Column("string", "cassiopee")
    millesime = Column("int", "millésime")
    numero_parquet = Column("string", "numéro parquet", nulls=NOT_DELIVERED)
    idj = Column("string", "identifiant justice", nulls="avant la procédure pénale numérique, ou absent")
    date_arrivee = Column("date", "arrivée au parquet", nulls=NO_DATE)
    origine = Column("string", "police, gendarmerie, plainte_parquet, administration ou autre", nulls=NOT_DELIVERED)
    nature_affaire = Column("string", "nature d'affaire (NATAFF)", nulls=NOT_DELIVERED)
    petit_x = Column("boolean", "petit X", nulls=NOT_DELIVERED)


class Reference(Table):
    """One row per PV of origin of an affair, its key parsed; an affair without one has one row of rang 0."""

    path = "standardised/references"
    grain = "Une ligne par PV d'origine d'une affaire, sa clé lue ; une affaire sans PV a une ligne de rang 0."
    coverage = "Toutes les affaires ; le rang 0 dit qu'aucun PV n'est connu."
    defects = ("Une clé réparée peut être celle d'une autre procédure : repairs dit ce qui a été fait.",)
    key = ("id_affaire", "rang")
    id_affaire = Column("string", "affaire")
    rang = Column("int", "rang du PV d'origine, à partir de 1 ; 0 quand l'affaire n'en a pas")
    force = Column("string", "PN ou GN", nulls="inconnue")
    code_service = Column("string", "unité rédactrice, réparée", nulls="illisible ou absente")
    annee = Column("int", "année du PV, sur quatre chiffres", nulls="illisible ou absente")
    numero = Column("int", "numéro du PV, sans zéros ni suffixe", nulls="illisible ou absent")
    repairs = Column(
        "array<string>", "réparations faites, dans l'ordre : texte_libre, annee_2_chiffres, suffixe, zeros_service…"
    )
    code_service_livre = Column("string", "unité, comme saisie", nulls=NOT_DELIVERED)
    annee_livree = Column("string", "année, comme saisie", nulls=NOT_DELIVERED)
    numero_livre = Column("string", "numéro, comme saisi", nulls=NOT_DELIVERED)
    reference_pv_livree = Column("string", "texte libre, comme saisi", nulls=NOT_DELIVERED)


class Personne(Table):
    """One row per person of a procedure or an affair."""

    path = "standardised/personnes"
    grain = "Une ligne par personne d'une procédure ou d'une affaire."
    coverage = "Toutes les personnes de sources, des deux côtés."
    defects = ("Une personne a une ligne dans chaque procédure et chaque affaire ; seul son csns les réunit.",)
    key = ("source", "id", "rang")
    side = Column("string", "procedure ou affaire")
    source = Column("string", "lrppn, lrpgn ou cassiopee")
    id = Column("string", "procédure ou affaire, comme livrée ; unique dans sa source")
    rang = Column("int", "rang de la personne")
    role = Column("string", "mis_en_cause ou victime ; auteur (justice) est écrit mis_en_cause", nulls=NOT_DELIVERED)
    csns = Column(
        "string", "code statistique non signifiant", nulls="absent, illisible, ou partagé par trop de personnes"
    )
    sexe = Column("string", "M ou F", nulls="absent, ou autre que M et F")
    date_naissance = Column("date", "naissance", nulls="absente, fictive, ou partagée par trop de personnes")
    date_naissance_livree = Column("date", "naissance, comme livrée", nulls=NO_DATE)
    commune_naissance = Column(
        "string",
        "commune de naissance reconnue, arrondissement remplacé par sa commune",
        nulls="née à l'étranger, inconnue, ou inconnue du COG",
    )
    commune_naissance_livree = Column(
        "string", "commune de naissance, comme livrée", nulls="née à l'étranger ou inconnue"
    )
    pays_naissance = Column("string", "pays de naissance", nulls="absent, ou code illisible")
    commune_residence = Column(
        "string",
        "commune de résidence reconnue, arrondissement remplacé par sa commune",
        nulls="absente, ou inconnue du COG",
    )
    commune_residence_livree = Column("string", "commune de résidence, comme livrée", nulls=NOT_DELIVERED)
    nationalite = Column("string", "nationalité", nulls="absente, ou code illisible")
    profession = Column("string", "profession, PCS", nulls=NOT_DELIVERED)
    situation_familiale = Column("string", "situation familiale", nulls=NOT_DELIVERED)
    nombre_enfants = Column("int", "nombre d'enfants", unit="enfants", nulls=NOT_DELIVERED)
    lien_auteur = Column("string", "lien de la victime avec l'auteur", nulls="justice, mis en cause, ou inconnu")
    repairs = Column(
        "array<string>",
        "ce qui a été écarté ou réparé : csns_illisible, csns_partage ou date_naissance_partagee par trop de "
        "personnes ; communes comme celles des procédures",
    )


class Infraction(Table):
    """One row per offence of a procedure or an affair."""

    path = "standardised/infractions"
    grain = "Une ligne par infraction d'une procédure ou d'une affaire."
    coverage = "Toutes les infractions de sources, des deux côtés."
    defects = ("Police et justice ne qualifient pas toujours les mêmes faits du même code.",)
    key = ("source", "id", "rang")
    side = Column("string", "procedure ou affaire")
    source = Column("string", "lrppn, lrpgn ou cassiopee")
    id = Column("string", "procédure ou affaire, comme livrée ; unique dans sa source")
    rang = Column("int", "rang de l'infraction")
    natinf = Column("string", "nature d'infraction, sans zéros de tête", nulls="absent, ou code illisible")
    natinf_livre = Column("string", "nature d'infraction, comme livrée", nulls=NOT_DELIVERED)
    famille = Column("string", "famille ; inconnue hors nomenclature")
    classe = Column("string", "crime, delit ou contravention", nulls="police, ou valeur non livrée")
    tentative = Column("boolean", "tentative", nulls="justice, ou valeur non livrée")
    date_faits_debut = Column("date", "début des faits", nulls="inconnu, ou date fictive")
    date_faits_fin = Column("date", "fin des faits", nulls="inconnu, ou date fictive")
    commune_faits = Column(
        "string", "commune reconnue, arrondissement remplacé par sa commune", nulls="absente, ou inconnue du COG"
    )
    commune_faits_livree = Column("string", "commune, comme livrée", nulls=NOT_DELIVERED)
    repairs = Column("array<string>", "ce qui a été réparé de la commune, comme celle des procédures")


PROCEDURE, REFERENCE = "procedure", "reference"
BEYOND = -1


class Record(Table):
    """One row per procedure, and one per reference of an affair.

    Rang 0: an affair without any reference. Rang -1: the affair beyond its references (jonction), without a key.

    Dates are days since 1970-01-01, so that the same comparison runs on every engine. What is only looked for in
    common is an integer: it travels and compares at less cost than a text.
    """

    path = "standardised/records"
    grain = "Une ligne par procédure, et une par référence d'une affaire."
    coverage = (
        "Rang 0 : une affaire sans référence. Rang -1 : l'affaire au-delà de ses références (jonction), sans clé."
    )
    defects = ("record_key est un hachage de 64 bits : pour 40 millions de lignes, moins d'une collision sur 10 000.",)
    key = ("side", "record_key")
    partitions = ("side",)
    side = Column("string", "procedure ou reference")
    record_key = Column("bigint", "clé entière : hachage de id et rang, place de la source dans les derniers bits")
    id = Column("string", "procédure ou affaire, comme livrée ; unique dans sa source")
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
    code_tj = Column("string", "tribunal judiciaire", nulls="non transmise, absent ou illisible")
    jour_enregistrement = Column("int", "enregistrement", unit="jours", nulls="affaire, ou date absente")
    jour_transmission = Column("int", "transmission au parquet", unit="jours", nulls="affaire, ou non transmise")
    jour_arrivee = Column("int", "arrivée au parquet", unit="jours", nulls="procédure, ou date absente")
    jour_faits_debut = Column("int", "premier jour des faits", unit="jours", nulls="inconnu")
    jour_faits_fin = Column("int", "dernier jour des faits", unit="jours", nulls="inconnu")
    commune_faits = Column("string", "commune des faits", nulls="inconnue")
    code_departement = Column("string", "département des faits", nulls="inconnu")
    natinf = Column("string", "nature de l'infraction de rang 1", nulls="sans infraction, ou code illisible")
    natinfs = Column("array<string>", "natures d'infraction")
    famille = Column("string", "famille de l'infraction de rang 1", nulls="sans infraction")
    familles = Column("array<string>", "familles d'infraction")
    nb_semblables = Column(
        "int",
        "procédures de même commune et de même infraction de rang 1, elle comprise",
        unit="procédures",
        nulls="affaire, ou commune ou infraction inconnue",
    )
    nb_mis_en_cause = Column("int", "mis en cause ou auteurs", unit="personnes", nulls=NOT_DELIVERED)
    nb_victimes = Column("int", "victimes", unit="personnes", nulls=NOT_DELIVERED)
    csns = Column("array<bigint>", "codes des personnes, tous rôles : hachages")
    naissances = Column("array<int>", "naissances des personnes, tous rôles", unit="jours")
    codes = Column("array<bigint>", "code et rôle de chaque personne : hachages")
    dates = Column("array<int>", "naissance et rôle de chaque personne : deux fois le jour, plus un pour une victime")
    nb_identifiees = Column("int", "personnes reconnaissables par leur code ou leur naissance", unit="personnes")
    petit_x = Column("boolean", "petit X", nulls="procédure, ou absent")
    origine = Column("string", "origine de l'affaire", nulls="procédure, ou absente")
