"""Precision, recall and F1 on pairs small enough to count by hand."""

from __future__ import annotations

import pytest
from pyspark.sql import SparkSession

from linkage.quality import indicators
from linkage.tables.links import Ledger, Link
from tests.drawing import draw


def test_precision_and_recall_count_retained_links_only(spark: SparkSession) -> None:
    made = [("p1", "a1", "cle", "retenu"), ("p2", "a2", "cle", "retenu"), ("p3", "a9", "reste", "retenu"), ("p4", "a4", "reste", "a_revoir")]  # fmt: skip
    links = draw(
        spark,
        Link,
        [{"version": "v", "id_procedure": p, "id_affaire": a, "link_pass": t, "status": s} for p, a, t, s in made],
    )
    truth = draw(spark, Link, [{"id_procedure": f"p{n}", "id_affaire": f"a{n}"} for n in (1, 2, 3, 4)])
    found = {row.link_pass: row for row in indicators.measure_accuracy(links, truth, version="v").collect()}
    whole = found["*"]
    assert (whole.nb_links, whole.nb_true_links, whole.nb_missed) == (3, 2, 2)
    assert (whole.precision, whole.recall, whole.f1) == (pytest.approx(2 / 3), 0.5, pytest.approx(4 / 7))
    assert (found["cle"].precision, found["reste"].precision) == (1.0, 0.0)


def test_no_link_at_all_has_no_precision_and_no_recall(spark: SparkSession) -> None:
    truth = draw(spark, Link, [{"id_procedure": "p1", "id_affaire": "a1"}])
    whole = indicators.measure_accuracy(draw(spark, Link, []), truth, version="v").where("link_pass = '*'").collect()
    assert [(row.nb_links, row.precision, row.recall) for row in whole] == [(0, None, 0.0)]


def test_match_rate_leaves_out_rows_set_aside(spark: SparkSession) -> None:
    counts = {"linked": 6, "unlinked:a_revoir": 1, "unlinked:rivale": 3, "set_aside": 10}
    ledger = draw(
        spark,
        Ledger,
        [{"version": "v", "source": "lrppn", "millesime": 2020, "outcome": o, "nb": n} for o, n in counts.items()],
    )
    row = indicators.measure_match_rate(ledger).collect()[0]
    assert (row.nb, row.nb_linked, row.nb_to_review, row.match_rate) == (10, 6, 1, 0.6)
