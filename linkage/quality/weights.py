"""What a linked procedure stands for: inverse-probability weights in cells, and the shares they correct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.concepts import crossings, outcomes
from linkage.concepts.crossings import TRAITS
from linkage.concepts.sides import OF_PROCEDURE, PAIR
from linkage.quality.subgroups import OTHERS
from linkage.quality.traits import WHOLE
from linkage.settings.quality import WeightsSettings
from linkage.tables.links import RETAINED, Link
from linkage.tables.quality import Balance, Weight
from linkage.tables.sources import Evenement
from linkage.tables.standardised import Procedure

CONJUGAL = "violences conjugales"
OUTCOME = "suite judiciaire"
NB, NB_LINKED = Weight.nb, Weight.nb_linked
WEIGHTED = "weighted"


def count_crossings(
    procedures: DataFrame,
    links: DataFrame,
    evenements: DataFrame,
    *,
    conjugal: Sequence[str],
    families: Mapping[str, str],
) -> DataFrame:
    """Count sent procedures by crossing of traits, conjugal violence or not, and orientation of their affairs.

    Reads ``standardised/procedures``, the links of one version and the events of affairs; ``conjugal`` are codes of
    offences, ``families`` gives the family of each motive of classement.
    Returns ``nb`` and ``nb_linked`` per crossing. Of several affairs, the furthest orientation counts.

    Nulls: the orientation of what has no link.
    """
    retained = links.where(F.col(Link.status) == RETAINED).select(*PAIR)
    shown = outcomes.orientation(F.col(Evenement.type), F.col(Evenement.code), families)
    per_affaire = evenements.groupBy(Evenement.id_affaire).agg(
        F.min(outcomes.rank(shown, outcomes.ORIENTATIONS)).alias("rank")
    )
    per_procedure = (
        retained.join(per_affaire, on=Link.id_affaire, how="left")
        .groupBy(*OF_PROCEDURE)
        .agg(F.lit(1).alias("linked"), outcomes.reached(F.min("rank")).alias(OUTCOME))
    )
    return (
        procedures.where(F.col(Procedure.date_transmission).isNotNull())
        .join(per_procedure, on=OF_PROCEDURE, how="left")
        .groupBy(
            *crossings.traits(),
            F.arrays_overlap(Procedure.natinfs, F.array(*map(F.lit, conjugal))).alias(CONJUGAL),
            OUTCOME,
        )
        .agg(F.count("*").alias(NB), F.coalesce(F.sum("linked"), F.lit(0)).alias(NB_LINKED))
    )


def build_weights(counts: pd.DataFrame, *, version: str, settings: WeightsSettings) -> pd.DataFrame:
    """Return ``quality/weights``: one row per crossing of traits, with its cell and weight.

    Method: weighting-class adjustment (Little and Rubin 2019, ch. 3; Haziza and Beaumont 2017): within a cell, linked
    procedures stand for all; weight = sent / linked, so the weights of the linked add up to the sent, cell by cell.
    Cells too small are pooled with their neighbours, the last trait first; what is then still too small joins the
    smallest cell beside it.

    Nulls: the weight of a cell where nothing is linked.

    Example
    -------
    Of 100 procedures sent by the police, 50 are linked; of 60 by the gendarmerie, 40. With cells of one force each,
    a linked procedure of the police weighs 100 / 50 = 2, one of the gendarmerie 60 / 40 = 1.5:
    ``50 * 2 + 40 * 1.5 = 160``, all that were sent.
    """
    crossed = counts.groupby(TRAITS, as_index=False)[[NB, NB_LINKED]].sum().sort_values(TRAITS, ignore_index=True)
    cells = _pool(crossed, list(range(len(crossed))), list(settings.variables), settings)
    cell_of = {row: number for number, cell in enumerate(cells) for row in cell}
    crossed[Weight.cell] = pd.Series(cell_of, dtype="int64")
    sums = crossed.groupby(Weight.cell)[[NB, NB_LINKED]].transform("sum")
    crossed[[NB, NB_LINKED]] = sums
    crossed[Weight.weight] = (sums[NB] / sums[NB_LINKED]).where(sums[NB_LINKED] > 0)
    return crossed.assign(**{Weight.version: version})


def _pool(crossed: pd.DataFrame, rows: list[int], variables: list[str], settings: WeightsSettings) -> list[list[int]]:
    """Return the cells that the rows make: crossed by the first variable, then the next, pooled from the last back."""
    if not variables or not rows:
        return [rows]
    groups = crossed.loc[rows].groupby(variables[0]).indices.values()
    cells = [cell for group in groups for cell in _pool(crossed, [rows[i] for i in group], variables[1:], settings)]

    def is_large(cell: list[int]) -> bool:
        size = crossed.loc[cell, [NB, NB_LINKED]].sum()
        return bool(size[NB] >= settings.smallest_cell and size[NB_LINKED] >= settings.smallest_linked)

    large = [cell for cell in cells if is_large(cell)]
    rest = [row for cell in cells if not is_large(cell) for row in cell]
    if rest and large and not is_large(rest):
        smallest = min(large, key=lambda cell: (crossed.loc[cell, NB].sum(), cell))
        return [cell + rest if cell is smallest else cell for cell in large]
    return [*large, rest] if rest else large


def count_unweighted(counts: pd.DataFrame, weights: pd.DataFrame) -> int:
    """Count the linked procedures whose crossing has no weight."""
    joined = _join_weights(counts, weights)
    return int(joined.loc[joined[Weight.weight].isna(), NB_LINKED].sum())


def build_balance(counts: pd.DataFrame, weights: pd.DataFrame, *, version: str, smallest: int) -> pd.DataFrame:
    """Return ``quality/balance``: shares among linked procedures, bare and weighted, beside all sent where known.

    Categories of fewer than ``smallest`` linked procedures are merged as ``autres``, with the next smallest when they
    are still too few; a population of fewer is left out. A linked procedure without a weight stands for itself.
    """
    joined = _join_weights(counts, weights).sort_values([*TRAITS, CONJUGAL, OUTCOME])  # sums follow the order of rows
    joined[WEIGHTED] = joined[NB_LINKED] * joined[Weight.weight].fillna(crossings.ALONE)
    populations = {WHOLE: joined, CONJUGAL: joined[joined[CONJUGAL].eq(True)]}
    measured = [
        _measure_shares(members, population, measure, smallest=smallest)
        for population, members in populations.items()
        if members[NB_LINKED].sum() >= smallest
        for measure in (*TRAITS, OUTCOME)
    ]
    if not measured:
        return pd.DataFrame(columns=Balance.names())
    return pd.concat(measured, ignore_index=True).assign(**{Balance.version: version})


def _join_weights(counts: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    return counts.merge(weights[[*TRAITS, Weight.weight]], on=TRAITS, how="left", validate="many_to_one")


def _measure_shares(members: pd.DataFrame, population: str, measure: str, *, smallest: int) -> pd.DataFrame:
    """Return one row per category of one measure; what became of the procedures without link is not known."""
    total = members[[NB, NB_LINKED, WEIGHTED]].sum()
    sums = members.dropna(subset=[measure]).groupby(measure)[[NB, NB_LINKED, WEIGHTED]].sum()
    sums = sums.groupby(_name_shown(sums[NB_LINKED], smallest)).sum()
    shares = (sums / total).where(sums[NB_LINKED] >= smallest)
    return pd.DataFrame(
        {
            Balance.population: population,
            Balance.measure: measure,
            Balance.modalite: sums.index.astype(str),
            Balance.nb_linked: int(total[NB_LINKED]),
            Balance.share: shares[NB_LINKED].to_numpy(),
            Balance.weighted_share: shares[WEIGHTED].to_numpy(),
            Balance.known_share: shares[NB].to_numpy() if measure != OUTCOME else float("nan"),
        }
    )


def _name_shown(sizes: pd.Series, smallest: int) -> pd.Series:
    """Return the name under which each category is shown: its own, or ``autres``."""
    ordered = sizes.sort_values(kind="stable")
    before = ordered.cumsum() - ordered
    hidden = (ordered < smallest) | ((ordered.min() < smallest) & (before < smallest))
    return pd.Series(ordered.index.astype(str), index=ordered.index).where(~hidden, OTHERS)
