"""The arms of the benchmark: each from standardised tables on disk to its result written, then judged on truth."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from jobs import all as every_stage
from jobs.compare_engines import machine
from jobs.compare_engines.clock import Clock
from jobs.compare_engines.splink_arm import Method, duckdb_connection, local_files, on_duckdb, on_spark
from jobs.quality.truth import read_truth
from linkage import candidate_pairs
from linkage.concepts.sides import CASE, PAIR
from linkage.platform.progress.measures import spark_meter
from linkage.platform.running.run import Run
from linkage.quality import indicators
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.links import Link
from linkage.tables.quality import Accuracy
from linkage.tables.standardised import PROCEDURE, REFERENCE, Procedure, Record
from linkage.versions import method

VERSION = "benchmark"
HEAP = "spark.driver.memory"
RUNNING = "running"
"""In the work folder of an arm: the file that is there while its clock runs."""


@dataclass(frozen=True)
class Place:
    """Where an arm works: its own copy of the lake, and beside it what it writes."""

    run: Run
    work: Path

    def clock(self, *, of_spark: bool = True) -> Clock:
        """Return the arm's clock."""
        return Clock(self.work / RUNNING, spark_meter(self.run.spark.sparkContext) if of_spark else None)

    def duckdb(self) -> duckdb.DuckDBPyConnection:
        """Return a connection to DuckDB with the cores and the memory that Spark was given on this machine."""
        conf = self.run.spark.sparkContext.getConf()
        heap = f"{conf.get(HEAP, '1g').rstrip('bB').upper()}iB"
        return duckdb_connection(self.work, threads=machine.cores(conf.get("spark.master", "")), memory=heap)

    @property
    def written(self) -> str:
        """Return the Parquet that the arm writes."""
        return str(self.work / "result.parquet")

    def truth(self) -> Any:
        """Return the true pairs, once each."""
        return read_truth(self.run.store.files, self.run.args.truth, self.run.store.read(Procedure)).dropDuplicates(
            PAIR
        )


def ours(place: Place) -> dict[str, Any]:
    """Run this project's linkage, as ``all`` does from candidate pairs to links; F1 of the links retained."""
    run = place.run
    with place.clock() as clock:
        every_stage.link(run, version=VERSION)
    judged = indicators.measure_accuracy(run.store.read(Link), place.truth(), version=VERSION)
    whole = judged.where(judged[Accuracy.link_pass] == indicators.ALL_PASSES).collect()[0]
    return {**clock.figures, "pairs": run.store.read(CandidatePair).count(), "f1": round(whole[Accuracy.f1] or 0.0, 6)}


def splink_spark(place: Place) -> dict[str, Any]:
    """Run Splink's predict() on Spark; F1 at its best threshold on truth."""
    run = place.run
    assert run.store  # names the checkpoint directory
    with place.clock() as clock:
        compared = on_spark(run.spark, run.store.read(Record), place.written, splink_method())
    pairs = compared.as_spark_dataframe().count()
    return {**clock.figures, "pairs": pairs, "f1": best_f1(f"{place.written}/*.parquet", place)}


def splink_duckdb(place: Place) -> dict[str, Any]:
    """Run Splink's predict() on DuckDB; F1 at its best threshold. Spark only names the files, before the clock."""
    files = local_files(place.run.store.read(Record))
    with place.duckdb() as connection:
        with place.clock(of_spark=False) as clock:
            compared = on_duckdb(connection, files, place.written, splink_method())
        pairs = connection.execute(f"SELECT count(*) FROM {compared.physical_name}").fetchall()[0][0]
    return {**clock.figures, "pairs": pairs, "f1": best_f1(place.written, place)}


def floor(place: Place) -> dict[str, Any]:
    """Do the least that any linkage on Spark does: read the records, form the pairs of ours, write them."""
    run, settings = place.run, method.candidate_pairs_settings()
    records = run.store.read(Record)
    with place.clock() as clock:
        pairs = candidate_pairs.build(records, settings=settings.model_copy(update={"budget": None}))
        pairs.write.parquet(place.written)
    return {**clock.figures, "pairs": run.spark.read.parquet(place.written).count(), "f1": None}


ARMS: dict[str, Callable[[Place], dict[str, Any]]] = {
    "ours": ours,
    "splink_spark": splink_spark,
    "splink_duckdb": splink_duckdb,
    "floor": floor,
}


def run_arm(run: Run) -> None:
    """Run the arm of ``--arm`` on ``--lake`` in this process and write its record to ``--out``."""
    place = Place(run, Path(run.args.lake).parent)
    figures = ARMS[run.args.arm](place)
    ids = run.store.read(Record).select(Record.side, *CASE).dropDuplicates()
    counted = {row[Record.side]: row["count"] for row in ids.groupBy(Record.side).count().collect()}
    cases = {"procedures": counted[PROCEDURE], "affaires": counted[REFERENCE]}
    record = {"arm": run.args.arm, **cases, **figures}
    Path(run.args.out).write_text(json.dumps(record), encoding="utf-8")


def splink_method() -> Method:
    """Return the settings of ``conf/method``, as the Splink arms take them."""
    return Method.of(method.candidate_pairs_settings(), method.scored_pairs_settings())


def best_f1(written: str, place: Place) -> float | None:
    """Return F1 at the best threshold on truth of the scored pairs, a pair counting once with its best weight."""
    truth = str(place.work / "truth.parquet")
    place.truth().write.mode("overwrite").parquet(truth)
    with place.duckdb() as connection:
        return judged(connection, written, f"{truth}/*.parquet")


def judged(connection: duckdb.DuckDBPyConnection, written: str, truth: str) -> float | None:
    """Return the same from two Parquet files; null without a pair. ``truth`` has each pair once."""
    pair = ", ".join(PAIR)
    rows = connection.execute(
        f"""
        WITH best AS (SELECT {pair}, max(match_weight) AS weight
                      FROM read_parquet('{written}') GROUP BY ALL),
             known AS (SELECT {pair}, 1 AS is_true FROM read_parquet('{truth}')),
             weights AS (SELECT weight, count(*) AS nb, count(is_true) AS nb_true
                         FROM best LEFT JOIN known USING ({pair}) GROUP BY weight),
             above AS (SELECT sum(nb) OVER down AS nb, sum(nb_true) OVER down AS nb_true
                       FROM weights WINDOW down AS (ORDER BY weight DESC))
        SELECT max(2 * nb_true / (nb + (SELECT count(*) FROM known))) FROM above
        """
    ).fetchall()
    return None if rows[0][0] is None else round(float(rows[0][0]), 6)
