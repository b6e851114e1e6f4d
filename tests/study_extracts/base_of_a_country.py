"""An analysts' base drawn at random from a seed: enough victims for tables, every course, some without link."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

from pyspark.sql import SparkSession

from linkage.concepts.crossings import traits
from linkage.governance.keys import BASE, derive, key_id
from linkage.platform.lake.schema import Table
from linkage.platform.lake.store import Store
from linkage.tables import linked_base as base
from linkage.tables.quality import Estimate, Weight
from linkage.tables.versions import Version
from tests.drawing import draw_whole

COURSES = ("copj", "crpc", "56", "48", "21", "11", None)
NATINF = ("10872", "10872", "10854", "27754", "27760", "7177", "10868", "7151")
EXTRACTION = "2024-03-31"


def drawn(*, procedures: int, seed: int) -> dict[type[Table], list[dict[str, Any]]]:
    """Rows of the seven tables."""
    rows: dict[type[Table], list[dict[str, Any]]] = {table: [] for table in base.TABLES}
    draws = random.Random(seed)
    for number in range(procedures):
        name, affair = f"p{number:05}", f"a{number:05}"
        recorded = date(2018, 1, 1) + timedelta(days=draws.randrange(6 * 365))
        rows[base.Procedure].append(
            {"id_procedure": name, "date_enregistrement": recorded, "millesime": recorded.year, "force": draws.choice("PG") + "N",
             "code_departement": "33", "famille": "violences", "nb_mis_en_cause": 1}
        )  # fmt: skip
        rows[base.Infraction].append(
            {"side": "procedure", "id_procedure": name, "rang": 1, "natinf": draws.choice(NATINF)}
        )
        rows[base.Personne].append(
            {"side": "procedure", "role": "victime", "id_procedure": name, "id_personne": f"v{number:05}", "id_individu": f"i{number:05}",
             "age": draws.randrange(12, 80), "sexe": draws.choice("FFFFM"), "lien_auteur": "conjoint"}
        )  # fmt: skip
        if draws.random() < 0.15:
            continue
        arrived = recorded + timedelta(days=draws.randrange(5, 60))
        rows[base.Affaire].append({"id_affaire": affair, "date_arrivee": arrived})
        rows[base.Personne].append(
            {"side": "affaire", "role": "mis_en_cause", "id_affaire": affair, "id_personne": f"x{number:05}", "age": 40, "sexe": "M"}
        )  # fmt: skip
        rows[base.Lien].append(
            {"id_procedure": name, "id_affaire": affair, "id_dossier": f"d{number:05}", "match_weight": draws.uniform(2, 30)}
        )  # fmt: skip
        code = draws.choice(COURSES)
        if code is not None:
            event: dict[str, Any] = {
                "id_affaire": affair,
                "id_personne": f"x{number:05}",
                "code": code,
                "date": arrived + timedelta(days=draws.randrange(90)),
            }
            prosecuted = not code.isdigit()
            rows[base.Evenement].append({**event, "type": "orientation" if prosecuted else "classement"})
            if prosecuted and draws.random() < 0.8:
                later = {
                    "type": "decision",
                    "code": "jugement",
                    "issue": "condamnation" if draws.random() < 0.9 else "relaxe",
                }
                rows[base.Evenement].append(
                    {**event, **later, "date": event["date"] + timedelta(days=draws.randrange(30, 300))}
                )
    return rows


KEY = "9f2c44d1a7e35b80c6f1d2e3940a5b6c"


def lake_with_base(spark: SparkSession, lake: str, *, procedures: int, versions: tuple[str, ...] = ("v1",)) -> Store:
    """A lake whose published versions have such a base, the second with a few procedures less than the first."""
    store = Store(spark, lake)
    made: dict[type[Table], list[dict[str, Any]]] = {table: [] for table in base.TABLES}
    for number, version in enumerate(versions):
        for table, rows in drawn(procedures=procedures - 7 * number, seed=3).items():
            made[table] += [{"millesime": 2020, **row, "version": version} for row in rows]
    made_with = {base.KEY_IDS: dict.fromkeys(versions, key_id(derive(KEY.encode(), BASE)))}
    for table, rows in made.items():
        store.write(draw_whole(spark, table, rows), table, metadata=made_with)
    crossings = store.read(base.Procedure).select(Weight.version, *traits()).distinct().collect()
    sizes: dict[str, Any] = {Weight.cell: 0, Weight.nb: 10, Weight.nb_linked: 10, Weight.weight: 1.0}
    store.write(draw_whole(spark, Weight, [{**row.asDict(), **sizes} for row in crossings]), Weight)
    published = [
        {"version": version, "status": "published", "created_at": datetime(2026, 11, 1), "row_counts": {}, "indicators": {},
         "table_versions": {}, "deliveries": [f"cassiopee 2023 {EXTRACTION} abc", "lrppn 2023 2024-01-31 def"]}
        for version in versions
    ]  # fmt: skip
    store.write(draw_whole(spark, Version, published), Version)
    estimates = [
        {"version": version, "method": "synthese", "measure": measure, "estimate": 0.99, "low": 0.98, "high": 1.0, "nb": 100}
        for version in versions
        for measure in ("precision", "rappel")
    ]  # fmt: skip
    store.write(draw_whole(spark, Estimate, estimates), Estimate)
    return store
