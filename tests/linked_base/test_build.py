"""The seven tables, from drawn ones: every value of a small base, and that joins lose nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from linkage.governance.keys import BASE, derive
from linkage.governance.pseudonyms import Pseudonyms, pseudonym
from linkage.linked_base import Seen, build
from linkage.settings.linked_base import LinkedBaseSettings
from linkage.tables.linked_base import TABLES
from linkage.versions import method
from tests.drawing import draw
from tests.linked_base.drawn import COMMUNES, DRAWN

ROOT = b"9f2c44d1a7e35b80c6f1d2e3940a5b6c"
KEY = derive(ROOT, BASE)
SETTINGS = method.linked_base_settings()
PROCEDURE = pseudonym(KEY, "procedure", "lrppn", "N0014044848")
AFFAIRE = pseudonym(KEY, "affaire", "C7114834775")
OTHER = pseudonym(KEY, "affaire", "C0004488675")


def personne(*fields: str) -> str:
    return pseudonym(KEY, "personne", *fields)


Base = Callable[[str], list[dict[str, Any]]]


def made(spark: SparkSession, folder: Path, settings: LinkedBaseSettings = SETTINGS) -> Base:
    """The base of the drawn tables: a table's plain rows by its name; columns that are null are left out."""
    file = folder / "key"
    file.write_bytes(ROOT)
    file.chmod(0o600)
    seen = Seen(*(draw(spark, table, rows) for table, rows in DRAWN.items()))
    communes = spark.createDataFrame(COMMUNES)
    tables = build(
        seen, communes, union=["ROU"], version="v1", settings=settings, pseudonyms=Pseudonyms.derived(str(file), BASE)
    )
    assert tuple(tables) == TABLES
    by_name = {table.path.removeprefix("linked_base/"): frame for table, frame in tables.items()}

    def rows(name: str) -> list[dict[str, Any]]:
        found = [row.asDict() for row in by_name[name].collect()]
        assert {row.pop("version") for row in found} == {"v1"}
        return [{column: value for column, value in row.items() if value is not None} for row in found]

    return rows


@pytest.fixture
def base(spark: SparkSession, tmp_path: Path) -> Base:
    return made(spark, tmp_path)


def test_a_dossier_keeps_its_delays_and_the_month_of_its_facts_and_of_its_first_recording(base: Base) -> None:
    linked, unlinked = base("procedures")
    assert linked == {
        "id_procedure": PROCEDURE, "millesime": 2018, "source": "lrppn", "force": "PN", "date_enregistrement": date(2018, 5, 1),
        "date_transmission": date(2018, 5, 13), "code_tj": "903301", "date_faits_debut": date(2018, 5, 1), "date_faits_fin": date(2018, 5, 1),
        "commune_faits": "33063", "code_departement": "33", "natinf": "7151", "famille": "vol", "nb_mis_en_cause": 1, "nb_victimes": 1, "est_liee": True,
    }  # fmt: skip
    # A commune of 19,999 inhabitants, an offence that is no code, and no link.
    assert unlinked == {
        "id_procedure": pseudonym(KEY, "procedure", "lrpgn", "G0000391467"), "millesime": 2019, "source": "lrpgn", "force": "GN", "code_departement": "32",
        "date_enregistrement": date(2019, 2, 1), "nb_mis_en_cause": 0, "nb_victimes": 0, "est_liee": False, "raison_sans_lien": "non_transmise",
    }  # fmt: skip
    # Arrived 15 days after its procedure, oriented 35 days later, as delivered.
    assert base("affaires")[0]["date_arrivee"] == date(2018, 5, 16)
    assert base("affaires")[1] == {
        "id_affaire": OTHER, "millesime": 2019, "date_arrivee": date(2019, 3, 1), "origine": "autre", "petit_x": True, "est_liee": False,
        "raison_sans_lien": "petit_x_sans_cle",
    }  # fmt: skip


