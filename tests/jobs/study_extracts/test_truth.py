"""A study again through the true links: what wrong and missed links changed in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from jobs.study_extracts import truth
from jobs.study_extracts.declaration import declared
from jobs.study_extracts.study import Study
from linkage.concepts import courses
from linkage.concepts.courses import Base
from linkage.governance.keys import BASE
from linkage.governance.pseudonyms import Pseudonyms
from linkage.platform import config
from linkage.platform.lake.schema import Table
from linkage.platform.lake.store import Store
from linkage.study_extracts import course, population
from linkage.tables import linked_base as base
from linkage.tables.standardised import Procedure
from tests.drawing import draw, draw_whole

STUDY = declared("violences_conjugales")
FAMILIES = {row["code"]: row["famille"] for row in config.nomenclature("motifs_classement")}
RECORDED, ARRIVED, ORIENTED = date(2020, 1, 10), date(2020, 2, 9), date(2020, 3, 10)


@pytest.fixture
def key(tmp_path: Path) -> str:
    file = tmp_path / "key"
    file.write_text("9f2c44d1a7e35b80c6f1d2e3940a5b6c\n", encoding="ascii")
    file.chmod(0o600)
    return str(file)


def pseudonym(spark: SparkSession, key: str, kind: Any, *fields: str) -> str:
    made = Pseudonyms.derived(key, BASE)
    return str(spark.range(1).select(made.of(kind, *map(F.lit, fields))).collect()[0][0])


class Drawn:
    """Two procedures, each with a victim, both linked to the affair of the first: a prosecution with two offences.

    The affair of the second, closed, with one offence, was missed.
    """

    def __init__(self, spark: SparkSession, folder: Path, key: str) -> None:
        self.spark, self.study, self.folder = spark, STUDY, folder
        self.store = Store(spark, str(folder / "lake"))
        delivered = [{"source": "lrpgn", "id_procedure": name} for name in ("P1", "P2")]
        self.store.write(draw_whole(spark, Procedure, delivered), Procedure)
        self.ids = {name: pseudonym(spark, key, kind, *source, name)
                    for kind, source, names in (("procedure", ("lrpgn",), ("P1", "P2")), ("affaire", (), ("A1", "A2"))) for name in names}  # fmt: skip

    def base(self) -> Base:
        p1, p2, a1, a2 = self.ids.values()
        facts = {"date_enregistrement": RECORDED, "force": "PN", "nb_mis_en_cause": 1}
        victim = {"side": "procedure", "role": "victime", "age": 30, "lien_auteur": "conjoint"}
        author = {"side": "affaire", "role": "mis_en_cause", "age": 40}
        step = {"date": ORIENTED, "issue": None}
        rows: dict[type[Table], list[dict[str, Any]]] = {
            base.Procedure: [{"id_procedure": one, **facts} for one in (p1, p2)],
            base.Affaire: [{"id_affaire": one, "date_arrivee": ARRIVED} for one in (a1, a2)],
            base.Personne: [
                {**victim, "id_procedure": p1, "id_personne": "v1"},
                {**victim, "id_procedure": p2, "id_personne": "v2"},
                {**author, "id_affaire": a1, "id_personne": "x1"},
                {**author, "id_affaire": a2, "id_personne": "x2"},
            ],
            base.Infraction: [
                *({"side": "procedure", "id_procedure": one, "rang": 1, "natinf": "10872"} for one in (p1, p2)),
                *({"side": "affaire", "id_affaire": a1, "rang": rang, "natinf": "10872"} for rang in (1, 2)),
                {"side": "affaire", "id_affaire": a2, "rang": 1, "natinf": "10872"},
            ],
            base.Lien: [
                {"id_procedure": one, "id_affaire": a1, "id_dossier": "d", "match_weight": 9.0} for one in (p1, p2)
            ],
            base.LienPersonne: [],
            base.Evenement: [
                {"id_affaire": a1, "id_personne": "x1", "type": "orientation", "code": "copj", **step},
                {"id_affaire": a2, "id_personne": "x2", "type": "classement", "code": "21", **step},
            ],
        }  # fmt: skip
        return Base(**{table.path.split("/")[1]: draw(self.spark, table, of) for table, of in rows.items()})

    def cases(self, base: Base) -> Any:
        procedures = population.procedures(base, STUDY, ["10872"], {})
        authors = courses.authors(base.evenements, FAMILIES)
        victims = courses.of_victims(
            population.victims(base, procedures, STUDY), base, authors, several_affaires=STUDY.counting.several_affaires
        )
        extraction = date(2021, 1, 1)
        units = {
            "victime": course.describe_courses(victims, extraction=extraction),
            "mis_en_cause": population.mis_en_cause(base, procedures, STUDY),
        }
        return SimpleNamespace(units=units)


def test_wrong_and_missed_links_are_measured_in_shares_delays_and_aggregates(
    spark: SparkSession, tmp_path: Path, key: str
) -> None:
    true = "id_procedure;id_affaire\nP1;A1\nP2;A2\nP3;A9\n"  # The last pair was not delivered.
    (tmp_path / "links.csv").write_text(true, encoding="utf-8")
    compared = truth.compared(cast(Study, Drawn(spark, tmp_path, key)), str(tmp_path), key)
    rows: dict[str, tuple[Any, ...]] = {name: (links, true, gap) for name, links, true, gap in compared}
    assert rows["share of poursuites"] == (1.0, 0.5, 50.0)
    # Through the links nobody was closed: the measure is there all the same.
    assert rows["share of non_poursuivable"] == (0.0, 0.5, -50.0)
    assert rows["median plain, enregistrement_arrivee"] == (30.0, 30.0, 0.0)
    assert rows["affairs"] == (1.0, 2.0, -50.0)
    assert rows["authors"] == (1.0, 2.0, -50.0)
    assert rows["offences of authors"] == (2.0, 3.0, pytest.approx(-100 / 3))


def test_the_true_persons_are_those_of_the_identifiers_as_delivered(
    spark: SparkSession, tmp_path: Path, key: str
) -> None:
    (tmp_path / "links.csv").write_text("id_procedure;id_affaire\nP1;A1\n", encoding="utf-8")
    persons = "id_procedure;id_affaire;rang_procedure;rang_affaire;role\nP1;A1;2;3;victime\n"
    (tmp_path / "persons.csv").write_text(persons, encoding="utf-8")
    drawn = Drawn(spark, tmp_path, key)
    true = truth._true_base(cast(Study, drawn), drawn.base(), str(tmp_path), key)
    (row,) = true.liens_personnes.collect()
    assert row["id_personne_procedure"] == pseudonym(spark, key, "personne", "lrpgn", "P1", "2")
    assert row["id_personne_affaire"] == pseudonym(spark, key, "personne", "cassiopee", "A1", "3")
    assert (row["id_procedure"], row["id_affaire"]) == (drawn.ids["P1"], drawn.ids["A1"])


@pytest.mark.parametrize(("links", "true", "gap"), [(3.0, 4.0, -25.0), (0.0, 0.0, 0.0)])
def test_a_gap_is_relative_to_the_truth_and_none_where_both_are_nothing(links: float, true: float, gap: float) -> None:
    assert truth.gap("authors", links, true) == gap


def test_something_where_the_truth_has_nothing_has_no_relative_gap() -> None:
    assert str(truth.gap("authors", 1.0, 0.0)) == "nan"
