"""Protected values in the shape of the published tables; shares come from rounded counts, medians are rounded."""

from __future__ import annotations

import pandas as pd

from linkage.concepts.courses import LEAST
from linkage.concepts.outcomes import EN_ATTENTE, EN_COURS, POURSUITES
from linkage.settings.study_extracts import DisclosureSettings, StudySettings
from linkage.study_extracts.categories import LINKED
from linkage.study_extracts.disclosure.counts import STATE, VALUE
from linkage.study_extracts.disclosure.delays import STATE as DELAY_STATE
from linkage.study_extracts.tables import SENSITIVITY, TOTAL, WEIGHTED, WHOLE
from linkage.tables.study_extracts import HIDDEN, SHOWN, Cell, Delay, Mark, StudyCase

TITLE_OF_LINKED = "Taux d'appariement"
TITLE_OF_SENSITIVITY = "Orientation selon le poids des liens acceptés"


def shape_cells(protected: pd.DataFrame, study: StudySettings, *, version: str) -> pd.DataFrame:
    """Return ``tableaux``, which does not say which cells were small and which were hidden to protect others."""
    titles = {table.name: table.title for table in study.tables} | {SENSITIVITY: TITLE_OF_SENSITIVITY}
    totals = protected[protected["column"] == TOTAL].set_index(["table", "row"])[VALUE].to_dict()
    rows = list(zip(protected["table"], protected["row"], strict=True))
    of_row = pd.Series([totals.get(key) for key in rows], index=protected.index, dtype="Int64")
    values = protected[VALUE].astype("Float64")
    # Both are rounded, each on its own: a share may pass 1 by what rounding added, never by more.
    shares = (values / of_row.astype("Float64")).clip(upper=1.0)
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
            Cell.part_ponderee: _weighted(protected, rows, study.disclosure),
            Cell.etat: [SHOWN if state == SHOWN else HIDDEN for state in protected[STATE]],
        }
    )


def _weighted(protected: pd.DataFrame, rows: list[tuple[str, str]], settings: DisclosureSettings) -> pd.Series:
    """Return the shares of the row when each case stands for those without link too, from perturbed sums of weights.

    The sum of a cell's weights has the same noise as its count: where all weigh one, it says nothing more. The share
    is given in a row that is shown whole, and as coarse as ``_digits`` has it. How many are linked has no weighted
    variant, nor have safer links.
    """
    keyed = protected.assign(key=rows)
    parts = keyed[(keyed["column"] != TOTAL) & ~keyed["indicator"].eq(LINKED) & ~keyed["by"].eq(LEAST)]
    shares = pd.Series(float("nan"), index=protected.index)
    for _, row in parts.groupby("key", sort=False):
        digits = _digits(int(row[VALUE].sum()), settings)
        if row[VALUE].notna().all() and digits:
            weighted = row[WEIGHTED].astype("float64")
            shares[row.index] = (weighted / weighted.sum()).round(digits)
    return shares


def _digits(whole: int, settings: DisclosureSettings) -> int:
    """Return a share's decimals: one step is no fewer persons than the base of the rounding; 3 at most, 0: none."""
    return next((digits for digits in (3, 2) if whole >= 10**digits * settings.base), 0)


def shape_delays(medians: pd.DataFrame, cells: pd.DataFrame, study: StudySettings, *, version: str) -> pd.DataFrame:
    """Return ``delais``: the medians as they may be shown, and the share of the censored, from published cells."""
    shown = cells[(cells[Cell.unite] == "victime") & cells[Cell.regroupement].eq(study.delays.by)]
    # One table after another: a count that two tables show is the same in both.
    counts = shown.set_index([Cell.modalite, Cell.indicateur, Cell.categorie])[Cell.valeur].dropna().to_dict()
    return pd.DataFrame(
        {
            Delay.version: version,
            Delay.etape: medians["step"],
            Delay.modalite: medians["row"],
            Delay.mediane: medians["median"],
            Delay.mediane_km: medians["median_km"],
            Delay.troisieme_quartile_km: medians["third_quartile_km"],
            Delay.etat_mediane: medians[f"median{DELAY_STATE}"],
            Delay.etat_mediane_km: medians[f"median_km{DELAY_STATE}"],
            Delay.etat_troisieme_quartile_km: medians[f"third_quartile_km{DELAY_STATE}"],
            Delay.part_censuree: [
                _pending(counts, step, row) for step, row in zip(medians["step"], medians["row"], strict=True)
            ],
        }
    )


def _pending(counts: dict[tuple[str, str, str], int], step: str, row: str) -> float | None:
    """Return the share of those concerned by a step who had not come to its end; None where a count is not shown."""
    waiting, undecided = (row, StudyCase.orientation, EN_COURS), (row, StudyCase.decision, EN_ATTENTE)
    linked, prosecuted = (row, StudyCase.orientation, TOTAL), (row, StudyCase.orientation, POURSUITES)
    counts_of_step = {
        "arrivee_orientation": ([waiting], linked),
        "orientation_decision": ([undecided], prosecuted),
        "enregistrement_fin": ([waiting, undecided], linked),
    }
    if step not in counts_of_step or not {*counts_of_step[step][0], counts_of_step[step][1]} <= set(counts):
        return None
    parts, whole = counts_of_step[step]
    return round(sum(counts[part] for part in parts) / counts[whole], 3)


def shape_marks(cells: pd.DataFrame, *, version: str) -> pd.DataFrame:
    """Return ``reperes``: shares of linked victims by orientation: all, weighted, then from safer links alone."""
    of_victims = cells[(cells[Cell.unite] == "victime") & (cells[Cell.indicateur] == StudyCase.orientation)]
    of_victims = of_victims[of_victims[Cell.categorie] != TOTAL]
    whole = of_victims[of_victims[Cell.modalite] == WHOLE].drop_duplicates(Cell.categorie)
    safer = of_victims[of_victims[Cell.tableau] == SENSITIVITY]
    marks = [
        _mark(whole, Cell.part, "ensemble"),
        _mark(whole, Cell.part_ponderee, "pondere"),
        *(_mark(safer[safer[Cell.modalite] == row], Cell.part, f"poids_{row}") for row in _by_weight(safer)),
    ]
    return pd.concat(marks, ignore_index=True).assign(**{Mark.version: version})


def _by_weight(safer: pd.DataFrame) -> list[str]:
    return sorted(safer[Cell.modalite].unique(), key=float)


def _mark(rows: pd.DataFrame, share: str, mark: str) -> pd.DataFrame:
    return pd.DataFrame({Mark.repere: mark, Mark.orientation: rows[Cell.categorie], Mark.part: rows[share]})
