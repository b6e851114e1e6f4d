"""Shapes of deliveries: what is delivered is read, or named in the refusal; nothing is passed over."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage.platform.errors import ContractError, InputError
from linkage.platform.lake.files import Files
from linkage.platform.lake.store import Store
from linkage.sources.days import day
from linkage.sources.declaration import Declaration
from linkage.sources.folder import find_deliveries
from linkage.sources.headers import read_first_line
from linkage.sources.intake import FileReport
from linkage.tables.sources import delivered_columns, source_table
from tests.sources.delivered import GENDARMERIE, PERSONNES, PROCEDURES, declarations, deliver, receive, text
from tests.sources.test_declaration import DIALECT
from tests.sources.test_folder import find, refusal

HEADER, FIRST, *OTHERS = text("lrpgn", "procedures", PROCEDURES).splitlines()
PEOPLE = text("lrpgn", "personnes", PERSONNES)


def dialect(**changed: object) -> dict[str, Declaration]:
    declared = Declaration.model_validate({"source": "lrpgn", "dialect": {**DIALECT, **changed}})
    return declarations(lrpgn=declared)


def of_year(content: str, year: int) -> str:
    """The same rows, of another vintage and of other procedures."""
    return content.replace("2021", str(year)).replace("G", f"G{year}")


def rows_of_year(rows: Sequence[Mapping[str, str]], year: int) -> list[dict[str, str]]:
    return [{column: of_year(value, year) for column, value in row.items()} for row in rows]


def parquet_of(rows: Sequence[Mapping[str, str]]) -> bytes:
    """Procedures with blanks and invisible signs around every text and every name."""
    frame = pd.DataFrame(rows, columns=list(map(str, delivered_columns("lrpgn", "procedures"))))
    frame = frame.map(lambda value: f"\u00a0{value}\u200b" if isinstance(value, str) else value)
    frame.columns = [f"{name}\u00a0" for name in frame.columns]
    file = io.BytesIO()
    frame.to_parquet(file)
    return file.getvalue()


ROWS = [FIRST, *OTHERS]
SEPARATORS = ";" * HEADER.count(";")
PLAIN, COUNTED, LOST = "as declared", "lines of separators", "a lost letter in valid bytes"
SHAPES: dict[str, Mapping[str, str]] = {
    PLAIN: {},
    LOST: {},
    COUNTED: {
        "procedures.csv": "\n".join([HEADER, FIRST, SEPARATORS, *OTHERS, '"";' + SEPARATORS[1:], "\u00a0" + SEPARATORS])
    },
    "folders inside a folder of parts": {
        "procedures.csv/an=2021/mois=1/part-0.csv": f"{HEADER}\n{FIRST}\n",
        "procedures.csv/part-1.csv": "\n".join([HEADER, *OTHERS]),
    },
    "unusual blanks everywhere": {
        "procedures.csv": "\n".join([HEADER.replace(";", "\u00a0;"), *(row.replace(";", "\u00a0;\u2009") for row in ROWS)])
    },
    "a byte order mark before each part": {
        "procedures-1.csv": f"\ufeff{HEADER}\n{FIRST}\n",
        "procedures-2.csv": "\n".join(["\ufeff" + HEADER, *OTHERS]),
    },
    "whole numbers of a database": {
        "procedures.csv": "\n".join([HEADER, FIRST.replace(";1;1;", ";1.0;1.00;"), *OTHERS])
    },
    "blanks in the names of files": {"procedures\u00a0.csv": "\n".join([HEADER, *ROWS])},
    "a name with a hash, a percent and braces": {"procedures-{1}#50%[x].csv": "\n".join([HEADER, *ROWS])},
    "blanks in the names and texts of Parquet": {"procedures.parquet/an=2021/part-0.parquet": ""},
}  # fmt: skip
YEARS = {shape: 2021 - place for place, shape in enumerate(SHAPES)}
"""Each shape is the delivery of a year of its own: all are received together."""


@dataclass(frozen=True)
class Received:
    """What became of the deliveries of all shapes."""

    folders: Mapping[str, Path]
    report: Sequence[FileReport]
    said: Sequence[str]
    rows: Mapping[str, Sequence[str]]
    """Procedures by shape, as if they were all of the year of the plain one."""
    professions: frozenset[str]


@pytest.fixture(scope="module")
def received(_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Received:
    place = tmp_path_factory.mktemp("shapes")
    folders = {}
    for shape, year in YEARS.items():
        folder = place / "in" / f"lrpgn_{year}"
        rows = {file: rows_of_year(delivered, year) for file, delivered in GENDARMERIE.items()}
        if shape == LOST:
            rows["personnes"][0]["profession"] = "ma\ufffdon"
        files = {
            name: parquet_of(rows["procedures"]) if name.endswith(".parquet") else of_year(content, year).encode()
            for name, content in SHAPES[shape].items()
        }
        for name in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        folders[shape] = deliver(folder, millesime=year, rows=rows, files=files or None)
        (folder / next(iter(files), "")).parent.joinpath("_SUCCESS").touch()
    lake = str(place / "lake")
    report, said = receive(_session, lake, place / "in", max_rejected_share=0.0)
    store = Store(_session, lake)
    procedures = store.read(source_table("lrpgn", "procedures")).orderBy("id_procedure").collect()
    of_shape = {shape: [str(row) for row in procedures if row["millesime"] == year] for shape, year in YEARS.items()}
    alike = {
        shape: [row.replace(f"G{YEARS[shape]}", "G").replace(str(YEARS[shape]), "2021") for row in rows]
        for shape, rows in of_shape.items()
    }
    people = store.read(source_table("lrpgn", "personnes")).collect()
    return Received(folders, report, said, alike, frozenset(row["profession"] for row in people))


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != PLAIN])
def test_a_shape_is_read_as_the_plain_one(received: Received, shape: str) -> None:
    assert len(received.rows[PLAIN]) == len(PROCEDURES)
    assert received.rows[shape] == received.rows[PLAIN]
    of_shape = [line.counts for line in received.report if line.delivery.startswith(f"lrpgn_{YEARS[shape]}")]
    assert [counts.nb_rejected for counts in of_shape] == [0, 0, 0]


def test_a_manifest_may_count_lines_of_separators_which_are_said(received: Received) -> None:
    manifest = received.folders[COUNTED] / "manifest.json"
    assert json.loads(manifest.read_text())["fichiers"]["procedures.csv"]["lignes"] == len(PROCEDURES) + 3
    (said,) = (text for text in received.said if "separators" in text)
    assert said.startswith(str(received.folders[COUNTED]))
    assert "procedures.csv: 3 lines of separators only, ignored." in said


def test_a_lost_letter_in_valid_bytes_is_kept(received: Received) -> None:
    assert "ma\ufffdon" in received.professions


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


def test_days_in_each_declared_format(spark: SparkSession) -> None:
    # An ISO day is a day whatever is declared.
    texts = {date_format: (*days, "2021-03-04", "nothing") for date_format, days in DAYS.items()}
    expected = {date_format: ["2021-03-02", "2021-03-01", "2021-03-04", "None"] for date_format in DAYS}
    declared = {
        date_format: dialect(date_format=date_format, two_digit_year_pivot=30)["lrpgn"].dialect for date_format in DAYS
    }
    columns = [
        day(F.lit(text), declared[date_format].date_format, two_digit_year_pivot=declared[date_format].two_digit_year_pivot)
        for date_format, of_format in texts.items()
        for text in of_format
    ]  # fmt: skip
    (found,) = spark.range(1).select(columns).collect()
    read = list(map(str, found))
    assert {date_format: read[4 * place : 4 * place + 4] for place, date_format in enumerate(DAYS)} == expected


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


BLANKED = [
    (["06/05/80", "07/05/81", "31/12/99"], "3 of 3 dates blanked (100.0%), at most 5.0% expected (max_blanked_share): 3 of 3 look like dd/MM/yy; yyyy-MM-dd is declared"),
    (["06/05/1980", "07/05/1981", ""], "2 of 2 look like dd/MM/yyyy"),
    (["05/16/1980", "05/17/1981", "01/02/1982"], "3 of 3 look like MM/dd/yyyy"),
    (["19800506", "19810507", "19991231"], "3 of 3 look like yyyyMMdd"),
    (["1980-05-06T00:00:00", "1981-05-07T00:00:00", "1980-05-06"], "2 of 3 look like yyyy-MM-dd'T'HH:mm:ss"),
    (["0000-00-00", "1980-05-06", "1980-05-07"], "1 of 3 dates blanked"),
    (["le 6 mai 1980", "le 7 mai", "?"], "none looks like a usual date"),
    (["2999-01-01", "1980-05-06", "1980-05-07"], "and are days before 1900-01-01 or after the extraction"),
]  # fmt: skip


@pytest.fixture(scope="module")
def refused(_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is said of each delivery: a year for each."""
    place = tmp_path_factory.mktemp("blanked")
    for number, (days, _) in enumerate(BLANKED):
        year = 2021 - number
        people = [
            {"id_procedure": f"G{year}1", "rang": str(rang), "role": "victime", "date_naissance": day}
            for rang, day in enumerate(days)
        ]
        rows = {file: rows_of_year(delivered, year) for file, delivered in GENDARMERIE.items()}
        deliver(place / "in" / f"lrpgn_{year}", millesime=year, rows={**rows, "personnes": people})
    with pytest.raises(ContractError) as error:
        receive(_session, str(place / "lake"), place / "in")
    said = str(error.value)
    assert not any(day in said for days, _ in BLANKED for day in days if day and day != "?")
    return said.splitlines()


