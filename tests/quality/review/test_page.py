"""The review page: offline, blind, and deaf to what the deliveries may hold."""

from __future__ import annotations

import json
import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest

from linkage.quality.review import page as review_page
from linkage.quality.review import waterfall
from linkage.quality.review.persons import Labels

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>&\u2028'\""
MODEL = {
    "probability_two_random_records_match": 0.5,
    "comparisons": [
        {"name": "cle", "levels": [{"label": "clé exacte", "m": 0.8, "u": 0.1}, {"label": "autre clé", "m": 0.2, "u": 0.8}]},
        {"name": "lieu", "levels": [{"label": "même commune", "m": 0.5, "u": 0.5}]},
    ],
}  # fmt: skip
LABELS = Labels({"75056": "Paris"}, {"7151": "Vol"}, {})


def person(**said: object) -> dict[str, Any]:
    columns = ("csns", "sexe", "date_naissance", "date_naissance_livree", "commune_naissance", "commune_naissance_livree",
               "pays_naissance", "commune_residence", "commune_residence_livree", "nationalite", "lien_auteur")  # fmt: skip
    return {**dict.fromkeys(columns), "rang": 1, "role": "victime", **said}


def offence(**said: object) -> dict[str, Any]:
    return {
        "natinf": "7151",
        "natinf_livre": "07151",
        "date_faits_debut": None,
        "tentative": None,
        "classe": None,
        **said,
    }


def pair(**said: object) -> dict[str, Any]:
    reference = {"rang": 1, "force": "PN", "code_service": "75A100", "annee": 2020, "numero": 12, "repairs": ["annee_2_chiffres"],
                 "code_service_livre": HOSTILE, "annee_livree": "20", "numero_livre": "12", "reference_pv_livree": None}  # fmt: skip
    return {
        "source": "lrppn", "id_procedure": "p1", "id_affaire": "a1",
        "model": "cases", "levels": {"cle": "clé exacte", "lieu": None}, "weight": 3.0,
        "procedure": {"id_procedure": "p1", "code_service": "75A100", "annee": 2020, "numero": 12, "force": "PN",
                      "date_faits_debut": date(2020, 3, 1), "communes_faits": ["75056"], "nb_victimes": 1},
        "affaire": {"id_affaire": "a1", "date_faits_debut": date(2020, 3, 4), "communes_faits": ["75056"], "nb_victimes": 2},
        "references": [reference],
        "personnes_procedure": [person(csns="0123456789ABCDEF", sexe="F")], "personnes_affaire": [person(csns="0123456789ABCDEF", sexe="M")],
        "infractions_procedure": [offence()], "infractions_affaire": [],
        **said,
    }  # fmt: skip


def page(*pairs: dict[str, Any], version: str = "v1", is_fictitious: bool = False) -> str:
    weights = waterfall.level_weights(json.dumps({"models": {"cases": MODEL}}))
    return review_page.page(
        pairs, version=version, sample="0" * 64, is_fictitious=is_fictitious, weights=weights, labels=LABELS
    )


