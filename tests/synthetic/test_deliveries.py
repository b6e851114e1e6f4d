"""What is written is what the contract says, the same for a seed, and described by its manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from jobs.synthetic.deliveries import write_deliveries
from linkage.platform.errors import InputError
from linkage.synthetic.build import extraction_date
from linkage.tables.sources import FILES, Delivered
from tests.synthetic.conftest import PROCEDURES, YEARS, Country, make_country
from tests.whole import in_session

HEADERS = {
    "lrpgn/procedures": "id_procedure;code_service;annee;numero;date_enregistrement;date_faits_debut;date_faits_fin;"
    "commune_faits;nb_mis_en_cause;nb_victimes;date_transmission;code_tj",
    "lrppn/personnes": "id_procedure;rang;role;csns;sexe;date_naissance;commune_naissance;pays_naissance;commune_residence;"
    "nationalite;profession;situation_familiale;nombre_enfants;lien_auteur",
    "cassiopee/affaires": "id_affaire;code_tj;numero_parquet;idj;date_arrivee;origine;nature_affaire;petit_x;nb_auteurs;"
    "nb_victimes",
    "cassiopee/origines": "id_affaire;rang;type_service;code_service;annee;numero;reference_pv",
    "cassiopee/evenements": "id_affaire;rang_personne;type;date;code;code_tj;issue",
}


def test_each_source_and_year_is_one_folder_and_truth_stands_beside(country: Country) -> None:
    years = range(YEARS[0], YEARS[1] + 1)
    expected = {f"{source}_{year}" for source in ("lrppn", "lrpgn", "cassiopee") for year in years} | {"truth"}
    assert {entry.name for entry in country.folder.iterdir()} == expected
    assert [file.name for file in country.files("truth/*")] == ["links.csv", "persons.csv"]


def test_headers_are_those_of_the_contract(country: Country) -> None:
    for name, header in HEADERS.items():
        source, _, file = name.partition("/")
        delivered = country.files(f"{source}_*/{file}.csv")
        assert delivered
        for path in delivered:
            assert path.read_text(encoding="utf-8").split("\n", 1)[0] == header
    for source, declared in FILES.items():
        for file, table in declared.items():
            columns = set(country.table(source, file).columns) - {"millesime"}
            assert columns == set(table.names()) - set(Delivered.names())


def test_the_manifest_counts_the_rows_and_hashes_the_bytes(country: Country) -> None:
    manifests = country.files("*/manifest.json")
    assert len(manifests) == 9
    for path in manifests:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        source, _, year = path.parent.name.partition("_")
        assert (manifest["source"], manifest["millesime"], manifest["contrat"]) == (source, int(year), 1)
        assert manifest["date_extraction"] == "2024-03-31"
        assert manifest["fictif"] is True
        assert set(manifest["fichiers"]) == {file.name for file in path.parent.glob("*.csv")}
        for name, entry in manifest["fichiers"].items():
            content = (path.parent / name).read_bytes()
            assert entry == {"lignes": content.count(b"\n") - 1, "sha256": hashlib.sha256(content).hexdigest()}


def test_the_same_seed_gives_the_same_bytes_whatever_the_partitions(
    country: Country, spark: SparkSession, tmp_path: Path
) -> None:
    spark.conf.set("spark.sql.shuffle.partitions", "3")
    spark.conf.set("spark.sql.adaptive.enabled", "false")
    again = make_country(spark, tmp_path / "again")
    first = {str(file.relative_to(country.folder)): file.read_bytes() for file in country.files("*/*")}
    second = {str(file.relative_to(again.folder)): file.read_bytes() for file in again.files("*/*")}
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_a_large_table_is_cut_in_parts_that_hold_the_same_rows(country: Country, tmp_path: Path) -> None:
    out = tmp_path / "parts"
    write_deliveries(
        {"lrpgn_procedures": country.frames["lrpgn_procedures"]},
        str(out),
        procedures=PROCEDURES,
        years=YEARS,
        extraction=extraction_date(country.settings, YEARS),
        parts_above=300,
    )
    whole = (country.folder / "lrpgn_2022" / "procedures.csv").read_text(encoding="utf-8").splitlines()
    parts = sorted((out / "lrpgn_2022" / "procedures.csv").iterdir())
    assert [part.name for part in parts] == ["part-00000.csv", "part-00001.csv", "part-00002.csv"]
    rows = [line for part in parts for line in part.read_text(encoding="utf-8").splitlines()[1:]]
    assert sorted(rows) == sorted(whole[1:])
    manifest = json.loads((out / "lrpgn_2022" / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["fichiers"]) == [f"procedures.csv/{part.name}" for part in parts]


def test_a_folder_that_holds_something_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(InputError, match=r"a new or empty folder expected, found mine\.txt"):
        in_session(spark, "synthetic", "--out", str(tmp_path), "--procedures", "10")
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.txt"]
