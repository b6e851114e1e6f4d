"""What a study publishes: protected tables, delays, marks, and the register of all that was handed out."""

from __future__ import annotations

from linkage.platform.lake.schema import Column, Table

NOT_TOLD = "sans objet, ou vidé"
SHOWN, HIDDEN, NOT_REACHED = "publie", "masque", "non_atteint"
STATES_OF_DELAY = (SHOWN, HIDDEN, NOT_REACHED)


class OfStudy(Table):
    """What every table of a study begins with."""

    partitions = ("version",)
    version = Column("string", "version de l'appariement")


class Cell(OfStudy):
    """One row per version, table, row and column: a count that may be shown, or that it may not."""

    path = "study_extracts/<study>/tableaux"
    grain = (
        "Une ligne par version, tableau, ligne et colonne : un effectif qui peut être montré, ou qui ne le peut pas."
    )
    coverage = "Les procédures liées de la population de l'étude, telle que la déclaration la définit."
    defects = ("Les effectifs sont perturbés, chacun par la clé de ses personnes : leur somme n'est pas la marge.",)
    key = ("version", "tableau", "modalite", "categorie")
    tableau = Column("string", "nom du tableau dans la déclaration de l'étude")
    titre = Column("string", "titre du tableau")
    unite = Column("string", "ce que l'on compte : victime, procedure ou mis_en_cause")
    regroupement = Column("string", "variable en lignes")
    indicateur = Column("string", "variable en colonnes")
    modalite = Column("string", "ligne ; Ensemble pour la marge")
    categorie = Column("string", "colonne ; Total pour la marge")
    valeur = Column("bigint", "effectif perturbé", unit="voir unite", nulls="masqué")
    part = Column("double", "part de la ligne, calculée sur les effectifs arrondis", nulls="masquée")
    part_ponderee = Column(
        "double",
        "part de la ligne quand chaque cas lié compte aussi pour ceux qui ne le sont pas",
        nulls="ligne en partie masquée, trop petite, ou sans objet",
    )
    etat = Column("string", "publie ou masque", values=(SHOWN, HIDDEN))


class Delay(OfStudy):
    """One row per version, step and cohort: how long it took."""

    path = "study_extracts/<study>/delais"
    grain = "Une ligne par version, étape et cohorte : combien de temps elle a pris."
    coverage = "Cas de la population de l'étude, suivis jusqu'à la date d'extraction."
    defects = ("mediane est trop courte pour les cohortes récentes : lire mediane_km.",)
    key = ("version", "etape", "modalite")
    etape = Column("string", "délai mesuré, de … à …")
    modalite = Column("string", "cohorte ; Ensemble pour toutes")
    mediane = Column("int", "médiane de ceux qui sont arrivés au bout, arrondie", unit="jours", nulls="trop peu")
    mediane_km = Column("int", "médiane de Kaplan-Meier, arrondie", unit="jours", nulls="trop peu, ou pas atteinte")
    troisieme_quartile_km = Column(
        "int", "délai sous lequel sont les trois quarts, Kaplan-Meier, arrondi", unit="jours", nulls="pas atteint"
    )
    etat_mediane = Column("string", "la médiane simple : publiée, masquée ou non atteinte", values=STATES_OF_DELAY)
    etat_mediane_km = Column("string", "la médiane de Kaplan-Meier, de même", values=STATES_OF_DELAY)
    etat_troisieme_quartile_km = Column("string", "le délai des trois quarts, de même", values=STATES_OF_DELAY)
    part_censuree = Column(
        "double",
        "part non arrivée au bout à la date d'extraction, des effectifs arrondis",
        nulls="effectif masqué, ou étape sans attente",
    )


class Mark(OfStudy):
    """One row per version, mark and orientation: the headline, reweighted, and by least link weight."""

    path = "study_extracts/<study>/reperes"
    grain = (
        "Une ligne par version, repère et orientation : la part d'ensemble, pondérée, puis par poids de lien minimal."
    )
    coverage = "Les victimes liées de la population de l'étude."
    key = ("version", "repere", "orientation")
    repere = Column("string", "ensemble, pondere, ou poids_N : lien le plus fort d'au moins N bits")
    orientation = Column("string", "orientation des victimes liées")
    part = Column("double", "part, calculée sur les effectifs arrondis", nulls="effectif masqué")


