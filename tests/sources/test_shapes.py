"""Shapes of deliveries: what is delivered is read, or named in the refusal; nothing is passed over."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from linkage.platform.errors import ContractError, InputError
from linkage.platform.lake.files import Files
from linkage.platform.lake.store import Store
from linkage.sources.declaration import Declaration
from linkage.sources.folder import find_deliveries
from linkage.sources.headers import read_first_line
from linkage.tables.sources import delivered_columns, source_table
from tests.sources.delivered import GENDARMERIE, PERSONNES, PROCEDURES, declarations, deliver, receive, text
from tests.sources.test_declaration import DIALECT
from tests.sources.test_folder import find, refusal

HEADER, FIRST, *OTHERS = text("lrpgn", "procedures", PROCEDURES).splitlines()
PEOPLE = text("lrpgn", "personnes", PERSONNES)


def dialect(**changed: object) -> dict[str, Declaration]:
    declared = Declaration.model_validate({"source": "lrpgn", "dialect": {**DIALECT, **changed}})
    return declarations(lrpgn=declared)


def kept(spark: SparkSession, lake: str, file: str = "procedures") -> list[tuple[object, ...]]:
    rows = Store(spark, lake).read(source_table("lrpgn", file)).drop("date_extraction", "millesime")
    return sorted(map(tuple, rows.collect()), key=str)


@pytest.fixture(scope="module")
def plain(_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    """The procedures of the sound delivery, as the lake has them."""
    folder = tmp_path_factory.mktemp("plain")
    receive(_session, str(folder / "lake"), deliver(folder / "lrpgn_2021"))
    return kept(_session, str(folder / "lake"))


def test_shapes_that_are_read(spark: SparkSession, lake: str, tmp_path: Path, plain: list[tuple[object, ...]]) -> None:
    rows = [FIRST, *OTHERS]
    separators = ";" * HEADER.count(";")
    unusual = "\n".join([HEADER.replace(";", "\u00a0;"), *(row.replace(";", "\u00a0;\u2009") for row in rows)])
    shapes: dict[str, Mapping[str, bytes]] = {
        "folders inside a folder of parts": {
            "procedures.csv/an=2021/mois=1/part-0.csv": f"{HEADER}\n{FIRST}\n".encode(),
            "procedures.csv/part-1.csv": "\n".join([HEADER, *OTHERS]).encode(),
        },
        "lines of separators": {
            "procedures.csv": "\n".join([HEADER, FIRST, separators, *OTHERS, '"";' + separators[1:], "\u00a0" + separators]).encode()
        },
        "unusual blanks everywhere": {"procedures.csv": unusual.encode()},
        "a byte order mark before each part": {
            "procedures-1.csv": f"\ufeff{HEADER}\n{FIRST}\n".encode(),
            "procedures-2.csv": "\n".join(["\ufeff" + HEADER, *OTHERS]).encode(),
        },
        "whole numbers of a database": {
            "procedures.csv": "\n".join([HEADER, FIRST.replace(";1;1;", ";1.0;1.00;"), *OTHERS]).encode()
        },
        "blanks in the names of files": {"procedures\u00a0.csv": "\n".join([HEADER, *rows]).encode()},
        "a name with a hash, a percent and braces": {
            "procedures-{1}#50%[x].csv": "\n".join([HEADER, *rows]).encode()
        },
    }  # fmt: skip
    for place, (shape, files) in enumerate(shapes.items()):
        folder = tmp_path / str(place) / "lrpgn_2021"
        for name in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        deliver(folder, files=files)
        (folder / next(iter(files))).parent.joinpath("_SUCCESS").touch()
        report, said = receive(spark, f"{lake}{place}", folder, max_rejected_share=0.0)
        assert kept(spark, f"{lake}{place}") == plain, shape
        assert [line.counts.nb_rejected for line in report] == [0, 0, 0], shape
        if "separators" in shape:
            assert any("procedures.csv: 3 lines of separators only, ignored." in text for text in said), said


def test_a_manifest_may_count_its_lines_of_separators(spark: SparkSession, lake: str, tmp_path: Path) -> None:
    separators = ";" * HEADER.count(";")
    folder = deliver(
        tmp_path / "lrpgn_2021", files={"procedures.csv": "\n".join([HEADER, FIRST, *OTHERS, separators]).encode()}
    )
    manifest = folder / "manifest.json"
    assert '"procedures.csv": {"lignes": 4' in manifest.read_text()
    assert sum(line.counts.read for line in receive(spark, lake, folder)[0] if line.file == "procedures") == 3


def test_a_manifest_with_a_byte_order_mark_is_read(spark: SparkSession, tmp_path: Path) -> None:
    manifest = deliver(tmp_path / "lrpgn_2021") / "manifest.json"
    manifest.write_bytes(b"\xef\xbb\xbf" + manifest.read_bytes())
    assert find(spark, tmp_path)[0][0].manifest is not None


def test_a_header_in_another_normal_form_is_the_same_header() -> None:
    columns = {name: name for name in map(str, delivered_columns("lrpgn", "procedures"))}
    columns = {("numéro" if name == "numero" else name): canonical for name, canonical in columns.items()}
    declared = Declaration.model_validate(
        {"source": "lrpgn", "dialect": DIALECT, "files": {"procedures": {"columns": columns}}}
    )
    for form in ("NFC", "NFD"):
        header = unicodedata.normalize(form, ";".join(columns)).replace("annee", "\u200bannee\u00a0")
        first = read_first_line(
            header.encode(), name="p.csv", gzipped=False, layout=declared.layout("procedures"),
            dialect=declared.dialect, may_be_empty=False,
        )  # fmt: skip
        assert first.problem == "", form


def test_a_name_in_another_normal_form_is_the_same_name(spark: SparkSession, tmp_path: Path) -> None:
    declared = Declaration.model_validate(
        {"source": "lrpgn", "dialect": DIALECT, "files": {"procedures": {"names": ["procédures-été"]}}}
    )

    for form in ("NFC", "NFD"):
        name = unicodedata.normalize(form, "procédures-été.csv")
        delivery = deliver(tmp_path / form / "lrpgn_2021", files={name: (HEADER + "\n").encode()}, manifest=False)
        (delivery / "procedures.csv").unlink(missing_ok=True)
        found, _ = find_deliveries(Files(spark), str(delivery), declarations(lrpgn=declared))
        assert len(found[0].files["procedures"]) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("personnes_2.csv", PEOPLE.encode(), "personnes_2.csv: listed in manifest.json and not read"),
        ("personnes_2.txt", PEOPLE.encode(), "personnes_2.txt: listed in manifest.json and not read"),
        ("personnes-2024-03-31T10:32:00.csv", PEOPLE.encode(), "a file with a colon"),
        ("_personnes.csv", PEOPLE.encode(), "_personnes.csv: listed in manifest.json and not read"),
    ],
)
def test_what_the_manifest_lists_is_read_or_named(
    spark: SparkSession, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    delivery = deliver(tmp_path / "lrpgn_2021")
    (delivery / name).write_bytes(content)
    manifest = json.loads((delivery / "manifest.json").read_text())
    manifest["fichiers"][name] = {"lignes": 3}
    (delivery / "manifest.json").write_text(json.dumps(manifest))
    assert said in refusal(spark, tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("personnes_2.csv", PEOPLE.encode()),
        ("annexe/autres.csv", PEOPLE.encode()),
        ("extrait.txt", PEOPLE.encode()),
        ("personnes.xlsx", b"PK"),
        ("livraison.zip", b"PK"),
        ("evenements.parquet", b"PAR1"),
        ("suite.csv.gz", b"\x1f\x8b"),
        ("_personnes.csv", PEOPLE.encode()),
    ],
)
def test_a_file_with_rows_that_no_name_is_declared_for_is_named(
    spark: SparkSession, tmp_path: Path, name: str, content: bytes
) -> None:
    delivery = deliver(tmp_path / "lrpgn_2021", manifest=False)
    (delivery / name).parent.mkdir(exist_ok=True)
    (delivery / name).write_bytes(content)
    said = refusal(spark, tmp_path)
    assert f"{name}: not read, and rows in it" in said
    declared = Declaration.model_validate(
        {"source": "lrpgn", "dialect": DIALECT, "unread": [name.split("/", maxsplit=1)[0].split(".", maxsplit=1)[0]]}
    )

    found, _ = find_deliveries(Files(spark), str(delivery), declarations(lrpgn=declared))
    assert found[0].notes == (name,)


def test_what_has_no_rows_is_said_and_left(spark: SparkSession, tmp_path: Path) -> None:
    delivery = deliver(tmp_path / "lrpgn_2021", manifest=False)
    notes = {
        "LISEZMOI.txt": "Livraison de mars.\nAppeler en cas de question.\n",
        "personnes_2.csv": PEOPLE.splitlines()[0],
        "vide.csv": "",
        "procedures.csv.sha256": "00  procedures.csv\n",
        "_SUCCESS": "",
        ".DS_Store": "x;y;z\n1;2;3\n",
    }
    for name, content in notes.items():
        (delivery / name).write_text(content)
    found, _ = find(spark, tmp_path)
    assert found[0].notes == ("LISEZMOI.txt", "personnes_2.csv", "procedures.csv.sha256", "vide.csv")


def test_a_header_after_a_mark_inside_a_file_is_not_a_row(spark: SparkSession, lake: str, tmp_path: Path) -> None:
    twice = "\n".join([HEADER, FIRST, "\ufeff" + HEADER, *OTHERS])
    with pytest.raises(InputError, match=r"procedures\.csv: 2 header lines found"):
        receive(spark, lake, deliver(tmp_path / "lrpgn_2021", files={"procedures.csv": twice.encode()}))


def test_a_lost_letter_in_valid_bytes_is_kept(spark: SparkSession, lake: str, tmp_path: Path) -> None:
    people = [{**PERSONNES[0], "profession": "ma\ufffdon"}, *PERSONNES[1:]]
    receive(spark, lake, deliver(tmp_path / "lrpgn_2021", rows={"personnes": people}))
    assert any("ma\ufffdon" in row for row in kept(spark, lake, "personnes"))


DAYS = {
    "dd/MM/yyyy": ("02/03/2021", "01/03/2021"),
    "dd/MM/yy": ("02/03/21", "01/03/21"),
    "d.M.yyyy": ("2.3.2021", "1.3.2021"),
    "yyyyMMdd": ("20210302", "20210301"),
    "yyyy-MM-dd'T'HH:mm:ss": ("2021-03-02T10:32:00", "2021-03-01T00:00:00"),
    "yyyy-MM-dd HH:mm:ss.SSS": ("2021-03-02 10:32:00.123", "2021-03-01 00:00:00.000"),
    "yyyy-MM-dd'T'HH:mm:ssX": ("2021-03-01T23:30:00Z", "2021-03-01T12:00:00+01:00"),
    "yyyy-MM-dd'T'HH:mm:ss.SSSXXX": ("2021-03-02T00:30:00.000+01:00", "2021-02-28T23:00:00.000Z"),
}


def test_days_in_each_declared_format(spark: SparkSession, lake: str, tmp_path: Path) -> None:
    for place, (date_format, (recorded, facts)) in enumerate(DAYS.items()):
        one = {**PROCEDURES[0], "date_enregistrement": recorded, "date_faits_debut": facts}
        # An ISO day is a day whatever is declared.
        rows = {"procedures": [one, PROCEDURES[2]], "infractions": [], "personnes": []}
        delivery = deliver(tmp_path / str(place) / "lrpgn_2021", rows=rows)
        receive(spark, f"{lake}{place}", delivery, declared=dialect(date_format=date_format, two_digit_year_pivot=30))
        found = Store(spark, f"{lake}{place}").read(source_table("lrpgn", "procedures"))
        days = [
            tuple(map(str, row))
            for row in found.orderBy("id_procedure").select("date_enregistrement", "date_faits_debut").collect()
        ]
        assert days == [("2021-03-02", "2021-03-01"), ("2021-03-04", "None")], date_format


def test_the_pivot_tells_the_century(spark: SparkSession, lake: str, tmp_path: Path) -> None:
    born = {"12/04/85": "1985-04-12", "12/04/30": "1930-04-12", "12/04/20": "2020-04-12", "29/02/00": "2000-02-29"}
    people = [
        {"id_procedure": "G1", "rang": str(rang), "role": "victime", "date_naissance": day}
        for rang, day in enumerate(born)
    ]
    delivery = deliver(tmp_path / "lrpgn_2021", rows={"personnes": people})
    receive(spark, lake, delivery, declared=dialect(date_format="dd/MM/yy", two_digit_year_pivot=30))
    found = Store(spark, lake).read(source_table("lrpgn", "personnes")).orderBy("rang")
    assert [str(row["date_naissance"]) for row in found.collect()] == list(born.values())


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (["06/05/80", "07/05/81", "31/12/99"], "3 of 3 dates blanked (100.0%), at most 5.0% expected (max_blanked_share): 3 of 3 look like dd/MM/yy; yyyy-MM-dd is declared"),
        (["06/05/1980", "07/05/1981", ""], "2 of 2 look like dd/MM/yyyy"),
        (["05/16/1980", "05/17/1981", "01/02/1982"], "3 of 3 look like MM/dd/yyyy"),
        (["19800506", "19810507", "19991231"], "3 of 3 look like yyyyMMdd"),
        (["1980-05-06T00:00:00", "1981-05-07T00:00:00", "1980-05-06"], "2 of 3 look like yyyy-MM-dd'T'HH:mm:ss"),
        (["0000-00-00", "1980-05-06", "1980-05-07"], "column date_naissance: 1 of 3 dates blanked"),
        (["le 6 mai 1980", "le 7 mai", "?"], "none looks like a usual date"),
        (["2999-01-01", "1980-05-06", "1980-05-07"], "and are days before 1900-01-01 or after the extraction"),
    ],
)  # fmt: skip
def test_dates_blanked_in_mass_are_refused_with_the_format_found(
    spark: SparkSession, lake: str, tmp_path: Path, days: list[str], said: str
) -> None:
    people = [
        {"id_procedure": "G1", "rang": str(rang), "role": "victime", "date_naissance": day}
        for rang, day in enumerate(days)
    ]
    delivery = deliver(tmp_path / "lrpgn_2021", rows={"personnes": people})
    with pytest.raises(ContractError) as refused:
        receive(spark, lake, delivery)
    assert said in str(refused.value)
    assert "personnes: column date_naissance" in str(refused.value)
    assert not any(day in str(refused.value) for day in days if day and day != "?")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns", "date32", "UTC", "Europe/Paris", "number"])
def test_dates_of_parquet_are_days_whatever_their_unit(
    spark: SparkSession, lake: str, tmp_path: Path, unit: str
) -> None:
    people = pd.DataFrame(
        [
            {**row, "date_naissance": day}
            for row, day in zip(PERSONNES, ("1938-05-06", "1970-01-01", None), strict=True)
        ],
        columns=list(map(str, delivered_columns("lrpgn", "personnes"))),
    )
    born = pd.to_datetime(people["date_naissance"])
    if unit == "date32":
        column = pa.array(born.dt.date, pa.date32())
    elif unit == "number":
        column = pa.array([19380506, 19700101, None], pa.int64())
    elif unit in ("UTC", "Europe/Paris"):
        column = pa.array(born.dt.tz_localize(unit).astype(f"datetime64[us, {unit}]"))
    else:
        column = pa.array(born.astype(f"datetime64[{unit}]"))
    table = pa.Table.from_pandas(people, preserve_index=False)
    table = table.set_column(table.column_names.index("date_naissance"), "date_naissance", column)
    path = tmp_path / "made.parquet"
    pq.write_table(table, path)
    delivery = deliver(tmp_path / "lrpgn_2021", files={"personnes.parquet": path.read_bytes()})
    receive(spark, lake, delivery, declared=dialect(date_format="yyyyMMdd"), max_blanked_share=1.0)
    found = Store(spark, lake).read(source_table("lrpgn", "personnes")).orderBy("id_procedure", "rang")
    assert [str(row["date_naissance"]) for row in found.collect()] == ["1938-05-06", "1970-01-01", "None"]


def test_parquet_names_and_texts_are_read_as_those_of_text(
    spark: SparkSession, lake: str, tmp_path: Path, plain: list[tuple[object, ...]]
) -> None:
    frame = pd.DataFrame(GENDARMERIE["procedures"], columns=list(map(str, delivered_columns("lrpgn", "procedures"))))
    frame = frame.map(lambda value: f"\u00a0{value}\u200b" if isinstance(value, str) else value)
    frame.columns = [f"{name}\u00a0" for name in frame.columns]
    folder = tmp_path / "made.parquet"
    frame.to_parquet(folder)
    files = {"procedures.parquet/an=2021/part-0.parquet": folder.read_bytes()}
    (tmp_path / "lrpgn_2021" / "procedures.parquet" / "an=2021").mkdir(parents=True)
    receive(spark, lake, deliver(tmp_path / "lrpgn_2021", files=files), max_rejected_share=0.0)
    assert kept(spark, lake) == plain
