"""How good a version is: counts and shares only, no record."""

from __future__ import annotations

from linkage.platform.lake.schema import Column, Table


class MatchRate(Table):
    """One row per version, source and vintage: what share of its cases is linked."""

    path = "quality/match_rate"
    grain = "Une ligne par version, source et millésime : la part des dossiers liés."
    coverage = (
        "Tous les dossiers gardés, y compris ceux qui ne peuvent pas être liés (non transmis, d'une autre origine)."
    )
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
    grain = "Une ligne par version et passe, et une pour toutes les passes (`*`) : les liens confrontés à la vérité."
    coverage = "Seulement où la vérité est connue (livraisons fictives, --truth)."
    key = ("version", "link_pass")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    link_pass = Column("string", "passe ; * pour toutes")
    nb_links = Column("bigint", "liens retenus", unit="liens")
    nb_true_links = Column("bigint", "dont vrais", unit="liens")
    nb_missed = Column("bigint", "liens vrais non retenus", unit="liens", nulls="une seule passe")
    precision = Column("double", "part des liens retenus qui sont vrais", nulls="aucun lien retenu")
    recall = Column(
        "double", "part des liens vrais qui sont retenus ; par passe, sa contribution", nulls="aucun lien vrai"
    )
    f1 = Column("double", "moyenne harmonique de la précision et du rappel", nulls="une seule passe")


class PersonAccuracy(Table):
    """One row per version and police role, and one for all roles (``*``): links of persons against the truth."""

    path = "quality/accuracy_persons"
    grain = "Une ligne par version et rôle, et une pour tous (`*`) : les liens de personnes confrontés à la vérité."
    coverage = "Seulement où la vérité est connue (livraisons fictives, --truth)."
    key = ("version", "role")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    role = Column("string", "rôle dans la procédure ; * pour tous")
    nb_links = Column("bigint", "personnes reconnues", unit="paires de personnes")
    nb_true_links = Column("bigint", "dont vraies", unit="paires de personnes")
    nb_missed = Column("bigint", "vraies non reconnues, affaire non liée comprise", unit="paires de personnes")
    precision = Column("double", "part des personnes reconnues qui sont vraies", nulls="aucune reconnue")
    recall = Column("double", "part des vraies qui sont reconnues", nulls="aucune vraie")
    f1 = Column("double", "moyenne harmonique de la précision et du rappel")


class Estimate(Table):
    """One row per version, method and measure: an error rate estimated without the truth."""

    path = "quality/estimates"
    grain = "Une ligne par version, méthode et mesure : un taux d'erreur estimé sans la vérité."
    coverage = "Une méthode qui n'a pas de quoi estimer n'a pas de ligne ; la revue n'en a qu'après des décisions."
    defects = ("Aucune méthode ne voit toutes les erreurs : note dit ce que chacune suppose.",)
    key = ("version", "method", "measure")
    partitions = ("version", "method")
    version = Column("string", "version de l'appariement")
    method = Column("string", "revue, melange, cles_cachees, liens ou synthese")
    measure = Column(
        "string",
        "precision ou rappel ; suivi de _doutes_oui ou _doutes_non : les doutes de la revue comptés ainsi",
    )
    estimate = Column("double", "estimation", nulls="rien ne permet d'estimer")
    low = Column("double", "borne basse de l'intervalle à 95 %", nulls="sans estimation")
    high = Column("double", "borne haute de l'intervalle à 95 %", nulls="sans estimation")
    nb = Column("bigint", "paires sur lesquelles repose l'estimation", unit="paires")
    note = Column("string", "ce que l'estimation suppose et ce qu'elle ne voit pas")


class HiddenKeys(Table):
    """One row per version and stratum: affairs alike, their sure keys hidden and looked for again without them."""

    path = "quality/hidden_keys"
    grain = (
        "Une ligne par version et strate : des affaires semblables, leurs clés sûres cachées puis cherchées sans "
        "elles ; une autre pour les jonctions, les PV cités à côté du premier cachés puis cherchés."
    )
    coverage = "Vide quand les clés sont trop peu nombreuses pour estimer."
    defects = ("Une affaire sans clé est supposée ressembler à celles de sa strate qui en ont une.",)
    key = ("version", "stratum")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    stratum = Column(
        "string", "ce qui fait reconnaître une affaire sans clé : auteur, personnes identifiées, faits ; ou jonctions"
    )
    nb = Column("bigint", "clés sûres cachées", unit="références")
    found = Column("bigint", "dont la procédure est retrouvée sans la clé", unit="références")
    wrong = Column("bigint", "dont une autre procédure est retenue à tort", unit="références")
    linked = Column("bigint", "affaires liées sans clé sûre", unit="affaires")


