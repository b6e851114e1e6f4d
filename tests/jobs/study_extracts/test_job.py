"""The job from the analysts' base to what leaves: two studies, three releases, the same bytes twice, bad input."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import polars
import pytest
from pyspark.sql import SparkSession

from jobs import CATALOGUE
from linkage.platform import config
from linkage.platform.errors import InputError
from linkage.platform.progress.events import Event
from linkage.platform.running import submit
from linkage.tables.study_extracts import Cell
from tests.study_extracts.base_of_a_country import KEY, lake_with_base
from tests.whole import in_session

VIOLENCES, HOMICIDES = "violences_conjugales", "homicides"


@dataclass(frozen=True)
class Lake:
    """A lake with a base of two versions, and what the job did with it."""

    folder: Path
    spark: SparkSession

    @property
    def path(self) -> str:
        return str(self.folder / "lake")

    def run(self, study: str, out: str, version: str = "v1") -> tuple[Path, list[Event]]:
        """Runs the job in this session: its folder, and what it said."""
        key, place = self.folder / "key", self.folder / out
        if not key.exists():
            key.write_text(KEY + "\n", encoding="ascii")
            key.chmod(0o600)
        given = {"--lake": self.path, "--version": version, "--study": study, "--key": str(key), "--out": str(place)}
        return place, in_session(self.spark, "study_extracts", *(part for pair in given.items() for part in pair))


@pytest.fixture(scope="module")
def lake(_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    made = Lake(tmp_path_factory.mktemp("study"), _session)
    lake_with_base(_session, made.path, procedures=1500, versions=("v1", "v2"))
    return made


@pytest.fixture(scope="module")
def first(lake: Lake) -> tuple[Path, list[Event]]:
    return lake.run(VIOLENCES, "first")


@pytest.fixture(scope="module")
def later(lake: Lake, first: tuple[Path, list[Event]]) -> Path:
    return lake.run(VIOLENCES, "later", version="v2")[0]


def written(folder: Path) -> dict[str, str]:
    """SHA-256 of what leaves, but for the names that Spark gives to Parquet files."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and not file.name.startswith((".", "_")))
    return {
        file.suffix if file.suffix == ".parquet" else str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }  # fmt: skip


def tables(folder: Path) -> set[str]:
    return {str(path.parent) for path in folder.rglob("_delta_log")}


def test_everything_leaves_and_the_page_is_said_last(first: tuple[Path, list[Event]]) -> None:
    out, said = first
    names = set(written(out))
    study = config.toml(f"studies/{VIOLENCES}.toml")
    assert names >= {"etude.html", "tableaux.xlsx", "dictionnaire.csv", "delais.csv", "reperes.csv", ".parquet"}
    assert names >= {f"tableaux/{table['name']}.csv" for table in study["tables"]}
    assert [event.text for event in said if event.text][-1] == f"Page of the study: {out}/etude.html"
    book = openpyxl.load_workbook(out / "tableaux.xlsx")
    assert book.sheetnames[0] == "Couverture"
    assert len(book.sheetnames) == 1 + len(study["tables"]) + 3


def test_what_leaves_is_what_is_kept_in_the_lake(lake: Lake, first: tuple[Path, list[Event]]) -> None:
    out, _ = first
    kept = polars.read_delta(f"{lake.path}/study_extracts/{VIOLENCES}/tableaux").filter(version="v1")
    left = polars.concat(
        polars.read_csv(file, separator=";", schema_overrides={Cell.modalite: polars.String}, encoding="utf8-lossy").select(Cell.valeur, Cell.etat)
        for file in (out / "tableaux").glob("*.csv")
    )  # fmt: skip
    assert left.height == kept.height
    assert left[Cell.valeur].sum() == kept[Cell.valeur].sum()
    assert not set(kept[Cell.valeur].drop_nulls() % 5) - {0}
    extract = polars.read_delta(f"{lake.path}/study_extracts/{VIOLENCES}/microdonnees").filter(version="v1")
    assert extract.drop("version").sort("id").equals(polars.read_parquet(out / "microdonnees/*.parquet").sort("id"))


