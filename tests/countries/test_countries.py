"""Countries of another hand: their deliveries are as the contract has them, and they assume what their page says."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from pyspark.sql import SparkSession

from linkage.tables.sources import FILES, delivered_columns
from tests.countries import campagne, metropole
from tests.countries.deliveries import NOISES, write
from tests.whole import in_session

COUNTRIES = {"campagne": campagne, "metropole": metropole}
PROCEDURES = 6000

# Shares as the page says, of countries of 6,000 procedures; a seed moves them by less than a third of the way to the bounds.
SHARES = {
    ("campagne", "usual"): {
        "links of jonctions": (0.07, 0.16),
        "procedures with a second affair": (0.005, 0.025),
        "petits X": (0.09, 0.16),
        "petits X without a key": (0.82, 0.96),
        "codes of victims": (0.48, 0.56),
        "links after 120 days": (0.15, 0.30),
        "keys of another": (0.008, 0.024),
    },
    ("campagne", "harsh"): {"codes of victims": (0.40, 0.48), "keys of another": (0.03, 0.06)},
    ("metropole", "usual"): {
        "links of jonctions": (0.03, 0.08),
        "procedures with a second affair": (0.05, 0.09),
        "petits X": (0.07, 0.12),
        "petits X without a key": (0.45, 0.65),
        "codes of victims": (0.50, 0.60),
        "links after 120 days": (0.08, 0.17),
        "keys of another": (0.02, 0.045),
    },
    ("metropole", "harsh"): {"codes of victims": (0.45, 0.56), "keys of another": (0.045, 0.08)},
}


def deliver(generator: ModuleType, folder: Path, *, seed: int = 5, noise: str = "usual", procedures: int = 600) -> Path:
    write(generator.draw(procedures, seed, noise), folder, seed)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*.*"))}


def read(folder: Path, pattern: str) -> pl.DataFrame:
    return pl.concat(pl.read_csv(file, separator=";", infer_schema=False) for file in sorted(folder.glob(pattern)))


@pytest.fixture(params=COUNTRIES)
def generator(request: pytest.FixtureRequest) -> ModuleType:
    return COUNTRIES[request.param]


def test_a_seed_and_a_noise_give_the_same_bytes_and_others_give_others(generator: ModuleType, tmp_path: Path) -> None:
    first = contents(deliver(generator, tmp_path / "first"))
    assert contents(deliver(generator, tmp_path / "again")) == first
    assert contents(deliver(generator, tmp_path / "seed", seed=6))["truth/links.csv"] != first["truth/links.csv"]
    assert contents(deliver(generator, tmp_path / "noise", noise="harsh")) != first


def test_files_are_those_of_the_contract_and_the_manifest_describes_them(generator: ModuleType, tmp_path: Path) -> None:
    files = contents(deliver(generator, tmp_path))
    folders = {f"{source}_{year}": source for source in FILES for year in generator.YEARS}
    assert {name.partition("/")[0] for name in files} == {*folders, "truth"}
    for folder, source in folders.items():
        manifest = json.loads(files[f"{folder}/manifest.json"])
        assert (manifest["source"], manifest["contrat"]) == (source, 1)
        assert set(manifest["fichiers"]) == {f"{file}.csv" for file in FILES[source]}
        for file in FILES[source]:
            content = files[f"{folder}/{file}.csv"]
            entry = {"lignes": content.count(b"\n") - 1, "sha256": hashlib.sha256(content).hexdigest()}
            assert manifest["fichiers"][f"{file}.csv"] == entry
            assert content.decode().partition("\n")[0].split(";") == [*delivered_columns(source, file)]


def test_the_truth_is_of_what_was_delivered(generator: ModuleType, tmp_path: Path) -> None:
    deliver(generator, tmp_path)
    links, persons = read(tmp_path, "truth/links.csv"), read(tmp_path, "truth/persons.csv")
    assert links.height > 200 and links.is_unique().all()
    delivered = {
        "procedure": read(tmp_path, "lrp*/procedures.csv"),
        "affaire": read(tmp_path, "cassiopee*/affaires.csv"),
    }
    for side, cases in delivered.items():
        assert cases[f"id_{side}"].is_unique().all()
        assert links.join(cases, on=f"id_{side}", how="anti").is_empty()
    assert persons.join(links, on=links.columns, how="anti").is_empty()
    police = read(tmp_path, "lrp*/personnes.csv").rename({"rang": "rang_procedure"})
    justice = read(tmp_path, "cassiopee*/personnes.csv").rename({"rang": "rang_affaire"})
    found = persons.join(police, on=["id_procedure", "rang_procedure", "role"]).join(
        justice.with_columns(pl.col("role").replace("auteur", "mis_en_cause")),
        on=["id_affaire", "rang_affaire", "role"],
    )
    assert found.height == persons.height > 200
    coded = found.drop_nulls(["csns", "csns_right"])
    assert coded.height > 100 and (coded["csns"] == coded["csns_right"]).all()


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("name", COUNTRIES)
def test_shares_are_as_the_page_says(name: str, noise: str, tmp_path: Path) -> None:
    deliver(COUNTRIES[name], tmp_path, noise=noise, procedures=PROCEDURES)
    procedures, affaires = read(tmp_path, "lrp*/procedures.csv"), read(tmp_path, "cassiopee*/affaires.csv")
    origines, links = read(tmp_path, "cassiopee*/origines.csv"), read(tmp_path, "truth/links.csv")
    assert procedures.height == pytest.approx(PROCEDURES, rel=0.1)
    pairs = links.join(procedures, on="id_procedure").join(affaires, on="id_affaire")
    waited = pairs["date_arrivee"].str.to_date() - pairs["date_transmission"].str.to_date()
    small = pairs.filter(petit_x="1")
    keyed = origines.filter(pl.col("numero").is_not_null() | pl.col("reference_pv").is_not_null())
    matched = keyed.join(procedures, on=["code_service", "annee", "numero"])
    victims = read(tmp_path, "lrp*/personnes.csv").filter(role="victime")
    found = {
        "links of jonctions": (links.select(pl.len().over("id_affaire")).to_series() > 1).mean(),
        "procedures with a second affair": (links.group_by("id_procedure").len()["len"] > 1).mean(),
        "petits X": small.height / pairs.height,
        "petits X without a key": small.join(keyed, on="id_affaire", how="anti").height / small.height,
        "codes of victims": victims["csns"].is_not_null().mean(),
        "links after 120 days": (waited.dt.total_days() > 120).mean(),
        "keys of another": matched.join(links, on=["id_procedure", "id_affaire"], how="anti").height / matched.height,
    }
    outside = {
        share: found[share]
        for share, (low, high) in SHARES[name, noise].items()
        if not low <= float(str(found[share])) <= high
    }
    assert outside == {}


@pytest.mark.parametrize("noise", NOISES)
def test_nothing_is_set_aside(
    generator: ModuleType, noise: str, spark: SparkSession, lake: str, tmp_path: Path
) -> None:
    folder = deliver(generator, tmp_path / "deliveries", noise=noise)
    in_session(spark, "sources", "--lake", lake, "--deliveries", str(folder))
    register = pl.read_delta(f"{lake}/sources/deliveries")
    assert register.height == 3 * len(generator.YEARS) and register["nb_gardees"].sum() > 2000
    assert register.select("nb_rejetees", "nb_dates_effacees").sum().row(0) == (0, 0)
