"""How good a version is: counts and shares only, no record."""

from __future__ import annotations

from linkage.tables.schema import Column, Table


class MatchRate(Table):
    """One row per version, source and vintage: what share of its cases is linked."""

    path = "quality/match_rate"
    key = ("version", "source", "millesime")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    source = Column("string", "lrppn, lrpgn ou cassiopee")
    millesime = Column("int", "millésime")
    nb = Column("bigint", "procédures ou affaires gardées", unit="dossiers")
    nb_linked = Column("bigint", "dont avec au moins un lien retenu", unit="dossiers")
    nb_to_review = Column("bigint", "dont sans lien retenu et avec un lien à examiner", unit="dossiers")
    match_rate = Column("double", "part des dossiers avec au moins un lien retenu")


class Accuracy(Table):
    """One row per version and pass, and one for all passes (``*``): links against the truth."""

    path = "quality/accuracy"
    key = ("version", "link_pass")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    link_pass = Column("string", "passe ; * pour toutes")
    nb_links = Column("bigint", "liens retenus", unit="liens")
    nb_true_links = Column("bigint", "dont vrais", unit="liens")
    nb_missed = Column("bigint", "liens vrais non retenus", unit="liens", nulls="une seule passe")
    precision = Column("double", "part des liens retenus qui sont vrais")
    recall = Column("double", "part des liens vrais qui sont retenus ; par passe, sa contribution")
    f1 = Column("double", "moyenne harmonique de la précision et du rappel", nulls="une seule passe")


class Estimate(Table):
    """One row per version, method and measure: an error rate estimated without the truth."""

    path = "quality/estimates"
    key = ("version", "method", "measure")
    partitions = ("version", "method")
    version = Column("string", "version de l'appariement")
    method = Column("string", "revue, melange, cles_cachees ou liens")
    measure = Column(
        "string",
        "precision ou rappel ; suivi de _doutes_oui ou _doutes_non : les doutes de la revue comptés ainsi",
    )
    estimate = Column("double", "estimation", nulls="rien ne permet d'estimer")
    low = Column("double", "borne basse de l'intervalle à 95 %", nulls="sans estimation")
    high = Column("double", "borne haute de l'intervalle à 95 %", nulls="sans estimation")
    nb = Column("bigint", "paires sur lesquelles repose l'estimation", unit="paires")
    note = Column("string", "ce que l'estimation suppose et ce qu'elle ne voit pas")
