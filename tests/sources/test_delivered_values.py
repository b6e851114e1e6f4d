"""Values as spreadsheets, databases and other machines deliver them: read rightly or not at all, by a list of cases."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from linkage import standardised
from linkage.platform import config
from linkage.platform.lake.schema import Table
from linkage.platform.lake.store import Store
from linkage.tables.sources import FILES, source_table
from linkage.tables.standardised import Infraction, Personne, Procedure
from linkage.versions import method
from tests.sources.delivered import deliver, receive

CASES = Path(__file__).parent.parent / "cases" / "valeurs.csv"
TABLES: dict[str, type[Table]] = {
    **dict.fromkeys(("numero", "annee", "code_service"), Procedure),
    "natinf": Infraction,
}


def cases() -> list[list[str]]:
    lines = [line for line in CASES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [line.split(";", 4) for line in lines]


def delivered(field: str, value: str, place: int) -> dict[str, dict[str, str]]:
    """Rows of the three files of a delivery: a procedure with one offence and one person, sound but for the value."""
    key = {"id_procedure": f"P{place}"}
    rows = {
        "procedures": {**key, "code_service": "48A100", "annee": "2021", "numero": "000123", "date_enregistrement": "2021-03-02"},
        "infractions": {**key, "rang": "1", "natinf": "7151"},
        "personnes": {**key, "rang": "1", "role": "victime", "sexe": "F"},
    }  # fmt: skip
    table = TABLES.get(field, Personne)
    file = {Procedure: "procedures", Infraction: "infractions", Personne: "personnes"}[table]
    raw = value.encode("ascii", "backslashreplace").decode("unicode_escape")
    rows[file][field] = '"' + raw.replace('"', '""') + '"'
    return rows


def test_each_value_is_read_rightly_or_not_at_all(spark: SparkSession, lake: str, tmp_path: Path) -> None:
    given = cases()
    for source, force in (("lrppn", "PN"), ("lrpgn", "GN")):
        rows = [delivered(field, value, place) for place, (of, field, value, *_) in enumerate(given) if of == force]
        files = {file: [row[file] for row in rows] for file in FILES[source]}
        deliver(tmp_path / "in" / f"{source}_2021", source, rows=files)
    deliver(tmp_path / "in" / "cassiopee_2021", "cassiopee")
    receive(spark, lake, tmp_path / "in", max_rejected_share=1.0, max_blanked_share=1.0)

    store = Store(spark, lake)
    sources = {f"{source}_{file}": store.read(source_table(source, file)) for source in FILES for file in FILES[source]}
    communes, mouvements, natinf = (
        spark.createDataFrame(config.nomenclature(name)) for name in ("communes", "mouvements_communes", "natinf")
    )
    tables: dict[type[Table], DataFrame] = {}

    def keep(frames: Mapping[type[Table], DataFrame]) -> dict[type[Table], DataFrame]:
        tables.update({table: table.conform(frame) for table, frame in frames.items()})
        return tables

    standardised.build(sources, communes, mouvements, natinf, method.standardised_settings(), keep=keep)

    found: dict[type[Table], dict[str, Any]] = {}
    for table in (Procedure, Infraction, Personne):
        id = "id_procedure" if table is Procedure else "id"
        found[table] = {row[id]: row for row in tables[table].collect()}
    wrong = [
        (value, why, read)
        for place, (_, field, value, expected, why) in enumerate(given)
        for read in [found[TABLES.get(field, Personne)].get(f"P{place}", {field: "no row"})[field]]
        if str("" if read is None else read) != expected
    ]
    assert wrong == []
