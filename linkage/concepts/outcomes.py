"""What became of an affair: the orientation that the prosecutor chose, the ruling of a court, motives in families."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

from linkage.tables.sources import Evenement

CLASSEMENT, ORIENTATION, ORDONNANCE, DECISION = Evenement.type.values
POURSUITES, ALTERNATIVES = "poursuites", "alternatives"
INOPPORTUNITE, NON_POURSUIVABLE = "inopportunite", "non_poursuivable"
EN_COURS = "en_cours"
ORIENTATIONS = (POURSUITES, ALTERNATIVES, INOPPORTUNITE, NON_POURSUIVABLE, EN_COURS)
"""The furthest first: of several authors or affairs, the first of these counts."""
COMPOSITION, NON_LIEU = "composition_penale", "non_lieu"
GUILTY, NOT_GUILTY = ("condamnation", "dispense"), ("relaxe", "acquittement")
"""What a court says of who is judged."""
DECISIONS = (*GUILTY, *NOT_GUILTY, NON_LIEU)
"""Guilt found by one court is guilt, whatever another author got."""
COUPABLE, NON_COUPABLE = "culpabilite_reconnue", "culpabilite_non_reconnue"
EN_ATTENTE = "en_attente"
"""Prosecuted, and not ruled yet."""
MODES = (
    "copj",
    "cppv",
    "comparution_immediate",
    "crpc",
    "citation_directe",
    "ordonnance_penale",
    "juge_instruction",
    "juge_enfants",
)
"""Ways to prosecute that the profile of the base (``conf/method/linked_base.toml``) keeps."""
ORIENTATION_OF_FAMILY = {
    "alternative": ALTERNATIVES,
    "inopportunite": INOPPORTUNITE,
    "non_poursuivable": NON_POURSUIVABLE,
}
"""Family of a motive in ``conf/nomenclatures/motifs_classement.csv`` → orientation of an affair classified under it."""
MOTIVE_FAMILIES = {
    "11": "absence d'infraction",
    "21": "insuffisamment caractérisée",
    "71": "auteur inconnu",
    "3": "motif juridique",
    "4": "inopportunité",
}
"""By the first digits of the motive."""
UNKNOWN = "inconnu"


def orientation(kind: Column, code: Column, families: Mapping[str, str]) -> Column:
    """Return the orientation that one event shows.

    ``families`` gives the family of each motive of classement. An order of a judge or a judgement shows that there was
    a prosecution; a composition pénale is an alternative to it, although producers deliver it as an orientation.

    Nulls: a classement without a motive, or under a motive that ``families`` does not have.
    """
    by_motive = [
        F.when(code.isin(*(motive for motive, family in families.items() if family == name)), word)
        for name, word in ORIENTATION_OF_FAMILY.items()
    ]
    return (
        F.when((kind == ORIENTATION) & (code == COMPOSITION), ALTERNATIVES)
        .when(kind.isin(ORIENTATION, ORDONNANCE, DECISION), POURSUITES)
        .when(kind == CLASSEMENT, F.coalesce(*by_motive))
    )


def is_indirect(kind: Column) -> Column:
    """Return whether the event only shows that there was a prosecution: its date and code are not those of it."""
    return kind.isin(ORDONNANCE, DECISION)


def ruling(kind: Column, code: Column, issue: Column) -> Column:
    """Return how one event ends the affair: one of ``DECISIONS``, null when it does not."""
    return F.when(kind == DECISION, issue).when(code == NON_LIEU, NON_LIEU)


def rank(word: Column, order: Sequence[str]) -> Column:
    """Return the place of the word in the order, 0 for the furthest, so that ``min`` finds the furthest of several."""
    return F.coalesce(*(F.when(word == name, F.lit(place)) for place, name in enumerate(order)))


def word(rank: Column, order: Sequence[str]) -> Column:
    """Return the word that has this place in the order."""
    return F.coalesce(*(F.when(rank == place, F.lit(name)) for place, name in enumerate(order)))


def reached(rank: Column) -> Column:
    """Return the orientation that has this rank; ``en_cours`` where no event shows one."""
    return F.coalesce(word(rank, ORIENTATIONS), F.lit(EN_COURS))


def family_of(motive: str) -> str:
    """Return the published family of a motive: 11 and 21, legal ones, unknown author, inopportunité as a whole."""
    return next((family for prefix, family in MOTIVE_FAMILIES.items() if motive.startswith(prefix)), UNKNOWN)


def motive_family(code: Column) -> Column:
    """Return the published family of a motive, as ``family_of`` does for one."""
    family = F.lit(UNKNOWN)
    for prefix, name in reversed(MOTIVE_FAMILIES.items()):
        family = F.when(code.startswith(prefix), name).otherwise(family)
    return family
