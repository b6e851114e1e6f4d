"""A table of one's own through the door: what an analyst may show of counts that no study declares."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pandas as pd

from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure.counts import VALUE, Variable
from linkage.study_extracts.disclosure.door import protect
from linkage.study_extracts.population import KEY
from linkage.study_extracts.tables import NB, TOTAL, WEIGHTED

REST = "reste"
"""What the declared parts leave of the total: a part that is hidden with the others, and not returned."""
OWN = "tableau"


def protect_table(
    table: pd.DataFrame, rules: DisclosureSettings, *, total: str, parts: Sequence[str] = (), seed: bytes
) -> pd.DataFrame:
    """Return the table with each count perturbed, or null where it is hidden.

    ``parts`` are disjoint parts of ``total``; the other columns name the row. Rows are counted apart: the table has no
    sum of them. Neither other tables nor earlier releases are looked at: what is published goes through a study.

    Raises
    ------
    ValueError
        Two rows bear the same names, or the parts of a row exceed its total.
    """
    rows = _rows(table, [total, *parts])
    columns = {TOTAL: table[total], **{part: table[part] for part in parts}}
    rest = table[total] - table[list(parts)].sum(axis="columns")
    if (rest < 0).any():
        raise ValueError(f"the parts of {total} exceed it in {int((rest < 0).sum())} rows; disjoint parts expected")
    if parts and (rest > 0).any():
        columns[REST] = rest
    cells = [
        {
            "table": OWN,
            "unit": total,
            "by": OWN,
            "indicator": total,
            "row": row,
            "column": column,
            "variable": Variable(OWN, unit=total, by=OWN, row=row, indicator=total, column=column),
            "part": None,
            NB: int(nb),
            WEIGHTED: 0.0,
            # Nothing says who they are: the same table is drawn alike, and the same persons elsewhere are not.
            KEY: int.from_bytes(hashlib.sha256(f"{column} of {row}".encode()).digest()[:7], "big"),
        }
        for column, counts in columns.items()
        for row, nb in zip(rows, counts, strict=True)
    ]
    if not cells:
        return table.copy()
    protected = protect(pd.DataFrame(cells), rules, seed=seed, of={}, version="").set_index(["column", "row"])[VALUE]
    names = {total: TOTAL, **{part: part for part in parts}}
    return table.assign(**{name: protected[column].reindex(rows).array for name, column in names.items()})


def _rows(table: pd.DataFrame, counts: Sequence[str]) -> list[str]:
    """Return the name of each row: what its columns other than the counts hold."""
    traits = table.drop(columns=list(counts)).astype(str)
    rows = [" / ".join(row) for row in traits.itertuples(index=False, name=None)]
    if len(set(rows)) < len(rows):
        raise ValueError(f"rows must differ by {', '.join(traits.columns) or 'a column that names them'}")
    return rows
