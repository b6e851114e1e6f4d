"""The deliveries and the truth of a country drawn in memory, written as the contract has them; a command to do it.

A generator draws nested rows under the contract's names and assumes what it likes; this module assumes nothing.
Days are numbers (``date.toordinal``), what is missing is None, and a person carries its ``identity`` on both sides.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from linkage.tables.sources import FILES, delivered_columns, parent_file

Row = dict[str, Any]
COMMUNES = Path(__file__).parents[2] / "conf" / "nomenclatures" / "communes.csv"
NOISES = ("usual", "harsh")
ROLES = {"mis_en_cause": "auteur", "victime": "victime"}
TRUTH = {
    "links": ["id_procedure", "id_affaire"],
    "persons": ["id_procedure", "rang_procedure", "id_affaire", "rang_affaire", "role"],
}


@dataclass(frozen=True)
class Country:
    """What happened and what was recorded of it, before it is cut into vintages.

    A procedure names its ``source`` and holds ``infractions`` and ``personnes``; an affair holds ``origines``,
    ``infractions``, ``personnes``, ``evenements`` and ``procedures``: the very rows it comes from, delivered or not.
    Identifiers, parquet numbers and counts of people are added when written.
    """

    years: range
    procedures: list[Row]
    affaires: list[Row]

    @property
    def last_day(self) -> int:
        """The last day of March after the last vintage, when all is extracted."""
        return datetime.date(self.years.stop, 3, 31).toordinal()


def write(country: Country, out: Path, seed: int) -> None:
    """Write a folder per source and vintage, and ``truth/``; what is of no vintage is not delivered."""
    procedures = [row for row in country.procedures if year_of(row["date_enregistrement"]) in country.years]
    affaires = [row for row in country.affaires if year_of(row["date_arrivee"]) in country.years]
    for number, row in enumerate(procedures):
        row["id_procedure"] = row["source"][2:].upper() + _opaque(seed, "procedure", number)
        _count(row, {"nb_mis_en_cause": "mis_en_cause", "nb_victimes": "victime"})
        if row["date_transmission"] is None or row["date_transmission"] > country.last_day:
            row["date_transmission"] = row["code_tj"] = None
    for number, row in enumerate(affaires):
        row["id_affaire"] = "C" + _opaque(seed, "affaire", number)
        row["numero_parquet"] = f"{year_of(row['date_arrivee']) % 100}{number:09}"
        _count(row, {"nb_auteurs": "auteur", "nb_victimes": "victime"})
        row["evenements"] = [event for event in row["evenements"] if event["date"] <= country.last_day]
    for year in country.years:
        for source in FILES:
            if source == "cassiopee":
                rows = [row for row in affaires if year_of(row["date_arrivee"]) == year]
            else:
                rows = [
                    row for row in procedures if row["source"] == source and year_of(row["date_enregistrement"]) == year
                ]
            _write_delivery(out / f"{source}_{year}", source, year, rows, country.last_day)
    for name, columns in TRUTH.items():
        found = (_links if name == "links" else _persons)(affaires)
        _write_csv(out / "truth" / f"{name}.csv", columns, sorted(found, key=lambda row: [*map(str, row.values())]))


def _write_delivery(folder: Path, source: str, year: int, rows: list[Row], extraction: int) -> None:
    parent = parent_file(source)
    key = f"id_{parent[:-1]}"
    rows.sort(key=lambda row: str(row[key]))
    entries = {}
    for file in FILES[source]:
        of_file = rows
        if file != parent:
            of_file = [
                {key: row[key], "rang": rang, **child} for row in rows for rang, child in enumerate(row[file], start=1)
            ]
        lines, digest = _write_csv(folder / f"{file}.csv", [*map(str, delivered_columns(source, file))], of_file)
        entries[f"{file}.csv"] = {"lignes": lines, "sha256": digest}
    manifest = {"source": source, "millesime": year, "date_extraction": iso(extraction), "contrat": 1}
    text = json.dumps({**manifest, "fichiers": entries}, indent=1)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _write_csv(path: Path, columns: list[str], rows: Iterable[Row]) -> tuple[int, str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    days = [column.startswith("date") for column in columns]
    lines = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            values = [row.get(column) for column in columns]
            writer.writerow([iso(v) if day and v is not None else v for v, day in zip(values, days, strict=True)])
            lines += 1
    return lines, hashlib.sha256(path.read_bytes()).hexdigest()


def _count(row: Row, columns: dict[str, str]) -> None:
    """Count the people listed, where the generator does not say how many its source counts."""
    for column, role in columns.items():
        row.setdefault(column, sum(person["role"] == role for person in row["personnes"]))


def _links(affaires: list[Row]) -> list[Row]:
    """The pairs delivered on both sides: a procedure that is in no vintage has no identifier."""
    return [
        {"id_procedure": procedure["id_procedure"], "id_affaire": affaire["id_affaire"]}
        for affaire in affaires
        for procedure in affaire["procedures"]
        if "id_procedure" in procedure
    ]


def _persons(affaires: list[Row]) -> list[Row]:
    """The people recorded on both sides of a true link, under the same role."""
    found = []
    for affaire in affaires:
        ranks = {(p["identity"], p["role"]): rang for rang, p in enumerate(affaire["personnes"], start=1)}
        for procedure in affaire["procedures"]:
            for rang, person in enumerate(procedure["personnes"] if "id_procedure" in procedure else (), start=1):
                other = ranks.get((person["identity"], ROLES[person["role"]]))
                if other is not None:
                    values = (procedure["id_procedure"], rang, affaire["id_affaire"], other, person["role"])
                    found.append(dict(zip(TRUTH["persons"], values, strict=True)))
    return found


def read_communes() -> list[tuple[str, str, int]]:
    """Return code, département and inhabitants of each commune."""
    lines = [line.split(";") for line in COMMUNES.read_text(encoding="utf-8").splitlines() if line[0].isdigit()]
    return [(code, departement, int(people)) for code, departement, people, *_ in lines]


@cache
def year_of(day: int) -> int:
    return datetime.date.fromordinal(day).year


@cache
def iso(day: int) -> str:
    return datetime.date.fromordinal(day).isoformat()


def _opaque(seed: int, kind: str, number: int) -> str:
    return hashlib.blake2b(f"{seed} {kind} {number}".encode(), digest_size=6).hexdigest()


def command(draw: Callable[[int, int, str], Country]) -> None:
    """Run ``python -m tests.countries.NAME``: draw the country and write its deliveries into a new folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--procedures", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--noise", choices=NOISES, default="usual")
    args = parser.parse_args()
    if args.out.exists():
        parser.error(f"--out {args.out}: a new folder expected")
    write(draw(args.procedures, args.seed, args.noise), args.out, args.seed)
