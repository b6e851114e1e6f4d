"""Scored pairs of cases and of persons, and the agreement patterns that they reach."""

from __future__ import annotations

from linkage.platform.lake.schema import Column, Table
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.sources import NOT_DELIVERED


class ScoredPair(CandidatePair):
    """One row per candidate pair whose weight reaches the floor, or that a confirmed key settles."""

    path = "scored_pairs"
    grain = "Une ligne par paire dont le poids atteint le plancher, ou que sa clé confirmée règle."
    coverage = (
        "Les autres paires sous le plancher de conf/method/scored_pairs.toml ont été comparées et ne sont pas gardées."
    )
    source = Column("string", "source de la procédure : lrppn ou lrpgn")
    id_procedure = Column("string", "procédure, comme livrée ; unique dans sa source")
    id_affaire = Column("string", "affaire")
    rang = Column("int", "rang de la référence")
    match_weight = Column("double", "poids de Splink", unit="bits")
    match_probability = Column("double", "probabilité de Splink")
    agreement_pattern = Column("bigint", "niveaux atteints ensemble : une ligne de scored_patterns")


class ScoredPerson(Table):
    """One row per pair of persons of a candidate case whose weight reaches the floor."""

    path = "scored_persons"
    grain = "Une ligne par paire de personnes d'une paire de dossiers, dont le poids atteint le plancher."
    coverage = "Les personnes des dossiers de scored_pairs ; les paires sous le plancher ne sont pas gardées."
    job = "scored_pairs"
    key = ("source", "id_procedure", "rang_procedure", "id_affaire", "rang_affaire")
    source = Column("string", "source de la procédure : lrppn ou lrpgn")
    id_procedure = Column("string", "procédure, comme livrée ; unique dans sa source")
    rang_procedure = Column("int", "rang de la personne dans la procédure")
    id_affaire = Column("string", "affaire")
    rang_affaire = Column("int", "rang de la personne dans l'affaire")
    role = Column("string", "rôle dans la procédure", nulls=NOT_DELIVERED)
    role_affaire = Column(
        "string", "rôle dans l'affaire, dit comme la police : mis_en_cause ou victime", nulls=NOT_DELIVERED
    )
    match_weight = Column("double", "poids de Splink sur le modèle des personnes", unit="bits")
    match_probability = Column("double", "probabilité de Splink sur le modèle des personnes")
    agreement_pattern = Column("bigint", "niveaux atteints ensemble : une ligne de scored_patterns")


class ScoredPattern(Table):
    """One row per agreement pattern: levels that scored pairs of cases, jonctions or persons reached together."""

    path = "scored_patterns"
    grain = "Une ligne par motif : des niveaux que des paires atteignent ensemble."
    coverage = "Les motifs des paires gardées."
    job = "scored_pairs"
    key = ("agreement_pattern",)
    agreement_pattern = Column("bigint", "le motif, comme scored_pairs et scored_persons le portent")
    model = Column("string", "modèle de ces paires : cases, jonctions ou persons")
    levels = Column("map<string,string>", "niveau atteint par chaque comparaison", nulls="sans information")
    match_weight = Column("double", "poids de Splink de toutes ces paires, avant le retour des personnes", unit="bits")
    match_probability = Column("double", "probabilité de Splink")
    nb_pairs = Column("bigint", "paires retenues de ce motif", unit="paires")
