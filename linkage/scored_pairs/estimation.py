"""m, u and the share of matches, learnt by Splink's EM on a bounded sample. The one module of this stage that acts."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from splink import DuckDBAPI, Linker

from linkage.concepts import draws
from linkage.concepts.lineage import cut_lineage
from linkage.platform.errors import ContractError
from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.levels import DUCKDB
from linkage.scored_pairs.model import DIGITS, LEFT, RIGHT, Model, splink_settings
from linkage.settings.scored_pairs import EstimationSettings, ModelSettings
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.standardised import PROCEDURE, REFERENCE, Record

PAIR = "pair_id"
ITERATIONS = (200, 12, 8, 5, 3, 2, 1)
START_PRIOR, LITTLE, SURE = 0.2, 0.05, 1e-6
"""Where EM starts when nothing is known: a place to begin, not a choice of method."""


def estimate(
    records: DataFrame,
    pairs: DataFrame,
    *,
    settings: ModelSettings,
    completed: Callable[[DataFrame], DataFrame] = lambda records: records,
    neighbours: Callable[[Column], DataFrame] | None = None,
) -> Model:
    """Return the model of these data: the same data give the same weights to the bit, whatever the partitions.

    Reads: ``records`` (``side``, ``record_key`` and the columns compared); ``pairs`` (``procedure_key``,
    ``reference_key``, and ``settles`` where some are known to be matches). ``completed`` adds columns that are compared
    and that ``records`` lacks; it sees the records of the sample only. ``neighbours`` gives further pairs of the
    references drawn, which are learnt from and not weighed.
    Method: Fellegi-Sunter parameters by expectation-maximisation (Splink 5). The sample holds *all* candidates of the
    references drawn (by a hash, so that it does not depend on the order), and both m and u are free: u then describes
    the neighbours a reference really competes with, which random pairs do not. EM starts from the levels that the
    settled pairs reach (m) and that the others reach (u): left to itself, it may take the same people in another case
    for the match.
    """
    count = pairs.count()
    if count < max(settings.estimation.least_pairs, 1):
        return silent(settings, estimated_on={"pairs": count, "sampled_pairs": 0})
    # A bounded sample goes to the records; they would all be shuffled to meet it otherwise. Each side reads it.
    chosen = drawn(count, settings.estimation)
    sample = pairs.where(chosen)
    if neighbours:
        sample = sample.unionByName(neighbours(chosen)).dropDuplicates(list(CandidatePair.key))
    sample = F.broadcast(sample.transform(cut_lineage))
    left, right = (
        completed(_join_side(sample, records, key, side)).select(PAIR, *settings.compared).orderBy(PAIR).toArrow()
        for key, side in ((CandidatePair.procedure_key, PROCEDURE), (CandidatePair.reference_key, REFERENCE))
    )
    sure_matches = None
    if CandidatePair.settles in pairs.columns:
        sure_matches = sample.where(CandidatePair.settles).select(_pair().alias(PAIR)).orderBy(PAIR).toArrow()
    estimated_on = {"pairs": count, "seed": settings.estimation.seed}
    return fit(left, right, sure_matches, settings=settings, estimated_on=estimated_on)


def drawn(count: int, settings: EstimationSettings) -> Column:
    """Return whether a pair's reference is drawn, for about ``max_pairs`` of ``count``; where fewer, all are."""
    return draws.is_drawn(min(1.0, settings.max_pairs / max(count, 1)), settings.seed)


def fit(
    left: pa.Table,
    right: pa.Table,
    sure_matches: pa.Table | None = None,
    *,
    settings: ModelSettings,
    estimated_on: dict[str, int],
) -> Model:
    """Learn by EM from two tables whose rows are the two sides of the same pairs.

    ``sure_matches`` are those of the pairs that are sure to be matches.

    Raises
    ------
    ContractError
        The pairs are too few to learn from.
    """
    start = (
        starting_point(left, right, sure_matches, settings=settings)
        if sure_matches is not None
        else usual_start(settings)
    )
    for iterations in ITERATIONS:
        try:
            prior, parameters, done = _em(left, right, start, settings=settings, iterations=iterations)
        except ValueError:
            # Where only sure matches reach a level, its u tends to zero and Splink refuses the zero: stop earlier.
            continue
        return Model(prior, parameters, {**estimated_on, "sampled_pairs": left.num_rows, "iterations": done})
    raise ContractError(
        f"estimate_model: {left.num_rows} pairs are too few to estimate m and u. Deliver more years, or give --model."
    )


def silent(settings: ModelSettings, *, estimated_on: dict[str, int]) -> Model:
    """Return a model that proposes nothing: no level weighs anything, a match is as rare as can be written."""
    return Model(10.0**-DIGITS, {name: [(0.5, 0.5)] * nb for name, nb in _levels(settings).items()}, estimated_on)


