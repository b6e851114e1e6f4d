"""Pairs whose level a statistician can tell: the comparison, what is said of the left, of the right, the level.

And records drawn from them, so that the pairs of these records reach every level.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import ArrayType, StructType

from linkage.platform.lake.schema import Table
from linkage.settings.scored_pairs import ComparisonSettings, ModelSettings
from linkage.tables.standardised import PROCEDURE, REFERENCE


def people(*, codes: Sequence[str] = (), dates: Sequence[str] = ()) -> dict[str, Any]:
    """People told by their role (m, v) and one character."""
    return {
        "codes": [2 * ord(one[1]) + (one[0] == "v") for one in codes],
        "dates": [2 * ord(one[1]) + (one[0] == "v") for one in dates],
        "csns": sorted({ord(one[1]) for one in codes}),
        "naissances": sorted({ord(one[1]) for one in dates}),
        "nb_identifiees": max(len(codes), len(dates)),
    }


def left_to_explain(*born: str, but: Sequence[str] = ()) -> dict[str, Any]:
    """People told by role and birth, of whom the affair's settled procedures have some."""
    return {**people(dates=born), "dates_restantes": people(dates=[one for one in born if one not in but])["dates"]}


VILLAGE = {"commune_faits": "48001", "natinf": "23"}
KEY = {"code_service": "48A100", "annee": 2020, "numero": 536}
CASES: list[tuple[str, dict[str, Any], dict[str, Any], str | None]] = [
    ("cle", KEY, KEY, "clé exacte"),
    ("cle", KEY, {**KEY, "annee": 2021}, "année voisine"),
    ("cle", KEY, {**KEY, "code_service": "48A101"}, "service proche"),
    ("cle", KEY, {**KEY, "code_service": "48B207"}, "autre service"),
    ("cle", KEY, {**KEY, "numero": 537}, "un chiffre du numéro"),
    ("cle", KEY, {**KEY, "numero": 537, "cle_connue": False}, "un chiffre, procédure absente"),
    ("cle", KEY, {**KEY, "numero": 563}, "chiffres échangés"),
    ("cle", KEY, {**KEY, "numero": 547}, "deux chiffres du numéro"),
    ("cle", KEY, {**KEY, "numero": 91, "cle_connue": False}, "autre clé, procédure absente"),
    ("cle", KEY, {**KEY, "numero": 91}, "même service et année"),
    ("cle", KEY, {"code_service": "48B207", "annee": 2019, "numero": 12}, "autre clé"),
    ("cle", KEY, {"code_service": None, "annee": None, "numero": None}, None),
    ("cle", KEY, {**KEY, "numero": None}, "même service et année"),
    ("personnes", people(codes=["ma", "vb"]), people(codes=["ma", "vb"]), "plusieurs personnes, au complet"),
    ("personnes", people(codes=["ma", "vb", "vc"]), people(codes=["ma", "vb", "vd"]), "plusieurs personnes"),
    ("personnes", people(codes=["ma"]), people(codes=["ma", "vb"]), "une personne par code, au complet"),
    ("personnes", people(dates=["m1"]), people(dates=["m1", "v2"]), "une personne par naissance, au complet"),
    ("personnes", people(codes=["ma", "vb"]), people(codes=["ma", "vc"]), "une personne par code"),
    ("personnes", people(dates=["m1", "v2"]), people(dates=["m1", "v3"]), "une personne par naissance"),
    ("personnes", people(codes=["ma"]), people(codes=["va"]), "rôles croisés"),
    ("personnes", people(dates=["m1"]), people(dates=["v1"]), "rôles croisés"),
    ("personnes", people(dates=["m1"]), people(dates=["m2"]), "aucune personne commune"),
    ("personnes", people(), people(dates=["m2"]), None),
    ("delai", {"jour_transmission": 100}, {"jour_arrivee": 100}, "0 jour"),
    ("delai", {"jour_transmission": 100}, {"jour_arrivee": 114}, "4 à 14 jours"),
    ("delai", {"jour_transmission": 100}, {"jour_arrivee": 99}, "-10 à -1 jours"),
    ("delai", {"jour_transmission": 100}, {"jour_arrivee": 80}, "impossible"),
    ("delai", {"jour_transmission": None}, {"jour_arrivee": 80}, "sans départ"),
    ("faits", {"jour_faits_debut": 10}, {"jour_faits_debut": 13}, "écart ≤ 3"),
    ("faits", {"jour_faits_debut": 10}, {"jour_faits_debut": None}, None),
    ("lieu", {"commune_faits": "48001", "code_departement": "48"},
     {"commune_faits": "48002", "code_departement": "48"}, "même département"),
    ("lieu", {"commune_faits": "48001", "code_departement": "48"},
     {"commune_faits": "48001", "code_departement": "48"}, "même commune"),
    ("infraction", {"natinf": "23", "natinfs": ["23"], "familles": ["violences"]},
     {"natinf": "23", "natinfs": ["23"], "familles": ["violences"]}, "même natinf"),
    ("semblables", {**VILLAGE, "nb_semblables": 1}, VILLAGE, "3 semblables au plus"),
    ("semblables", {**VILLAGE, "nb_semblables": 4}, VILLAGE, "15 semblables au plus"),
    ("semblables", {**VILLAGE, "nb_semblables": 60}, VILLAGE, "60 semblables au plus"),
    ("semblables", {**VILLAGE, "nb_semblables": 61}, VILLAGE, "250 semblables au plus"),
    ("semblables", {**VILLAGE, "nb_semblables": 1000}, VILLAGE, "1000 semblables au plus"),
    ("semblables", {**VILLAGE, "nb_semblables": 4000}, VILLAGE, "4000 semblables au plus"),
    ("semblables", {**VILLAGE, "nb_semblables": 4001}, VILLAGE, "davantage de semblables"),
    ("semblables", {**VILLAGE, "nb_semblables": 1}, {**VILLAGE, "natinf": "7"}, None),
    ("semblables", {**VILLAGE, "nb_semblables": 1, **people(codes=["va"])}, {**VILLAGE, **people(codes=["va"])}, None),
    ("semblables", {**VILLAGE, "nb_semblables": 1, **people(dates=["v1"])}, {**VILLAGE, **people(dates=["m1"])}, None),
    ("semblables", {**VILLAGE, "nb_semblables": 1, **people(dates=["v1"])}, {**VILLAGE, **people(dates=["v2"])}, "3 semblables au plus"),
    ("semblables", {**VILLAGE, "nb_semblables": 1, "jour_faits_debut": 10, **people(dates=["v1"])},
     {**VILLAGE, "jour_faits_debut": 10, **people(dates=["v1"])}, "3 semblables au plus"),
    ("semblables", {**VILLAGE, "nb_semblables": 1, "jour_faits_debut": 10, **people(dates=["v1"])},
     {**VILLAGE, "jour_faits_debut": 11, **people(dates=["v1"])}, None),
    ("semblables", {**VILLAGE, "nb_semblables": 1}, {**VILLAGE, "commune_faits": None}, None),
    ("infraction", {"natinf": "23", "natinfs": ["23"], "familles": ["violences"]},
     {"natinf": "10872", "natinfs": ["10872"], "familles": ["violences"]}, "une famille commune"),
    ("effectifs", {"nb_mis_en_cause": 1, "nb_victimes": 1}, {"nb_mis_en_cause": 1, "nb_victimes": 2}, "un effectif égal"),
    ("effectifs", {"nb_mis_en_cause": 2, "nb_victimes": 1}, {"nb_mis_en_cause": 1, "nb_victimes": 1}, "auteurs en moins"),
    ("infraction", {"natinf": "23", "natinfs": None, "familles": None}, {"natinf": "23", "natinfs": ["23"], "familles": []}, None),
    ("libre", {**KEY, "reglee": True}, KEY, None),
    ("libre", {**KEY, "reglee": True}, {**KEY, "numero": 9}, "procédure déjà réglée"),
    ("libre", {**KEY, "reglee": False}, {**KEY, "numero": 9}, "procédure libre"),
    ("tribunal", {"code_tj": "100001"}, {"code_tj": None}, None),
]  # fmt: skip