class Scripts(HTMLParser):
    """What a browser would run, and what it would show."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name in ("src", "href") or name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts.append(data)


def shown(text: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(Scripts(text).scripts[0])
    return read


def line(text: str, label: str) -> dict[str, Any]:
    return next(row for group in shown(text)["pairs"][0]["groups"] for row in group["rows"] if row["label"] == label)


def test_a_delivered_value_stays_text() -> None:
    text = page(pair())
    read = Scripts(text)
    assert (read.tags.count("script"), read.tags.count("img")) == (2, 0)
    assert HOSTILE in line(text, "Comme livrée")["right"][0]
    assert "&lt;b&gt;" in page(version="<b>") and "<b>" not in page(version="<b>")


def test_fictitious_records_are_said_to_be_so() -> None:
    said = "Données fictives : "
    assert said in page(pair(), is_fictitious=True)
    assert said not in page(pair())


def test_it_asks_the_network_for_nothing() -> None:
    text = page(pair())
    assert not re.search(r"https?://|//[a-z]+\.|url\(|@import|fetch\(|XMLHttpRequest|WebSocket", text)
    assert "default-src 'none'" in text


def test_it_runs_only_the_script_and_style_whose_hash_it_declares() -> None:
    text = page(pair())
    for kind in ("script", "style"):
        declared = re.search(rf"{kind}-src 'sha256-([^']+)'", text)
        body = re.search(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        assert declared and body and declared[1] == review_page._hash(body[1])


def test_the_reviewer_sees_neither_status_nor_stratum() -> None:
    assert not re.search(
        "retenu|a_revoir|ecarte", json.dumps(shown(page(pair(status="retenu", stratum="retenu [≥ 10]"))))
    )


def test_it_says_the_restricted_zone_first() -> None:
    body = page(pair()).partition("<body>")[2]
    assert body.index("Zone restreinte") < body.index("<header>")


@pytest.mark.parametrize(
    ("label", "mark"),
    [
        ("Après réparation", "same"), ("Premier jour des faits", "near"), ("Dernier jour des faits", "absent"), ("Communes", "same"),
        ("Infractions (natinf)", "absent"), ("Nombre de victimes", "different"), ("Nombre de mis en cause", "absent"), ("Victime", "near"),
    ],
)  # fmt: skip
def test_what_agrees_is_marked(label: str, mark: str) -> None:
    assert line(page(pair()), label)["mark"] == mark


def test_two_keys_with_two_parts_in_common_are_near() -> None:
    case = pair()
    case["procedure"] = {**case["procedure"], "numero": 13}
    assert line(page(case), "Après réparation")["mark"] == "near"
    case["procedure"] = {**case["procedure"], "annee": 2019}
    assert line(page(case), "Après réparation")["mark"] == "different"


def test_persons_alike_stand_side_by_side_and_others_alone() -> None:
    text = page(pair(personnes_affaire=[person(csns="F" * 16), person(csns="0123456789ABCDEF", sexe="F")]))
    people = [row for row in shown(text)["pairs"][0]["groups"][3]["rows"] if row["label"] == "Victime"]
    assert [(bool(row["left"]), bool(row["right"]), row["mark"]) for row in people] == [
        (True, True, "same"),
        (False, True, "one_sided"),
    ]
    assert "0123456789ABCDEF" not in text


def test_a_pair_whose_records_are_gone_is_still_shown() -> None:
    empty = pair(
        procedure=None,
        affaire=None,
        references=None,
        personnes_procedure=None,
        infractions_procedure=None,
        model=None,
        levels=None,
        weight=None,
    )
    assert len(shown(page(empty))["pairs"]) == 1


def test_bars_add_up_to_the_weight_and_the_rest_is_said() -> None:
    weights = waterfall.level_weights(json.dumps({"models": {"cases": MODEL}}))["cases"]
    bars = waterfall.steps({"cle": "clé exacte", "lieu": None}, 3.5, weights)
    assert [(bar.label, bar.bits) for bar in bars] == [
        ("Au départ", 0.0),
        ("Clé du PV", 3.0),
        ("Lieu des faits", 0.0),
        ("Autres apports", 0.5),
    ]
    assert len(waterfall.steps({"cle": "clé exacte"}, 3.0, weights)) == 3
    assert len(waterfall.steps({"cle": "clé exacte"}, 3.0 + waterfall.TOLERANCE, weights)) == 3
    assert len(waterfall.steps({"cle": "clé exacte"}, None, weights)) == 3
    assert [bar.found for bar in bars[1:3]] == ["clé exacte", "sans information"]


def test_a_level_that_one_side_never_reaches_brings_no_bits() -> None:
    levels = [{"label": "a", "m": 0.5, "u": None}, {"label": "b", "m": None, "u": 0.5}, {"label": "c", "m": 0.1, "u": 0.4}]  # fmt: skip
    model = {"probability_two_random_records_match": 0.2, "comparisons": [{"name": "cle", "levels": levels}]}
    weights = waterfall.level_weights(json.dumps({"models": {"cases": model}}))["cases"]
    assert weights.prior == pytest.approx(-2.0)
    assert weights.bits == {"cle": {"a": 0.0, "b": 0.0, "c": pytest.approx(-2.0)}}
    assert waterfall.steps({"cle": "unheard of"}, None, weights)[1].bits == 0.0


def test_a_pair_is_weighed_by_the_model_of_its_pattern_whatever_comparisons_it_has() -> None:
    joined = {**MODEL, "comparisons": [{"name": "cle", "levels": [{"label": "clé exacte", "m": 0.4, "u": 0.1}]}]}
    weights = waterfall.level_weights(json.dumps({"models": {"cases": MODEL, "jonctions": joined}}))
    found = {
        model: shown(
            review_page.page(
                [pair(model=model)], version="v1", sample="", is_fictitious=False, weights=weights, labels=LABELS
            )
        )
        for model in ("cases", "jonctions")
    }
    bits = {model: [bar["bits"] for bar in page["pairs"][0]["steps"]] for model, page in found.items()}
    assert bits == {"cases": [0.0, 3.0, 0.0], "jonctions": [0.0, 2.0, 1.0]}


def test_the_hash_names_the_pairs_whatever_their_order() -> None:
    assert review_page.sample_hash([("p", "a"), ("q", "b")]) == review_page.sample_hash([("q", "b"), ("p", "a")])
    assert review_page.sample_hash([("p", "a")]) != review_page.sample_hash([("p", "b")])
