"""Components of the graph of links."""

from __future__ import annotations

import hashlib

import pytest
from pyspark.sql import SparkSession

from linkage.links.dossiers import group_dossiers
from linkage.platform.errors import ContractError
from linkage.tables.links import Link
from tests.drawing import draw


def components(spark: SparkSession, edges: list[tuple[str, str]], max_records: int = 50) -> list[set[tuple[str, str]]]:
    links = draw(spark, Link, [{"id_procedure": procedure, "id_affaire": affaire} for procedure, affaire in edges])
    found: dict[str, set[tuple[str, str]]] = {}
    for row in group_dossiers(links, max_records=max_records).collect():
        found.setdefault(row.id_dossier, set()).add((row.id_procedure, row.id_affaire))
    return sorted(found.values(), key=sorted)


def test_a_chain_of_shared_affairs_and_procedures_is_one_dossier(spark: SparkSession) -> None:
    chain = [("p1", "a1"), ("p2", "a1"), ("p2", "a2"), ("p3", "a2"), ("p3", "a3"), ("p4", "a3")]
    alone = [("p9", "a9")]
    assert components(spark, [*chain, *alone]) == [set(chain), set(alone)]


def test_a_dossier_is_named_by_a_hash_of_its_smallest_procedure(spark: SparkSession) -> None:
    pairs = [("p2", "a1"), ("p1", "a1"), ("p9", "a9")]
    links = draw(spark, Link, [{"id_procedure": procedure, "id_affaire": affaire} for procedure, affaire in pairs])
    named = group_dossiers(links, max_records=50)
    assert set(named.columns) == set(links.columns)
    names = {row.id_procedure: row.id_dossier for row in named.collect()}
    expected = {name: hashlib.sha256(f"lrppn/{name}".encode()).hexdigest()[:32] for name in ("p1", "p9")}
    assert names == {"p1": expected["p1"], "p2": expected["p1"], "p9": expected["p9"]}


def test_a_component_beyond_the_guard_stops_the_job_with_its_size(spark: SparkSession) -> None:
    star = [(f"p{number}", "a1") for number in range(5)]
    assert components(spark, star, max_records=6) == [set(star)]
    smaller = [(f"q{number}", "a2") for number in range(4)]
    with pytest.raises(ContractError, match="2 dossiers hold more than max_dossier = 4 records, the largest 6"):
        components(spark, [*star, *smaller], max_records=4)
