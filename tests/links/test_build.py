"""The stage from scored pairs to its four tables: every part of it is called, and on the right pairs."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from pyspark.sql import SparkSession

from linkage.links import build
from linkage.platform.lake.schema import Table
from linkage.settings.links import LinksSettings
from linkage.tables.candidate_pairs import SetAsideRecord
from linkage.tables.links import Ledger, Link, PersonLink, Unlinked
from linkage.tables.quality import ReviewDecision
from linkage.tables.scored_pairs import ScoredPerson
from linkage.tables.sources import Reject
from linkage.tables.standardised import BEYOND, Record
from tests.drawing import draw, draw_scored, procedure, reference
from tests.links.test_decision import pair

SETTINGS = LinksSettings.model_validate(
    {
        "margin": 2.0,
        "why_margin": "test",
        "rounds": 1,
        "why_rounds": "test",
        "max_dossier": 10,
        "why_max_dossier": "test",
        "passes": [{"name": "toutes", "levels": {}, "threshold": 5, "review": 0, "why": "test"}],
        "persons": {"threshold": 1, "role_change_threshold": 12, "max_assigned": 10, "why": "test"},
        "persons_feedback": {
            "comparison": "personnes",
            "nobody": ["aucune"],
            "one_birth": ["une naissance"],
            "sure": 5,
            "gain": 8,
            "chance": 0,
            "loss": 6,
            "why": "test",
        },
    }
)
PAIRS = [
    pair(1, 11, 9, {"cle": "clé exacte", "personnes": "un code"}),
    pair(2, 12, 1, {"cle": "aucune", "personnes": "aucune"}),  # its person lifts it
    pair(3, 13, 1, {"cle": "aucune", "personnes": "un code"}),
]


def built(spark: SparkSession, **changed: Any) -> dict[type[Table], list[Any]]:
    sent = {"jour_transmission": 100, "source": "lrppn", "millesime": 2020}
    arrived = {"source": "cassiopee", "millesime": 2020, "origine": "police", "petit_x": False}
    records = [procedure(key, **sent) for key in (1, 2, 3)]
    records += [
        reference(key, **{**arrived, "rang": rang, "record_key": rang * key})
        for key in (11, 12, 13)
        for rang in (1, BEYOND)
    ]
    person = {"rang_procedure": 1, "rang_affaire": 1, "role": "victime", "role_affaire": "victime", "match_weight": 6.0}
    persons = [{**person, "id_procedure": f"p{key}", "id_affaire": f"a1{key}"} for key in (2, 3)]
    settings = {"settings": SETTINGS, "comparisons": ("cle", "personnes"), "version": "v1", **changed}
    tables = build(
        draw(spark, Record, records),
        *draw_scored(spark, PAIRS),
        draw(spark, ScoredPerson, persons),
        draw(spark, Reject, []),
        draw(spark, SetAsideRecord, []),
        **settings,
    )
    return {table: table.conform(frame).collect() for table, frame in tables.items()}


def test_every_table_of_a_version_is_made_of_the_pairs_decided(spark: SparkSession) -> None:
    tables = built(spark)
    links = {row.id_procedure: (row.id_affaire, row.status, row.match_weight) for row in tables[Link]}
    assert links == {"p1": ("a11", "retenu", 9.0), "p2": ("a12", "retenu", 9.0), "p3": ("a13", "a_revoir", 1.0)}
    assert {row.id_procedure: row.evidence for row in tables[Link]} == {
        "p1": "cle : clé exacte ; personnes : un code",
        "p2": "cle : aucune ; personnes : aucune ; retour_personnes : personne reconnue",
        "p3": "cle : aucune ; personnes : un code",
    }
    assert {row.id_procedure for row in tables[Link] if row.id_dossier} == {"p1", "p2"}
    assert [(row.id_procedure, row.id_affaire) for row in tables[PersonLink]] == [("p2", "a12")]
    assert {(row.id, row.reason) for row in tables[Unlinked]} == {("p3", "a_revoir"), ("a13", "a_revoir")}
    assert {row.outcome: row.nb for row in tables[Ledger] if row.source == "lrppn"} == {
        "linked": 2,
        "unlinked:a_revoir": 1,
    }
    assert {row.version for rows in tables.values() for row in rows} == {"v1"}


def test_without_persons_weights_stay_and_a_refused_pair_counts_as_a_rival(spark: SparkSession) -> None:
    moment = datetime(2025, 3, 1, tzinfo=timezone.utc)
    refused = {"version": "v0", "id_procedure": "p1", "id_affaire": "a11", "decision": "non", "reviewed_at": moment}
    alone = SETTINGS.model_copy(update={"persons": None, "persons_feedback": None})
    tables = built(spark, settings=alone, decisions=draw(spark, ReviewDecision, [refused]))
    assert {row.id_procedure: row.status for row in tables[Link]} == {"p2": "a_revoir", "p3": "a_revoir"}
    assert PersonLink not in tables
    assert {row.id: row.reason for row in tables[Unlinked] if row.id.endswith("1")} == {"p1": "rivale", "a11": "rivale"}
