"""The declared tables as exact counts; nothing here may leave before the door (``disclosure``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd  # type: ignore[import-untyped]
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.settings import StudyDelays, StudySettings, StudyTable, StudyUnit
from linkage.study_extracts.course import LEAST, ORIENTATIONS
from linkage.study_extracts.population import POIDS

WHOLE, TOTAL, LINKED, ALONE = "Ensemble", "Total", "liées", "sans lien"
SENSITIVITY = "sensibilite"
CELL = ["table", "unit", "by", "indicator", "row", "column"]
NB, WEIGHTED = "nb", "weighted"
ORDERS: dict[str, Sequence[str]] = {"orientation": ORIENTATIONS, LINKED: (LINKED, ALONE)}
"""Columns that are shown even when nobody is in them."""


def asked(study: StudySettings) -> list[StudyTable]:
    """The declared tables, then how many of each row are linked: the match rate beside each of them."""
    rated = {("victime", "millesime")} | {(table.unit, table.by) for table in study.tables}
    return [
        *study.tables,
        *(
            StudyTable.model_construct(name=f"liaison_{unit}_{by}", title="", unit=unit, by=by, indicator=LINKED)
            for unit, by in sorted(rated)
            if unit != "mis_en_cause"
        ),
    ]


def cells(cases: Mapping[StudyUnit, DataFrame], study: StudySettings) -> pd.DataFrame:
    """Every cell of every table with its exact count, margins included, empty crossings as zeros.

    ``weighted`` sums what each case stands for when those without link are counted too.
    """
    made = []
    for unit, frame in cases.items():
        tables = [table for table in asked(study) if table.unit == unit]
        if tables:
            counted: pd.DataFrame = _counted(frame, tables).toPandas()
            for table in tables:
                # A row that a table left out would be a row of zeros, said.
                rows = counted.loc[counted["table"].isin([one.name for one in tables if one.by == table.by]), "row"]
                made.append(_whole(counted[counted["table"] == table.name], table, sorted(rows.unique())))
    return pd.concat(made, ignore_index=True)[[*CELL, NB, WEIGHTED]]


def _counted(cases: DataFrame, tables: Sequence[StudyTable]) -> DataFrame:
    link = F.when(F.col("est_liee"), LINKED).otherwise(ALONE)
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
    # Weights as decimals: their sum is the same in any order.
    one = cases.select(F.explode(cell).alias("cell"), F.col(POIDS).cast("decimal(20,8)").alias(POIDS))
    known = one.select("cell.*", POIDS).where(F.col("column").isNotNull())
    return known.groupBy("table", "row", "column").agg(
        F.count("*").alias(NB), F.sum(POIDS).cast("double").alias(WEIGHTED)
    )


def _whole(counted: pd.DataFrame, table: StudyTable, rows: Sequence[str]) -> pd.DataFrame:
    """The table with its margins."""
    long = [_margins(counted, measure, rows, ORDERS.get(table.indicator)) for measure in (NB, WEIGHTED)]
    both = pd.concat(long, axis="columns").reset_index().astype({NB: "int64"})
    return both.assign(table=table.name, unit=table.unit, by=table.by, indicator=table.indicator)


def _margins(counted: pd.DataFrame, measure: str, rows: Sequence[str], order: Sequence[str] | None) -> pd.Series:
    square = counted.pivot_table(index="row", columns="column", values=measure, aggfunc="sum", fill_value=0)
    square = square.reindex(index=rows, fill_value=0)
    if order is not None:
        square = square.reindex(columns=list(order), fill_value=0)
    square[TOTAL] = square.sum(axis="columns")
    square.loc[WHOLE] = square.sum(axis="index")
    square.index.name, square.columns.name = "row", "column"
    return square.stack().rename(measure)


def sensitivity(by_weight: DataFrame) -> pd.DataFrame:
    """The headline again from safer and safer links: a row per least weight, no sum of rows since each holds the next.

    Reads ``poids_minimal`` and ``orientation``, one row per victim and weight that a link of hers reaches.
    """
    counted: pd.DataFrame = by_weight.groupBy(LEAST, "orientation").agg(F.count("*").alias(NB)).toPandas()
    rows = counted.assign(row=[f"{least:g}" for least in counted[LEAST]]).rename(columns={"orientation": "column"})
    long = _margins(rows, NB, sorted(rows["row"].unique()), ORIENTATIONS).reset_index().astype({NB: "int64"})
    long = long[long["row"] != WHOLE]
    named = {"table": SENSITIVITY, "unit": "victime", "by": LEAST, "indicator": "orientation"}
    return long.assign(**named, **{WEIGHTED: long[NB].astype("float64")})[[*CELL, NB, WEIGHTED]]


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
