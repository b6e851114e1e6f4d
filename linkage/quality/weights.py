"""What a linked procedure stands for: inverse-probability weights in cells, and the shares they correct."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.quality.estimates.expectations import PAIR
from linkage.quality.subgroups import OTHERS
from linkage.quality.traits import MISSING, WHOLE
from linkage.settings.quality import WeightsSettings
from linkage.tables.links import RETAINED, Link
from linkage.tables.quality import Balance, Weight
from linkage.tables.sources import Evenement
from linkage.tables.standardised import Procedure

CONJUGAL = "violences conjugales"
OUTCOME = "suite judiciaire"
PROSECUTED, SETTLED, DISMISSED, NOTHING = (
    *("poursuites", "composition pénale", "classement sans suite"),
    "aucune décision connue",
)
TRAITS: list[str] = [
    Weight.avec_mis_en_cause,
    Weight.famille,
    Weight.force,
    Weight.millesime,
    Weight.code_departement,
]


def counted(procedures: DataFrame, links: DataFrame, evenements: DataFrame, *, conjugal: Sequence[str]) -> DataFrame:
    """Sent procedures by crossing of traits, conjugal violence or not, and outcome of their affairs.

    ``nb`` and ``nb_linked``; the outcome is null where nothing is linked. Of several affairs, the furthest counts:
    prosecution, then composition pénale, then classement.
    """
    retained = links.where(F.col(Link.status) == RETAINED).select(*PAIR)
    kinds = evenements.groupBy(Evenement.id_affaire).agg(F.collect_set(_outcome()).alias("kinds"))
    found = retained.join(kinds, on=Link.id_affaire, how="left").groupBy(Link.id_procedure)
    outcomes = found.agg(F.array_distinct(F.flatten(F.collect_list("kinds"))).alias("kinds")).select(
        Link.id_procedure, F.lit(1).alias("linked"), _furthest(F.col("kinds")).alias(OUTCOME)
    )
    sent = procedures.where(F.col(Procedure.date_transmission).isNotNull())
    return (
        sent.withColumn(Weight.avec_mis_en_cause, F.col(Procedure.nb_mis_en_cause) > 0)
        .join(outcomes, on=Procedure.id_procedure, how="left")
        .groupBy(
            *(F.coalesce(F.col(name).cast("string"), F.lit(MISSING)).alias(name) for name in TRAITS),
            F.arrays_overlap(Procedure.natinfs, F.array(*map(F.lit, conjugal))).alias(CONJUGAL),
            OUTCOME,
        )
        .agg(F.count("*").alias("nb"), F.coalesce(F.sum("linked"), F.lit(0)).alias("nb_linked"))
    )


def weights(counts: pd.DataFrame, *, version: str, settings: WeightsSettings) -> pd.DataFrame:
    """``quality/weights``: one row per crossing of traits, with its cell and weight.

    Method: weighting-class adjustment (Little and Rubin 2019, ch. 3; Haziza and Beaumont 2017): within a cell, linked
    procedures stand for all; weight = sent / linked, so the weights of the linked add up to the sent, cell by cell.
    Cells too small are pooled with their neighbours, the last trait first; what is then still too small joins the
    smallest cell beside it.
    """
    crossings = counts.groupby(TRAITS, as_index=False)[["nb", "nb_linked"]].sum().sort_values(TRAITS, ignore_index=True)
    cells = _pooled(crossings, list(range(len(crossings))), list(settings.variables), settings)
    number = {row: position for position, cell in enumerate(cells) for row in cell}
    crossings[Weight.cell] = pd.Series(number, dtype="int64")
    sums = crossings.groupby(Weight.cell)[["nb", "nb_linked"]].transform("sum")
    crossings[["nb", "nb_linked"]] = sums
    crossings[Weight.weight] = (sums["nb"] / sums["nb_linked"]).where(sums["nb_linked"] > 0)
    return crossings.assign(**{Weight.version: version})


def _pooled(
    crossings: pd.DataFrame, rows: list[int], variables: list[str], settings: WeightsSettings
) -> list[list[int]]:
    """The cells that the rows make: crossed by the first variable, then by the next, pooled from the last back."""
    if not variables or not rows:
        return [rows]
    groups = crossings.loc[rows].groupby(variables[0]).indices.values()
    cells = [cell for group in groups for cell in _pooled(crossings, [rows[i] for i in group], variables[1:], settings)]

    def large(cell: list[int]) -> bool:
        size = crossings.loc[cell, ["nb", "nb_linked"]].sum()
        return bool(size["nb"] >= settings.smallest_cell and size["nb_linked"] >= settings.smallest_linked)

    kept = [cell for cell in cells if large(cell)]
    rest = [row for cell in cells if not large(cell) for row in cell]
    if rest and kept and not large(rest):
        smallest = min(kept, key=lambda cell: (crossings.loc[cell, "nb"].sum(), cell))
        return [cell + rest if cell is smallest else cell for cell in kept]
    return [*kept, rest] if rest else kept


def balance(counts: pd.DataFrame, weights: pd.DataFrame, *, version: str, smallest: int) -> pd.DataFrame:
    """``quality/balance``: shares among linked procedures, bare and weighted, beside all those sent where known.

    Categories of fewer than ``smallest`` linked procedures are merged as ``autres``, with the next smallest when they
    are still too few; a population of fewer is left out.
    """
    joined = counts.merge(weights[[*TRAITS, Weight.weight]], on=TRAITS, how="left", validate="many_to_one")
    joined["weighted"] = joined["nb_linked"] * joined[Weight.weight].fillna(0.0)
    populations = {WHOLE: joined, CONJUGAL: joined[joined[CONJUGAL].eq(True)]}
    made = []
    for population, members in populations.items():
        total = members[["nb", "nb_linked", "weighted"]].sum()
        if total["nb_linked"] < smallest:
            continue
        for measure in (*TRAITS, OUTCOME):
            sums = members.dropna(subset=[measure]).groupby(measure)[["nb", "nb_linked", "weighted"]].sum()
            sums = sums.groupby(_shown(sums["nb_linked"], smallest)).sum()
            shares = (sums / total).where(sums["nb_linked"] >= smallest)
            known = shares["nb"] if measure != OUTCOME else None
            made.append(
                pd.DataFrame(
                    {
                        Balance.population: population,
                        Balance.measure: measure,
                        Balance.modalite: sums.index.astype(str),
                        Balance.nb_linked: int(total["nb_linked"]),
                        Balance.share: shares["nb_linked"].to_numpy(),
                        Balance.weighted_share: shares["weighted"].to_numpy(),
                        Balance.known_share: known.to_numpy() if known is not None else float("nan"),
                    }
                )
            )
    if not made:
        return pd.DataFrame(columns=Balance.names())
    return pd.concat(made, ignore_index=True).assign(**{Balance.version: version})


def _shown(sizes: pd.Series, smallest: int) -> pd.Series:
    """The name under which each category is shown: its own, or ``autres``."""
    ordered = sizes.sort_values(kind="stable")
    before = ordered.cumsum() - ordered
    hidden = (ordered < smallest) | ((ordered.min() < smallest) & (before < smallest))
    return pd.Series(ordered.index.astype(str), index=ordered.index).where(~hidden, OTHERS)


def _outcome() -> Column:
    kind, code = F.col(Evenement.type), F.col(Evenement.code)
    return (
        F.when((kind == "orientation") & (code == "composition_penale"), F.lit(SETTLED))
        .when(kind.isin("orientation", "decision"), F.lit(PROSECUTED))
        .when(kind == "classement", F.lit(DISMISSED))
    )


def _furthest(kinds: Column) -> Column:
    steps = [F.when(F.array_contains(kinds, step), F.lit(step)) for step in (PROSECUTED, SETTLED, DISMISSED)]
    return F.coalesce(*steps, F.lit(NOTHING))