JOINED: list[tuple[str, dict[str, Any], dict[str, Any], str | None]] = [
    ("infraction", {"natinfs": ["23"], "familles": ["v"]}, {"natinfs": ["23", "33"], "familles": ["v"]}, "toutes avec des autres"),
    ("infraction", {"natinfs": ["23"], "familles": ["v"]}, {"natinfs": ["23"], "familles": ["v"]}, "les mêmes"),
    ("infraction", {"natinfs": ["23", "7"], "familles": ["v"]}, {"natinfs": ["23"], "familles": ["v"]}, "une commune"),
    ("infraction", {"natinfs": ["7"], "familles": ["v"]}, {"natinfs": ["23"], "familles": ["v"]}, "une famille commune"),
    ("infraction", {"natinfs": ["7"], "familles": ["v"]}, {"natinfs": [], "familles": []}, None),
    ("personnes", left_to_explain("m1", "v2"), left_to_explain("m1", "v2", "v3", but=("v3",)), "apporte plusieurs personnes, au complet"),
    ("personnes", left_to_explain("m1", "v2"), left_to_explain("m1", "v2", but=("m1",)), "apporte une personne, au complet"),
    ("personnes", left_to_explain("m1", "v2"), left_to_explain("m3", "v2", but=("m3",)), "apporte une personne"),
    ("personnes", left_to_explain("m1", "v2"), left_to_explain("m1", "v2", but=("m1", "v2")), "plusieurs personnes, au complet"),
    *(case for case in CASES if case[0] == "personnes"),
    ("envoi", {"jour_transmission": 100}, {"jour_transmission": 100}, "égal"),
    ("envoi", {"jour_transmission": 100}, {"jour_transmission": 90}, "écart ≤ 14"),
    ("envoi", {"jour_transmission": 100}, {"jour_transmission": 400}, "au-delà"),
    ("faits", {"jour_faits_debut": 105}, {"jour_faits_debut": 100, "jour_faits_fin": 105}, "début ou fin des faits"),
    ("faits", {"jour_faits_debut": 103}, {"jour_faits_debut": 100, "jour_faits_fin": 105}, "entre les faits"),
    ("faits", {"jour_faits_debut": 117}, {"jour_faits_debut": 100, "jour_faits_fin": 105}, "écart ≤ 12"),
    ("faits", {"jour_faits_debut": 69}, {"jour_faits_debut": 100, "jour_faits_fin": None}, "écart ≤ 31"),
    ("faits", {"jour_faits_debut": 500}, {"jour_faits_debut": 100, "jour_faits_fin": 105}, "au-delà"),
    ("faits", {"jour_faits_debut": 500}, {"jour_faits_debut": None, "jour_faits_fin": None}, None),
]  # fmt: skip

