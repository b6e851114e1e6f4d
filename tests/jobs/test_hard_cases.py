"""What a statistician decided of cases drawn by hand (tests/cases/hard_cases.toml), through the whole path."""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars
import pytest
from pyspark.sql import SparkSession

from tests.conftest import Once
from tests.whole import in_session

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = Path(__file__).parents[1] / "cases" / "hard_cases.toml"
CASES: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["cas"]
COLUMNS: Mapping[str, str] = {
    "procedures": "id_procedure code_service annee numero date_enregistrement date_faits_debut date_faits_fin "
    "commune_faits nb_mis_en_cause nb_victimes date_transmission code_tj",
    "affaires": "id_affaire code_tj numero_parquet idj date_arrivee origine nature_affaire petit_x nb_auteurs nb_victimes",
    "origines": "id_affaire rang type_service code_service annee numero reference_pv",
    "infractions": "rang natinf classe date_faits_debut date_faits_fin commune_faits tentative",
    "personnes": "rang role csns sexe date_naissance commune_naissance pays_naissance commune_residence nationalite "
    "profession situation_familiale nombre_enfants",
    "evenements": "id_affaire rang_personne type date code code_tj issue",
}
Files = dict[tuple[str, str], list[dict[str, Any]]]
"""Delivery and file → its rows."""


def add_case(files: Files, row: Mapping[str, Any], *, key: str, delivery: str, main: str) -> None:
    """Add a case of either side to the files of its delivery: its own row, its offence and its persons."""
    persons = [{"rang": rang, **person} for rang, person in enumerate(row.get("personnes", []), start=1)]
    counts = {f"nb_{role}": 0 for role in ("mis_en_cause", "auteurs", "victimes")}
    for person in persons:
        counts["nb_mis_en_cause" if person["role"] == "mis_en_cause" else f"nb_{person['role']}s"] += 1
    files[delivery, main].append({**counts, "petit_x": 0, "date_faits_fin": row["date_faits_debut"], **row})
    offence = {name: row[name] for name in ("natinf", "date_faits_debut", "commune_faits")}
    files[delivery, "infractions"].append({"rang": 1, "classe": "delit", "tentative": 0, **offence, key: row[key]})
    files[delivery, "personnes"] += [{**person, key: row[key]} for person in persons]


def deliver(folder: Path) -> None:
    """Write all cases as deliveries in the contract's form, one folder a source and year."""
    files: Files = defaultdict(list)
    for place, case in enumerate(CASES):
        for given in case["procedures"]:
            row = {**given, "id_procedure": f"{place}{given['id']}"}
            delivery = f"{given['source']}_{given['annee']}"
            add_case(files, row, key="id_procedure", delivery=delivery, main="procedures")
        for given in case["affaires"]:
            id = f"{place}{given['id']}"
            delivery = f"cassiopee_{given['date_arrivee'].year}"
            add_case(files, {**given, "id_affaire": id}, key="id_affaire", delivery=delivery, main="affaires")
            files[delivery, "origines"] += [
                {"id_affaire": id, "rang": rang, **origin} for rang, origin in enumerate(given.get("origines", []), 1)
            ]
            files[delivery, "evenements"] += []
    for (delivery, name), rows in files.items():
        columns = COLUMNS[name].split()
        if name in ("infractions", "personnes"):
            of_justice = delivery.startswith("cassiopee")
            columns = ["id_affaire" if of_justice else "id_procedure", *columns]
            columns = [*columns, "lien_auteur"] if name == "personnes" and not of_justice else columns
            columns = [column for column in columns if column != ("tentative" if of_justice else "classe")]
        target = folder / delivery / f"{name}.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, columns, delimiter=";", extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


@pytest.fixture(scope="module")
def retained(_session: SparkSession, once: Once, finished_lake: Path) -> set[tuple[str, str]]:
    """Return the pairs that the method retains of all cases, on the model of the suite's country."""

    def make(lake: Path) -> None:
        deliver(lake.with_suffix(".deliveries"))
        in_session(_session, "sources", "--lake", str(lake), "--deliveries", str(lake.with_suffix(".deliveries")))
        for job in ("standardised", "candidate_pairs"):
            in_session(_session, job, "--lake", str(lake))
        in_session(_session, "scored_pairs", "--lake", str(lake), "--model", f"{finished_lake}/models/v1.json")
        in_session(_session, "links", "--lake", str(lake), "--version", "v1")

    links = polars.read_delta(str(once("hard_cases", make) / "links")).filter(status="retenu")
    return set(zip(links["id_procedure"], links["id_affaire"], strict=True))


@pytest.mark.parametrize("place", range(len(CASES)), ids=[case["titre"] for case in CASES])
def test_a_case_is_decided_as_the_statistician_says(place: int, retained: set[tuple[str, str]]) -> None:
    case = CASES[place]
    expected, refused = (
        {(f"{place}{left}", f"{place}{right}") for left, right in case.get(name, [])} for name in ("lies", "non_lies")
    )
    of_case = {pair for pair in retained if pair[0][:-1] == str(place) or pair[1][:-1] == str(place)}
    assert of_case >= expected, case["pourquoi"]
    assert not of_case & refused, case["pourquoi"]
