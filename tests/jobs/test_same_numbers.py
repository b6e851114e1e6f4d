"""Police and gendarmerie that both number their procedures from 1: the same country, links, persons and study."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars
import pytest
from pyspark.sql import SparkSession

from tests.conftest import STUDY, Once
from tests.whole import in_session

VERSION = "v1"
POLICE = ("lrppn", "lrpgn")
Numbers = dict[tuple[str, str], str]
"""Source and identifier of the country → the number that stands in its place."""


def read_rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


def write_rows(file: Path, rows: list[dict[str, str]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def number(country: Path) -> Numbers:
    numbers: Numbers = {}
    for source in POLICE:
        files = sorted(country.glob(f"{source}_*/procedures.csv"))
        ids = [row["id_procedure"] for file in files for row in read_rows(file)]
        numbers |= {(source, id): str(place) for place, id in enumerate(ids, start=1)}
    return numbers


def renumber(country: Path, out: Path) -> None:
    """Write the country again, each force numbering its procedures 1, 2, 3…; the truth says whose number it is."""
    numbers = number(country)
    sources = {id: source for source, id in numbers}
    for manifest in country.glob("*/manifest.json"):
        said, source = json.loads(manifest.read_text(encoding="utf-8")), manifest.parent.name.split("_")[0]
        for name, described in said["fichiers"].items():
            rows, target = read_rows(manifest.parent / name), out / manifest.parent.name / name
            if source in POLICE:
                rows = [{**row, "id_procedure": numbers[source, row["id_procedure"]]} for row in rows]
            write_rows(target, rows)
            described["sha256"] = hashlib.sha256(target.read_bytes()).hexdigest()
        (out / manifest.parent.name / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
    for file in (country / "truth").glob("*.csv"):
        named = ((sources[row["id_procedure"]], row) for row in read_rows(file))
        rows = [
            {**row, "source": source, "id_procedure": numbers[source, row["id_procedure"]]} for source, row in named
        ]
        write_rows(out / "truth" / file.name, rows)


@pytest.fixture(scope="module")
def renumbered(_session: SparkSession, once: Once, country: Path, linked_lake: Path) -> Path:
    """Make the lake of the renumbered country, to its study, with the key of the other."""

    def make(lake: Path) -> None:
        deliveries, key = lake.with_suffix(".deliveries"), linked_lake.with_suffix(".key")
        renumber(country, deliveries)
        version = ("--lake", str(lake), "--version", VERSION)
        truth = str(deliveries / "truth")
        in_session(_session, "all", *version, "--deliveries", str(deliveries), "--truth", truth)
        in_session(_session, "linked_base", *version, "--key", str(key))
        out = str(lake.with_suffix(".out"))
        in_session(_session, "study_extracts", *version, "--study", STUDY, "--key", str(key), "--out", out)

    return once("renumbered", make)


def read(lake: Path, table: str, *columns: str) -> Counter[tuple[Any, ...]]:
    rows = polars.read_delta(str(lake / table))
    return Counter(rows.select(columns or sorted(rows.columns)).iter_rows())


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("links", ("source", "id_procedure", "id_affaire", "link_pass", "status", "evidence")),
        ("person_links", ("source", "id_procedure", "id_affaire", "rang_procedure", "rang_affaire", "role")),
    ],
)
def test_links_name_the_same_cases_and_persons_and_say_whose_number_it_is(
    finished_lake: Path, country: Path, renumbered: Path, table: str, columns: tuple[str, ...]
) -> None:
    numbers = number(country)
    assert max(Counter(numbers.values()).values()) == len(POLICE)  # the numbers do meet
    expected = Counter(
        {
            (source, numbers[source, id], *others): nb
            for (source, id, *others), nb in read(finished_lake, table, *columns).items()
        }
    )
    assert read(renumbered, table, *columns) == expected


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("ledger", ()),
        ("quality/match_rate", ()),
        ("quality/accuracy", ()),
        ("quality/accuracy_persons", ()),
        ("linked_base/procedures", ("source", "millesime", "date_enregistrement", "est_liee", "raison_sans_lien")),
        ("linked_base/personnes", ("side", "id_affaire", "millesime", "role", "id_individu", "age")),
        ("linked_base/infractions", ("side", "id_affaire", "rang", "natinf", "commune_faits")),
        ("linked_base/liens", ("id_affaire", "link_pass", "match_weight")),
        ("linked_base/liens_personnes", ("id_affaire", "id_personne_affaire", "role", "match_weight")),
        # Other pseudonyms, other noise: of the study, the rows and columns alone are the same.
        (f"study_extracts/{STUDY}/tableaux", ("tableau", "unite", "modalite", "categorie")),
    ],
)
def test_every_count_is_that_of_the_country_whose_numbers_never_meet(
    studied_lake: Path, renumbered: Path, table: str, columns: tuple[str, ...]
) -> None:
    assert read(renumbered, table, *columns) == read(studied_lake, table, *columns)


def test_a_pseudonym_names_one_procedure(renumbered: Path) -> None:
    procedures = polars.read_delta(str(renumbered / "linked_base/procedures"))
    assert procedures["id_procedure"].is_unique().all()
    persons = polars.read_delta(str(renumbered / "linked_base/personnes"))
    assert persons["id_personne"].is_unique().all()