def test_a_person_is_an_age_and_groups(base: Base) -> None:
    victim = {"role": "victime", "sexe": "F", "age": 27, "pays_naissance": "france", "nationalite": "union_europeenne", "commune_residence": "33063",
              "code_departement_residence": "33", "id_individu": pseudonym(KEY, "individu", "343D483DD73A9EC6"), "rang": 1, "millesime": 2018}  # fmt: skip
    police = {"side": "procedure", "id_procedure": PROCEDURE}
    author = {**police, "id_personne": personne("lrppn", "N0014044848", "2"), "rang": 2, "millesime": 2018, "role": "mis_en_cause",
              "id_individu": pseudonym(KEY, "individu", "524006DA986D8AB3"), "nationalite": "autre", "code_departement_residence": "32"}  # fmt: skip
    expected = [
        {**victim, **police, "id_personne": personne("lrppn", "N0014044848", "1"), "lien_auteur": "conjoint", "situation_familiale": "marie",
         "nombre_enfants": 4, "profession": "5"},
        author,
        {**victim, "side": "affaire", "id_affaire": AFFAIRE, "id_personne": personne("cassiopee", "C7114834775", "1")},
        {"side": "affaire", "id_affaire": AFFAIRE, "id_personne": personne("cassiopee", "C7114834775", "2"), "rang": 2, "millesime": 2018,
         "role": "mis_en_cause"},
    ]  # fmt: skip
    by_id = {row["id_personne"]: row for row in base("personnes")}
    assert by_id == {row["id_personne"]: row for row in expected}


def test_the_same_person_is_recognised_elsewhere_only_if_the_profile_says_so(
    spark: SparkSession, tmp_path: Path
) -> None:
    traits = SETTINGS.personnes.model_copy(update={"same_person": False})
    base = made(spark, tmp_path, SETTINGS.model_copy(update={"personnes": traits}))
    personnes = base("personnes")
    assert len(personnes) == 4
    assert not any("id_individu" in row for row in personnes)


def test_only_retained_links_are_there_and_lead_to_both_sides(base: Base) -> None:
    assert base("liens") == [
        {"millesime": 2018, "id_procedure": PROCEDURE, "id_affaire": AFFAIRE, "id_dossier": pseudonym(KEY, "dossier", "dossier-1"),
         "link_pass": "cle_exacte", "match_weight": 12.5, "match_probability": 0.99, "status": "retenu"}
    ]  # fmt: skip
    assert base("liens_personnes") == [
        {"millesime": 2018, "id_procedure": PROCEDURE, "id_affaire": AFFAIRE, "role": "victime", "role_change": False, "match_weight": 20.0,
         "match_probability": 0.999, "nb_interchangeables": 1, "id_personne_procedure": personne("lrppn", "N0014044848", "1"),
         "id_personne_affaire": personne("cassiopee", "C7114834775", "1")}
    ]  # fmt: skip


def test_offences_and_events_follow_their_case(base: Base) -> None:
    month = date(2018, 5, 1)
    offence = {"millesime": 2018, "rang": 1, "natinf": "7151", "famille": "vol", "date_faits_debut": month}
    assert sorted(base("infractions"), key=lambda row: row["side"]) == [
        {**offence, "side": "affaire", "id_affaire": AFFAIRE, "classe": "delit"},
        {
            **offence,
            "side": "procedure",
            "id_procedure": PROCEDURE,
            "tentative": False,
            "date_faits_fin": month,
            "code_departement": "32",
        },
    ]
    assert sorted(base("evenements"), key=lambda row: (row["date"], row.get("code", ""))) == [
        {"millesime": 2018, "id_affaire": AFFAIRE, "id_personne": personne("cassiopee", "C7114834775", "2"), "type": "orientation",
         "date": date(2018, 6, 20), "code": "copj", "code_tj": "903301"},
        {"millesime": 2019, "id_affaire": OTHER, "type": "classement", "date": date(2019, 3, 2)},
        {"millesime": 2019, "id_affaire": OTHER, "type": "classement", "date": date(2019, 3, 2), "code": "71"},
    ]  # fmt: skip
