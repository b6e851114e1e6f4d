"""The declared tables as exact counts; nothing here may leave before the door (``disclosure``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.settings import StudyDelays, StudySettings, StudyTable, StudyUnit
from linkage.study_extracts.course import ORIENTATIONS, WEIGHT

WHOLE, TOTAL, LINKED = "Ensemble", "Total", "liées"
CELL = ["table", "unit", "by", "indicator", "row", "column"]
NB = "nb"


def cells(cases: Mapping[StudyUnit, DataFrame], study: StudySettings) -> pd.DataFrame:
    """Every cell of every table with its exact count, margins included, empty crossings as zeros."""
    made = []
    for unit, frame in cases.items():
        tables = [table for table in study.tables if table.unit == unit]
        if tables:
            counted: pd.DataFrame = _counted(frame.where("est_liee"), tables).toPandas()
            made += [_whole(counted[counted["table"] == table.name], table) for table in tables]
    return pd.concat(made, ignore_index=True)[[*CELL, NB]]


def _counted(cases: DataFrame, tables: Sequence[StudyTable]) -> DataFrame:
    asked = F.array(
        *(
            F.struct(
                F.lit(table.name).alias("table"),
                F.coalesce(F.col(table.by).cast("string"), F.lit("inconnu")).alias("row"),
                F.col(table.indicator).alias("column"),
            )
            for table in tables
        )
    )
    one = cases.select(F.explode(asked).alias("cell")).select("cell.*").where(F.col("column").isNotNull())
    return one.groupBy("table", "row", "column").agg(F.count("*").alias(NB))


def _whole(counted: pd.DataFrame, table: StudyTable) -> pd.DataFrame:
    """The table with its margins."""
    square = counted.pivot_table(index="row", columns="column", values=NB, aggfunc="sum", fill_value=0)
    if table.indicator == "orientation":
        square = square.reindex(columns=list(ORIENTATIONS), fill_value=0)
    square[TOTAL] = square.sum(axis="columns")
    square.loc[WHOLE] = square.sum(axis="index")
    square.index.name, square.columns.name = "row", "column"
    long = square.stack().rename(NB).reset_index().astype({NB: "int64"})
    return long.assign(table=table.name, unit=table.unit, by=table.by, indicator=table.indicator)


def delays(cases: DataFrame, declared: StudyDelays) -> pd.DataFrame:
    """``step, row, days, seen, nb``: linked cases by days until a step, seen or censored at the extraction."""
    rows: list[Column] = [F.coalesce(F.col(declared.by).cast("string"), F.lit("inconnu")), F.lit(WHOLE)]
    asked = F.array(
        *(
            F.struct(
                F.lit(step).alias("step"),
                row.alias("row"),
                F.col(f"jours_{step}").alias("days"),
                F.col(f"vu_{step}").alias("seen"),
            )
            for step in declared.steps
            for row in rows
        )
    )
    one = cases.where("est_liee").select(F.explode(asked).alias("one")).select("one.*")
    known = one.where(F.col("days").isNotNull() & F.col("seen").isNotNull())
    return known.groupBy("step", "row", "days", "seen").agg(F.count("*").alias(NB)).toPandas()


def quantile(days: pd.DataFrame, share: float) -> float:
    """Days by which that share had come to the step; NaN when the last seen comes before.

    Method: Kaplan and Meier (1958). Those censored on a day were still at risk on it.
    """
    by_day = days.pivot_table(index="days", columns="seen", values=NB, aggfunc="sum", fill_value=0)
    by_day = by_day.reindex(columns=[True, False], fill_value=0).sort_index()
    at_risk = by_day.sum(axis="columns")[::-1].cumsum()[::-1]
    survival = (1 - by_day[True] / at_risk).cumprod()
    reached = survival.index[(survival <= 1 - share + 1e-12).to_numpy()]
    return float(reached[0]) if len(reached) else float("nan")


def medians(delays: pd.DataFrame) -> pd.DataFrame:
    """One row per step and cohort: exact medians, plain among those seen and Kaplan–Meier, third quartile, counts."""
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


def headline(victims: DataFrame) -> pd.DataFrame:
    """``orientation, weight, nb, weighted``: linked victims by orientation and whole bits of their strongest link.

    ``weighted`` sums ``poids``, what each stands for among those that are not linked.
    """
    linked = victims.where("est_liee")
    return (
        linked.groupBy("orientation", F.floor(WEIGHT).alias("weight"))
        .agg(F.count("*").alias(NB), F.sum("poids").alias("weighted"))
        .toPandas()
    )


def sensitivity(headline: pd.DataFrame, match_weights: Sequence[float]) -> pd.DataFrame:
    """``match_weight, orientation, nb``: exact counts of linked victims whose strongest link reaches each weight."""
    made = [
        headline[headline["weight"] >= np.floor(least)]
        .groupby("orientation", as_index=False)[NB]
        .sum()
        .assign(match_weight=least)
        for least in match_weights
    ]
    return pd.concat(made, ignore_index=True)


def linked(victims: DataFrame) -> pd.DataFrame:
    """How many victims are linked, as a table of one row."""
    counted: pd.DataFrame = victims.groupBy("est_liee").agg(F.count("*").alias(NB)).toPandas()
    found, lost = (int(counted.loc[counted["est_liee"] == linked, NB].sum()) for linked in (True, False))
    columns = {LINKED: found, "sans lien": lost, TOTAL: found + lost}
    named = {"table": "victimes_liees", "unit": "victime", "by": "*", "indicator": LINKED, "row": WHOLE}
    return pd.DataFrame([{**named, "column": column, NB: nb} for column, nb in columns.items()])
