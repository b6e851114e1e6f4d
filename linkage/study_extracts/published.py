"""Protected values in the shape of the published tables; shares come from rounded counts, medians are rounded."""

from __future__ import annotations

import pandas as pd  # type: ignore[import-untyped]

from linkage.settings import DisclosureSettings, StudySettings
from linkage.study_extracts.disclosure import SHOWN, STATE, VALUE, known
from linkage.study_extracts.tables import TOTAL
from linkage.tables.study_extracts import Cell, Delay, Mark, Release

PUBLIE, MASQUE = "publie", "masque"
TITLE_OF_LINKED = "Victimes enregistrées, liées à une affaire ou non"


def cells(protected: pd.DataFrame, study: StudySettings, *, version: str) -> pd.DataFrame:
    """``tableaux``: not said: which cells were too small, full, or hidden to protect others."""
    titles = {table.name: table.title for table in study.tables}
    totals = protected[protected["column"] == TOTAL].set_index(["table", "row"])[VALUE].to_dict()
    of_row = pd.Series(
        [totals.get(key) for key in zip(protected["table"], protected["row"], strict=True)],
        index=protected.index,
        dtype="Int64",
    )
    # Both are rounded, each on its own: a share may pass 1 by what rounding added, never by more.
    shares = (protected[VALUE].astype("Float64") / of_row.astype("Float64")).clip(upper=1.0)
    return pd.DataFrame(
        {
            Cell.version: version,
            Cell.tableau: protected["table"],
            Cell.titre: protected["table"].map(titles).fillna(TITLE_OF_LINKED),
            Cell.unite: protected["unit"],
            Cell.regroupement: protected["by"],
            Cell.indicateur: protected["indicator"],
            Cell.modalite: protected["row"],
            Cell.categorie: protected["column"],
            Cell.valeur: protected[VALUE],
            Cell.part: shares.round(3),
            Cell.etat: protected[STATE].map(lambda state: PUBLIE if state == SHOWN else MASQUE),
        }
    )


def delays(medians: pd.DataFrame, settings: DisclosureSettings, *, version: str) -> pd.DataFrame:
    """``delais``: a median stands on ``2 * threshold`` cases seen at least, so that half of them is no small group.

    The share of the censored is a count of the tables in disguise: it follows the rule of the other shares.
    """
    enough = medians["nb_seen"] >= 2 * settings.threshold
    total = medians["nb_seen"] + medians["nb_censored"]
    parts = medians[["nb_seen", "nb_censored"]].min(axis="columns")
    open_ones = (parts >= settings.threshold) & (total >= _least_whole(settings))

    def rounded(days: pd.Series) -> pd.Series:
        return (days / settings.median_base).round().mul(settings.median_base).where(enough).astype("Int64")

    return pd.DataFrame(
        {
            Delay.version: version,
            Delay.etape: medians["step"],
            Delay.modalite: medians["row"],
            Delay.mediane: rounded(medians["median"]),
            Delay.mediane_km: rounded(medians["median_km"]),
            Delay.troisieme_quartile_km: rounded(medians["third_quartile_km"]),
            Delay.part_censuree: (medians["nb_censored"] / total).round(2).where(enough & open_ones),
        }
    )


def marks(
    headline: pd.DataFrame, sensitivity: pd.DataFrame, settings: DisclosureSettings, *, version: str
) -> pd.DataFrame:
    """``reperes``: shares of linked victims by orientation, to the point.

    None where an orientation is below the threshold, since the others would give it, or where a point is fewer persons
    than the base of the rounding.
    """
    whole = headline.groupby("orientation", as_index=False)[["nb", "weighted"]].sum()
    made = [
        _shares(whole, "nb", "ensemble", settings),
        _shares(whole, "weighted", "pondere", settings),
        *(
            _shares(part, "nb", f"poids_{weight:g}", settings)
            for weight, part in sensitivity.groupby("match_weight", sort=True)
        ),
    ]
    return pd.concat(made, ignore_index=True).assign(**{Mark.version: version})


def _shares(counts: pd.DataFrame, measure: str, mark: str, settings: DisclosureSettings) -> pd.DataFrame:
    enough = counts["nb"].min() >= settings.threshold and counts["nb"].sum() >= _least_whole(settings)
    shares = (counts[measure] / counts[measure].sum()).round(2) if enough else float("nan")
    return pd.DataFrame({Mark.repere: mark, Mark.orientation: counts["orientation"], Mark.part: shares})


def _least_whole(settings: DisclosureSettings) -> int:
    """How many persons make a share to the point as vague as a rounded count."""
    return 100 * settings.base


def releases(protected: pd.DataFrame, settings: DisclosureSettings, *, version: str, declaration: str) -> pd.DataFrame:
    """``releases``: each count shown, once, with what it says; hidden ones say nothing and are not written."""
    shown = protected[protected[STATE] == SHOWN].drop_duplicates("variable")
    said = [known(float(value), SHOWN, settings) for value in shown[VALUE]]
    return pd.DataFrame(
        {
            Release.version: version,
            Release.declaration: declaration,
            Release.variable: ["|".join(one) for one in shown["variable"]],
            Release.valeur: shown[VALUE],
            Release.low: [int(low) for low, _ in said],
            Release.high: [int(high) for _, high in said],
            Release.base: settings.base,
            Release.threshold: settings.threshold,
        }
    )
