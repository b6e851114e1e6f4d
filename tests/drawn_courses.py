"""A small base drawn by hand, whose courses are known: persons, links and events, with nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from pyspark.sql import SparkSession

from linkage.concepts.courses import Base
from linkage.platform.lake.schema import Table
from linkage.tables import linked_base as base
from tests.drawing import draw

RECORDED, ARRIVED, ORIENTED, DECIDED = date(2020, 1, 10), date(2020, 2, 9), date(2020, 3, 10), date(2020, 9, 6)
EXTRACTION = date(2021, 1, 1)
CONJUGAL = "10872"


class Drawn:
    """A small base: procedures with their victims, affairs with their authors, links and events."""

    def __init__(self) -> None:
        self.rows: dict[type[Table], list[dict[str, Any]]] = {table: [] for table in base.TABLES}

    def procedure(
        self, name: str, *, recorded: date = RECORDED, natinf: Iterable[str] = (CONJUGAL,), where: str | None = None
    ) -> Drawn:
        said = {"id_procedure": name, "date_enregistrement": recorded, "force": "PN", "nb_mis_en_cause": 1}
        self.rows[base.Procedure].append({**said, "code_departement": where, "est_liee": False, "millesime": 2020})
        for rang, code in enumerate(natinf):
            said = {"side": "procedure", "id_procedure": name, "rang": rang, "natinf": code}
            self.rows[base.Infraction].append(said)
        return self

    def victim(self, procedure: str, name: str, **said: Any) -> Drawn:
        usual = {"side": "procedure", "role": "victime", "age": 30, "lien_auteur": "conjoint"}
        self.rows[base.Personne].append({**usual, "id_procedure": procedure, "id_personne": name, **said})
        return self

    def mis_en_cause(self, procedure: str, name: str, **said: Any) -> Drawn:
        return self.victim(procedure, name, role="mis_en_cause", lien_auteur=None, **said)

    def affaire(self, name: str, *authors: str, petit_x: bool | None = None) -> Drawn:
        self.rows[base.Affaire].append({"id_affaire": name, "date_arrivee": ARRIVED, "petit_x": petit_x})
        for author in authors:
            self.of_justice(name, author, "mis_en_cause")
        return self

    def of_justice(self, affaire: str, name: str, role: str) -> Drawn:
        said = {"side": "affaire", "role": role, "id_affaire": affaire, "id_personne": name}
        self.rows[base.Personne].append(said)
        return self

    def link(self, procedure: str, affaire: str, dossier: str = "d1", match_weight: float = 12.0) -> Drawn:
        said = {"id_procedure": procedure, "id_affaire": affaire, "id_dossier": dossier, "match_weight": match_weight}
        self.rows[base.Lien].append(said)
        for row in self.rows[base.Procedure]:
            row["est_liee"] |= row["id_procedure"] == procedure
        return self

    def recognised(self, person: str, affaire: str, as_whom: str | None = None) -> Drawn:
        said = {"id_personne_procedure": person, "id_affaire": affaire, "id_personne_affaire": as_whom}
        self.rows[base.LienPersonne].append(said)
        return self

    def event(
        self, affaire: str, author: str | None, kind: str, code: str, day: date, issue: str | None = None
    ) -> Drawn:
        said = {"id_affaire": affaire, "id_personne": author, "type": kind, "code": code, "date": day, "issue": issue}
        self.rows[base.Evenement].append(said)
        return self

    def base(self, spark: SparkSession) -> Base:
        drawn = {table.path.split("/")[1]: draw(spark, table, rows) for table, rows in self.rows.items()}
        return Base(**drawn)


def one(*events: tuple[Any, ...]) -> Drawn:
    drawn = Drawn().procedure("p").victim("p", "v").affaire("a", "x").link("p", "a")
    for event in events:
        drawn.event("a", *event)
    return drawn
