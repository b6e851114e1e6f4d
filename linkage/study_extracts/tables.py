"""The declared tables as exact counts; nothing here may leave before the door (``disclosure``)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.courses import ID, LEAST
from linkage.concepts.outcomes import ORIENTATIONS, UNKNOWN
from linkage.platform.errors import ContractError
from linkage.settings.study_extracts import StudyDelays, StudySettings, StudyTable, StudyUnit
from linkage.study_extracts.categories import ALONE, LINKED, Categories
from linkage.study_extracts.population import KEY, POIDS
from linkage.tables.linked_base import Case
from linkage.tables.study_extracts import StudyCase

WHOLE, TOTAL = "Ensemble", "Total"
SENSITIVITY = "sensibilite"
CELL = ["table", "unit", "by", "indicator", "row", "column"]
NB, WEIGHTED = "nb", "weighted"
DELAY = "*"
"""In place of a table's name, for days until a step."""
DECIMAL = "decimal(20,8)"


def list_tables(study: StudySettings) -> list[StudyTable]:
    """Return the declared tables, then how many of each row are linked: the match rate beside each of them."""
    rated = {("victime", "millesime")} | {(table.unit, table.by) for table in study.tables}
    return [
        *study.tables,
        *(
            StudyTable.model_construct(name=f"liaison_{unit}_{by}", title="", unit=unit, by=by, indicator=LINKED)
            for unit, by in sorted(rated)
            if unit != "mis_en_cause"
        ),
    ]


@dataclass(frozen=True)
class ExactCounts:
    """The exact counts of one study: cells with their margins, and days until each step."""

    cells: pd.DataFrame
    delays: pd.DataFrame


def count_cases(
    cases: Mapping[StudyUnit, DataFrame], by_weight: DataFrame, study: StudySettings, categories: Categories
) -> ExactCounts:
    """Count every cell of every table, those of safer links, and the delays, in one Spark action: each would plan anew.

    A cell has its exact count and the record keys of those counted, joined; margins are included. Rows and columns are
    those of ``categories``: empty ones are zeros, and what the nomenclatures do not have is unknown. ``weighted`` sums
    what each case stands for when those without link are counted too.

    Reads ``by_weight``: one row per victim and weight that a link of hers reaches.
    """
    declared = _by_unit(cases, study)
    units = [_cases(cases[unit], tables, categories) for unit, tables in declared.items()]
    every = [*units, _safer(by_weight), _delayed(cases["victime"], study.delays)]
    counted_rows = _counts(reduce(DataFrame.unionByName, every))
    cells = [_cells(counted_rows, table, categories) for table in itertools.chain.from_iterable(declared.values())]
    return ExactCounts(pd.concat([*cells, _sensitivity(counted_rows, study)], ignore_index=True), _days(counted_rows))


def _by_unit(units: Iterable[StudyUnit], study: StudySettings) -> dict[StudyUnit, list[StudyTable]]:
    declared = {unit: [table for table in list_tables(study) if table.unit == unit] for unit in units}
    return {unit: tables for unit, tables in declared.items() if tables}


def _no_delay() -> tuple[Column, Column]:
    return F.lit(None).cast("int").alias("days"), F.lit(None).cast("boolean").alias("seen")


def _one() -> Column:
    return F.lit(1).cast(DECIMAL).alias(POIDS)


def _counts(rows: DataFrame) -> pd.DataFrame:
    # Weights as decimals: their sum is the same in any order.
    grouped = rows.groupBy("table", "row", "column", "days", "seen")
    measures = F.count("*").alias(NB), F.sum(POIDS).cast("double").alias(WEIGHTED), F.bit_xor(KEY).alias(KEY)
    return grouped.agg(*measures).toPandas()


def _cases(cases: DataFrame, tables: Sequence[StudyTable], categories: Categories) -> DataFrame:
    """Return one row per case and table that it is in."""
    link = F.when(F.col(Case.est_liee), LINKED).otherwise(ALONE)
    cell = F.array(
        *(
            F.struct(
                F.lit(table.name).alias("table"),
                _among(F.col(table.by).cast("string"), categories.rows(table.unit, table.by)).alias("row"),
                (
                    link
                    if table.indicator == LINKED
                    else F.when(
                        F.col(table.indicator).isNotNull(),
                        _among(F.col(table.indicator), categories.columns(table.indicator)),
                    )
                ).alias("column"),
            )
            for table in tables
        )
    )
    key = F.col(KEY) if KEY in cases.columns else F.xxhash64(ID).alias(KEY)
    one = cases.select(F.explode(cell).alias("cell"), F.col(POIDS).cast(DECIMAL).alias(POIDS), key)
    return one.where(F.col("cell.column").isNotNull()).select("cell.*", *_no_delay(), POIDS, KEY)


def _among(value: Column, known: Sequence[str]) -> Column:
    """Return the value where the nomenclature has it."""
    return F.when(value.isin(*known), value).otherwise(UNKNOWN)


def _cells(counted_rows: pd.DataFrame, table: StudyTable, categories: Categories) -> pd.DataFrame:
    """Return the table with its margins."""
    rows, columns = categories.rows(table.unit, table.by), categories.columns(table.indicator)
    counted = counted_rows.loc[counted_rows["table"] == table.name]
    if not set(counted["row"]) <= {*rows} or not set(counted["column"]) <= {*columns}:
        raise ContractError(
            f"study_extracts: table {table.name}: cases of no row or column that it has; none expected."
        )
    named = {"table": table.name, "unit": table.unit, "by": table.by, "indicator": table.indicator}
    return _margins(counted, rows, columns).assign(**named)[[*CELL, NB, WEIGHTED, KEY]]