BORN = date(1980, 9, 22)
HERE = {"commune_naissance": "48095", "pays_naissance": "FRA", "nationalite": "FRA"}
ABROAD = {"commune_naissance": None, "pays_naissance": "MAR", "nationalite": "MAR"}
PERSONS: list[tuple[str, dict[str, Any], dict[str, Any], str | None]] = [
    ("csns", {"csns": "a1"}, {"csns": "a1"}, "égal"),
    ("csns", {"csns": "a1"}, {"csns": None}, None),
    ("naissance", {"date_naissance": BORN}, {"date_naissance": BORN}, "même jour"),
    ("naissance", {"date_naissance": BORN}, {"date_naissance": date(1990, 9, 22)}, "une partie fausse"),
    ("naissance", {"date_naissance": BORN}, {"date_naissance": date(1980, 9, 2)}, "une partie fausse"),
    ("naissance", {"date_naissance": BORN}, {"date_naissance": date(1980, 1, 1)}, "même année, premier janvier"),
    ("naissance", {"date_naissance": date(1980, 9, 11)}, {"date_naissance": date(1980, 11, 9)}, "jour et mois échangés"),
    ("naissance", {"date_naissance": BORN}, {"date_naissance": date(1980, 3, 4)}, "même année"),
    ("naissance", {"date_naissance": BORN}, {"date_naissance": date(1981, 3, 4)}, "autre jour"),
    ("naissance", {"date_naissance": BORN}, {"date_naissance": None}, None),
    ("origine", HERE, HERE, "même commune"),
    ("origine", HERE, {**HERE, "commune_naissance": "48099"}, "autre commune"),
    ("origine", ABROAD, ABROAD, "même pays et nationalité"),
    ("origine", ABROAD, {**ABROAD, "nationalite": "FRA"}, "même pays ou nationalité"),
    ("origine", HERE, ABROAD, "autre pays"),
    ("origine", {}, HERE, None),
    ("role", {"role": "victime"}, {"role": "mis_en_cause"}, "différent"),
]  # fmt: skip
RECORDS: list[tuple[str, dict[str, Any], dict[str, Any], str | None]] = [
    ("rue", {"rue": "stanley"}, {"rue": "stanley"}, "égal"),
    ("rue", {"rue": "stanley"}, {"rue": "stanely"}, "2 lettres"),
    ("rue", {"rue": "stanley"}, {"rue": "fleet"}, "différent"),
    ("rue", {"rue": "stanley"}, {"rue": None}, None),
    ("noms", {"nom": "neumann", "prenom": "eva"}, {"nom": "eva", "prenom": "neumann"}, "échangés"),
    ("noms", {"nom": "neumann", "prenom": "eva"}, {"nom": "neuman", "prenom": "eva"}, "1 lettre"),
    ("noms", {"nom": "neumann", "prenom": "eva"}, {"nom": "neumann", "prenom": "louise"}, "un égal"),
    ("noms", {"nom": "neumann", "prenom": None}, {"nom": "neumann", "prenom": None}, "1 lettre"),
    ("noms", {"nom": "neumann", "prenom": None}, {"nom": None, "prenom": "eva"}, None),
]  # fmt: skip
DECLARED = [
    ComparisonSettings(name="rue", kind="text", columns=("rue",), bounds=(1, 2), why="test"),
    ComparisonSettings(name="noms", kind="swapped", columns=("nom", "prenom"), bounds=(1,), why="test"),
]
PROCEDURES, REFERENCES = 400, 250


def ddl(table: type[Table]) -> str:
    return ", ".join(f"{column} {column.kind}" for column in table.columns)


def drawn(cases: list[Any], settings: ModelSettings, dice: random.Random) -> list[dict[str, Any]]:
    """Records that say, of each comparison, what one side of a literal pair says."""
    rows = []
    for number in range(PROCEDURES + REFERENCES):
        side = PROCEDURE if number < PROCEDURES else REFERENCE
        row: dict[str, Any] = {"side": side, "record_key": number}
        for comparison in settings.comparisons:
            said = dice.choice([case for case in cases if case[0] == comparison.name] or [("", {}, {}, None)])
            # What an earlier comparison said of the columns they share stands.
            row = (said[1] if side == PROCEDURE else said[2]) | row
        rows.append(row)
    return rows


def records(spark: SparkSession, columns: str, cases: list[Any], settings: ModelSettings) -> DataFrame:
    schema = StructType.fromDDL(columns)
    assert isinstance(schema, StructType)
    empty: dict[str, Any] = {
        field.name: [] if isinstance(field.dataType, ArrayType) else None for field in schema.fields
    }
    rows = drawn(cases, settings, random.Random(8))
    return spark.createDataFrame([{**empty, **row} for row in rows], schema)