@pytest.mark.parametrize(("number", "expected"), list(enumerate(expected for _, expected in BLANKED)))
def test_dates_blanked_in_mass_are_refused_with_the_format_found(
    refused: list[str], number: int, expected: str
) -> None:
    (said,) = (line for line in refused if f"lrpgn_{2021 - number}: personnes: column date_naissance: " in line)
    assert expected in said


UNITS = ("s", "ms", "us", "ns", "date32", "UTC", "Europe/Paris", "number")


def of_unit(column: pd.Series, unit: str) -> pa.Array:
    born = pd.to_datetime(column)
    if unit == "date32":
        return pa.array(born.dt.date, pa.date32())
    if unit == "number":
        return pa.array([19380506, 19700101, None], pa.int64())
    if unit in ("UTC", "Europe/Paris"):
        return pa.array(born.dt.tz_localize(unit).astype(f"datetime64[us, {unit}]"))
    return pa.array(born.astype(f"datetime64[{unit}]"))


def test_dates_of_parquet_are_days_whatever_their_unit(spark: SparkSession, lake: str, tmp_path: Path) -> None:
    files = {}
    for place, unit in enumerate(UNITS):  # a part of the file for each
        people = pd.DataFrame(
            [
                {**row, "rang": str(3 * place + rang), "date_naissance": day}
                for rang, (row, day) in enumerate(zip(PERSONNES, ("1938-05-06", "1970-01-01", None), strict=True))
            ],
            columns=list(map(str, delivered_columns("lrpgn", "personnes"))),
        )
        table = pa.Table.from_pandas(people, preserve_index=False)
        column = of_unit(people["date_naissance"], unit)
        table = table.set_column(table.column_names.index("date_naissance"), "date_naissance", column)
        part = io.BytesIO()
        pq.write_table(table, part)
        files[f"personnes-{place}.parquet"] = part.getvalue()
    delivery = deliver(tmp_path / "lrpgn_2021", files=files)
    receive(spark, lake, delivery, declared=dialect(date_format="yyyyMMdd"), max_blanked_share=1.0)
    people = Store(spark, lake).read(source_table("lrpgn", "personnes")).orderBy("rang").collect()
    born = [str(row["date_naissance"]) for row in people]
    expected = ["1938-05-06", "1970-01-01", "None"]
    assert {unit: born[3 * place : 3 * place + 3] for place, unit in enumerate(UNITS)} == dict.fromkeys(UNITS, expected)
    assert len(born) == 3 * len(UNITS)
