"""What readers are told in French: words for codes, and the definitions that stand beside every table."""

from __future__ import annotations

import datetime

from linkage.settings.study_extracts import StudySettings

WORDS = {
    "poursuites": "poursuites",
    "alternatives": "alternatives aux poursuites",
    "inopportunite": "classement pour inopportunité",
    "non_poursuivable": "affaire non poursuivable",
    "en_cours": "en attente d'orientation",
    "victime": "victimes",
    "procedure": "procédures",
    "mis_en_cause": "mis en cause",
    "enregistrement_arrivee": "de l'enregistrement à l'arrivée au parquet",
    "arrivee_orientation": "de l'arrivée au parquet à l'orientation",
    "orientation_decision": "de l'orientation à la décision",
    "enregistrement_fin": "de l'enregistrement à la fin de la procédure",
    "condamnation": "condamnation",
    "dispense": "dispense de peine",
    "non_lieu": "non-lieu",
    "en_attente": "décision attendue",
    "copj": "convocation par officier de police judiciaire",
    "cppv": "convocation par procès-verbal",
    "crpc": "comparution sur reconnaissance préalable de culpabilité",
    "comparution_immediate": "comparution immédiate",
    "citation_directe": "citation directe",
    "ordonnance_penale": "ordonnance pénale",
    "juge_instruction": "juge d'instruction",
    "juge_enfants": "juge des enfants",
    "harcelement": "harcèlement",
    "plusieurs": "plusieurs formes",
    "autre": "autre infraction",
    "F": "femmes",
    "M": "hommes",
    "PN": "police nationale",
    "GN": "gendarmerie nationale",
    "conjoint": "conjoint",
    "ex_conjoint": "ex-conjoint",
    "concubin": "concubin",
    "ex_concubin": "ex-concubin",
    "pacse": "partenaire de Pacs",
    "genre": "genre de violence",
    "natinf": "infraction",
    "sexe": "sexe",
    "tranche_age": "tranche d'âge",
    "force": "force",
    "millesime": "année d'enregistrement",
    "code_departement": "département des faits",
    "region": "région des faits",
    "poids_minimal": "poids minimal des liens, en bits",
}
NARROW = {
    "inopportunite": "inopportunité",
    "alternatives": "alternatives",
    "non_poursuivable": "non poursuiv.",
    "en_cours": "en attente",
    "en_attente": "attendue",
    "dispense": "dispense",
}
"""Shorter ones, where the picture is narrow."""
ONCE = {
    "dossier": "une fois par dossier : les procédures jointes, ou reprises par un autre service, n'en font qu'une",
    "procedure": "une fois par procédure",
}
AFFAIRS = {
    "recognised": "celle des affaires où la victime est reconnue ; à défaut, toutes celles de sa procédure",
    "all": "celle de toutes les affaires de sa procédure",
}


def words(study: StudySettings) -> dict[str, str]:
    """Return words for the codes of a study; a code without one is shown as it is."""
    return WORDS | {kind.name: kind.label for kind in study.kinds}


def definitions(study: StudySettings, *, extraction: datetime.date) -> list[tuple[str, str]]:
    """Return term and definition, from the study's declaration."""
    of, counting, rules = study.population, study.counting, study.disclosure
    french_words = words(study)
    ties = ", ".join(french_words.get(tie, tie) for tie in of.lien_auteur)
    offences = " et ".join(
        part
        for part in (
            "dont le libellé nomme le conjoint, concubin ou partenaire, actuel ou ancien" if of.est_conjugal else "",
            f"NATINF {', '.join(of.natinf)}" if of.natinf else "",
        )
        if part
    )
    tie = f" L'auteur est : {ties}{' (ou le lien est inconnu)' if of.unknown_tie else ''}." if ties else ""
    return [
        (
            "Population",
            f"victimes de {of.smallest_age} ans et plus, enregistrées par la police ou la gendarmerie de "
            f"{of.first_year} à {of.last_year}, pour une infraction {offences}.{tie}",
        ),
        ("Victime liée", "sa procédure a au moins un lien retenu avec une affaire de justice dans cette version."),
        ("Une victime compte", f"{ONCE[counting.once_per]}. Un mis en cause est une personne d'une affaire liée."),
        (
            "Orientation",
            "suite donnée par le parquet : poursuites (juge d'instruction compris), alternatives (composition pénale "
            "comprise), classement pour inopportunité, affaire non poursuivable, en attente. De plusieurs auteurs ou "
            f"affaires, la plus avancée, dans cet ordre. Pour une victime : {AFFAIRS[counting.several_affaires]}.",
        ),
        (
            "Part",
            "part de la ligne, parmi les personnes ou procédures liées ; calculée sur les effectifs arrondis. Part "
            "pondérée : chaque cas lié compte aussi pour ceux qui lui ressemblent et ne sont pas liés.",
        ),
        (
            "Délais",
            f"suites connues au {extraction:%d/%m/%Y} ; ce qui n'est pas arrivé à cette date est censuré "
            "(Kaplan-Meier), la médiane simple ne compte que ce qui est arrivé.",
        ),
        (
            "Confidentialité",
            f"sous {rules.threshold}, zéro compris, rien n'est montré, et parfois jusqu'à "
            f"{rules.threshold + rules.blur - 2}. Le reste est perturbé : l'effectif montré est un multiple de "
            f"{rules.base}, le vrai à {rules.base - 1} près, plus souvent au plus proche. Le bruit dépend de qui "
            "est compté : les mêmes personnes donnent la même valeur dans tous les tableaux, études, périodes et "
            "versions, et une différence de deux effectifs ne dit rien de quelques personnes. Parts, taux et délais se "
            "calculent sur les effectifs perturbés ; les sommes peuvent différer des totaux. Lignes et colonnes sont "
            "celles des nomenclatures : une absence ne se voit pas. Une attaque sur tout ce qui est déjà sorti précède "
            "chaque diffusion ; quelques cases de plus sont masquées pour qu'un petit effectif ne se devine pas avec "
            f"plus de {rules.certainty:.0%} de chances.".replace("%", "\u00a0%"),
        ),
    ]