class StudyCase(Table):
    """What a study may tell of a case: its tables group and count by these, its extract has those that it declares."""

    genre = Column("string", "genre de violence", nulls=NOT_TOLD)
    formes = Column("string", "formes de violence de la procédure, réunies", nulls=NOT_TOLD)
    natinf = Column("string", "infraction (NATINF)", nulls=NOT_TOLD)
    sexe = Column("string", "sexe", nulls=NOT_TOLD)
    tranche_age = Column("string", "tranche d'âge", nulls=NOT_TOLD)
    lien_auteur = Column("string", "lien de la victime avec l'auteur", nulls=NOT_TOLD)
    deja_victime = Column("string", "victime d'une procédure de l'étude plus tôt", nulls=NOT_TOLD)
    force = Column("string", "PN ou GN", nulls=NOT_TOLD)
    millesime = Column("string", "année d'enregistrement", nulls=NOT_TOLD)
    code_departement = Column("string", "département des faits", nulls=NOT_TOLD)
    region = Column("string", "région des faits", nulls=NOT_TOLD)
    code_tj = Column("string", "tribunal à qui la procédure est transmise", nulls=NOT_TOLD)
    petit_x = Column("string", "affaire liée de faible gravité, sans mis en cause identifié", nulls=NOT_TOLD)
    orientation = Column("string", "orientation donnée par le parquet", nulls=NOT_TOLD)
    famille_motif = Column("string", "famille du motif de classement", nulls=NOT_TOLD)
    motif = Column("string", "motif de classement", nulls=NOT_TOLD)
    mode = Column("string", "mode de poursuite", nulls=NOT_TOLD)
    decision = Column("string", "décision sur la culpabilité", nulls=NOT_TOLD)
    culpabilite = Column("string", "culpabilité, reconnue ou non, de qui est jugé", nulls=NOT_TOLD)
    mois_orientation = Column("string", "délai de l'arrivée à l'orientation", nulls=NOT_TOLD)
    mois_fin = Column("string", "délai de l'enregistrement à la fin", nulls=NOT_TOLD)


class HandOut(Table):
    """One row per hand-out, of tables to the public or of an extract to a researcher: the register, never rewritten."""

    path = "study_extracts/registre"
    grain = (
        "Une ligne par remise : de tableaux au public, ou d'un extrait à un chercheur. Le registre ne se réécrit pas."
    )
    coverage = "Toutes les remises, même restées sans fichiers : la ligne est écrite avant eux."
    key = ("remise",)
    remise = Column("string", "numéro de la remise, tiré au sort")
    remis_a = Column("string", "public, ou nom du chercheur")
    contenu = Column("string", "tableaux ou microdonnees", values=("tableaux", "microdonnees"))
    etude = Column("string", "étude")
    version = Column("string", "version de l'appariement")
    remis_le = Column("timestamp", "moment de la remise")
    remis_par = Column("string", "compte qui a lancé le job")
    declaration = Column("string", "empreinte de la déclaration de l'étude")
    key_id = Column("string", "identifiant de la clé de la base")
    empreinte = Column("string", "empreinte SHA-256 de ce qui est remis")
    code_version = Column("string", "version du code")
    threshold = Column("int", "seuil", nulls="microdonnées")
    blur = Column("int", "nombre de seuils possibles", nulls="microdonnées")
    base = Column("int", "base de la perturbation", nulls="microdonnées")
    lignes = Column("bigint", "cases, ou personnes")
    uniques = Column("bigint", "personnes seules de leur espèce dans l'extrait", nulls="tableaux")


class ReleasedCell(Table):
    """One row per cell of tables handed out: what left, against which every later release is attacked."""

    path = "study_extracts/registre_cases"
    grain = "Une ligne par case de tableaux remis : ce qui est sorti, auquel chaque remise est confrontée."
    coverage = (
        "Toutes les remises de tableaux, cases masquées comprises ; les mêmes remis deux fois n'y sont qu'une fois."
    )
    key = ("empreinte", "tableau", "modalite", "categorie")
    empreinte = Column("string", "empreinte de ce qui est remis, comme dans registre")
    version = Column("string", "version de l'appariement")
    population = Column("string", "qui l'étude compte, en JSON : deux études de même population comptent les mêmes")
    tableau = Column("string", "nom du tableau dans la déclaration de l'étude")
    unite = Column("string", "ce que l'on compte : victime, procedure ou mis_en_cause")
    regroupement = Column("string", "variable en lignes")
    indicateur = Column("string", "variable en colonnes")
    modalite = Column("string", "ligne ; Ensemble pour la marge")
    categorie = Column("string", "colonne ; Total pour la marge")
    valeur = Column("bigint", "effectif publié", unit="voir unite", nulls="masqué")
    etat = Column(
        "string",
        "publie, masque_petit, ou masque_complement : masqué pour qu'un petit ne se devine pas",
        values=("publie", "masque_petit", "masque_complement"),
    )
    sceau = Column("string", "effectif exact, que seule la clé de la base ouvre")


def of_study(table: type[Table], study: str) -> type[Table]:
    """Return the table of one study."""
    return type(table.__name__, (table,), {"path": table.path.replace("<study>", study)})
