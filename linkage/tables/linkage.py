"""The linkage itself: candidates, scores, links, and what became of every record."""

from __future__ import annotations

from linkage.tables.schema import Column, Table

RETAINED, TO_REVIEW = "retenu", "a_revoir"
COMPARED, SPLIT = "compared", "split"
LINKED, SET_ASIDE, UNLINKED = "linked", "set_aside", "unlinked:"


class CandidatePair(Table):
    """One row per pair of records worth comparing: a procedure and a reference."""

    path = "candidate_pairs"
    key = ("procedure_key", "reference_key")
    procedure_key = Column("bigint", "clé entière de la procédure")
    reference_key = Column("bigint", "clé entière de la référence d'affaire")
    blocking_rule = Column("string", "première règle qui a formé la paire, dans l'ordre de conf/method")
    settles = Column("boolean", "la clé, confirmée par d'autres faits, règle la référence")


class PairsForecast(Table):
    """One row per blocking rule, level and class of block size; a block above the budget has a row of its own."""

    path = "candidate_pairs_forecast"
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
    key = ("side", "record_key", "blocking_rule")
    side = Column("string", "procedure ou reference")
    record_key = Column("bigint", "clé entière : hachage de id et rang")
    blocking_rule = Column("string", "règle dont le bloc est mis de côté")


class ScoredPair(CandidatePair):
    """One row per candidate pair whose weight reaches the floor."""

    path = "scored_pairs"
    id_procedure = Column("string", "procédure")
    id_affaire = Column("string", "affaire")
    rang = Column("int", "rang de la référence")
    match_weight = Column("double", "poids de Splink", unit="bits")
    match_probability = Column("double", "probabilité de Splink")
    agreement_pattern = Column("bigint", "niveaux atteints ensemble : une ligne de scored_patterns")


class ScoredPerson(Table):
    """One row per pair of persons of a candidate case whose weight reaches the floor."""

    path = "scored_persons"
    key = ("id_procedure", "rang_procedure", "id_affaire", "rang_affaire")
    id_procedure = Column("string", "procédure")
    rang_procedure = Column("int", "rang de la personne dans la procédure")
    id_affaire = Column("string", "affaire")
    rang_affaire = Column("int", "rang de la personne dans l'affaire")
    role = Column("string", "rôle dans la procédure")
    role_affaire = Column("string", "rôle dans l'affaire, dit comme la police : mis_en_cause ou victime")
    match_weight = Column("double", "poids de Splink sur le modèle des personnes", unit="bits")
    match_probability = Column("double", "probabilité de Splink sur le modèle des personnes")
    agreement_pattern = Column("bigint", "niveaux atteints ensemble : une ligne de scored_patterns")


class ScoredPattern(Table):
    """One row per agreement pattern: levels that scored pairs of cases, jonctions or persons reached together."""

    path = "scored_patterns"
    key = ("agreement_pattern",)
    agreement_pattern = Column("bigint", "le motif, comme scored_pairs et scored_persons le portent")
    model = Column("string", "modèle de ces paires : cases, jonctions ou persons")
    levels = Column("map<string,string>", "niveau atteint par chaque comparaison", nulls="sans information")
    match_weight = Column("double", "poids de Splink de toutes ces paires, avant le retour des personnes", unit="bits")
    match_probability = Column("double", "probabilité de Splink")
    nb_pairs = Column("bigint", "paires retenues de ce motif", unit="paires")


class Link(Table):
    """One row per retained or doubtful pair of a version."""

    path = "links"
    key = ("version", "id_procedure", "id_affaire")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    id_procedure = Column("string", "procédure, comme livrée")
    id_affaire = Column("string", "affaire, comme livrée")
    link_pass = Column("string", "passe qui a proposé le lien")
    match_weight = Column(
        "double", "poids de Splink : modèle des affaires ou des jonctions, retour des personnes compris", unit="bits"
    )
    match_probability = Column("double", "probabilité de ce poids")
    status = Column("string", "retenu, ou a_revoir : à examiner à la main")
    evidence = Column("string", "ce qui s'accorde et ce qui ne s'accorde pas, comparaison par comparaison")
    id_dossier = Column("string", "composante du graphe des liens retenus", nulls="a_revoir")


class PersonLink(Table):
    """One row per pair of persons recognised as the same inside a retained link of a version."""

    path = "person_links"
    key = ("version", "id_procedure", "rang_procedure", "id_affaire")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    id_procedure = Column("string", "procédure, comme livrée")
    rang_procedure = Column("int", "rang de la personne dans la procédure")
    id_affaire = Column("string", "affaire, comme livrée")
    rang_affaire = Column("int", "rang de la personne dans l'affaire")
    role = Column("string", "rôle dans la procédure")
    role_change = Column("boolean", "le rôle n'est pas le même dans l'affaire")
    match_weight = Column("double", "poids de Splink sur le modèle des personnes", unit="bits")
    match_probability = Column("double", "probabilité de Splink sur le modèle des personnes")


class Unlinked(Table):
    """One row per procedure or affair without a retained link."""

    path = "unlinked"
    key = ("version", "side", "id")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    side = Column("string", "procedure ou affaire")
    id = Column("string", "procédure ou affaire, comme livrée")
    reason = Column("string", "raison de l'absence de lien")


class Ledger(Table):
    """One row per version, source, vintage and outcome: what came in = linked + unlinked by reason + set aside."""

    path = "ledger"
    key = ("version", "source", "millesime", "outcome")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    source = Column("string", "lrppn, lrpgn ou cassiopee")
    millesime = Column("int", "millésime")
    outcome = Column("string", "linked, unlinked:<raison> ou set_aside")
    nb = Column("bigint", "procédures ou affaires", unit="dossiers")


class Version(Table):
    """One row per published version."""

    path = "versions"
    key = ("version",)
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    status = Column("string", "published")
    created_at = Column("timestamp", "publication")
    code_version = Column("string", "version du code")
    inputs_hash = Column(
        "string", "empreinte des livraisons, de la méthode et du modèle donné : ce qui fait la version"
    )
    settings_hash = Column("string", "empreinte de la méthode")
    model_hash = Column("string", "empreinte du modèle utilisé")
    model = Column("string", "modèle utilisé, en JSON")
    model_given = Column("boolean", "modèle donné par --model plutôt qu'estimé sur ces données")
    deliveries = Column("array<string>", "livraisons : source, millésime, date d'extraction, empreinte")
    table_versions = Column("map<string,bigint>", "versions Delta des tables lues et écrites")
    row_counts = Column("map<string,bigint>", "lignes par table", unit="lignes")
    indicators = Column("map<string,double>", "principaux indicateurs")
