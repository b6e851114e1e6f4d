"""One content, many forms: the tables and the fingerprint are the same."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest
from chispa import assert_df_equality
from pyspark.sql import SparkSession

from linkage.platform.lake.store import Store
from linkage.sources.declaration import Declaration
from linkage.tables import sources as tables
from linkage.tables.sources import FILES, delivered_columns, source_table
from tests.sources.delivered import GENDARMERIE, declarations, deliver, receive, text

# A producer of its own: other names and order, commas, no header, western encoding, French dates, its own codes.
FOREIGN = Declaration.model_validate(
    {
        "source": "lrpgn",
        "dialect": {"delimiter": ",", "quote": "'", "encoding": "windows-1252", "header": False, "date_format": "dd/MM/yyyy", "missing": ["NR"]},
        "files": {
            "procedures": {"names": ["T_PROC_*"]},
            "personnes": {
                "columns": {
                    "AGENT": "",
                    **{f"COL_{column}": column for column in reversed(delivered_columns("lrpgn", "personnes"))},
                },
                "codes": {"role": {"MEC": "mis_en_cause", "VIC": "victime"}, "sexe": {"1": "M", "2": "F"}},
            },
            "infractions": {"codes": {"tentative": {"O": "1", "N": "0"}}},
        },
    }
)  # fmt: skip
NAMES = {"procedures": "T_PROC_2021.txt", "infractions": "infractions.csv", "personnes": "personnes.csv"}
CODES = {"role": {"mis_en_cause": "MEC", "victime": "VIC"}, "sexe": {"M": "1", "F": "2"}, "tentative": {"1": "O", "0": "N"}}  # fmt: skip


def foreign() -> dict[str, bytes]:
    layouts = FOREIGN.layouts()
    return {
        NAMES[file]: "".join(
            ",".join(foreign_value(name, row.get(name, "")) for name in layouts[file].canonical) + "\r\n"
            for row in rows
        ).encode("windows-1252")
        for file, rows in GENDARMERIE.items()
    }


def foreign_value(column: str, value: str) -> str:
    if column.startswith("date_") and value:
        value = "/".join(reversed(value.split("-")))
    value = CODES.get(column, {}).get(value, value)
    return f"'{value}'" if value else "NR"


def canonical(file: str) -> str:
    return text("lrpgn", file, GENDARMERIE[file])


def parquet(folder: Path, rows: Sequence[Mapping[str, str]], file: str, *, typed: bool) -> bytes:
    frame = pd.DataFrame(rows, columns=list(map(str, delivered_columns("lrpgn", file))))
    if typed:
        frame["date_enregistrement"] = pd.to_datetime(frame["date_enregistrement"]).dt.date
        frame["nb_victimes"] = frame["nb_victimes"].astype(float)  # pandas' whole numbers with missing ones
    path = folder / "made.parquet"
    frame.to_parquet(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def received(_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("dialects")
    receive(_session, str(folder / "lake"), deliver(folder / "lrpgn_2021"))
    return Store(_session, str(folder / "lake"))


def test_the_same_content_in_any_form_is_recognised(spark: SparkSession, received: Store, tmp_path: Path) -> None:
    header, first, *others = canonical("personnes").splitlines()
    forms: dict[str, dict[str, bytes]] = {
        "same bytes": {},
        "shuffled": {"personnes.csv": "\n".join([header, *reversed(others), first]).encode()},
        "compressed": {f"{file}.csv.gz": gzip.compress(canonical(file).encode()) for file in GENDARMERIE},
        "parts": {
            "personnes.csv/part-00000.csv": f"{header}\n{first}".encode(),
            "personnes.csv/part-00001.csv.gz": gzip.compress("\r\n".join([header, *others, ""]).encode()),
            "infractions-1.csv": canonical("infractions").encode(),
            "procedures.parquet": parquet(tmp_path, GENDARMERIE["procedures"], "procedures", typed=False),
        },
        "typed parquet": {
            "procedures.parquet": parquet(tmp_path, GENDARMERIE["procedures"], "procedures", typed=True),
        },
    }
    version = received.version(tables.Delivery)
    for place, (form, files) in enumerate(forms.items()):
        report, said = receive(
            spark, received.lake, deliver(tmp_path / f"again{place}" / "lrpgn_2021 [copy]", files=files)
        )
        assert report == [], form
        assert any("already received, nothing changes" in line for line in said), form
    assert received.version(tables.Delivery) == version


def test_a_dialect_of_its_own_gives_the_canonical_tables(spark: SparkSession, received: Store, tmp_path: Path) -> None:
    folder = deliver(tmp_path / "again" / "lrpgn_2021", files={**foreign(), "procedures.csv": b""}, manifest=False)
    (folder / "procedures.csv").unlink()
    other = Store(spark, str(tmp_path / "other"))
    report, _ = receive(spark, other.lake, folder, declared=declarations(lrpgn=FOREIGN))
    assert [line.counts.nb_rejected for line in report] == [0, 0, 0]
    for file in FILES["lrpgn"]:
        table = source_table("lrpgn", file)
        assert_df_equality(
            other.read(table).drop("date_extraction"),
            received.read(table).drop("date_extraction"),
            ignore_row_order=True,
            ignore_nullable=True,
        )
    fingerprints = [store.read(tables.Delivery).first()["fingerprint"] for store in (other, received)]  # type: ignore[index]
    assert fingerprints[0] == fingerprints[1]