class Calibration(Table):
    """One row per version and weight band: pairs kept of hidden keys, how many their probability expects to be true."""

    path = "quality/calibration"
    grain = (
        "Une ligne par version et tranche de poids : les paires retenues de clés cachées, attendues justes et justes."
    )
    coverage = "Les clés cachées de quality/hidden_keys ; vide quand elles sont trop peu nombreuses pour estimer."
    defects = ("Les clés cachées sont sûres : leurs paires sont plus faciles que celles des affaires sans clé.",)
    key = ("version", "low")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    low = Column("double", "poids le plus bas de la tranche", unit="bits", nulls="sous la plus basse des bornes")
    nb = Column("bigint", "paires retenues quand la clé est cachée", unit="paires")
    expected = Column("double", "dont justes, d'après leurs probabilités", unit="paires")
    nb_right = Column("bigint", "dont justes : la procédure que la clé désigne", unit="paires")


ALL_RULES = "*"
KEYS, CITATIONS = "cles", "citations"
AS_SET, KEY_HIDDEN = "règle telle qu'elle est réglée", "la règle lit la clé cachée"


class RuleWidth(Table):
    """One row per version, blocking rule, window and width: the pairs that it forms, the true links that it holds.

    Estimated without truth: from sure keys hidden for affairs, from PVs cited beside the first, hidden, for jonctions.
    """

    path = "quality/rules"
    grain = "Une ligne par version, règle de blocage, fenêtre et largeur ; une pour toutes les règles (`*`)."
    coverage = (
        "Règles autres que celle de la clé. Vide quand les clés sont trop peu nombreuses pour estimer ; sans liens "
        "attendus pour les règles qui lisent une clé, que l'on a cachée."
    )
    defects = (
        "Une affaire sans clé est supposée ressembler à celles de sa strate qui en ont une.",
        "nb_pairs vient d'un tirage de références ; une paire que plusieurs règles forment est comptée par chacune.",
    )
    key = ("version", "hidden", "blocking_rule", "window", "factor")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    hidden = Column(
        "string",
        "ce qui fut caché : cles, pour les affaires ; citations, pour les procédures jointes",
        values=(KEYS, CITATIONS),
    )
    blocking_rule = Column("string", "règle ; * pour toutes ensemble")
    window = Column("string", "jours (ou années) que compare la fenêtre changée", nulls=AS_SET)
    factor = Column("double", "largeur de la fenêtre, celle des réglages étant 1", nulls=AS_SET)
    low = Column("int", "borne basse de la fenêtre changée", unit="jours", nulls=AS_SET)
    high = Column("int", "borne haute de la fenêtre changée", unit="jours", nulls=AS_SET)
    nb_pairs = Column("bigint", "paires formées, estimées", unit="paires", nulls="toutes les règles ensemble")
    nb_hidden = Column("bigint", "liens connus que l'on a cachés", unit="liens", nulls=KEY_HIDDEN)
    share_held = Column("double", "part attendue des liens vrais que la règle forme", nulls=KEY_HIDDEN)
    nb_held = Column("double", "liens vrais attendus que la règle forme", unit="liens", nulls=KEY_HIDDEN)
    nb_alone = Column(
        "double",
        "dont ceux qu'aucune autre règle, telle que réglée, ne forme",
        unit="liens",
        nulls="la règle lit la clé cachée, ou toutes les règles ensemble",
    )


class Subgroup(Table):
    """One row per version, side, subgroup and measure: how well a group of cases is linked, beside the whole.

    A case belongs to a group of persons when at least one of its persons of that role does. Groups of too few cases
    are merged as ``autres``.
    """

    path = "quality/subgroups"
    grain = (
        "Une ligne par version, côté, groupe et mesure : comment un groupe de dossiers est lié, à côté de l'ensemble."
    )
    coverage = "Les groupes trop petits sont réunis sous autres, ou absents."
    defects = ("Un dossier est dans le groupe de chacune de ses personnes : les groupes se recouvrent.",)
    key = ("version", "side", "dimension", "modalite", "measure")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    side = Column("string", "procedure ou affaire")
    dimension = Column("string", "ce qui distingue les groupes ; ensemble pour tous les dossiers")
    modalite = Column("string", "groupe ; autres pour les groupes trop petits, sans information quand le trait manque")
    measure = Column(
        "string",
        "taux_appariement (procédures transmises, affaires d'origine policière), taux_appariement_total (tous les "
        "dossiers), precision_estimee et rappel_estime (sans vérité), precision_vraie et rappel_vrai (avec vérité)",
    )
    nb = Column("double", "effectif au dénominateur, attendu pour rappel_estime", nulls="trop petit", unit="dossiers")
    estimate = Column("double", "part mesurée ou estimée", nulls="effectif trop petit")
    low = Column("double", "borne basse de l'intervalle de Wilson", nulls="effectif trop petit")
    high = Column("double", "borne haute de l'intervalle de Wilson", nulls="effectif trop petit")
    spread = Column("double", "écart-type des erreurs estimées, en part d'elles-mêmes ; 0 où elles sont comptées")
    gap = Column("double", "écart à l'ensemble", nulls="ensemble, ou effectif trop petit")
    gap_low = Column("double", "borne basse de l'écart (Newcombe)", nulls="ensemble, ou effectif trop petit")
    gap_high = Column("double", "borne haute de l'écart (Newcombe)", nulls="ensemble, ou effectif trop petit")
    named = Column("boolean", "nommé en première page du rapport : grand groupe nettement sous l'ensemble")


