"""What a study publishes: protected tables, delays, marks, the extract, and the register of what was released."""

from __future__ import annotations

from linkage.platform.lake.schema import Column, Table

NOT_TOLD = "sans objet, ou vidé"


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
    defects = ("Les effectifs sont arrondis au hasard, chacun à part : leur somme n'est pas la marge.",)
    key = ("version", "tableau", "modalite", "categorie")
    tableau = Column("string", "nom du tableau dans la déclaration de l'étude")
    titre = Column("string", "titre du tableau")
    unite = Column("string", "ce que l'on compte : victime, procedure ou mis_en_cause")
    regroupement = Column("string", "variable en lignes")
    indicateur = Column("string", "variable en colonnes")
    modalite = Column("string", "ligne ; Ensemble pour la marge")
    categorie = Column("string", "colonne ; Total pour la marge")
    valeur = Column("bigint", "effectif arrondi", unit="voir unite", nulls="masqué")
    part = Column("double", "part de la ligne, calculée sur les effectifs arrondis", nulls="masquée")
    part_ponderee = Column(
        "double",
        "part de la ligne quand chaque cas lié compte aussi pour ceux qui ne le sont pas",
        nulls="ligne en partie masquée, trop petite, ou sans objet",
    )
    etat = Column("string", "publie ou masque", values=("publie", "masque"))


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
    natinf = Column("string", "infraction (NATINF)", nulls=NOT_TOLD)
    sexe = Column("string", "sexe", nulls=NOT_TOLD)
    tranche_age = Column("string", "tranche d'âge", nulls=NOT_TOLD)
    force = Column("string", "PN ou GN", nulls=NOT_TOLD)
    millesime = Column("string", "année d'enregistrement", nulls=NOT_TOLD)
    code_departement = Column("string", "département des faits", nulls=NOT_TOLD)
    region = Column("string", "région des faits", nulls=NOT_TOLD)
    orientation = Column("string", "orientation donnée par le parquet", nulls=NOT_TOLD)
    famille_motif = Column("string", "famille du motif de classement", nulls=NOT_TOLD)
    motif = Column("string", "motif de classement", nulls=NOT_TOLD)
    mode = Column("string", "mode de poursuite", nulls=NOT_TOLD)
    decision = Column("string", "décision sur la culpabilité", nulls=NOT_TOLD)
    mois_orientation = Column("string", "délai de l'arrivée à l'orientation", nulls=NOT_TOLD)
    mois_fin = Column("string", "délai de l'enregistrement à la fin", nulls=NOT_TOLD)


class Extract(OfStudy):
    """One row per person of the extract."""

    path = "study_extracts/<study>/microdonnees"
    grain = "Une ligne par personne de l'extrait."
    coverage = "Les colonnes que la déclaration de l'étude demande."
    defects = ("Des valeurs sont vidées pour que nul ne soit reconnu.",)
    key = ("version", "id")
    id = Column("string", "pseudonyme propre à cet extrait")


class Release(Table):
    """One row per release and cell: the register, of all studies, against which every release is checked."""

    path = "study_extracts/releases"
    grain = "Une ligne par diffusion et cellule : le registre, toutes études, auquel chaque diffusion est confrontée."
    coverage = "Toutes les diffusions, cellules masquées comprises."
    key = ("release", "tableau", "modalite", "categorie")
    partitions = ("release",)
    release = Column("string", "empreinte de la diffusion : étude, version, déclaration et ce qui est montré")
    etude = Column("string", "étude")
    version = Column("string", "version de l'appariement")
    declaration = Column("string", "empreinte de la déclaration de l'étude")
    population = Column("string", "qui l'étude compte, en JSON : deux études de même population comptent les mêmes")
    tableau = Column("string", "nom du tableau dans la déclaration de l'étude")
    unite = Column("string", "ce que l'on compte : victime, procedure ou mis_en_cause")
    regroupement = Column("string", "variable en lignes")
    indicateur = Column("string", "variable en colonnes")
    modalite = Column("string", "ligne ; Ensemble pour la marge")
    categorie = Column("string", "colonne ; Total pour la marge")
    valeur = Column("bigint", "effectif publié", unit="voir unite", nulls="masqué")
    etat = Column("string", "publie ou masque", values=("publie", "masque"))
    base = Column("int", "base de l'arrondi")
    threshold = Column("int", "seuil")


class ReleasedDelay(Table):
    """One row per release, step and cohort: the register of medians, against which every later one is checked."""

    path = "study_extracts/releases_delais"
    grain = (
        "Une ligne par diffusion, étape et cohorte : le registre des médianes, auquel chaque nouvelle est confrontée."
    )
    coverage = "Toutes les diffusions."
    key = ("release", "etape", "modalite")
    partitions = ("release",)
    release = Column("string", "empreinte de la diffusion, comme dans releases")
    etude = Column("string", "étude")
    version = Column("string", "version de l'appariement")
    population = Column("string", "qui l'étude compte, en JSON")
    regroupement = Column("string", "variable des cohortes")
    etape = Column("string", "délai mesuré, de … à …")
    modalite = Column("string", "cohorte ; Ensemble pour toutes")
    mediane = Column("int", "médiane diffusée", unit="jours", nulls="masquée")
    mediane_km = Column("int", "médiane de Kaplan-Meier diffusée", unit="jours", nulls="masquée")
    troisieme_quartile_km = Column("int", "troisième quartile diffusé", unit="jours", nulls="masqué")
    effectif = Column("bigint", "cas derrière la médiane, arrondi au hasard", unit="victimes")
    empreinte = Column("string", "empreinte à clé des délais des cas : égale pour les mêmes, ne dit rien d'eux")


def of_study(table: type[Table], study: str, columns: tuple[str, ...] = ()) -> type[Table]:
    """Return the table of one study; ``columns`` are those that its extract declares."""
    declared = {name: getattr(StudyCase, name) for name in columns}
    return type(table.__name__, (table,), {"path": table.path.replace("<study>", study), **declared})
