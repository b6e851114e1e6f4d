"""m, u and the share of matches, learnt by Splink's EM on a bounded sample. The one module of this stage that acts."""

from __future__ import annotations

import duckdb
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from splink import DuckDBAPI, Linker

from linkage.errors import ContractError
from linkage.scored_pairs.model import DIGITS, LEFT, RIGHT, Model, splink_settings
from linkage.settings import ModelSettings
from linkage.tables.linkage import CandidatePair
from linkage.tables.records import Record

PAIR, BUCKETS = "pair_id", 1_000_000
ITERATIONS = (200, 12, 8, 5, 3, 2, 1)


def estimate(records: DataFrame, pairs: DataFrame, *, settings: ModelSettings) -> Model:
    """The model of these data: the same data give the same weights to the bit, whatever the partitions.

    Reads: ``records`` (``record_key`` and the columns compared); ``pairs`` (``procedure_key``, ``reference_key``).
    Method: Fellegi-Sunter parameters by expectation-maximisation (Splink 5). The sample holds *all* candidates of the
    references drawn (by a hash, so that it does not depend on the order), and both m and u are free: u then describes
    the neighbours a reference really competes with, which random pairs do not.
    """
    count = pairs.count()
    share = min(1.0, settings.estimation.max_pairs / max(count, 1))
    drawn = F.pmod(F.xxhash64(CandidatePair.reference_key, F.lit(settings.estimation.seed)), F.lit(BUCKETS))
    sample = pairs.where(drawn < int(share * BUCKETS)).select(CandidatePair.procedure_key, CandidatePair.reference_key)
    left = _side(sample, records, CandidatePair.procedure_key, settings)
    right = _side(sample, records, CandidatePair.reference_key, settings)
    return fit(left, right, settings=settings, estimated_on={"pairs": count, "seed": settings.estimation.seed})


def fit(left: pa.Table, right: pa.Table, *, settings: ModelSettings, estimated_on: dict[str, int]) -> Model:
    """EM on two tables whose rows are the two sides of the same pairs, in the same order.

    Raises
    ------
    ContractError
        The pairs are too few to learn from.
    """
    for iterations in ITERATIONS:
        try:
            prior, parameters = _em(left, right, settings=settings, iterations=iterations)
        except ValueError:
            # Where only sure matches reach a level, its u tends to zero and Splink refuses the zero: stop earlier.
            continue
        return Model(prior, parameters, {**estimated_on, "sampled_pairs": left.num_rows})
    raise ContractError(
        f"estimate_model: {left.num_rows} pairs are too few to estimate m and u. Deliver more years, or give --model."
    )


def _em(
    left: pa.Table, right: pa.Table, *, settings: ModelSettings, iterations: int
) -> tuple[float, dict[str, list[tuple[float, float]]]]:
    least = max(settings.estimation.least, 10.0**-DIGITS)
    with duckdb.connect(config={"threads": 1}) as connection:
        api = DuckDBAPI(connection=connection)
        tables = [api.register(table, dataset_display_name=name) for name, table in ((LEFT, left), (RIGHT, right))]
        options = {"unique_id_column_name": PAIR, "max_iterations": iterations}
        linker = Linker(tables, {**splink_settings(settings.comparisons, "duckdb"), **options})
        session = linker.training.estimate_parameters_using_expectation_maximisation(
            f"l.{PAIR} = r.{PAIR}", fix_u_probabilities=False
        )
        trained = session.core_model_settings
        parameters = {
            comparison.output_column_name: [
                (_rounded(level.m_probability, least), _rounded(level.u_probability, least))
                for level in comparison.comparison_levels
                if not level.is_null_level
            ]
            for comparison in trained.comparisons
        }
        return round(float(trained.probability_two_random_records_match), DIGITS), parameters


def _side(sample: DataFrame, records: DataFrame, key: str, settings: ModelSettings) -> pa.Table:
    columns = dict.fromkeys(column for comparison in settings.comparisons for column in comparison.columns)
    pair = F.concat_ws("-", CandidatePair.procedure_key, CandidatePair.reference_key)
    joined = sample.select(pair.alias(PAIR), F.col(key).alias(Record.record_key)).join(
        records.select(Record.record_key, *columns), on=Record.record_key, how="inner"
    )
    return joined.select(PAIR, *columns).orderBy(PAIR).toArrow()


def _rounded(probability: object, least: float) -> float:
    # A level never reached in the sample has no estimate: it must not decide anything, hence a neutral weight.
    return round(max(float(probability), least), DIGITS) if isinstance(probability, float) else 0.5
