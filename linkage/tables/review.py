"""The clerical review: which pairs a person looks at, and what was decided. Restricted zone."""

from __future__ import annotations

from linkage.tables.schema import Column, Table

REJECTED = "ecarte"
YES, NO, DOUBT = "oui", "non", "doute"


class ReviewSample(Table):
    """One row per pair of a version drawn for review, by status and weight band."""

    path = "review_sample"
    key = ("version", "id_procedure", "id_affaire")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    rang = Column("int", "ordre de présentation, tiré au sort")
    id_procedure = Column("string", "procédure, comme livrée")
    id_affaire = Column("string", "affaire, comme livrée")
    status = Column("string", "retenu, a_revoir, ou ecarte : comparée et non liée")
    match_weight = Column("double", "poids de la paire", unit="bits")
    stratum = Column("string", "strate : statut et tranche de poids")
    nb_population = Column("bigint", "paires de la strate (N_h)", unit="paires")
    nb_sampled = Column("bigint", "paires tirées dans la strate (n_h)", unit="paires")
    inclusion_weight = Column("double", "paires que celle-ci représente (N_h / n_h)", unit="paires")


class ReviewDecision(Table):
    """One row per pair of a version that a person has decided."""

    path = "review_decisions"
    key = ("version", "id_procedure", "id_affaire")
    partitions = ("version",)
    version = Column("string", "version dont l'échantillon a été revu")
    id_procedure = Column("string", "procédure, comme livrée")
    id_affaire = Column("string", "affaire, comme livrée")
    decision = Column("string", "oui, non ou doute")
    reviewed_at = Column("timestamp", "moment de la décision")
    file_sha256 = Column("string", "empreinte du fichier de décisions")
