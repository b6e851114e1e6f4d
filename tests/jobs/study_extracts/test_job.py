"""The job from the analysts' base to what leaves: two studies, three releases, the same bytes twice, bad input."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import polars
import pytest
from pyspark.sql import SparkSession

from jobs import CATALOGUE
from jobs.study_extracts import names
from jobs.study_extracts.declaration import declared
from jobs.study_extracts.register import Register
from linkage.governance.keys import BASE, EXTRACT, REGISTER, ROUNDING, derive, key_id
from linkage.governance.pseudonyms import pseudonym
from linkage.governance.seals import Seals
from linkage.platform import config
from linkage.platform.errors import InputError, UserFacingError
from linkage.platform.lake.store import Store
from linkage.platform.progress.events import Event
from linkage.platform.running import submit
from linkage.study_extracts.disclosure import door
from linkage.study_extracts.disclosure.attack import attack
from linkage.study_extracts.disclosure.counts import Variable
from linkage.tables.linked_base import Personne
from linkage.tables.study_extracts import Cell, HandOut, ReleasedCell
from tests.study_extracts.base_of_a_country import KEY, lake_with_base
from tests.whole import in_session

REGIONS = names.read().regions
VIOLENCES, HOMICIDES = "violences_conjugales", "homicides"
FILES = {"etude.html", "tableaux.xlsx", "dictionnaire.csv", "delais.csv", "reperes.csv"}


@dataclass(frozen=True)
class Lake:
    """A lake with a base of two versions, and what the job did with it."""

    folder: Path
    spark: SparkSession

    @property
    def path(self) -> str:
        return str(self.folder / "lake")

    def run(self, study: str, out: str, version: str = "v1", *whom: str) -> tuple[Path, list[Event]]:
        """Runs the job in this session: its folder, and what it said."""
        key, place = self.folder / "key", self.folder / out
        if not key.exists():
            key.write_text(KEY + "\n", encoding="ascii")
            key.chmod(0o600)
        given = {"--lake": self.path, "--version": version, "--study": study, "--key": str(key), "--out": str(place)}
        options = [part for pair in given.items() for part in pair] + (["--for", *whom] if whom else [])
        return place, in_session(self.spark, "study_extracts", *options)


@pytest.fixture(scope="module")
def lake(_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    made = Lake(tmp_path_factory.mktemp("study"), _session)
    lake_with_base(_session, made.path, procedures=1500, versions=("v1", "v2", "v3"))
    return made


@pytest.fixture(scope="module")
def first(lake: Lake) -> tuple[Path, list[Event]]:
    return lake.run(VIOLENCES, "first")


@pytest.fixture(scope="module")
def extract(lake: Lake, first: tuple[Path, list[Event]]) -> Path:
    return lake.run(VIOLENCES, "extract", "v1", "researcher", "dupont")[0]


@pytest.fixture(scope="module")
def later(lake: Lake, first: tuple[Path, list[Event]], extract: Path) -> Path:
    """Two more versions, and in each the other study and another extract."""
    for version in ("v2", "v3"):
        lake.run(HOMICIDES, f"homicides-{version}", version)
        lake.run(VIOLENCES, f"extract-{version}", version, "researcher", "dupont")
        lake.run(VIOLENCES, f"later-{version}", version)
    return lake.folder


def written(folder: Path) -> dict[str, str]:
    """SHA-256 of what leaves, but for the names that Spark gives to Parquet files."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and not file.name.startswith((".", "_")))
    return {
        file.suffix if file.suffix == ".parquet" else str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }  # fmt: skip


def tables(folder: Path) -> set[str]:
    return {str(path.parent) for path in folder.rglob("_delta_log")}


def register(lake: Lake) -> polars.DataFrame:
    return polars.read_delta(f"{lake.path}/{HandOut.path}").sort("remis_le")


