"""The review sample: sizes, weights and sameness; and the way from the sample to the estimates."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from jobs.quality import review
from jobs.quality.version import Assessment
from linkage.concepts.sides import PAIR
from linkage.platform.errors import InputError
from linkage.platform.lake.store import Store
from linkage.quality.review import sample as drawing
from linkage.quality.review.page import sample_hash
from linkage.settings.quality import ReviewSettings
from linkage.settings.scored_pairs import CASES
from linkage.tables.links import Link
from linkage.tables.quality import Estimate, ReviewDecision, ReviewSample
from linkage.tables.scored_pairs import ScoredPair, ScoredPattern
from linkage.tables.standardised import Affaire, Infraction, Personne, Procedure, Reference
from linkage.tables.versions import Version
from tests.drawing import draw_whole

SETTINGS = ReviewSettings(
    pairs=40, why_pairs="t", minimum=4, why_minimum="t", bounds=(5.0,), why_bounds="t", seed=1, why_true_share="t",
    true_share={"retenu": (0.8, 0.99), "a_revoir": (0.5, 0.5), "ecarte": (0.1, 0.1)},
)  # fmt: skip


@pytest.fixture
def pairs(spark: SparkSession) -> tuple[DataFrame, DataFrame]:
    """150 sure links, 50 weak ones, 3 doubtful, 100 pairs set aside; two references of one affair for the first."""
    weights = [12.0] * 150 + [2.0] * 50 + [1.0] * 3 + [-1.0] * 100
    scored = [
        {"procedure_key": n, "reference_key": n, "id_procedure": f"p{n}", "id_affaire": f"a{n}", "match_weight": weight,
         "agreement_pattern": 7}
        for n, weight in enumerate(weights)
    ]  # fmt: skip
    again = {**scored[0], "reference_key": 1000, "match_weight": -3.0, "agreement_pattern": 8}
    links = [
        {"version": "v", "id_procedure": f"p{n}", "id_affaire": f"a{n}", "match_weight": weight, "status": "retenu" if n < 200 else "a_revoir"}
        for n, weight in enumerate(weights[:203])
    ]  # fmt: skip
    return draw_whole(spark, Link, links), draw_whole(spark, ScoredPair, [*scored, again])


def test_strata_are_sampled_as_declared_and_weights_add_up_to_the_population(
    pairs: tuple[DataFrame, DataFrame],
) -> None:
    sample = drawing.draw(*pairs, version="v", settings=SETTINGS).collect()
    sizes = {row.stratum: (row.nb_population, row.nb_sampled) for row in sample}
    # N sqrt(p (1 - p)): 20.0 weak links, 14.9 sure ones, 1.5 doubts, 30 set aside; 40 pairs shared between them.
    assert sizes == {
        "retenu [< 5]": (50, 12),
        "retenu [≥ 5]": (150, 9),
        "a_revoir [< 5]": (3, 3),
        "ecarte [< 5]": (100, 18),
    }
    assert {name: sum(row.stratum == name for row in sample) for name in sizes} == {
        name: drawn for name, (_, drawn) in sizes.items()
    }
    assert sum(row.inclusion_weight for row in sample) == pytest.approx(303)
    assert sorted(row.rang for row in sample) == list(range(1, 43))
    assert len({(row.id_procedure, row.id_affaire) for row in sample}) == 42


def test_the_same_version_has_the_same_sample_and_another_has_another(pairs: tuple[DataFrame, DataFrame]) -> None:
    links, scored = pairs

    def drawn(version: str, links: DataFrame, scored: DataFrame) -> list[tuple[Any, ...]]:
        return sorted(
            tuple(row)
            for row in drawing.draw(links, scored, version=version, settings=SETTINGS).drop("version").collect()
        )

    first = drawn("v", links, scored)
    assert first == drawn("v", links.repartition(3), scored.repartition(5))
    assert first != drawn("w", links, scored)


def test_presentation_order_says_nothing_of_status(pairs: tuple[DataFrame, DataFrame]) -> None:
    ordered = drawing.draw(*pairs, version="v", settings=SETTINGS).orderBy("rang").collect()
    changes = sum(one.status != other.status for one, other in pairwise(ordered))
    assert changes > 10


@pytest.fixture
def assessment(spark: SparkSession, lake: str, pairs: tuple[DataFrame, DataFrame]) -> Assessment:
    """A version of these pairs, without more tables than the review reads."""
    store = Store(spark, lake)
    for table, frame in ((Link, pairs[0]), (ScoredPair, pairs[1])):
        store.write(frame, table)
    known = [
        {"agreement_pattern": 7, "model": CASES, "levels": {"cle": "clé exacte"}},
        {"agreement_pattern": 8, "model": CASES, "levels": {"cle": "jamais vue"}},
    ]
    store.write(draw_whole(spark, ScoredPattern, known), ScoredPattern)
    for empty in (Procedure, Affaire, Reference, Personne, Infraction):
        store.write(draw_whole(spark, empty, []), empty)
    store.write(draw_whole(spark, Version, [{"version": "v", "deliveries": []}]), Version)
    level = {"label": "clé exacte", "m": 0.5, "u": 0.25}
    of_cases = {"probability_two_random_records_match": 0.5, "comparisons": [{"name": "cle", "levels": [level]}]}
    model = {"models": {"cases": of_cases}}
    made = object.__new__(Assessment)
    made.store, made.version = store, "v"
    made.settings = SimpleNamespace(review=SETTINGS)  # type: ignore[assignment]
    made.row = {"table_versions": {}, "model": json.dumps(model)}  # type: ignore[assignment]
    return made


def test_decisions_are_read_back_into_the_estimates_and_a_bad_file_changes_nothing(
    assessment: Assessment, tmp_path: Path
) -> None:
    page = Path(review.prepare(assessment))
    before = page.read_bytes()
    sample = assessment.read(ReviewSample).collect()
    # The level of the best reference, once for each pair of the sample.
    assert before.count(rb"cl\u00e9 exacte") == len(sample) and b"jamais vue" not in before
    assert b"Zone restreinte" in before and page.parent.name == "review"
    assert review.estimate(assessment) == []
    entries = [
        {"id_procedure": row.id_procedure, "id_affaire": row.id_affaire, "decision": "oui" if row.status == "retenu" else "non", "when": "2025-03-01T09:30:00Z"}
        for row in sample
    ]  # fmt: skip
    content = {
        "format": 1,
        "version": "v",
        "sample": sample_hash([row[name] for name in PAIR] for row in sample),
        "decisions": entries,
    }
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(content))
    bad.write_text(json.dumps({**content, "decisions": [*entries[:-1], {**entries[-1], "decision": "?"}]}))
    for wrong in (bad, tmp_path / "absent.json", tmp_path):
        with pytest.raises(InputError):
            review.take(assessment, str(wrong))
    assert not assessment.store.exists(ReviewDecision)
    assert review.take(assessment, str(good)) == len(sample)
    found = {measure: estimate for measure, estimate, *_ in review.estimate(assessment)}
    assert (found["precision"], found["rappel"]) == (1.0, 1.0)
    good.write_text(json.dumps({**content, "decisions": entries[:30]}))
    assert review.take(assessment, str(good)) == assessment.read(ReviewDecision).count() == 30
    review.estimate(assessment)
    assert assessment.read(Estimate).count() == 6
    # Drawn once: later settings do not move the sample that a reviewer is answering.
    assessment.settings = SimpleNamespace(review=SETTINGS.model_copy(update={"pairs": 5}))  # type: ignore[assignment]
    review.prepare(assessment)
    assert assessment.read(ReviewSample).count() == len(sample) and page.read_bytes() == before
