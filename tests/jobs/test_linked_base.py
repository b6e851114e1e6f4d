"""The job from the lake of a published version to the analysts' base, read by others; and what it refuses."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars
import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from jobs import CATALOGUE
from linkage.governance import keys
from linkage.governance.pseudonyms import pseudonym
from linkage.platform.errors import InputError
from linkage.platform.lake.schema import Table
from linkage.platform.progress.events import Event
from linkage.platform.running import submit
from linkage.tables.described import Valeur, VersionOfBase
from linkage.tables.linked_base import TABLES
from linkage.tables.suites import Suite
from tests.linked_base.drawn import BIRTH, DAY, IDENTIFIERS, PROCEDURES, published_lake
from tests.whole import in_session

KEY, OTHER_KEY = "9f2c44d1a7e35b80c6f1d2e3940a5b6c", "00112233445566778899aabbccddeeff"


def key_file(folder: Path, content: str = KEY, mode: int = 0o600) -> str:
    file = folder / f"key-{content[:4]}"
    file.write_text(content + "\n", encoding="ascii")
    file.chmod(mode)
    return str(file)


def run(spark: SparkSession, lake: str, key: str, version: str = "v1") -> list[Event]:
    """Runs the job in this session; what it said."""
    return in_session(spark, "linked_base", "--lake", lake, "--version", version, "--key", key)


def read(lake: str, table: str) -> polars.DataFrame:
    return polars.read_delta(f"{lake}/linked_base/{table}")


@dataclass(frozen=True)
class Made:
    """The base as written with one key, then with another, and what the second run said."""

    first: str
    second: str
    said: list[Event]


@pytest.fixture(scope="module")
def made(_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("linked_base")
    lake, kept = str(folder / "lake"), str(folder / "kept")
    published_lake(_session, lake)
    run(_session, lake, key_file(folder))
    shutil.copytree(f"{lake}/linked_base", f"{kept}/linked_base")
    return Made(kept, lake, run(_session, lake, key_file(folder, OTHER_KEY)))


def test_joins_lose_nobody_and_the_base_is_what_the_version_saw(made: Made) -> None:
    # A procedure came after the version: it is not there.
    procedures, affaires, personnes = (read(made.first, table) for table in ("procedures", "affaires", "personnes"))
    assert (procedures.height, affaires.height, personnes.height) == (2, 2, 4)
    assert set(procedures["id_procedure"]) == {
        pseudonym(keys.derive(KEY.encode(), keys.BASE), "procedure", str(row["source"]), str(row["id_procedure"]))
        for row in PROCEDURES
    }
    liens, liens_personnes, evenements = (
        read(made.first, table) for table in ("liens", "liens_personnes", "evenements")
    )
    assert (liens.height, liens_personnes.height, evenements.height) == (1, 1, 3)
    case = ["id_procedure", "id_affaire"]
    lost = [
        liens.join(procedures, on="id_procedure", how="anti"),
        liens.join(affaires, on="id_affaire", how="anti"),
        liens_personnes.join(liens, on=case, how="anti"),
        liens_personnes.join(personnes, left_on="id_personne_procedure", right_on="id_personne", how="anti"),
        liens_personnes.join(personnes, left_on="id_personne_affaire", right_on="id_personne", how="anti"),
        evenements.join(affaires, on="id_affaire", how="anti"),
        evenements.drop_nulls("id_personne").join(personnes, on="id_personne", how="anti"),
    ]
    assert [rows.height for rows in lost] == [0] * len(lost)


EVERY_TABLE: tuple[type[Table], ...] = (*TABLES, Suite, VersionOfBase, Valeur)


@pytest.mark.parametrize("table", EVERY_TABLE, ids=lambda table: table.path.partition("/")[2])
def test_other_readers_open_the_base_and_find_no_identifier_and_no_key(made: Made, table: type[Table]) -> None:
    delta = DeltaTable(f"{made.first}/{table.path}")
    assert delta.metadata().partition_columns == list(table.partitions)
    rows = delta.to_pyarrow_table()
    assert set(rows.column_names) == set(table.columns)
    with duckdb.connect() as connection:
        counted = connection.execute("select count(*) from read_parquet(?)", [delta.file_uris()]).fetchone()
    assert counted == (rows.num_rows,)
    assert polars.read_delta(f"{made.first}/{table.path}").height == rows.num_rows
    # Every value, whatever its type; then the files' own bytes (dictionaries, statistics) and the log.
    found = {str(value) for column in rows.columns for value in column.to_pylist()}
    written = b"".join(file.read_bytes() for file in Path(made.first, table.path).rglob("*") if file.is_file())
    for secret in [*IDENTIFIERS, str(BIRTH), str(DAY), KEY, KEY.encode().hex()]:
        assert not any(secret in text for text in found)
        assert secret.encode() not in written


def test_the_base_says_what_became_of_each_person_what_its_versions_are_and_what_its_codes_mean(made: Made) -> None:
    suites = read(made.first, "suites").sort("role")
    assert suites.select("role", "est_suivie", "orientation").rows() == [
        ("mis_en_cause", False, None),
        ("victime", True, "poursuites"),
    ]
    (version,) = read(made.first, "versions").to_dicts()
    assert (version["version"], version["nb_procedures"], version["est_fictive"]) == ("v1", 0, False)
    valeurs = read(made.first, "valeurs")
    meant = {tuple(row[:3]): row[3] for row in valeurs.rows()}
    assert len(meant) == valeurs.height
    assert meant["suites", "orientation", "en_cours"] == "en attente d'orientation"
    assert meant["evenements", "code", "copj"] == "convocation par officier de police judiciaire"
    assert (
        meant["evenements", "code", "21"] == meant["suites", "motif", "21"] == "Infraction insuffisamment caractérisée"
    )
    assert meant["procedures", "commune_faits", "33063"] == "Bordeaux"
    assert ("procedures", "commune_faits", "01005") not in meant  # 1,906 inhabitants: the base never names it


def test_another_key_replaces_the_base_with_pseudonyms_none_of_which_is_the_same(made: Made) -> None:
    first, second = read(made.first, "personnes"), read(made.second, "personnes")
    assert first.height == second.height
    for column in ("id_personne", "id_individu", "id_procedure", "id_affaire"):
        assert not set(first[column].drop_nulls()) & set(second[column].drop_nulls())
    said = [event.text for event in made.said]
    assert any("another key" in text for text in said)
    (alone,) = (event for event in made.said if event.kind == "table" and "finds one row" in event.text)
    assert [row[0] for row in alone.rows] == ["état civil", "état civil et faits", "état civil, faits et suite"]
    assert said[-1].startswith(f'Read it: polars.read_delta("{made.second}/linked_base/suites")')
    assert not [secret for secret in [*IDENTIFIERS, KEY, OTHER_KEY] if secret in str(made.said)]


def test_a_version_that_is_not_published_is_refused(made: Made, spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not published in this lake; found v1"):
        run(spark, made.second, key_file(tmp_path), version="v9")


def in_the_lake(lake: Path, outside: Path) -> str:
    return key_file(lake)


def linked_into_the_lake(lake: Path, outside: Path) -> str:
    (outside / "link").symlink_to(key_file(lake))
    return str(outside / "link")


def linked(lake: Path, outside: Path) -> str:
    (outside / "link").symlink_to(key_file(outside))
    return str(outside / "link")


def of_another_user(lake: Path, outside: Path) -> str:
    if os.geteuid():
        pytest.skip("only root can give a file away")
    os.chown(key := key_file(outside), 65534, -1)
    return key


BAD_KEYS: dict[str, tuple[Callable[[Path, Path], str], str]] = {
    "none": (lambda lake, outside: "", "no key file given"),
    "absent": (lambda lake, outside: str(outside / "nothing"), "no such file"),
    "a folder": (lambda lake, outside: str(outside), "no such file"),
    "in the lake": (in_the_lake, "inside the lake"),
    "a link into the lake": (linked_into_the_lake, "inside the lake"),
    "a link": (linked, "a symbolic link found"),
    "another user's": (of_another_user, "another user's file found"),
    "words": (lambda lake, outside: key_file(outside, "correct horse battery staple, and again"), "printable text"),
    "a word": (lambda lake, outside: key_file(outside, "CorrectHorse1BatteryStaple2AndMoreOfIt"), "printable text"),
    "few digits": (lambda lake, outside: key_file(outside, "deadbeef01" * 7), "7 different bytes found"),
    "a part repeated": (lambda lake, outside: key_file(outside, "0123456789abcdef" * 4), "again and again"),
    "short": (lambda lake, outside: key_file(outside, KEY[:31]), "31 bytes found, at least 32 expected"),
    "empty": (lambda lake, outside: key_file(outside, ""), "0 bytes found"),
    "a placeholder": (lambda lake, outside: key_file(outside, "0" * 64), "1 different bytes found"),
    "readable by the group": (lambda lake, outside: key_file(outside, mode=0o640), "mode 0640 found"),
    "readable by all": (lambda lake, outside: key_file(outside, mode=0o604), "mode 0604 found"),
    "elsewhere": (lambda lake, outside: "hdfs:///key", "a path on this machine expected"),
}


@pytest.mark.parametrize("case", BAD_KEYS)
def test_a_bad_key_is_refused_without_spark(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake, outside = tmp_path / "lake", tmp_path / "outside"
    lake.mkdir()
    outside.mkdir()
    make, expected = BAD_KEYS[case]
    key = make(lake, outside)
    argv: list[Any] = ["linked_base", "--lake", str(lake), "--version", "v1", *(["--key", key] if key else [])]
    assert submit.main(CATALOGUE, argv) == 2
    said = capsys.readouterr().err
    assert expected in said
    assert KEY not in said
    assert "Traceback" not in said


def test_a_throw_away_key_lies_beside_the_lake_and_is_made_once(tmp_path: Path) -> None:
    lake = str(tmp_path / "lake")
    place = keys.throw_away(lake)
    assert place == f"{lake}-key"
    assert Path(place).stat().st_mode & 0o777 == 0o600
    content = keys.read_key(place)
    assert keys.throw_away(lake) == place
    assert keys.read_key(place) == content
    assert keys.require_safe(place, lake=lake) == place