def test_tables_leave_without_a_row_of_anyone_and_the_page_is_said_last(first: tuple[Path, list[Event]]) -> None:
    out, said = first
    names = set(written(out))
    study = config.toml(f"studies/{VIOLENCES}.toml")
    tables = {f"tableaux/{table['name']}.csv" for table in study["tables"]}
    rates = {name for name in names if name.startswith("tableaux/liaison_")}
    assert names == tables | rates | {"tableaux/sensibilite.csv", *FILES}
    assert [event.text for event in said if event.text][-1] == f"Page of the study: {out}/etude.html"
    book = openpyxl.load_workbook(out / "tableaux.xlsx")
    assert book.sheetnames[0] == "Couverture"
    assert len(book.sheetnames) == 1 + len(study["tables"]) + 3


def test_what_leaves_is_what_is_kept_in_the_lake(lake: Lake, first: tuple[Path, list[Event]]) -> None:
    out, _ = first
    kept = polars.read_delta(f"{lake.path}/study_extracts/{VIOLENCES}/tableaux").filter(version="v1")
    left = polars.concat(
        polars.read_csv(file, separator=";", schema_overrides={Cell.modalite: polars.String, Cell.valeur: polars.Int64}, encoding="utf8-lossy").select(Cell.valeur, Cell.etat)
        for file in (out / "tableaux").glob("*.csv")
    )  # fmt: skip
    assert left.height == kept.height
    assert left[Cell.valeur].sum() == kept[Cell.valeur].sum()
    assert not set(kept[Cell.valeur].drop_nulls() % 5) - {0}


def test_rows_are_those_of_the_nomenclatures_whoever_is_there(lake: Lake, first: tuple[Path, list[Event]]) -> None:
    """Everybody is of one département of a hundred: the others have their row, hidden as any small one."""
    table = polars.read_delta(f"{lake.path}/study_extracts/{VIOLENCES}/tableaux")
    rows = table.filter(version="v1", tableau="orientation_departement").group_by(Cell.modalite).agg(
        polars.col(Cell.valeur).is_not_null().any()
    )  # fmt: skip
    departements = {row["code_departement"] for row in config.nomenclature("departements")}
    assert set(rows[Cell.modalite]) == departements | {"inconnu", "Ensemble"}
    assert set(rows.filter(polars.col(Cell.valeur))[Cell.modalite]) == {"33", "Ensemble"}


def test_an_extract_leaves_alone_and_nobody_is_alone_in_it(extract: Path) -> None:
    """The declaration's k, l and t hold of persons, their course among what is known of them."""
    assert set(written(extract)) == {".parquet", "dictionnaire.csv"}
    assert not [file for file in extract.rglob("*") if file.name.startswith((".", "_"))]  # Hadoop's marks, checksums
    rules = config.toml(f"studies/{VIOLENCES}.toml")["microdata"]
    rows = polars.read_parquet(extract / "microdonnees/*.parquet")
    assert rows.group_by(rules["columns"]).len()["len"].min() >= rules["k"]
    known = [*rules["quasi_identifiers"], *rules["trajectory"]]
    ends = rows.group_by([*known, rules["sensitive"]]).len()
    assert ends.group_by(known).len()["len"].min() >= rules["l"]
    assert ends["len"].min() >= rules["k"]
    assert rows["id"].is_sorted()
    assert rows["id"].n_unique() == rows.height


def test_persons_of_an_extract_are_named_by_the_key_of_its_recipient(lake: Lake, extract: Path) -> None:
    ids = polars.read_parquet(extract / "microdonnees/*.parquet")["id"]
    declaration = register(lake).filter(contenu="microdonnees", version="v1")["declaration"][0]
    persons = polars.read_delta(f"{lake.path}/{Personne.path}").filter(version="v1")[Personne.id_personne]

    def named_by(recipient: str) -> set[str]:
        key = derive(KEY.encode(), f"{EXTRACT}/{recipient}")
        return {pseudonym(key, "extrait", f"dupont/{VIOLENCES}/v1/{declaration}", one) for one in persons}

    assert len(ids) > 10
    assert set(ids) <= named_by("dupont")
    assert not set(ids) & named_by("martin")


