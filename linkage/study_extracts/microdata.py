"""The extract: allowed columns only, nobody alone in what others may know of a person, course and all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from linkage.concepts.courses import ID
from linkage.platform.errors import ContractError
from linkage.settings.study_extracts import MicrodataSettings
from linkage.study_extracts import months
from linkage.tables.linked_base import Personne, Procedure
from linkage.tables.study_extracts import StudyCase

ALL = "*"
NB, SHOWN = "nb", "_montre"


def select_candidates(
    victims: DataFrame, settings: MicrodataSettings, pseudonym: Callable[[Column], Column]
) -> DataFrame:
    """Return the sample of the linked persons, the declared columns as text, under pseudonyms of this extract alone.

    A person is there once, at her first recording. Months are in bands, those of a step seen only. The sample is drawn
    by the pseudonym: anew for each extract, so that what one has and another has not says nothing of who is there.
    """
    person = F.coalesce(F.col(Personne.id_individu), F.col(ID))
    first = Window.partitionBy(person).orderBy(Procedure.date_enregistrement, ID)
    once = victims.where(Procedure.est_liee).withColumn("order", F.row_number().over(first)).where("order = 1")
    bands = {
        str(StudyCase.mois_orientation): months.band("arrivee_orientation"),
        str(StudyCase.mois_fin): months.band("enregistrement_fin"),
    }
    columns = [(bands[name] if name in bands else F.col(name).cast("string")).alias(name) for name in settings.columns]
    drawn = F.conv(F.substring(ID, 1, 8), 16, 10).cast("double") / 2**32
    return once.select(pseudonym(F.col(ID)).alias(ID), *columns).where(drawn < settings.sample)


def count_crossings(candidates: DataFrame, settings: MicrodataSettings) -> pd.DataFrame:
    """Count persons by crossing of all columns: what is decided of the extract is decided of these."""
    counts: pd.DataFrame = candidates.groupBy(*settings.columns).agg(F.count("*").alias(NB)).toPandas()
    return counts


def climb_ladder(crossings: pd.DataFrame, settings: MicrodataSettings) -> tuple[pd.DataFrame, float]:
    """Return the crossings that may leave, as they may be shown (``_montre``), and the share of persons left out.

    Method: k-anonymity (Sweeney 2002), l-diversity (Machanavajjhala et al. 2007) and t-closeness (Li, Li and
    Venkatasubramanian 2007, distance of total variation), by global recoding; then columns of the course are emptied
    until each whole row is that of ``k`` persons.

    Raises
    ------
    ContractError
        The ladder ends before the ceiling holds.
    """
    shown = crossings.fillna(dict.fromkeys(settings.quasi_identifiers, ALL))
    share = 1.0
    for done in range(len(settings.ladder) + 1):
        if done:
            step = settings.ladder[done - 1]
            shown[step.column] = shown[step.column].map(step.to).fillna(ALL)
        kept = _diverse(shown, settings.quasi_identifiers, shown, settings)
        share = float(shown.loc[~kept, NB].sum() / max(1, shown[NB].sum()))
        if share <= settings.most_suppressed:
            emptied = _empty_course(shown[kept].reset_index(drop=True), settings)
            exact = crossings[kept].reset_index(drop=True)
            return exact.join(emptied[[*settings.columns]], rsuffix=SHOWN), share
    raise ContractError(
        f"study_extracts: with the whole ladder, {share:.1%} of persons share their traits and their end with fewer "
        f"than {settings.k} others, or tell it by their traits; {settings.most_suppressed:.1%} at most declared. "
        "Declare coarser steps or fewer columns."
    )


def _diverse(rows: pd.DataFrame, by: Sequence[str], of: pd.DataFrame, settings: MicrodataSettings) -> pd.Series:
    """Tell which rows have ``k`` persons alike with their end, among ends diverse and close to those of everybody."""
    by, end = list(by), settings.sensitive
    enough = rows.groupby([*by, end], dropna=False)[NB].transform("sum") >= settings.k
    kept = rows[enough]
    ends = kept.pivot_table(index=by, columns=end, values=NB, aggfunc="sum", fill_value=0, dropna=False)
    ends = ends[ends.sum(axis="columns") > 0]
    shares = ends.div(ends.sum(axis="columns"), axis="index")
    whole = of.groupby(end)[NB].sum() / of[NB].sum()
    distance = (
        shares.reindex(columns=whole.index, fill_value=0.0).sub(whole, axis="columns").abs().sum(axis="columns") / 2
    )
    good = shares.index[((ends > 0).sum(axis="columns") >= settings.l) & (distance <= settings.t)]
    return enough & pd.MultiIndex.from_frame(rows[by]).isin(_tuples(good))


def _tuples(index: pd.Index) -> list[tuple[object, ...]]:
    return [one if isinstance(one, tuple) else (one,) for one in index]


def _empty_course(rows: pd.DataFrame, settings: MicrodataSettings) -> pd.DataFrame:
    """Empty columns of the course where few share them: months first, then what a hearing tells, in declared order."""
    traits: list[str] = [*settings.quasi_identifiers]
    end, months = str(settings.sensitive), [*map(str, settings.trajectory)]
    shown = rows.fillna("")
    if months:
        by = [*traits, *months]
        shown = _empty(shown, traits, months, lambda now: ~_diverse(now, by, now, settings))
    known = [*traits, *months, end]
    for column in (name for name in settings.columns if name not in known):
        by = [*known, column]
        shown = _empty(shown, known, [column], lambda now, by=by: now.groupby(by)[NB].transform("sum") < settings.k)  # type: ignore[misc]
        known.append(column)
    return shown


def _empty(
    rows: pd.DataFrame, alike: Sequence[str], columns: Sequence[str], bad: Callable[[pd.DataFrame], pd.Series]
) -> pd.DataFrame:
    """Empty the columns of bad rows; where these are too few, of the smallest class alike too; else of all alike."""
    shown, columns, alike = rows.copy(), list(columns), list(alike)
    shown.loc[bad(shown), columns] = ""
    still = shown.assign(bad=bad(shown)).groupby(alike)["bad"].transform("any")
    sizes = shown.groupby([*alike, *columns])[NB].transform("sum")
    filled = still & (shown[columns] != "").any(axis="columns")
    classes = shown[filled].assign(size=sizes).sort_values(["size", *columns], kind="stable")
    smallest = classes.drop_duplicates(alike)[[*alike, *columns]]
    shown.loc[
        filled & pd.MultiIndex.from_frame(shown[[*alike, *columns]]).isin(_tuples(pd.MultiIndex.from_frame(smallest))),
        columns,
    ] = ""
    shown.loc[shown.assign(bad=bad(shown)).groupby(alike)["bad"].transform("any"), columns] = ""
    return shown


def count_alone(shown: pd.DataFrame, columns: Sequence[str], *, fewer: int) -> int:
    """Count the persons whose whole row is that of fewer persons than said."""
    sizes = shown.groupby(list(columns), dropna=False)[NB].sum()
    return int(sizes[sizes < fewer].sum())


def draw_extract(candidates: DataFrame, crossings: pd.DataFrame, settings: MicrodataSettings) -> DataFrame:
    """Return the rows that may leave, in the order of their pseudonyms."""
    exact, shown = list(settings.columns), [f"{name}{SHOWN}" for name in settings.columns]
    named = crossings[[*exact, *shown]].astype(object)
    schema = ", ".join(f"`{name}` string" for name in [*exact, *shown])
    rows = named.where(named.notna(), None).to_dict("split")["data"]
    table = candidates.sparkSession.createDataFrame(rows, schema)
    same = [candidates[name].eqNullSafe(table[name]) for name in exact]
    condition = same[0]
    for one in same[1:]:
        condition &= one
    emptied = [F.when(table[name] != "", table[name]).alias(column) for name, column in zip(shown, exact, strict=True)]
    return candidates.join(table, on=condition, how="inner").select(candidates[ID], *emptied).orderBy(ID)
