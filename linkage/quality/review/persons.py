"""The persons of two records, those that look the same side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.quality.review.rows import NEAR, ONE_SIDED, SAME, Row, day, joined, row

Person = Mapping[str, Any]
ROLES = {"mis_en_cause": "Mis en cause, auteur", "victime": "Victime"}
# What makes two persons worth showing side by side, and in which order; no model here, a layout.
CLOSENESS = {"csns": 8, "date_naissance": 4, "role": 2, "commune_naissance": 1, "sexe": 1}
IDENTIFYING = ("csns", "date_naissance")
NAMED = {
    "csns": "code",
    "date_naissance": "naissance",
    "sexe": "sexe",
    "commune_naissance": "commune de naissance",
    "role": "rôle",
}
SHOWN = 4


@dataclass(frozen=True)
class Labels:
    """What codes mean, where a nomenclature says it."""

    communes: Mapping[str, str]
    natinf: Mapping[str, str]
    tribunaux: Mapping[str, str]


def persons(left: Sequence[Person], right: Sequence[Person], labels: Labels) -> list[Row]:
    """Return a line per person, or per two that share a code or a birth date: mis en cause first, then victims."""
    partner = _partners(left, right)
    rows = []
    for role, title in ROLES.items():
        for i, one in enumerate(left):
            if one["role"] == role:
                other = right[partner[i]] if i in partner else None
                alone = row(title, _describe(one, labels), [], ONE_SIDED, _why_alone(one, right))
                rows.append(_together(title, one, other, labels) if other else alone)
        unmatched = [other for j, other in enumerate(right) if j not in partner.values() and other["role"] == role]
        rows += [row(title, [], _describe(other, labels), ONE_SIDED, _why_alone(other, left)) for other in unmatched]
    return rows


def place(code: str | None, labels: Labels) -> str:
    """Return a commune's code and name."""
    return joined(code, labels.communes.get(code), by=" ") if code else ""


def _partners(left: Sequence[Person], right: Sequence[Person]) -> dict[int, int]:
    """Pair the persons of both sides, the closest two first, each person once."""
    close = sorted(
        (-sum(CLOSENESS[column] for column in _equal(one, other)), i, j)
        for i, one in enumerate(left)
        for j, other in enumerate(right)
        if any(column in IDENTIFYING for column in _equal(one, other))
    )
    partner: dict[int, int] = {}
    for _, i, j in close:
        if i not in partner and j not in partner.values():
            partner[i] = j
    return partner


def _equal(one: Person, other: Person) -> list[str]:
    return [column for column in CLOSENESS if one[column] is not None and one[column] == other[column]]


def _together(title: str, one: Person, other: Person, labels: Labels) -> Row:
    equal = _equal(one, other)
    unlike = [c for c in NAMED if None not in (one[c], other[c]) and one[c] != other[c]]
    hints = [f"identique : {', '.join(NAMED[c] for c in NAMED if c in equal and c != 'role')}"]
    if unlike:
        hints.append(f"différent : {', '.join(NAMED[c] for c in unlike)}")
    return row(title, _describe(one, labels), _describe(other, labels), NEAR if unlike else SAME, " ; ".join(hints))


def _why_alone(person: Person, opposite: Sequence[Person]) -> str:
    is_shown_elsewhere = any(column in IDENTIFYING for other in opposite for column in _equal(person, other))
    return "déjà mise en regard sur une autre ligne" if is_shown_elsewhere else "ni ce code ni cette naissance en face"


def _describe(person: Person, labels: Labels) -> list[str]:
    delivered = day(person["date_naissance_livree"])
    born = day(person["date_naissance"]) or (f"{delivered} (date fictive)" if delivered else "à une date inconnue")
    birthplace = place(person["commune_naissance"], labels) or person["commune_naissance_livree"]
    home = place(person["commune_residence"], labels) or person["commune_residence_livree"]
    code = person["csns"]
    short = f"{code[:SHOWN]}…{code[-SHOWN:]}" if code and len(code) > 2 * SHOWN else code
    nationality, relation = person["nationalite"], person["lien_auteur"]
    return [
        joined(person["sexe"], f"naissance {born}", by=" · "),
        joined(birthplace, person["pays_naissance"], by=" · "),
        f"réside à {home}" if home else "",
        joined(nationality and f"nationalité {nationality}", relation and f"lien : {relation}", by=" · "),
        f"code {short}" if short else "sans code",
    ]