def test_counts_of_every_study_are_perturbed_by_the_key_derived_for_it(
    lake: Lake, first: tuple[Path, list[Event]], monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = set()

    def protect(*cells: Any, seed: bytes, **rest: Any) -> None:
        seeds.add(seed)
        raise InputError("seen")

    monkeypatch.setattr(door, "protect", protect)
    for study in (VIOLENCES, HOMICIDES):
        with pytest.raises(InputError, match="seen"):
            lake.run(study, "perturbed")
    assert seeds == {derive(KEY.encode(), ROUNDING)}


def test_extracts_of_three_versions_share_no_pseudonym_and_nobody_is_linked_again(later: Path, extract: Path) -> None:
    rules = config.toml(f"studies/{VIOLENCES}.toml")["microdata"]
    folders = (extract, later / "extract-v2", later / "extract-v3")
    rows = [polars.read_parquet(folder / "microdonnees/*.parquet") for folder in folders]
    ids = [set(one["id"]) for one in rows]
    assert len(ids[0] | ids[1] | ids[2]) == sum(map(len, ids))
    alone = [one.filter(polars.len().over(rules["columns"]) == 1) for one in rows]
    assert [one.height for one in alone] == [0, 0, 0]


def test_the_same_again_gives_the_same_bytes_and_a_row_of_its_own(lake: Lake, first: tuple[Path, list[Event]]) -> None:
    out, _ = first
    before = register(lake)
    again, _ = lake.run(VIOLENCES, "again")
    assert written(again) == written(out)
    after = register(lake)
    assert after.height == before.height + 1
    mine = after.filter(etude=VIOLENCES, version="v1", contenu="tableaux")
    assert (mine.height, mine["empreinte"].n_unique(), mine["remise"].n_unique()) == (2, 1, 2)
    cells = polars.read_delta(f"{lake.path}/{ReleasedCell.path}").filter(empreinte=mine["empreinte"][0])
    assert cells.height == mine["lignes"][0]


def test_the_register_says_who_what_when_and_for_whom(lake: Lake, later: Path) -> None:
    rows = register(lake)
    assert set(rows["remis_a"]) == {"public", "dupont"}
    assert rows["key_id"].unique().to_list() == [key_id(derive(KEY.encode(), BASE))]
    assert rows["empreinte"].str.len_chars().unique().to_list() == [64]
    extracts = rows.filter(contenu="microdonnees")
    assert extracts["uniques"].to_list() == [0] * 3
    assert extracts.select("etude", "version").n_unique() == 3


def test_a_register_that_is_gone_stops_everything(lake: Lake, later: Path, tmp_path: Path) -> None:
    kept = tmp_path / "registre"
    shutil.move(f"{lake.path}/{HandOut.path}", kept)
    try:
        with pytest.raises(UserFacingError, match="study_extracts/registre: its log has no commit at all"):
            lake.run(VIOLENCES, "gone")
    finally:
        shutil.move(kept, f"{lake.path}/{HandOut.path}")
    assert not (lake.folder / "gone").exists()


@pytest.fixture
def opened(lake: Lake) -> Register:
    return Register(
        Store(lake.spark, lake.path),
        key_id=key_id(derive(KEY.encode(), BASE)),
        seals=Seals(KEY.encode(), REGISTER),
    )


def test_three_versions_of_two_studies_are_attacked_with_what_left_alone(opened: Register, later: Path) -> None:
    """The attacker reads the register, which she cannot open, and guesses nobody's count with more than declared."""
    rules = declared(VIOLENCES).disclosure
    releases = opened.released(rules, REGIONS)
    assert len(releases) == 5
    truth = door.Truth([(left.version, opened.counts_of(left)) for left in releases], rules.threshold)
    posterior = attack(releases, rules)
    beliefs = posterior.beliefs()
    assert sum(isinstance(one, Variable) for one in beliefs) > 100
    guessed = truth.guessed(posterior, beliefs, rules.certainty)
    assert not [one for one in guessed if isinstance(one, Variable)]
    assert truth.guessed(posterior, beliefs, 0.2)


def test_the_register_keeps_exact_counts_that_only_the_key_opens(lake: Lake, opened: Register, later: Path) -> None:
    rules = declared(VIOLENCES).disclosure
    cells = polars.read_delta(f"{lake.path}/{ReleasedCell.path}")
    assert cells["sceau"].str.len_chars().unique().to_list() == [32]
    for left in opened.released(rules, REGIONS):
        shown = left.cells.dropna(subset="valeur").set_index("variable")["valeur"].to_dict()
        counts = opened.counts_of(left)
        assert all(abs(counts[one] - value) < rules.base for one, value in shown.items())
    other = Register(Store(lake.spark, lake.path), key_id="another", seals=Seals(KEY.encode()[::-1], REGISTER))
    with pytest.raises(InputError, match="whose sceau does not open found"):
        other.counts_of(left)


def test_a_version_that_hardly_differs_shows_hardly_anything_else(lake: Lake, later: Path) -> None:
    """Seven procedures of 1,500 fewer: most values stay, and those that move do so by a multiple of the base."""
    kept = polars.read_delta(f"{lake.path}/study_extracts/{VIOLENCES}/tableaux")
    one, other = (kept.filter(version=version).drop("version") for version in ("v1", "v2"))
    both = one.join(other, on=["tableau", "modalite", "categorie"]).drop_nulls(["valeur", "valeur_right"])
    assert sum(both["valeur"] == both["valeur_right"]) > 0.9 * both.height
    assert set((both["valeur"] - both["valeur_right"]).abs()) <= {0, 5, 10}


@pytest.mark.parametrize(
    ("changes", "version", "expected"),
    [
        ({"population": {"last_year": 2026}}, "v1", "nobody recorded in 2024, 2025, 2026 in version v1"),
        ({"population": {"natinf": ["99999"]}}, "v1", "population: natinf 99999: not in"),
        ({"disclosure": {"threshold": 5}}, "v1", "disclosure.threshold"),
        ({"disclosure": {"base": 10}}, "v1", "All releases keep the same rules"),
        ({}, "v9", "not published in this lake; found v1, v2, v3"),
    ],
    ids=["years not there", "unknown natinf", "threshold below the floor", "another base", "version not published"],
)
def test_bad_input_is_refused_and_nothing_is_written(
    lake: Lake, first: tuple[Path, list[Event]], monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], version: str, expected: str
) -> None:  # fmt: skip
    content = config.toml(f"studies/{VIOLENCES}.toml")
    for group, said in changes.items():
        content[group] = {**content[group], **said}
    toml = config.toml
    monkeypatch.setattr(config, "toml", lambda path: content if path.startswith("studies/") else toml(path))
    before = {place: len(list(Path(place, "_delta_log").iterdir())) for place in tables(Path(lake.path))}
    with pytest.raises(InputError) as error:
        lake.run(VIOLENCES, "bad", version=version)
    assert expected in str(error.value)
    assert not (lake.folder / "bad").exists()
    assert {place: len(list(Path(place, "_delta_log").iterdir())) for place in tables(Path(lake.path))} == before