def test_nobody_is_alone_and_rows_are_in_the_order_of_pseudonyms(first: tuple[Path, list[Event]]) -> None:
    """The declaration's k and l hold; the order of rows and the pseudonyms say nothing of the base."""
    out, _ = first
    rules = config.toml(f"studies/{VIOLENCES}.toml")["microdata"]
    rows = polars.read_parquet(out / "microdonnees/*.parquet")
    alike = rows.group_by(rules["quasi_identifiers"]).agg(
        polars.len().alias("k"), polars.col(rules["sensitive"]).n_unique().alias("l")
    )
    assert alike["k"].min() >= rules["k"]
    assert alike["l"].min() >= rules["l"]
    courses = rows.drop_nulls(rules["trajectory"]).group_by(rules["quasi_identifiers"] + rules["trajectory"]).len()
    assert courses["len"].min() >= rules["k"]
    assert rows["id"].is_sorted()
    assert rows["id"].str.len_chars().unique().to_list() == [32]


def test_the_same_again_gives_the_same_bytes_and_one_release(lake: Lake, first: tuple[Path, list[Event]]) -> None:
    out, _ = first
    again, _ = lake.run(VIOLENCES, "again")
    assert written(again) == written(out)
    register = polars.read_delta(f"{lake.path}/study_extracts/releases").filter(etude=VIOLENCES, version="v1")
    assert register["release"].n_unique() == 1


def test_another_study_shares_no_pseudonym(lake: Lake, first: tuple[Path, list[Event]]) -> None:
    out, _ = first
    other, said = lake.run(HOMICIDES, "homicides")
    ids = [set(polars.read_parquet(folder / "microdonnees/*.parquet")["id"]) for folder in (out, other)]
    assert all(ids)
    assert len(ids[0] | ids[1]) == sum(map(len, ids))
    register = polars.read_delta(f"{lake.path}/study_extracts/releases")
    assert register.select("etude", "version").unique().height == 2
    assert not [event for event in said if KEY in str(event)]


def test_a_version_that_hardly_differs_is_published_and_shares_no_pseudonym(
    lake: Lake, first: tuple[Path, list[Event]], later: Path
) -> None:
    kept = polars.read_delta(f"{lake.path}/study_extracts/{VIOLENCES}/tableaux").group_by("version").agg(
        polars.col(Cell.valeur).is_not_null().mean()
    )  # fmt: skip
    assert kept.height == 2
    assert (kept[Cell.valeur] > 0.8).all()
    ids = [set(polars.read_parquet(folder / "microdonnees/*.parquet")["id"]) for folder in (first[0], later)]
    assert not ids[0] & ids[1]


def test_medians_of_a_version_that_hardly_differs_are_the_same_or_hidden(lake: Lake, later: Path) -> None:
    delays = polars.read_delta(f"{lake.path}/study_extracts/{VIOLENCES}/delais")
    one, other = (delays.filter(version=version).drop("version", "part_censuree") for version in ("v1", "v2"))
    both = one.unpivot(index=["etape", "modalite"]).join(
        other.unpivot(index=["etape", "modalite"]), on=["etape", "modalite", "variable"]
    )
    assert both["value"].drop_nulls().len() > both["value_right"].drop_nulls().len() > 0
    assert both.drop_nulls().filter(polars.col("value") != polars.col("value_right")).is_empty()


@pytest.mark.parametrize(
    ("changes", "version", "expected"),
    [
        ({"population": {"last_year": 2026}}, "v1", "nobody recorded in 2024, 2025, 2026 in version v1"),
        ({"population": {"natinf": ["99999"]}}, "v1", "population: natinf 99999: not in"),
        ({"disclosure": {"threshold": 5}}, "v1", "disclosure.threshold"),
        ({"disclosure": {"base": 10}}, "v1", "All releases keep the same rules"),
        ({}, "v9", "not published in this lake; found v1, v2"),
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
    with pytest.raises(InputError, match="a release is never overwritten"):
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
    assert [problem.partition(";")[2].partition(":")[0] for problem in refused.value.problems] == [
        " the base of version v1",
        " the releases of this lake",
    ]
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