def _margins(counted: pd.DataFrame, rows: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """Return every crossing of rows and columns, totals and the whole: counts, sums of weights, keys joined."""
    whole, total = counted.assign(row=WHOLE), counted.assign(column=TOTAL)
    every = pd.concat([counted, whole, total, whole.assign(column=TOTAL)], ignore_index=True)
    alike = every.groupby(["row", "column"])
    cells = alike[[NB, WEIGHTED]].sum().assign(**{KEY: join_keys(every[KEY], alike.ngroup(), nb=alike.ngroups)})
    index = pd.MultiIndex.from_product([[*rows, WHOLE], [*columns, TOTAL]], names=["row", "column"])
    return cells.reindex(index, fill_value=0).reset_index().astype({NB: "int64", WEIGHTED: "float64"})


def join_keys(keys: pd.Series, groups: pd.Series, *, nb: int) -> npt.NDArray[np.int64]:
    """Return the key of the persons of each group together: exclusive or, whatever their order; 0 for nobody."""
    joined = np.zeros(nb, dtype=np.int64)
    np.bitwise_xor.at(joined, groups.to_numpy(), keys.to_numpy(dtype=np.int64))
    return joined


def _safer(by_weight: DataFrame) -> DataFrame:
    row, column = F.col(LEAST).cast("string").alias("row"), F.col(StudyCase.orientation).alias("column")
    return by_weight.select(
        F.lit(SENSITIVITY).alias("table"), row, column, *_no_delay(), _one(), F.xxhash64(ID).alias(KEY)
    )


def _sensitivity(counted_rows: pd.DataFrame, study: StudySettings) -> pd.DataFrame:
    """Return the headline again from safer links: a row per least weight; each holds the next."""
    by_least_weight = counted_rows[counted_rows["table"] == SENSITIVITY]
    rows = by_least_weight.assign(row=[f"{float(least):g}" for least in by_least_weight["row"]])
    declared = [f"{least:g}" for least in sorted(study.sensitivity.match_weights)]
    cells = _margins(rows, declared, ORIENTATIONS)
    named = {"table": SENSITIVITY, "unit": "victime", "by": LEAST, "indicator": StudyCase.orientation}
    return cells[cells["row"] != WHOLE].assign(**named)[[*CELL, NB, WEIGHTED, KEY]]


def count_days(cases: DataFrame, declared: StudyDelays) -> pd.DataFrame:
    """Return ``step, row, days, seen, nb``: linked cases by days until a step, seen or censored at the extraction."""
    return _days(_counts(_delayed(cases, declared)))


def _delayed(cases: DataFrame, declared: StudyDelays) -> DataFrame:
    rows: list[Column] = [F.coalesce(F.col(declared.by).cast("string"), F.lit("inconnu")), F.lit(WHOLE)]
    days_of_steps = F.array(
        *(
            F.struct(
                F.lit(DELAY).alias("table"),
                row.alias("row"),
                F.lit(step).alias("column"),
                F.col(f"jours_{step}").cast("int").alias("days"),
                F.col(f"vu_{step}").alias("seen"),
            )
            for step in declared.steps
            for row in rows
        )
    )
    one = cases.where(Case.est_liee).select(F.explode(days_of_steps).alias("one"), F.xxhash64(ID).alias(KEY))
    one = one.select("one.*", _one(), KEY)
    return one.where(F.col("days").isNotNull() & F.col("seen").isNotNull())


def _days(counted_rows: pd.DataFrame) -> pd.DataFrame:
    delays = counted_rows[counted_rows["table"] == DELAY].rename(columns={"column": "step"})
    return delays[["step", "row", "days", "seen", NB, KEY]].astype({"days": "int64", "seen": "bool"})


def quantile(days: pd.DataFrame, share: float) -> float:
    """Return the days by which that share had come to the step; NaN when the last seen comes before.

    Method: Kaplan and Meier (1958). Those censored on a day were still at risk on it.
    """
    by_day = days.pivot_table(index="days", columns="seen", values=NB, aggfunc="sum", fill_value=0)
    by_day = by_day.reindex(columns=[True, False], fill_value=0).sort_index()
    at_risk = by_day.sum(axis="columns")[::-1].cumsum()[::-1]
    survival = (1 - by_day[True] / at_risk).cumprod()
    reached = survival.index[(survival <= 1 - share + 1e-12).to_numpy()]
    return float(reached[0]) if len(reached) else float("nan")


def compute_medians(delays: pd.DataFrame) -> pd.DataFrame:
    """Return one row per step and cohort: medians, plain and Kaplan–Meier, third quartile, numbers; all exact."""
    rows = []
    for (step, row), days in delays.groupby(["step", "row"], sort=True):
        seen = days[days["seen"]]
        rows.append(
            {
                "step": step,
                "row": row,
                "nb_seen": int(seen[NB].sum()),
                "nb_censored": int(days[NB].sum() - seen[NB].sum()),
                "median": quantile(seen, 0.5) if len(seen) else float("nan"),
                "median_km": quantile(days, 0.5),
                "third_quartile_km": quantile(days, 0.75),
            }
        )
    columns = ["step", "row", "nb_seen", "nb_censored", "median", "median_km", "third_quartile_km"]
    return pd.DataFrame(rows, columns=columns)
