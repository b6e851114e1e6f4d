"""Small deliveries of the gendarmerie and of justice, written as a producer would, and the stage run on them."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage.platform import config
from linkage.platform.lake.store import Store
from linkage.settings.sources import SourcesSettings
from linkage.sources import intake
from linkage.sources.declaration import Declaration
from linkage.sources.intake import FileReport
from linkage.sources.verdicts import Fingerprint
from linkage.tables.sources import FILES, delivered_columns
from linkage.versions import method

Rows = Mapping[str, Sequence[Mapping[str, str]]]

PROCEDURES = [
    {
        "id_procedure": "G1",
        "code_service": "01234",
        "annee": "2021",
        "numero": "00012",
        "date_enregistrement": "2021-03-02",
        "date_faits_debut": "2021-03-01",
        "commune_faits": "2A004",
        "nb_mis_en_cause": "1",
        "nb_victimes": "1",
    },
    {
        "id_procedure": "G2",
        "code_service": "01234",
        "annee": "2021",
        "numero": "00013",
        "date_enregistrement": "2021-03-03",
        "date_transmission": "2021-04-01",
        "code_tj": "100001",
    },
    {
        "id_procedure": "G3",
        "code_service": "01235",
        "annee": "2021",
        "numero": "00014",
        "date_enregistrement": "2021-03-04",
    },
]
INFRACTIONS = [
    {"id_procedure": "G1", "rang": "1", "natinf": "7151", "date_faits_debut": "2021-03-01", "tentative": "0"},
    {"id_procedure": "G1", "rang": "2", "natinf": "33", "tentative": "1"},
    {"id_procedure": "G2", "rang": "1", "natinf": "27760"},
]
PERSONNES = [
    {
        "id_procedure": "G1",
        "rang": "1",
        "role": "mis_en_cause",
        "csns": "c1",
        "sexe": "M",
        "date_naissance": "1980-05-06",
        "situation_familiale": "marié; séparé",
    },
    {
        "id_procedure": "G1",
        "rang": "2",
        "role": "victime",
        "csns": "c2",
        "sexe": "F",
        "lien_auteur": "conjoint",
        "profession": "œuvre « à façon »",
    },
    {"id_procedure": "G2", "rang": "1", "role": "victime", "sexe": "F", "nombre_enfants": "2"},
]
GENDARMERIE: Rows = {"procedures": PROCEDURES, "infractions": INFRACTIONS, "personnes": PERSONNES}
JUSTICE: Rows = {
    "affaires": [
        {
            "id_affaire": "C1",
            "code_tj": "100001",
            "numero_parquet": "21001",
            "date_arrivee": "2021-04-02",
            "origine": "gendarmerie",
            "petit_x": "0",
        }
    ],
    "origines": [
        {"id_affaire": "C1", "rang": "1", "type_service": "GN", "code_service": "1234", "annee": "21", "numero": "12"}
    ],
    "infractions": [{"id_affaire": "C1", "rang": "1", "natinf": "7151", "classe": "delit"}],
    "personnes": [{"id_affaire": "C1", "rang": "1", "role": "auteur", "csns": "c1", "sexe": "M"}],
    "evenements": [
        {"id_affaire": "C1", "rang_personne": "1", "type": "orientation", "date": "2021-05-01", "code": "copj"},
        {
            "id_affaire": "C1",
            "rang_personne": "1",
            "type": "decision",
            "date": "2021-09-01",
            "code": "jugement",
            "issue": "condamnation",
        },
    ],
}


def rows_of(source: str) -> Rows:
    """A sound delivery of that source."""
    return JUSTICE if source == "cassiopee" else GENDARMERIE


def text(source: str, file: str, rows: Sequence[Mapping[str, str]]) -> str:
    """A canonical file."""
    columns = delivered_columns(source, file)
    lines = [";".join(columns), *(";".join(_quoted(row.get(column, "")) for column in columns) for row in rows)]
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return f'"{value}"' if ";" in value else value


def deliver(
    folder: Path,
    source: str = "lrpgn",
    *,
    millesime: int = 2021,
    date_extraction: str | None = "2024-03-31",
    rows: Rows | None = None,
    files: Mapping[str, bytes] | None = None,
    manifest: bool = True,
) -> Path:
    """Writes a delivery; ``rows`` replace those of some files, ``files`` replace files byte by byte."""
    folder.mkdir(parents=True, exist_ok=True)
    said = {**rows_of(source), **(rows or {})}
    content = {f"{file}.csv": text(source, file, said[file]).encode() for file in FILES[source]}
    if files is not None:
        replaced = {name.split("/")[0].split(".")[0].split("-")[0] for name in files}
        content = {name: data for name, data in content.items() if name.split(".")[0] not in replaced} | dict(files)
    for name, data in content.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    if manifest:
        write_manifest(folder, source, millesime, date_extraction, content)
    return folder


def write_manifest(
    folder: Path, source: str, millesime: int, date_extraction: str | None, content: Mapping[str, bytes]
) -> None:
    """The manifest of a delivery as it lies there."""
    fichiers: dict[str, Any] = {
        name: {"lignes": _count(name, data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in content.items()
        if not name.endswith(".parquet")
    }
    fichiers |= {name: {"lignes": 3} for name in content if name.endswith(".parquet")}
    said = {
        "source": source,
        "millesime": millesime,
        "date_extraction": date_extraction,
        "contrat": 1,
        "fichiers": fichiers,
    }
    (folder / "manifest.json").write_text(json.dumps(said))


def _count(name: str, data: bytes) -> int:
    try:
        plain = gzip.decompress(data) if name.endswith(".gz") else data
    except (EOFError, OSError):
        plain = b"\n"
    return max(len([line for line in plain.splitlines() if line.strip()]) - 1, 0)


class Heard:
    """Progress that remembers what was said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        yield

    def say(self, text: str) -> None:
        self.said.append(text)


def declarations(**changed: Declaration) -> dict[str, Declaration]:
    """Those of the project, but for some."""
    known = {name: config.settings(f"sources/{name}.toml", Declaration) for name in config.names("sources", ".toml")}
    return {**known, **changed}


def settings(**changed: Any) -> SourcesSettings:
    """Those of the project, but for some."""
    return method.sources_settings().model_copy(update=changed)


Receive = Callable[..., tuple[list[FileReport], list[str]]]


def receive(
    spark: SparkSession,
    lake: str,
    folder: Path,
    *,
    declared: dict[str, Declaration] | None = None,
    fingerprint: Fingerprint = F.reverse,
    **changed: Any,
) -> tuple[list[FileReport], list[str]]:
    """Runs the stage; the report and what was said."""
    heard = Heard()
    report = intake.receive(
        Store(spark, lake),
        str(folder),
        declared or declarations(),
        settings(**changed),
        heard,
        fingerprint=fingerprint,
    )
    return report, heard.said
