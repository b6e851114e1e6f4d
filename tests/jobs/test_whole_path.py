"""The whole path through spark-submit on a small country, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import polars
import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from tests.whole import in_session, submit


@pytest.fixture
def lake(finished_lake: Path) -> Path:
    return finished_lake


def read(lake: Path, table: str) -> polars.DataFrame:
    return polars.read_delta(str(lake / table))


def test_links_are_good_and_their_ledger_adds_up(lake: Path) -> None:
    accuracy = read(lake, "quality/accuracy").filter(polars.col("link_pass") == "*")
    # 0.994 on this country, whose every step is drawn from a seed: less than the floor is a defect, not chance.
    assert accuracy["f1"].item() >= 0.985
    ledger = read(lake, "ledger")
    for source, table in (("cassiopee", "affaires"), ("lrppn", "procedures"), ("lrpgn", "procedures")):
        delivered = read(lake, f"sources/{source}_{table}").height
        assert ledger.filter(polars.col("source") == source)["nb"].sum() == delivered
    links = read(lake, "links")
    assert links.select("id_procedure", "id_affaire").is_unique().all()
    assert (links["id_dossier"].is_null() == (links["status"] == "a_revoir")).all()


def test_persons_are_linked_once_and_only_inside_retained_links(lake: Path) -> None:
    case = ["id_procedure", "id_affaire"]
    persons = read(lake, "person_links")
    assert persons.select(*case, "rang_procedure").is_unique().all()
    assert persons.select(*case, "rang_affaire").is_unique().all()
    retained = read(lake, "links").filter(polars.col("status") == "retenu")
    assert persons.join(retained, on=case, how="anti").is_empty()
    accuracy = read(lake, "quality/accuracy_persons").filter(polars.col("role") == "*")
    # 1.000 and 0.989 on this country.
    assert accuracy["precision"].item() >= 0.995
    assert accuracy["recall"].item() >= 0.98


def test_cases_are_learnt_from_neighbours_besides_the_candidates(lake: Path) -> None:
    learnt = json.loads((lake / "models" / "v1.json").read_text(encoding="utf-8"))["models"]["cases"]["estimated_on"]
    assert learnt["sampled_pairs"] > learnt["pairs"]  # on a small country all candidates are drawn, and these besides


def test_other_delta_readers_open_every_table(lake: Path) -> None:
    tables = sorted(log.parent for log in lake.rglob("_delta_log"))
    assert len(tables) > 20
    for table in tables:
        assert DeltaTable(str(table)).to_pyarrow_table().num_rows == polars.read_delta(str(table)).height


def test_nothing_of_a_run_is_left_behind(lake: Path) -> None:
    assert not (lake / "_scratch").exists()


def test_the_same_again_changes_nothing_and_other_inputs_are_refused(lake: Path, country: Path) -> None:
    before = DeltaTable(str(lake / "links")).version()
    again = submit("all", "--lake", str(lake), "--deliveries", str(country), "--version", "v1")
    assert again.returncode == 0, again.stderr
    assert "nothing changes" in again.stdout
    assert "quality/rapport-v1.html" in again.stdout
    assert "match rate" not in again.stdout  # the report is there: it is not made again
    model = lake / "models" / "v1.json"
    other = submit("all", "--lake", str(lake), "--deliveries", str(country), "--version", "v1", "--model", str(model))
    assert other.returncode == 2
    assert "the model given" in other.stderr
    assert "Traceback" not in other.stderr
    assert DeltaTable(str(lake / "links")).version() == before


def test_other_partitions_and_shuffled_files_give_identical_links(
    spark: SparkSession, lake: Path, country: Path, tmp_path: Path
) -> None:
    shuffled = tmp_path / "deliveries"
    for file in country.rglob("*.csv"):
        header, *rows = file.read_text(encoding="utf-8").splitlines(keepends=True)
        target = shuffled / file.relative_to(country)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(header + "".join(sorted(rows, key=lambda row: row[::-1])), encoding="utf-8")
    other, model = tmp_path / "lake", str(tmp_path / "model.json")
    spark.conf.set("spark.sql.shuffle.partitions", "3")
    for job, *arguments in (
        ("sources", "--deliveries", str(shuffled)),
        ("standardised",),
        ("candidate_pairs",),
        ("estimate_model", "--out", model),
        ("scored_pairs", "--model", model, "--estimated"),
        ("links", "--version", "v1"),
    ):
        in_session(spark, job, "--lake", str(other), *arguments)
    key = ["id_procedure", "id_affaire"]
    assert read(other, "links").sort(key).equals(read(lake, "links").sort(key))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("links", "--lake", "{empty}", "--version", "v"), "there is no lake yet"),
        (("quality", "--lake", "{lake}", "--version", "v9"), "not published in this lake; found v1"),
        (("all", "--lake", "{foreign}", "--deliveries", "{country}", "--version", "v"), "made by something else"),
        (("scored_pairs", "--lake", "{lake}", "--model", "{country}/nothing.json"), "no such file"),
        (("estimate_model", "--lake", "{lake}", "--out", "{country}"), "a folder found, the name of a file expected"),
        (("links", "--lake", "{lake}", "--version", "a b"), "expected"),
    ],
)
def test_wrong_input_is_refused_in_one_message(
    lake: Path, country: Path, tmp_path: Path, arguments: tuple[str, ...], expected: str
) -> None:
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "something.txt").write_text("mine")
    places = {"lake": lake, "country": country, "empty": tmp_path / "empty", "foreign": tmp_path / "foreign"}
    refused = submit(*(argument.format(**places) for argument in arguments))
    assert refused.returncode == 2
    assert expected in refused.stderr
    assert "Traceback" not in refused.stderr + refused.stdout


def test_status_tells_what_the_lake_holds_and_writes_nothing_in_it(lake: Path) -> None:
    before = sorted((str(file), file.stat().st_mtime_ns) for file in lake.rglob("*"))
    told = submit("status", "--lake", str(lake))
    assert told.returncode == 0, told.stderr
    (version,) = (line.split() for line in told.stdout.splitlines() if line.split()[:1] == ["v1"])
    assert version[-3:] == ["yes", "no", "yes"]  # with quality, not in the base, of the pairs that are there
    assert told.stdout.count("  current") == 3
    assert "Unfinished writes: none." in told.stdout
    assert sorted((str(file), file.stat().st_mtime_ns) for file in lake.rglob("*")) == before
