"""What a reviewer reads of a pair, fact by fact: the two texts, the mark, the hint."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from linkage.quality.review import facts
from linkage.quality.review.persons import Labels, persons, place
from linkage.quality.review.rows import Row, compared

LABELS = Labels({"75056": "Paris"}, {"7151": "Vol"}, {"T1": "Tribunal un"})
DAY = date(2020, 3, 1)


def lines(subject: str, **said: Any) -> dict[str, Row]:
    """The lines of one subject by their label; what is not said of the pair is unknown."""
    empty = ("procedure", "affaire", "references", "personnes_procedure", "personnes_affaire")
    pair = {**dict.fromkeys((*empty, "infractions_procedure", "infractions_affaire")), **said}
    group = next(group for group in facts.groups(pair, LABELS) if group.title == subject)
    return {line.label: line for line in group.rows}


def reference(rang: int = 1, **said: Any) -> dict[str, Any]:
    columns = ("force", "code_service", "annee", "numero", "code_service_livre", "annee_livree", "numero_livre")
    return {**dict.fromkeys((*columns, "reference_pv_livree")), "repairs": [], "rang": rang, **said}


@pytest.mark.parametrize(
    ("references", "right", "mark", "hint"),
    [
        ([], [], "one_sided", ""),
        ([reference(0, annee=2020)], [], "one_sided", ""),
        ([reference()], [], "one_sided", ""),
        ([reference(numero=12)], ["12"], "different", ""),
        ([reference(annee=2020, numero=12)], ["2020 / 12"], "near", "deux parties sur trois"),
        ([reference(code_service="75A100", annee=2020, numero=12)], ["75A100 / 2020 / 12"], "same", ""),
        (
            [reference(1, numero=13), reference(2, code_service="75A100", annee=2020, numero=12, repairs=["annee_2_chiffres"])],
            ["1. 13", "2. 75A100 / 2020 / 12 (annee 2 chiffres)"],
            "same",
            "",
        ),
    ],
    ids=["no reference", "an affair without PV", "nothing readable", "one part", "two parts", "all parts", "the best of two"],
)  # fmt: skip
def test_the_closest_reference_marks_the_key(
    references: list[dict[str, Any]], right: list[str], mark: str, hint: str
) -> None:
    police = {"code_service": "75A100", "annee": 2020, "numero": 12}
    line = lines("Clé du PV", procedure=police, references=references)["Après réparation"]
    assert (line.left, line.right, line.mark, line.hint) == (["75A100 / 2020 / 12"], right, mark, hint)


def test_parts_unknown_on_both_sides_are_not_equal() -> None:
    police = {"code_service": None, "annee": None, "numero": 12}
    line = lines("Clé du PV", procedure=police, references=[reference(numero=12)])["Après réparation"]
    assert line.mark == "different"


@pytest.mark.parametrize(
    ("force", "forces", "mark"),
    [("PN", ["PN", "GN"], "same"), ("PN", ["GN"], "different"), ("PN", [None], "one_sided"), (None, ["PN"], "one_sided")],
)  # fmt: skip
def test_the_force_agrees_with_one_of_the_references(force: str | None, forces: list[str | None], mark: str) -> None:
    references = [reference(rang, force=one) for rang, one in enumerate(forces, start=1)]
    assert lines("Clé du PV", procedure={"force": force}, references=references)["Force"].mark == mark


def test_a_key_is_shown_as_delivered_or_as_free_text() -> None:
    typed = reference(code_service_livre="75A100", annee_livree="20", numero_livre="12")
    free = reference(2, reference_pv_livree="PV 12 de 2020")
    line = lines("Clé du PV", references=[typed, free, reference(3)])["Comme livrée"]
    assert line.right == ["1. 75A100 / 20 / 12", "2. PV 12 de 2020", "3. —"]


@pytest.mark.parametrize(
    ("sent", "arrived", "hint"),
    [
        (DAY, date(2020, 3, 11), "arrivée 10 jours après la transmission"),
        (DAY, date(2020, 2, 20), "arrivée 10 jours avant la transmission"),
        (DAY, DAY, "arrivée le jour de la transmission"),
        (None, date(2020, 3, 11), "non transmise ; arrivée 20 jours après l'enregistrement"),
        (DAY, None, ""),
    ],
)
def test_the_arrival_is_told_from_the_transmission(sent: date | None, arrived: date | None, hint: str) -> None:
    police = {"date_enregistrement": date(2020, 2, 20), "date_transmission": sent}
    line = lines("Dates", procedure=police, affaire={"date_arrivee": arrived})["Transmission, arrivée"]
    assert line.hint == hint


@pytest.mark.parametrize(
    ("left", "right", "mark", "hint"),
    [
        (DAY, DAY, "same", ""),
        (DAY, date(2020, 3, 2), "near", "1 jour d'écart"),
        (date(2020, 4, 1), DAY, "near", "31 jours d'écart"),
        (date(2020, 4, 2), DAY, "different", "32 jours d'écart"),
        (DAY, None, "one_sided", ""),
        (None, DAY, "one_sided", ""),
        (None, None, "absent", ""),
    ],
)
def test_days_of_the_facts_are_near_within_a_month(left: date | None, right: date | None, mark: str, hint: str) -> None:
    line = lines("Dates", procedure={"date_faits_fin": left}, affaire={"date_faits_fin": right})[
        "Dernier jour des faits"
    ]
    assert (line.mark, line.hint) == (mark, hint)


@pytest.mark.parametrize(
    ("left", "right", "mark"),
    [
        ({"communes_faits": ["75056"]}, {"communes_faits": ["75056"]}, "same"),
        ({"communes_faits": ["75056", "33063"]}, {"communes_faits": ["75056"]}, "near"),
        ({"communes_faits": ["33063"], "code_departement": "33"}, {"communes_faits": ["33001"], "code_departement": "33"}, "near"),
        ({"communes_faits": ["33063"], "code_departement": "33"}, {"communes_faits": ["75056"], "code_departement": "75"}, "different"),
        ({"communes_faits": ["33063"]}, {"communes_faits": ["75056"]}, "different"),
        ({"communes_faits": ["33063"]}, {}, "one_sided"),
        ({}, {}, "absent"),
    ],
)  # fmt: skip
def test_communes_of_one_departement_are_near(left: dict[str, Any], right: dict[str, Any], mark: str) -> None:
    assert lines("Faits", procedure=left, affaire=right)["Communes"].mark == mark


def test_each_side_has_its_departement() -> None:
    line = lines("Faits", procedure={"code_departement": "33"}, affaire={"code_departement": "75"})["Département"]
    assert (line.left, line.right, line.mark) == (["33"], ["75"], "different")


def test_a_commune_that_is_not_known_is_shown_as_delivered() -> None:
    line = lines("Faits", procedure={"commune_faits_livree": "PARIS?"})["Communes"]
    assert line.left == ["PARIS? (comme livrée, non reconnue)"]
    line = lines("Faits", procedure={"communes_faits": ["75056"], "commune_faits_livree": "75101"})["Communes"]
    assert line.left == ["75056 Paris"]


def test_offences_of_one_family_are_near_and_shown_with_their_name() -> None:
    one = {"natinf": "7151", "natinf_livre": "07151", "date_faits_debut": DAY, "tentative": True, "classe": "delit"}
    other = {"natinf": None, "natinf_livre": "x", "date_faits_debut": None, "tentative": None, "classe": None}
    found = lines(
        "Faits",
        procedure={"natinfs": ["7151"], "familles": ["vol"]},
        affaire={"natinfs": ["22"], "familles": ["vol"]},
        infractions_procedure=[one, other],
    )
    line = found["Infractions (natinf)"]
    assert (line.left, line.mark) == (["7151 Vol · 01/03/2020 · tentative · delit", "x"], "near")
    assert found["Familles"].mark == "same"
    apart = lines(
        "Faits",
        procedure={"natinfs": ["7151"], "familles": ["vol", "menaces"]},
        affaire={"natinfs": ["22"], "familles": ["domicile", "menaces"]},
    )
    assert (apart["Infractions (natinf)"].mark, apart["Familles"].mark) == ("near", "near")
    far = lines("Faits", procedure={"natinfs": ["7151"], "familles": ["vol"]}, affaire={"natinfs": ["22"], "familles": ["sexuel"]})  # fmt: skip
    assert (far["Infractions (natinf)"].mark, far["Familles"].mark) == ("different", "different")


def test_the_court_has_its_name_and_petit_x_is_told() -> None:
    found = lines(
        "Dossier", procedure={"code_tj": "T1"}, affaire={"code_tj": "T2", "petit_x": True, "origine": "police"}
    )
    assert (found["Tribunal"].left, found["Tribunal"].right, found["Tribunal"].mark) == (["T1 Tribunal un"], ["T2"], "different")  # fmt: skip
    assert found["Origine, nature"].right == ["police / petit X"]


@pytest.mark.parametrize(
    ("left", "right", "mark"),
    [
        (["a"], ["a"], "same"), (["a"], ["b"], "different"), (["a"], [], "one_sided"), ([], ["a"], "one_sided"),
        ([None], [""], "absent"), (["a", None], ["a"], "same"),
    ],
)  # fmt: skip
def test_two_lists_are_compared_without_their_empty_values(
    left: list[str | None], right: list[str | None], mark: str
) -> None:
    assert compared(left, right) == mark


def person(**said: Any) -> dict[str, Any]:
    columns = ("csns", "sexe", "date_naissance", "date_naissance_livree", "commune_naissance", "commune_naissance_livree",
               "pays_naissance", "commune_residence", "commune_residence_livree", "nationalite", "lien_auteur")  # fmt: skip
    return {**dict.fromkeys(columns), "rang": 1, "role": "victime", **said}


def test_the_closest_persons_are_paired_and_each_stands_once() -> None:
    born = {"date_naissance": date(1990, 1, 2)}
    left = [person(**born), person(csns="B" * 16, **born)]
    right = [person(csns="B" * 16, **born), person(**born), person(csns="C" * 16, **born)]
    found = persons(left, right, LABELS)
    assert [(line.left[-1] if line.left else None, line.right[-1], line.mark) for line in found] == [
        ("sans code", "sans code", "same"),
        ("code BBBB…BBBB", "code BBBB…BBBB", "same"),
        (None, "code CCCC…CCCC", "one_sided"),
    ]
    assert found[2].hint == "déjà mise en regard sur une autre ligne"


def test_sex_alone_pairs_nobody() -> None:
    found = persons([person(sexe="F")], [person(sexe="F")], LABELS)
    assert [(bool(line.left), bool(line.right), line.hint) for line in found] == [
        (True, False, "ni ce code ni cette naissance en face"),
        (False, True, "ni ce code ni cette naissance en face"),
    ]


def test_what_is_equal_and_what_is_not_is_told() -> None:
    one = person(csns="A" * 16, sexe="F", role="mis_en_cause", commune_naissance="75056")
    other = person(csns="A" * 16, sexe="M", role="victime", commune_naissance="75056")
    (line,) = persons([one], [other], LABELS)
    assert (line.label, line.mark) == ("Mis en cause, auteur", "near")
    assert line.hint == "identique : code, commune de naissance ; différent : sexe, rôle"
    (alike,) = persons([one], [one], LABELS)
    assert alike.hint == "identique : code, sexe, commune de naissance"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, ["naissance à une date inconnue", "sans code"]),
        ({"date_naissance": date(1990, 1, 2), "sexe": "F"}, ["F · naissance 02/01/1990", "sans code"]),
        ({"date_naissance_livree": date(1900, 1, 1)}, ["naissance 01/01/1900 (date fictive)", "sans code"]),
        ({"csns": "A" * 8}, ["naissance à une date inconnue", "code AAAAAAAA"]),
        ({"csns": "A" * 9}, ["naissance à une date inconnue", "code AAAA…AAAA"]),
        (
            {"commune_naissance": "75056", "commune_naissance_livree": "75101", "pays_naissance": "FRA", "commune_residence_livree": "ici"},
            ["naissance à une date inconnue", "75056 Paris · FRA", "réside à ici", "sans code"],
        ),
        ({"commune_naissance_livree": "là", "commune_residence": "33063"}, ["naissance à une date inconnue", "là", "réside à 33063", "sans code"]),
        ({"nationalite": "ITA"}, ["naissance à une date inconnue", "nationalité ITA", "sans code"]),
        ({"nationalite": "ITA", "lien_auteur": "conjoint"}, ["naissance à une date inconnue", "nationalité ITA · lien : conjoint", "sans code"]),
    ],
)  # fmt: skip
def test_a_person_is_described_by_what_is_known(said: dict[str, Any], expected: list[str]) -> None:
    (line,) = persons([person(**said)], [], LABELS)
    assert line.left == expected


def test_a_commune_has_its_name_where_it_is_known() -> None:
    assert (place("75056", LABELS), place("33063", LABELS), place(None, LABELS)) == ("75056 Paris", "33063", "")
