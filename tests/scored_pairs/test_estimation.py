"""EM finds the parameters that made the pairs, and scores follow from them."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from splink import Linker, SparkAPI

from linkage.scored_pairs import estimation, scoring
from linkage.scored_pairs.cases import SETTLED, estimate_cases
from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.levels import SPARK
from linkage.scored_pairs.model import LEFT, RIGHT, Model, splink_settings
from linkage.scored_pairs.patterns import patterns
from linkage.settings.scored_pairs import ModelSettings
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.standardised import PROCEDURE, REFERENCE, Record
from linkage.versions import method
from tests.drawing import draw, procedure, reference
from tests.scored_pairs.literal_pairs import CASES, ddl, records

COLUMNS = ("code_tj", "force", "commune_faits")
SETTINGS = ModelSettings.model_validate(
    {
        "weight_floor": -50.0,
        "why_weight_floor": "test",
        "estimation": {"max_pairs": 100_000, "seed": 1, "why": "test"},
        "comparisons": [{"name": name, "kind": "equality", "columns": [name], "why": "test"} for name in COLUMNS],
    }
)
M, U, PRIOR = (
    {"code_tj": 0.9, "force": 0.8, "commune_faits": 0.7},
    {"code_tj": 0.1, "force": 0.2, "commune_faits": 0.3},
    0.4,
)
PAIRS = 20_000


def two_sides() -> tuple[pa.Table, pa.Table]:
    """Pairs whose agreements follow M, U and PRIOR exactly, as counts of each pattern."""
    rows: list[tuple[bool, ...]] = []
    for pattern in range(8):
        agrees = [bool(pattern >> bit & 1) for bit in range(3)]
        share = sum(
            weight * math.prod(p[name] if agree else 1 - p[name] for name, agree in zip(COLUMNS, agrees, strict=True))
            for weight, p in ((PRIOR, M), (1 - PRIOR, U))
        )
        rows += [tuple(agrees)] * round(share * PAIRS)
    ids = [f"{number:06d}" for number in range(len(rows))]
    left: dict[str, Any] = {"pair_id": ids, **{name: ["x"] * len(rows) for name in COLUMNS}}
    right = {"pair_id": ids, **{name: ["x" if row[i] else "y" for row in rows] for i, name in enumerate(COLUMNS)}}
    return pa.table(left), pa.table(right)


def test_em_recovers_the_parameters_that_made_the_pairs() -> None:
    model = estimation.fit(*two_sides(), settings=SETTINGS, estimated_on={})
    assert model.prior == pytest.approx(PRIOR, abs=0.02)
    for name in COLUMNS:
        (m, u), _ = model.parameters[name]
        assert (m, u) == pytest.approx((M[name], U[name]), abs=0.02)


def test_the_same_pairs_give_the_same_model_to_the_bit() -> None:
    assert len({estimation.fit(*two_sides(), settings=SETTINGS, estimated_on={}).hash for _ in range(2)}) == 1


def test_pairs_that_separate_perfectly_still_give_a_model() -> None:
    ids = [f"{number:04d}" for number in range(2000)]
    agree = ["x"] * 1000 + ["y"] * 1000
    left = pa.table({"pair_id": ids, **{name: ["x"] * 2000 for name in COLUMNS}})
    model = estimation.fit(
        left, pa.table({"pair_id": ids, **dict.fromkeys(COLUMNS, agree)}), settings=SETTINGS, estimated_on={}
    )
    assert model.prior == pytest.approx(0.5, abs=0.01)
    assert all(m > 0.99 and 0 < u < 0.01 for (m, u), _ in model.parameters.values())


def test_a_weight_is_the_prior_plus_the_log_ratio_of_each_level_reached(spark: SparkSession) -> None:
    model = Model(PRIOR, {name: [(M[name], U[name]), (1 - M[name], 1 - U[name])] for name in COLUMNS}, {})
    alike = {"code_tj": "100001", "force": "PN", "commune_faits": "48095"}
    records = draw(
        spark, Record, [procedure(1, **alike), reference(11, **{**alike, "force": "GN", "commune_faits": None})]
    )
    pairs = draw(spark, CandidatePair, [{"procedure_key": 1, "reference_key": 11, "blocking_rule": "cle"}])
    scored = scoring.score_with_ids(records, pairs, model, settings=SETTINGS)
    row, reached = scored.collect()[0], patterns(scored, settings=SETTINGS).collect()[0]
    expected = (
        math.log2(PRIOR / (1 - PRIOR))
        + math.log2(M["code_tj"] / U["code_tj"])
        + math.log2((1 - M["force"]) / (1 - U["force"]))
    )
    assert row.match_weight == pytest.approx(expected)
    assert reached.levels == {"code_tj": "égal", "force": "différent", "commune_faits": None}
    assert (row.id_procedure, row.id_affaire, row.rang) == ("p1", "a11", 1)


def test_em_starts_from_the_levels_that_known_pairs_reach() -> None:
    ids = [f"{number:02d}" for number in range(10)]
    left = pa.table({"pair_id": ids, **{name: ["x"] * 10 for name in COLUMNS}})
    # Four known pairs: all agree on code_tj, which chose them; three on force; on commune_faits half.
    agree = {"code_tj": "xxxxyyyyyy", "force": "xxxyyyyyyx", "commune_faits": "xxyyxxxyyy"}
    right = pa.table({"pair_id": ids, **{name: list(values) for name, values in agree.items()}})
    start = estimation.starting_point(left, right, pa.table({"pair_id": ids[:4]}), settings=SETTINGS)
    assert [m for m, _ in start.parameters["code_tj"]] == pytest.approx([0.95, 0.05])
    assert [m for m, _ in start.parameters["force"]] == pytest.approx([4 / 6, 2 / 6])
    assert [u for _, u in start.parameters["force"]] == pytest.approx([2 / 8, 6 / 8])
    assert [u for _, u in start.parameters["commune_faits"]] == pytest.approx([4 / 8, 4 / 8])


def test_too_few_pairs_give_a_model_that_proposes_nothing(spark: SparkSession) -> None:
    few = SETTINGS.model_copy(update={"estimation": SETTINGS.estimation.model_copy(update={"least_pairs": 2})})
    pairs = draw(spark, CandidatePair, [{"procedure_key": 1, "reference_key": 11, "blocking_rule": "jonction"}])
    model = estimation.estimate(draw(spark, Record, [procedure(1), reference(11)]), pairs, settings=few)
    assert model.estimated_on == {"pairs": 1, "sampled_pairs": 0}
    assert model.prior < 1e-9
    assert {mu for levels in model.parameters.values() for mu in levels} == {(0.5, 0.5)}


def test_the_sample_says_which_procedures_a_key_has_settled(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, samples = method.scored_pairs_settings(), []
    monkeypatch.setattr(estimation, "fit", lambda left, right, known, **_: samples.append((left, known)))
    by_key = {"blocking_rule": "cle", "settles": True}
    by_facts = {"blocking_rule": "service_et_faits", "settles": False}
    pairs = [
        {"procedure_key": 1, "reference_key": 11, **by_key},
        {"procedure_key": 1, "reference_key": 12, **by_facts},
        {"procedure_key": 2, "reference_key": 12, **by_facts},
    ]
    both = draw(spark, Record, [procedure(1), procedure(2), procedure(3), reference(11), reference(12)])
    estimate_cases(both, draw(spark, CandidatePair, pairs), settings=settings)
    # Neighbours are learnt from too, once where they are candidates already.
    strangers = draw(spark, CandidatePair, [{**pairs[2], "procedure_key": key} for key in (1, 2, 3)])
    estimate_cases(both, draw(spark, CandidatePair, pairs), settings=settings, neighbours=lambda _: strangers)
    said = [left.to_pydict() for left, _ in samples]
    expected = {"1-11": True, "1-12": True, "2-12": False}
    assert dict(zip(said[0]["pair_id"], said[0][SETTLED], strict=True)) == expected
    assert dict(zip(said[1]["pair_id"], said[1][SETTLED], strict=True)) == {**expected, "3-12": False}
    assert [known.to_pydict() for _, known in samples] == [{"pair_id": ["1-11"]}] * 2


def test_spark_and_duckdb_learn_the_same_parameters_from_the_same_pairs(spark: SparkSession) -> None:
    settings = method.scored_pairs_settings()
    both = records(spark, f"{ddl(Record)}, {SETTLED} boolean", CASES, settings)
    columns = dict.fromkeys(column for comparison in settings.comparisons for column in comparison.columns)
    sides = [both.where(F.col("side") == side).select("record_key", *columns) for side in (PROCEDURE, REFERENCE)]
    pairs = (
        sides[0]
        .select(F.col("record_key").alias("left"))
        .crossJoin(sides[1].select(F.col("record_key").alias("right")))
    )
    some = pairs.where(F.pmod(F.xxhash64("left", "right"), F.lit(20)) == 0).withColumn(
        "pair_id", F.concat_ws("-", "left", "right")
    )
    left, right = (
        some.select("pair_id", F.col(key).alias("record_key"))
        .join(side, on="record_key")
        .drop("record_key")
        .orderBy("pair_id")
        .toArrow()
        for side, key in zip(sides, ("left", "right"), strict=True)
    )
    start = estimation.usual_start(settings)
    prior, parameters, done = estimation._em(left, right, start, settings=settings, iterations=4)
    assert done == 4
    api = SparkAPI(spark_session=spark, break_lineage_method="parquet", register_udfs_automatically=False)  # type: ignore[no-untyped-call]
    tables = [
        api.register(spark.createDataFrame(side), dataset_display_name=name)
        for name, side in ((LEFT, left), (RIGHT, right))
    ]
    declared = splink_settings(comparisons(settings.comparisons, SPARK), start)
    linker = Linker(tables, {**declared, "unique_id_column_name": "pair_id", "max_iterations": 4})
    learnt = linker.training.estimate_parameters_using_expectation_maximisation(
        "l.pair_id = r.pair_id", fix_u_probabilities=False
    ).core_model_settings
    assert learnt.probability_two_random_records_match == pytest.approx(prior, abs=1e-6)
    for comparison in learnt.comparisons:
        found: list[tuple[Any, Any]] = [
            (level.m_probability, level.u_probability) for level in comparison.comparison_levels[1:]
        ]
        least = settings.estimation.least
        assert [(max(m, least), max(u, least)) for m, u in found] == [
            pytest.approx(expected, abs=1e-6) for expected in parameters[comparison.output_column_name]
        ]
