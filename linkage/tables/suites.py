"""What became of each person whom police or gendarmerie recorded: as the studies count it, for any question."""

from __future__ import annotations

from linkage.platform.lake.schema import Column
from linkage.tables import codes
from linkage.tables.linked_base import MOVED, Published
from linkage.tables.sources import NO_DATE

STEPS = ("enregistrement_arrivee", "arrivee_orientation", "orientation_decision", "enregistrement_fin")
"""Those whose delay is given: ``jours_<step>``, and whether its end was seen, ``vu_<step>``."""
NOT_FOLLOWED = "personne non suivie"
NOT_DISMISSED = "orientation autre que inopportunite et non_poursuivable"
NOT_PROSECUTED = "sans poursuites, ou personne non suivie"
DAYS = ", jusqu'à l'extraction si l'étape est attendue ; 0 si les dates se suivent à rebours"
SEEN = ": true si l'étape est atteinte, false si elle est attendue à l'extraction (délai censuré)"
NOT_CONCERNED = "étape qui ne concerne pas la personne, ou sans date"


class Suite(Published):
    """One row per version and person, victim or mis en cause, of a procedure of police or gendarmerie, linked or not.

    A victim has the furthest step of the affairs linked to her procedure, of those in which she is recognised if there
    are any. A mis en cause has his own course, where he is recognised among the authors of an affair: that of another
    author is not his.
    """

    path = "linked_base/suites"
    grain = (
        "Une ligne par version et personne, victime ou mis en cause, d'une procédure de police ou de gendarmerie, "
        "liée ou non."
    )
    coverage = (
        "Les personnes de linked_base/personnes du côté procedure qui ont un rôle. Une victime est suivie si sa "
        "procédure est liée : elle a la suite la plus avancée des affaires liées, de celles où elle est reconnue s'il "
        "y en a. Un mis en cause est suivi s'il est reconnu parmi les auteurs d'une affaire liée : il a la sienne."
    )
    defects = (
        "Une personne de deux procédures a deux lignes : id_individu et id_dossier permettent de la compter une fois.",
        "Un mis en cause que la justice n'a pas gardé comme auteur n'est pas suivi : une part parmi les suivis n'est "
        "pas une part parmi les mis en cause.",
        "De plusieurs affaires ou auteurs, la suite la plus avancée l'emporte : poursuites, alternatives, "
        "inopportunite, non_poursuivable, en_cours.",
    )
    derived_from = "linked_base/evenements"
    key = ("version", "id_personne")
    id_procedure = Column("string", "pseudonyme de la procédure", source="linked_base/personnes")
    id_personne = Column("string", "pseudonyme de la personne dans sa procédure", source="linked_base/personnes")
    id_individu = Column(
        "string",
        "pseudonyme de la même personne dans toute la base",
        source="linked_base/personnes",
        nulls="personne sans code, ou profil qui ne le permet pas",
    )
    id_dossier = Column(
        "string", "pseudonyme du dossier de la procédure", source="linked_base/liens", nulls="procédure non liée"
    )
    role = Column("string", "rôle dans la procédure", source="linked_base/personnes", values=codes.ROLES)
    est_liee = Column("boolean", "la procédure est liée à une affaire", source="linked_base/procedures")
    est_suivie = Column(
        "boolean",
        "la suite de la personne est connue : voir le champ",
        source="linked_base/liens, linked_base/liens_personnes",
    )
    orientation = Column("string", "orientation du parquet", nulls=NOT_FOLLOWED, values=codes.ORIENTATIONS)
    famille_motif = Column(
        "string", "famille du motif de classement", nulls=NOT_DISMISSED, values=codes.MOTIVE_FAMILIES
    )
    motif = Column(
        "string",
        "motif de classement",
        nulls=NOT_DISMISSED,
        codes=codes.UNKNOWN,
        nomenclature="motifs_classement",
    )
    mode = Column("string", "mode de poursuite", nulls=NOT_PROSECUTED, codes={**codes.MODES, **codes.UNKNOWN})
    decision = Column("string", "décision de justice", nulls=NOT_PROSECUTED, values=codes.DECISIONS)
    culpabilite = Column("string", "culpabilité de qui est jugé", nulls="non jugé, ou non-lieu", values=codes.GUILT)
    date_enregistrement = Column(
        "date", f"enregistrement de la procédure{MOVED}", unit="jour", source="linked_base/procedures", nulls=NO_DATE
    )
    date_arrivee = Column(
        "date",
        f"arrivée de sa première affaire{MOVED}",
        unit="jour",
        source="linked_base/affaires",
        nulls="non suivie, ou sans date",
    )
    date_orientation = Column(
        "date",
        f"orientation{MOVED}",
        unit="jour",
        nulls="non suivie, attendue, ou connue par sa seule suite",
    )
    date_decision = Column("date", f"décision{MOVED}", unit="jour", nulls="sans poursuites, attendue, ou sans date")
    jours_enregistrement_arrivee = Column(
        "int", f"de l'enregistrement à l'arrivée{DAYS}", unit="jours", nulls=NOT_CONCERNED
    )
    vu_enregistrement_arrivee = Column("boolean", f"de l'enregistrement à l'arrivée {SEEN}", nulls=NOT_CONCERNED)
    jours_arrivee_orientation = Column("int", f"de l'arrivée à l'orientation{DAYS}", unit="jours", nulls=NOT_CONCERNED)
    vu_arrivee_orientation = Column("boolean", f"de l'arrivée à l'orientation {SEEN}", nulls=NOT_CONCERNED)
    jours_orientation_decision = Column(
        "int", f"de l'orientation à la décision{DAYS}", unit="jours", nulls=NOT_CONCERNED
    )
    vu_orientation_decision = Column("boolean", f"de l'orientation à la décision {SEEN}", nulls=NOT_CONCERNED)
    jours_enregistrement_fin = Column(
        "int",
        f"de l'enregistrement à la fin : décision de qui est poursuivi, orientation des autres{DAYS}",
        unit="jours",
        nulls=NOT_CONCERNED,
    )
    vu_enregistrement_fin = Column("boolean", f"de l'enregistrement à la fin {SEEN}", nulls=NOT_CONCERNED)
