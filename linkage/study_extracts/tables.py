"""The declared tables as exact counts; nothing here may leave before the door (``disclosure``)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.outcomes import ORIENTATIONS
from linkage.settings.study_extracts import StudyDelays, StudySettings, StudyTable, StudyUnit
from linkage.study_extracts.course import LEAST
from linkage.study_extracts.population import POIDS
from linkage.tables.linked_base import Case
from linkage.tables.study_extracts import StudyCase

WHOLE, TOTAL, LINKED, ALONE = "Ensemble", "Total", "liées", "sans lien"
SENSITIVITY = "sensibilite"
CELL = ["table", "unit", "by", "indicator", "row", "column"]
NB, WEIGHTED = "nb", "weighted"
DELAY = "*"
"""In place of a table's name, for days until a step."""
DECIMAL = "decimal(20,8)"
ORDERS: dict[str, Sequence[str]] = {StudyCase.orientation: ORIENTATIONS, LINKED: (LINKED, ALONE)}
"""Columns that are shown even when nobody is in them."""


def list_tables(study: StudySettings) -> list[StudyTable]:
    """Return the declared tables, then how many of each row are linked: the match rate beside each of them."""
    rated = {("victime", StudyCase.millesime)} | {(table.unit, table.by) for table in study.tables}
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


def count_cases(cases: Mapping[StudyUnit, DataFrame], by_weight: DataFrame, study: StudySettings) -> ExactCounts:
    """Count every cell of every table, those of safer links, and the delays, in one Spark action: each would plan anew.

    A cell has its exact count; margins are included, empty crossings are zeros. ``weighted`` sums what each case stands
    for when those without link are counted too. Reads ``by_weight``: one row per victim and weight that a link of hers
    reaches.
    """
    declared = _by_unit(cases, study)
    units = [_cases(cases[unit], tables) for unit, tables in declared.items()]
    every = [*units, _safer(by_weight), _delayed(cases["victime"], study.delays)]
    counts = _counts(reduce(DataFrame.unionByName, every))
    cells = pd.concat([_cells(counts, declared), _sensitivity(counts)], ignore_index=True)
    return ExactCounts(cells, _days(counts))


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
    return grouped.agg(F.count("*").alias(NB), F.sum(POIDS).cast("double").alias(WEIGHTED)).toPandas()


def _cells(counts: pd.DataFrame, declared: Mapping[StudyUnit, Sequence[StudyTable]]) -> pd.DataFrame:
    tables = []
    for table in itertools.chain.from_iterable(declared.values()):
        # A table that left a row out would tell that it is a row of zeros.
        alike = [one.name for one in declared[table.unit] if one.by == table.by]
        rows = counts.loc[counts["table"].isin(alike), "row"]
        tables.append(_whole(counts[counts["table"] == table.name], table, sorted(rows.unique())))
    return pd.concat(tables, ignore_index=True)[[*CELL, NB, WEIGHTED]]


def _cases(cases: DataFrame, tables: Sequence[StudyTable]) -> DataFrame:
    """Return one row per case and table that it is in."""
    link = F.when(F.col(Case.est_liee), LINKED).otherwise(ALONE)
    cell = F.array(
        *(
            F.struct(
                F.lit(table.name).alias("table"),
                F.coalesce(F.col(table.by).cast("string"), F.lit("inconnu")).alias("row"),
                (link if table.indicator == LINKED else F.col(table.indicator)).alias("column"),
            )
            for table in tables
        )
    )
    one = cases.select(F.explode(cell).alias("cell"), F.col(POIDS).cast(DECIMAL).alias(POIDS))
    return one.where(F.col("cell.column").isNotNull()).select("cell.*", *_no_delay(), POIDS)


def _whole(counts: pd.DataFrame, table: StudyTable, rows: Sequence[str]) -> pd.DataFrame:
    """Return the table with its margins."""
    long = [_margins(counts, measure, rows, ORDERS.get(table.indicator)) for measure in (NB, WEIGHTED)]
    both = pd.concat(long, axis="columns").reset_index().astype({NB: "int64"})
    return both.assign(table=table.name, unit=table.unit, by=table.by, indicator=table.indicator)


def _margins(counts: pd.DataFrame, measure: str, rows: Sequence[str], order: Sequence[str] | None) -> pd.Series:
    square = counts.pivot_table(index="row", columns="column", values=measure, aggfunc="sum", fill_value=0)
    square = square.reindex(index=rows, fill_value=0)
    if order is not None:
        square = square.reindex(columns=list(order), fill_value=0)
    square[TOTAL] = square.sum(axis="columns")
    square.loc[WHOLE] = square.sum(axis="index")
    square.index.name, square.columns.name = "row", "column"
    return square.stack().rename(measure)


def _safer(by_weight: DataFrame) -> DataFrame:
    row, column = F.col(LEAST).cast("string").alias("row"), F.col(StudyCase.orientation).alias("column")
    return by_weight.select(F.lit(SENSITIVITY).alias("table"), row, column, *_no_delay(), _one())


def _sensitivity(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the headline again from safer links: a row per least weight; each holds the next."""
    by_least_weight = counts[counts["table"] == SENSITIVITY]
    rows = by_least_weight.assign(row=[f"{float(least):g}" for least in by_least_weight["row"]])
    long = _margins(rows, NB, sorted(rows["row"].unique()), ORIENTATIONS).reset_index().astype({NB: "int64"})
    long = long[long["row"] != WHOLE]
    table_names = {"table": SENSITIVITY, "unit": "victime", "by": LEAST, "indicator": StudyCase.orientation}
    return long.assign(**table_names, **{WEIGHTED: long[NB].astype("float64")})[[*CELL, NB, WEIGHTED]]


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
    one = cases.where(Case.est_liee).select(F.explode(days_of_steps).alias("one")).select("one.*", _one())
    return one.where(F.col("days").isNotNull() & F.col("seen").isNotNull())


def _days(counts: pd.DataFrame) -> pd.DataFrame:
    delays = counts[counts["table"] == DELAY].rename(columns={"column": "step"})
    return delays[["step", "row", "days", "seen", NB]].astype({"days": "int64", "seen": "bool"})


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
        seen_days = days[days["seen"]]
        rows.append(
            {
                "step": step,
                "row": row,
                "nb_seen": int(seen_days[NB].sum()),
                "nb_censored": int(days[NB].sum() - seen_days[NB].sum()),
                "median": quantile(seen_days, 0.5) if len(seen_days) else float("nan"),
                "median_km": quantile(days, 0.5),
                "third_quartile_km": quantile(days, 0.75),
            }
        )
    columns = ["step", "row", "nb_seen", "nb_censored", "median", "median_km", "third_quartile_km"]
    return pd.DataFrame(rows, columns=columns)
