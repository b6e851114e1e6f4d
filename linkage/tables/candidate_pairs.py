"""Candidate pairs, their forecast, and the records set aside because their block was too large."""

from __future__ import annotations

from linkage.platform.lake.schema import Column, Table

COMPARED, SPLIT, SET_ASIDE = "compared", "split", "set_aside"


class CandidatePair(Table):
    """One row per pair of records worth comparing: a procedure and a reference."""

    path = "candidate_pairs"
    grain = "Une ligne par paire à comparer : une procédure et une référence."
    coverage = "Les paires formées par une règle au moins ; une référence que sa clé règle n'a pas d'autre candidat."
    key = ("procedure_key", "reference_key")
    procedure_key = Column("bigint", "clé entière de la procédure")
    reference_key = Column("bigint", "clé entière de la référence d'affaire")
    blocking_rule = Column("string", "première règle qui a formé la paire, dans l'ordre de conf/method")
    settles = Column("boolean", "la clé, confirmée par d'autres faits, règle la référence")


class PairsForecast(Table):
    """One row per blocking rule, level and class of block size; a block above the budget has a row of its own."""

    path = "candidate_pairs_forecast"
    grain = "Une ligne par règle, niveau et classe de taille de bloc ; un bloc au-dessus du budget a sa propre ligne."
    coverage = "Une paire que plusieurs règles forment est comptée par chacune."
    job = "candidate_pairs"
    key = ("blocking_rule", "level", "under", "outcome", "rank")
    blocking_rule = Column("string", "règle")
    level = Column("int", "0 : la clé de la règle ; n : sa n-ième clé plus fine, pour les blocs découpés")
    under = Column("bigint", "classe de taille : puissance de dix que le bloc n'atteint pas", unit="paires")
    outcome = Column(
        "string",
        "compared : comparé ; split : trop grand, découpé ; set_aside : trop grand, mis de côté",
        values=(COMPARED, SPLIT, SET_ASIDE),
    )
    rank = Column("int", "rang du bloc trop grand, du plus grand au plus petit", nulls="classe de blocs")
    block = Column("string", "valeurs non individuelles de la clé du bloc trop grand", nulls="classe de blocs")
    nb_blocks = Column("bigint", "blocs", unit="blocs")
    nb_procedures = Column("bigint", "procédures de ces blocs, une fois par bloc")
    nb_references = Column("bigint", "références de ces blocs, une fois par bloc")
    nb_pairs = Column(
        "bigint", "paires que la jointure compare ; une fenêtre de jours n'en garde qu'une partie", unit="paires"
    )
    nb_pairs_largest = Column("bigint", "paires du plus grand de ces blocs", unit="paires")


class SetAsideRecord(Table):
    """One row per record and blocking rule, where a block of the record was too large to be compared."""

    path = "candidate_pairs_set_aside"
    grain = "Une ligne par dossier et règle dont un bloc était trop grand pour être comparé."
    coverage = "Vide quand aucun bloc ne dépasse le budget."
    job = "candidate_pairs"
    key = ("side", "record_key", "blocking_rule")
    side = Column("string", "procedure ou reference")
    record_key = Column("bigint", "clé entière, comme dans standardised/records")
    blocking_rule = Column("string", "règle dont le bloc est mis de côté")