class Weight(Table):
    """One row per version and crossing of traits of sent procedures: what one linked procedure stands for.

    A procedure gets its weight by joining on the traits, cast to text, a missing one written ``sans information``.
    """

    path = "quality/weights"
    grain = "Une ligne par version et croisement de traits : ce que représente une procédure liée."
    coverage = "Procédures transmises ; un trait absent est écrit sans information."
    defects = ("Les poids supposent que, dans une cellule, être liée ne dépend pas de la suite donnée par la justice.",)
    key = ("version", "avec_mis_en_cause", "famille", "force", "millesime", "code_departement")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    avec_mis_en_cause = Column("string", "true quand la source compte au moins un mis en cause, sinon false")
    famille = Column("string", "famille de l'infraction de rang 1")
    force = Column("string", "PN ou GN")
    millesime = Column("string", "millésime")
    code_departement = Column("string", "département des faits")
    cell = Column("int", "cellule qui réunit des croisements trop petits")
    nb = Column("bigint", "procédures transmises de la cellule", unit="dossiers")
    nb_linked = Column("bigint", "dont liées", unit="dossiers")
    weight = Column("double", "poids d'une procédure liée : inverse de la part liée", nulls="aucune n'est liée")


class Balance(Table):
    """One row per version, population, measure and category: a share among linked procedures, bare and weighted."""

    path = "quality/balance"
    grain = "Une ligne par version, population, mesure et modalité : une part des procédures liées, sans et avec poids."
    coverage = "Procédures transmises ; les modalités trop petites sont réunies sous autres."
    key = ("version", "population", "measure", "modalite")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    population = Column("string", "ensemble, ou violences conjugales (natinf), parmi les procédures transmises")
    measure = Column("string", "composition ou suite donnée par la justice")
    modalite = Column("string", "catégorie")
    nb_linked = Column("bigint", "procédures liées de la population", unit="dossiers")
    share = Column("double", "part parmi les procédures liées, sans poids", nulls="effectif trop petit")
    weighted_share = Column("double", "la même, avec les poids", nulls="effectif trop petit")
    known_share = Column(
        "double", "la même parmi toutes les procédures transmises", nulls="suite judiciaire, ou effectif trop petit"
    )


REJECTED = "ecarte"
YES, NO, DOUBT = "oui", "non", "doute"


class ReviewSample(Table):
    """One row per pair of a version drawn for review, by status and weight band."""

    path = "review_sample"
    grain = "Une ligne par paire d'une version tirée pour la revue, par statut et tranche de poids."
    coverage = "Zone restreinte : identifiants comme livrés."
    job = "quality"
    key = ("version", "source", "id_procedure", "id_affaire")
    partitions = ("version",)
    version = Column("string", "version de l'appariement")
    rang = Column("int", "ordre de présentation, tiré au sort")
    source = Column("string", "source de la procédure : lrppn ou lrpgn")
    id_procedure = Column("string", "procédure, comme livrée ; unique dans sa source")
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
    grain = "Une ligne par paire d'une version qu'une personne a décidée."
    coverage = "Zone restreinte : identifiants comme livrés."
    job = "quality"
    key = ("version", "source", "id_procedure", "id_affaire")
    partitions = ("version",)
    version = Column("string", "version dont l'échantillon a été revu")
    source = Column("string", "source de la procédure : lrppn ou lrpgn")
    id_procedure = Column("string", "procédure, comme livrée ; unique dans sa source")
    id_affaire = Column("string", "affaire, comme livrée")
    decision = Column("string", "oui, non ou doute")
    reviewed_at = Column("timestamp", "moment de la décision")
    file_sha256 = Column("string", "empreinte du fichier de décisions")
