"""A table of one's own through the door: what an analyst may show of counts that no study declares."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import xor

import pandas as pd
from pandas.api.types import is_integer_dtype

from linkage.settings.study_extracts import DisclosureSettings
from linkage.study_extracts.disclosure.counts import VALUE, Variable
from linkage.study_extracts.disclosure.door import protect
from linkage.study_extracts.population import KEY
from linkage.study_extracts.tables import NB, TOTAL, WEIGHTED

REST = "reste"
"""What the declared parts leave of the total: a part that is hidden with the others, and not returned."""
OWN = "tableau"
KEY_OF = "cle_"
"""Begins the name of the column that has the record keys of those whom a count counts, joined by exclusive or."""


def protect_table(
    table: pd.DataFrame, rules: DisclosureSettings, *, total: str, parts: Sequence[str] = (), seed: bytes
) -> pd.DataFrame:
    """Return the table with each count perturbed, or null where it is hidden.

    ``parts`` are disjoint parts of ``total``; the other columns name the row. Rows are counted apart: the table has no
    sum of them. Neither other tables nor earlier releases are looked at: what is published goes through a study.

    With a column ``cle_<count>`` beside each count, the noise is that of the persons counted: the same under any
    label and in any table. Without, it is that of the cell's names, and two labels of the same persons have two. The
    columns of keys are not returned.

    Raises
    ------
    ValueError
        Two rows bear the same names, the parts of a row exceed its total, or some counts lack their key.
    """
    counts = {TOTAL: total, **{part: part for part in parts}}
    exact = table.drop(columns=[f"{KEY_OF}{count}" for count in counts.values()], errors="ignore")
    rows = _rows(exact, [total, *parts])
    columns = {column: exact[count] for column, count in counts.items()}
    rest = exact[total] - exact[list(parts)].sum(axis="columns")
    if (rest < 0).any():
        raise ValueError(f"the parts of {total} exceed it in {int((rest < 0).sum())} rows; disjoint parts expected")
    if parts and (rest > 0).any():
        columns[REST] = rest
    keys = _keys(table, counts, rows)
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
            KEY: key,
        }
        for column, numbers in columns.items()
        for row, nb, key in zip(rows, numbers, keys[column], strict=True)
    ]
    if not cells:
        return exact
    protected = protect(pd.DataFrame(cells), rules, seed=seed, of={}, version="").set_index(["column", "row"])[VALUE]
    return exact.assign(**{count: protected[column].reindex(rows).array for column, count in counts.items()})


def _keys(table: pd.DataFrame, counts: Mapping[str, str], rows: Sequence[str]) -> dict[str, list[int]]:
    """Return the keys of the cells of each column, and of the rest, who are those of the total without its parts."""
    given = {column: f"{KEY_OF}{count}" for column, count in counts.items()}
    if not {*given.values()} & {*table}:
        return {column: [_of_names(f"{column} of {row}") for row in rows] for column in (*counts, REST)}
    if wrong := [name for name in given.values() if name not in table or not is_integer_dtype(table[name])]:
        raise ValueError(f"{', '.join(wrong)}: whole numbers expected, a key beside each count or beside none")
    keys = {column: table[name].tolist() for column, name in given.items()}
    return {**keys, REST: [reduce(xor, of_row) for of_row in zip(*keys.values(), strict=True)]}


def _of_names(cell: str) -> int:
    return int.from_bytes(hashlib.sha256(cell.encode()).digest()[:7], "big")


def _rows(table: pd.DataFrame, counts: Sequence[str]) -> list[str]:
    """Return the name of each row: what its columns other than the counts hold."""
    traits = table.drop(columns=list(counts)).astype(str)
    rows = [" / ".join(row) for row in traits.itertuples(index=False, name=None)]
    if len(set(rows)) < len(rows):
        raise ValueError(f"rows must differ by {', '.join(traits.columns) or 'a column that names them'}")
    return rows