def test_a_folder_that_holds_a_release_is_never_written_over(lake: Lake, first: tuple[Path, list[Event]]) -> None:
    before = written(first[0])
    with pytest.raises(InputError, match="a new or empty folder expected"):
        lake.run(VIOLENCES, "first")
    assert written(first[0]) == before


def test_another_key_than_that_of_the_base_is_refused(
    lake: Lake, first: tuple[Path, list[Event]], tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_text(KEY[::-1], encoding="ascii")
    key.chmod(0o600)
    given = {
        "--lake": lake.path,
        "--version": "v1",
        "--study": VIOLENCES,
        "--key": str(key),
        "--out": str(tmp_path / "out"),
    }
    with pytest.raises(InputError) as refused:
        in_session(lake.spark, "study_extracts", *(part for pair in given.items() for part in pair))
    assert "the releases of this lake" in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_an_output_inside_the_lake_is_refused_without_spark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "key"
    key.write_text(KEY, encoding="ascii")
    key.chmod(0o600)
    lake = tmp_path / "lake"
    lake.mkdir()
    argv = [
        "study_extracts",
        "--lake",
        str(lake),
        "--version",
        "v1",
        "--study",
        HOMICIDES,
        "--key",
        str(key),
        "--out",
        f"{lake}/out",
    ]
    assert submit.main(CATALOGUE, argv) == 2
    assert "it lies inside the lake" in capsys.readouterr().err
    assert not (lake / "out").exists()