def usual_start(settings: ModelSettings) -> Model:
    """Return a start with matches on the first level of every comparison, other pairs on the others."""
    parameters = {
        name: list(zip(_first(1 - LITTLE, nb), _first(LITTLE, nb), strict=True))
        for name, nb in _levels(settings).items()
    }
    return Model(START_PRIOR, parameters, {})


def _levels(settings: ModelSettings) -> dict[str, int]:
    return {comparison.name: len(comparison.levels) for comparison in comparisons(settings.comparisons, DUCKDB)}


def _first(share: float, levels: int) -> list[float]:
    return [share] + [(1 - share) / (levels - 1)] * (levels - 1)


def starting_point(left: pa.Table, right: pa.Table, sure_matches: pa.Table, *, settings: ModelSettings) -> Model:
    """Return m of the pairs known to be matches, u of all others, each level counted once more than seen.

    A comparison on which the known pairs are all alike (the key, which chose them) teaches no m: most true pairs are
    put on its first level.
    """
    with duckdb.connect(config={"threads": 1, "temp_directory": ""}) as connection:
        for name, table in (("l", left), ("r", right), ("known", sure_matches)):
            connection.register(f"{name}_pairs", table)
        sides = ", ".join(f'{side}."{c}" AS "{c}_{side}"' for side in ("l", "r") for c in left.column_names)
        connection.execute(
            f"CREATE TEMP TABLE pairs AS SELECT {sides}, (k.{PAIR} IS NOT NULL)::int AS sure FROM l_pairs l "
            f"JOIN r_pairs r USING ({PAIR}) LEFT JOIN known_pairs k ON k.{PAIR} = l.{PAIR}"
        )
        parameters = {}
        for comparison in comparisons(settings.comparisons, DUCKDB):
            level_counts = dict.fromkeys(
                ((position, sure) for position in range(len(comparison.levels)) for sure in (0, 1)), 1
            )
            when = " ".join(
                f"WHEN {'TRUE' if level.sql == 'ELSE' else level.sql} THEN {position}"
                for position, level in enumerate(comparison.levels)
            )
            rows = connection.execute(
                f"SELECT CASE WHEN {comparison.null} THEN NULL {when} END AS level, sure, count(*) "
                "FROM pairs GROUP BY ALL"
            ).fetchall()
            for level, sure, nb in rows:
                if level is not None:
                    level_counts[level, sure] += nb
            parameters[comparison.name] = _shares(level_counts, len(comparison.levels))
    return Model(START_PRIOR, parameters, {})


def _shares(level_counts: dict[tuple[int, int], int], levels: int) -> list[tuple[float, float]]:
    columns = []
    for sure in (1, 0):
        numbers = [level_counts[level, sure] for level in range(levels)]
        if sure and sum(number > 1 for number in numbers) < 2:
            columns.append(_first(1 - LITTLE, levels))
        else:
            columns.append([number / sum(numbers) for number in numbers])
    return list(zip(*columns, strict=True))


def _em(
    left: pa.Table, right: pa.Table, start: Model, *, settings: ModelSettings, iterations: int
) -> tuple[float, dict[str, list[tuple[float, float]]], int]:
    least = max(settings.estimation.least, 10.0**-DIGITS)
    with duckdb.connect(config={"threads": 1, "temp_directory": ""}) as connection:
        api = DuckDBAPI(connection=connection)
        tables = [api.register(table, dataset_display_name=name) for name, table in ((LEFT, left), (RIGHT, right))]
        options = {"unique_id_column_name": PAIR, "max_iterations": iterations}
        linker = Linker(tables, {**splink_settings(comparisons(settings.comparisons, DUCKDB), start), **options})
        # No comparison looks at term frequencies: counts of patterns give the same parameters, sooner.
        session = linker.training.estimate_parameters_using_expectation_maximisation(
            f"l.{PAIR} = r.{PAIR}", estimate_without_term_frequencies=True, fix_u_probabilities=False
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
        prior = float(trained.probability_two_random_records_match)
        # Splink shows its turns in charts only; the first entry is where it starts.
        done = len(session._core_model_settings_history) - 1  # noqa: SLF001
        return round(min(max(prior, SURE), 1 - SURE), DIGITS), parameters, done


def _join_side(sample: DataFrame, records: DataFrame, key: str, side: str) -> DataFrame:
    keys = sample.select(_pair().alias(PAIR), F.col(key).alias(Record.record_key))
    return keys.join(records.where(F.col(Record.side) == side), on=Record.record_key, how="inner")


def _pair() -> Column:
    return F.concat_ws("-", CandidatePair.procedure_key, CandidatePair.reference_key)


def _rounded(probability: object, least: float) -> float:
    # A level never reached in the sample has no estimate: it must not decide anything, hence a neutral weight.
    return round(max(float(probability), least), DIGITS) if isinstance(probability, float) else 0.5
