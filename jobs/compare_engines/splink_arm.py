"""Splink 5 as a careful user configures it, on Spark or DuckDB: the same rules and comparisons, its own predict()."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import duckdb
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from splink import DuckDBAPI, Linker, SparkAPI

from jobs.compare_engines import rules as blocking
from linkage.concepts.sides import CASE
from linkage.platform.errors import InputError
from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.estimation import usual_start
from linkage.scored_pairs.levels import DUCKDB, SPARK
from linkage.scored_pairs.model import LEFT, RIGHT, splink_settings
from linkage.settings.candidate_pairs import BlockingRule, CandidatePairsSettings
from linkage.settings.scored_pairs import ScoredPairsSettings
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.standardised import BEYOND, PROCEDURE, REFERENCE, Record
from linkage.versions.method import CANDIDATE_PAIRS, file_of

RECALL, U_PAIRS, SEED = 0.8, 1_000_000, 1
U_CHUNKS = {SPARK: 1, DUCKDB: 10}
"""Splink's ten let it stop early, a query per comparison and chunk: on Spark each costs more than what it spares."""
TRAINED_ON = ("cle", "lieu_et_faits")
"""The rules under which EM runs: between them they leave every comparison free once."""
KEPT = (
    f"source_l AS {ScoredPair.source}, id_l AS {ScoredPair.id_procedure}, id_r AS {ScoredPair.id_affaire}, "
    "match_weight, match_probability"
)
SIDES = ((LEFT, PROCEDURE), (RIGHT, REFERENCE))


@dataclass(frozen=True)
class Method:
    """What both Splink arms are given of ``conf/method``.

    Left out, because Splink alone has no keys-first pass: rules on what lies beyond an affair's references (jonctions)
    and the records of rang -1 they look at; the comparison of kind ``free``, which reads what the key settled; rules on
    unsettled procedures or references look at all of them.
    """

    rules: Sequence[BlockingRule]
    scored: ScoredPairsSettings

    @classmethod
    def of(cls, candidate_pairs: CandidatePairsSettings, scored_pairs: ScoredPairsSettings) -> Method:
        """Return the comparable part of the settings.

        Raises
        ------
        InputError
            A rule that EM runs under is not among the rules.
        """
        rules = blocking.comparable(candidate_pairs.rules)
        missing = [name for name in TRAINED_ON if name not in {rule.name for rule in rules}]
        if missing:
            raise InputError(f"conf/{file_of(CANDIDATE_PAIRS)}: no rule {', '.join(missing)}, which Splink trains on.")
        compared = tuple(comparison for comparison in scored_pairs.comparisons if comparison.kind != "free")
        return cls(rules, scored_pairs.model_copy(update={"comparisons": compared}))

    @property
    def columns(self) -> list[str]:
        """Return what Splink reads of a record: its key, its source and id, what is compared and what rules look at."""
        compared = [column for comparison in self.scored.comparisons for column in comparison.columns]
        identifiers = [str(Record.record_key), *CASE]
        return list(dict.fromkeys([*identifiers, *compared, *blocking.columns(self.rules)]))

    def settings(self, dialect: str) -> dict[str, Any]:
        """Return Splink's settings; only ids, weight and probability are kept of a pair, which spares it the most."""
        compared = comparisons(self.scored.comparisons, dialect)
        return {
            **splink_settings(compared, usual_start(self.scored)),
            "blocking_rules_to_generate_predictions": blocking.splink_rules(self.rules, dialect),
            "additional_columns_to_retain": CASE,
            "retain_matching_columns": False,
        }


def on_spark(spark: SparkSession, records: DataFrame, out: str, method: Method) -> Any:
    """Train, predict and write Parquet under ``out``; return Splink's table of the pairs compared.

    Splink's own tables are Parquet under the session's checkpoint directory, which must be set and shared.
    """
    partitions = int(spark.conf.get("spark.sql.shuffle.partitions") or 0)
    api = SparkAPI(  # type: ignore[no-untyped-call]
        spark_session=spark,
        break_lineage_method="parquet",
        num_partitions_on_repartition=partitions,
        register_udfs_automatically=False,
    )
    of_references = records.where(F.col(Record.rang) != BEYOND)
    sides = [of_references.where(F.col(Record.side) == side).select(*method.columns) for _, side in SIDES]
    tables = [api.register(side, dataset_display_name=name) for side, (name, _) in zip(sides, SIDES, strict=True)]
    compared, predicted = _predicted(tables, method, SPARK)
    predicted.as_spark_dataframe().selectExpr(*KEPT.split(", ")).write.mode("overwrite").parquet(out)
    return compared


def on_duckdb(connection: duckdb.DuckDBPyConnection, files: Sequence[str], out: str, method: Method) -> Any:
    """Do the same in DuckDB, from the Parquet files of ``standardised/records`` to one Parquet file."""
    columns = ", ".join(method.columns)
    read = f"read_parquet({list(files)!r}, hive_partitioning = true)"
    for name, side in SIDES:
        where = f"{Record.side} = '{side}' AND {Record.rang} <> {BEYOND}"
        connection.execute(f"CREATE TABLE {name} AS SELECT {columns} FROM {read} WHERE {where}")
    api = DuckDBAPI(connection=connection)
    tables = [api.register(name, dataset_display_name=name) for name, _ in SIDES]
    compared, predicted = _predicted(tables, method, DUCKDB)
    connection.execute(f"COPY (SELECT {KEPT} FROM {predicted.physical_name}) TO '{out}' (FORMAT parquet)")
    return compared


def duckdb_connection(folder: Path, *, threads: int, memory: str) -> duckdb.DuckDBPyConnection:
    """Open DuckDB with as many threads as Spark has cores and Spark's heap; what does not fit goes to ``folder``."""
    connection = duckdb.connect(config={"threads": threads, "memory_limit": memory})
    connection.execute(f"SET temp_directory = '{folder / 'duckdb'}'")
    # What DuckDB itself advises where memory ends; no arm needs the order of rows.
    connection.execute("SET preserve_insertion_order = false")
    return connection


def local_files(records: DataFrame) -> list[str]:
    """Return the Parquet files of a Delta table as its log has them."""
    return sorted(unquote(urlparse(uri).path) for uri in records.inputFiles())


def _predicted(tables: list[Any], method: Method, dialect: str) -> tuple[Any, Any]:
    """Return the pairs compared, and those that reach the floor with their weights."""
    linker = Linker(tables, method.settings(dialect))
    training, by_name = linker.training, {rule.name: blocking.sql(rule) for rule in method.rules}
    training.estimate_probability_two_random_records_match([by_name[TRAINED_ON[0]]], recall=RECALL)
    training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=SEED, num_chunks=U_CHUNKS[dialect])
    for name in TRAINED_ON:
        # No comparison looks at term frequencies: counts of patterns give the same parameters, sooner.
        training.estimate_parameters_using_expectation_maximisation(
            by_name[name], estimate_without_term_frequencies=True
        )
    # predict() would make the pairs by itself and drop them: made first, they can be counted after the clock.
    compared = linker.inference.compute_blocked_pairs_for_predict()
    return compared, linker.inference.predict(threshold_match_weight=method.scored.weight_floor)
