"""What stands in the box of sources and methods: each rule of the study, in the words of its readers."""

from __future__ import annotations

import datetime

from linkage.settings.study_extracts import StudySettings
from linkage.study_extracts.pages.reading import recorded
from linkage.study_extracts.pages.words import Words

ONCE = {
    "dossier": "une fois par dossier : les procédures jointes, ou reprises par un autre service, n'en font qu'une",
    "procedure": "une fois par procédure",
}
AFFAIRS = {
    "recognised": "celle des affaires où la victime est reconnue ; à défaut, toutes celles de sa procédure",
    "all": "celle de toutes les affaires de sa procédure",
}


def definitions(study: StudySettings, *, extraction: datetime.date) -> list[tuple[str, str]]:
    """Return term and definition, from the study's declaration."""
    of, counting, rules = study.population, study.counting, study.disclosure
    words = Words(study, {})
    ties = ", ".join(words.name(tie) for tie in of.lien_auteur)
    offences = " et ".join(
        part
        for part in (
            "dont le libellé nomme le conjoint, concubin ou partenaire, actuel ou ancien" if of.est_conjugal else "",
            f"de la nomenclature Natinf ({', '.join(of.natinf)})" if of.natinf else "",
        )
        if part
    )
    tie = f" L'auteur est : {ties}{' (ou le lien est inconnu)' if of.unknown_tie else ''}." if ties else ""
    return [
        (
            "Population",
            f"{recorded(study)}, pour une infraction {offences}.{tie}",
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
