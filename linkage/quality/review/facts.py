"""What a reviewer reads of a pair: the same fact of both records on one line, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from linkage.quality.review.persons import Labels, persons, place
from linkage.quality.review.rows import ABSENT, DIFFERENT, NEAR, ONE_SIDED, SAME, Row, compared, day, joined, row

NEAR_DAYS = 31
KEY_PARTS = 3
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """Lines of one subject."""

    title: str
    rows: list[Row] = field(default_factory=list)


def groups(pair: Record, labels: Labels) -> list[Group]:
    """Return the lines of one row of ``records.describe_pairs``, by subject."""
    police, justice = pair["procedure"] or {}, pair["affaire"] or {}
    people = persons(pair["personnes_procedure"] or [], pair["personnes_affaire"] or [], labels)
    return [
        Group("Clé du PV", _key(police, pair["references"] or [])),
        Group("Dates", _dates(police, justice)),
        Group("Faits", _facts(police, justice, pair, labels)),
        Group("Personnes", [*_counts(police, justice), *people]),
        Group("Dossier", _case(police, justice, labels)),
    ]


def _key(police: Record, references: Sequence[Record]) -> list[Row]:
    typed = [reference for reference in references if reference["rang"] != 0]
    police_key = _parts(police)
    equal = [sum(a is not None and a == b for a, b in zip(police_key, _parts(other), strict=True)) for other in typed]
    best = max(equal, default=0)
    mark = DIFFERENT if best < KEY_PARTS - 1 else NEAR if best < KEY_PARTS else SAME
    if not any(part is not None for other in typed for part in _parts(other)):
        mark = ONE_SIDED
    forces = sorted({reference["force"] for reference in typed if reference["force"]})
    force = police.get("force")
    same_force = SAME if force in forces else DIFFERENT
    return [
        row("Comme livrée", [_delivered(police)], [_ranked(other, typed, _delivered(other)) for other in typed]),
        row(
            "Après réparation",
            [joined(*police_key)],
            [_ranked(other, typed, joined(*_parts(other)) + _repairs(other)) for other in typed],
            mark,
            "deux parties sur trois" if mark == NEAR else "",
        ),
        row("Force", [force], forces, same_force if force and forces else ONE_SIDED),
    ]


def _dates(police: Record, justice: Record) -> list[Row]:
    recorded, sent = police.get("date_enregistrement"), police.get("date_transmission")
    arrived = justice.get("date_arrivee")
    delay = ""
    if arrived and sent:
        days = (arrived - sent).days
        order = "avant" if days < 0 else "après"
        delay = f"arrivée {abs(days)} jours {order} la transmission" if days else "arrivée le jour de la transmission"
    elif arrived and recorded:
        delay = f"non transmise ; arrivée {(arrived - recorded).days} jours après l'enregistrement"
    return [
        row("Enregistrement", [day(recorded)], []),
        row("Transmission, arrivée", [day(sent)], [day(arrived)], hint=delay),
        _gap("Premier jour des faits", police.get("date_faits_debut"), justice.get("date_faits_debut")),
        _gap("Dernier jour des faits", police.get("date_faits_fin"), justice.get("date_faits_fin")),
    ]


def _gap(label: str, left: date | None, right: date | None) -> Row:
    if left is None or right is None:
        return row(label, [day(left)], [day(right)], ONE_SIDED if left or right else ABSENT)
    days = abs((right - left).days)
    mark = SAME if days == 0 else NEAR if days <= NEAR_DAYS else DIFFERENT
    unit = "jour" if days == 1 else "jours"
    return row(label, [day(left)], [day(right)], mark, f"{days} {unit} d'écart" if days else "")


def _facts(police: Record, justice: Record, pair: Record, labels: Labels) -> list[Row]:
    left, right = ([place(code, labels) for code in side.get("communes_faits") or []] for side in (police, justice))
    if not left and police.get("commune_faits_livree"):
        left = [f"{police['commune_faits_livree']} (comme livrée, non reconnue)"]
    departements = [side.get("code_departement") for side in (police, justice)]
    same_departement = departements[0] is not None and departements[0] == departements[1]
    families = [side.get("familles") or [] for side in (police, justice)]
    communes = _sets(police.get("communes_faits"), justice.get("communes_faits"), near=same_departement)
    natinfs = _sets(police.get("natinfs"), justice.get("natinfs"), near=bool({*families[0]} & {*families[1]}))
    return [
        row("Communes", left, right, communes),
        row("Département", [departements[0]], [departements[1]], compared([departements[0]], [departements[1]])),
        row(
            "Infractions (natinf)",
            _offences(pair["infractions_procedure"] or [], labels),
            _offences(pair["infractions_affaire"] or [], labels),
            natinfs,
        ),
        row("Familles", [", ".join(families[0])], [", ".join(families[1])], _sets(*families, near=False)),
    ]


def _offences(infractions: Iterable[Record], labels: Labels) -> list[str]:
    lines = []
    for offence in infractions:
        code = offence["natinf"] or offence["natinf_livre"]
        name = f"{code} {labels.natinf.get(str(code), '')}".strip()
        attempted = "tentative" if offence["tentative"] else None
        lines.append(joined(name, day(offence["date_faits_debut"]), attempted, offence["classe"], by=" · "))
    return lines


def _counts(police: Record, justice: Record) -> list[Row]:
    columns = (("Nombre de mis en cause", "nb_mis_en_cause"), ("Nombre de victimes", "nb_victimes"))
    sides = [(label, joined(police.get(name)), joined(justice.get(name))) for label, name in columns]
    return [row(label, [left], [right], compared([left], [right])) for label, left, right in sides]


def _case(police: Record, justice: Record, labels: Labels) -> list[Row]:
    left, right = (side.get("code_tj") for side in (police, justice))
    tribunals = [joined(code, labels.tribunaux.get(code or ""), by=" ") for code in (left, right)]
    petit_x = "petit X" if justice.get("petit_x") else None
    return [
        row("Tribunal", [tribunals[0]], [tribunals[1]], compared([left], [right])),
        row("Identifiant", [police.get("id_procedure")], [justice.get("id_affaire")]),
        row("Numéro parquet, IDJ", [], [joined(justice.get("numero_parquet"), justice.get("idj"))]),
        row("Origine, nature", [], [joined(justice.get("origine"), justice.get("nature_affaire"), petit_x)]),
        row(
            "Source, millésime",
            [joined(police.get("source"), police.get("millesime"))],
            [joined(justice.get("source"), justice.get("millesime"))],
        ),
    ]


def _sets(left: Iterable[str] | None, right: Iterable[str] | None, *, near: bool) -> str:
    one, other = {*(left or [])}, {*(right or [])}
    if not one or not other or one == other:
        return compared(sorted(one), sorted(other))
    return NEAR if one & other or near else DIFFERENT


def _parts(key: Record) -> tuple[Any, Any, Any]:
    return key.get("code_service"), key.get("annee"), key.get("numero")


def _delivered(key: Record) -> str:
    delivered = joined(key.get("code_service_livre"), key.get("annee_livree"), key.get("numero_livre"))
    return delivered or key.get("reference_pv_livree") or ""


def _repairs(reference: Record) -> str:
    return f" ({', '.join(reference['repairs']).replace('_', ' ')})" if reference["repairs"] else ""


def _ranked(reference: Record, among: Sequence[Record], text: str) -> str:
    return f"{reference['rang']}. {text or '—'}" if len(among) > 1 else text
