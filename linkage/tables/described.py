"""What an analyst asks of the base before any figure: which versions there are, and what its codes mean."""

from __future__ import annotations

from linkage.platform.lake.schema import Column, Table

NOT_MEASURED = "effectif trop petit, ou qualité non mesurée"


class VersionOfBase(Table):
    """One row per version of the base."""

    path = "linked_base/versions"
    grain = "Une ligne par version de la base."
    coverage = "Les versions que la base a ; une version publiée sans base n'y est pas."
    defects = (
        "precision_estimee et rappel_estime sont estimés sans la vérité : quality/estimates dit ce qu'ils supposent.",
    )
    derived_from = "versions"
    key = ("version",)
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    date_publication = Column("date", "publication de la version")
    date_extraction = Column(
        "date",
        "première extraction des livraisons de la justice : jusque-là, toutes les suites sont connues",
        source="sources/deliveries",
        nulls="livraisons sans manifest.json",
    )
    code_version = Column("string", "version du code qui a fait l'appariement")
    est_fictive = Column("boolean", "au moins une livraison est fictive", source="sources/deliveries")
    premier_millesime = Column(
        "int", "premier millésime", unit="année", source="quality/match_rate", nulls=NOT_MEASURED
    )
    dernier_millesime = Column(
        "int", "dernier millésime", unit="année", source="quality/match_rate", nulls=NOT_MEASURED
    )
    nb_procedures = Column("bigint", "procédures gardées", unit="dossiers", source="quality/match_rate")
    nb_procedures_liees = Column("bigint", "dont liées", unit="dossiers", source="quality/match_rate")
    nb_affaires = Column("bigint", "affaires gardées, de toutes origines", unit="dossiers", source="quality/match_rate")
    nb_affaires_liees = Column("bigint", "dont liées", unit="dossiers", source="quality/match_rate")
    taux_procedures = Column(
        "double", "part liée des procédures transmises", source="quality/subgroups", nulls=NOT_MEASURED
    )
    taux_affaires = Column(
        "double", "part liée des affaires d'origine policière", source="quality/subgroups", nulls=NOT_MEASURED
    )
    precision_estimee = Column(
        "double", "part des liens retenus qui sont vrais, estimée", source="quality/estimates", nulls=NOT_MEASURED
    )
    rappel_estime = Column(
        "double", "part des liens vrais qui sont retenus, estimée", source="quality/estimates", nulls=NOT_MEASURED
    )


class Valeur(Table):
    """One row per table, coded column and code: what the code means."""

    path = "linked_base/valeurs"
    grain = "Une ligne par table, colonne et code."
    coverage = (
        "Les listes que le projet connaît : contrat, profil et conf/nomenclatures. Des communes, celles que la base "
        "nomme. Un code hors de ces listes (infraction, nature d'affaire) n'y est pas."
    )
    derived_from = "linkage/tables, conf/nomenclatures"
    key = ("table", "colonne", "code")
    table = Column("string", "table de linked_base, sans ce préfixe")
    colonne = Column("string", "colonne de cette table")
    code = Column("string", "code, tel que la colonne l'écrit")
    signification = Column("string", "ce que le code veut dire")
