"""The two sides brought under one table, and the plain spelling of words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.blanks import BLANKS, INVISIBLE
from linkage.concepts.sides import AFFAIRE, PROCEDURE
from linkage.tables.sources import FILES, JUSTICE, POLICE
from linkage.tables.standardised import Affaire, Personne, Procedure

# Full-width signs lie in the order of ASCII's; what stands beyond the replacements is left out.
_PLAIN = (
    BLANKS + "".join(map(chr, range(0xFF01, 0xFF5F))) + "‐‑‒–—−’‘ʼ“”" + INVISIBLE,
    " " * len(BLANKS) + "".join(map(chr, range(0x21, 0x7F))).upper() + "------" + "'''" + '""',
)

CASE = {PROCEDURE: Procedure.id_procedure, AFFAIRE: Affaire.id_affaire}


def unite_sources(sources: Mapping[str, DataFrame], file: str) -> DataFrame:
    """Return one file of all sources that have it, with ``source``, ``side``, ``id``; columns a source lacks: null."""
    frames = [
        sources[f"{source}_{file}"]
        .withColumnRenamed(CASE[side], Personne.id)
        .withColumns({Procedure.source: F.lit(source), Personne.side: F.lit(side)})
        for side, names in ((PROCEDURE, POLICE), (AFFAIRE, JUSTICE))
        for source in names
        if file in FILES[source]
    ]
    return reduce(lambda left, right: left.unionByName(right, allowMissingColumns=True), frames)


def keep_side(frame: DataFrame, side: str) -> DataFrame:
    """Return the rows of one side."""
    return frame.where(F.col(Personne.side) == side)


def plain(delivered: Column) -> Column:
    """Return what was typed in upper case, its blanks, dashes, apostrophes, full-width letters and digits made plain.

    Example: ``plain("1\u202f234\uff0f2")`` is ``"1 234/2"``.
    """
    upper = F.upper(delivered)
    return F.when(upper.rlike("[^ -~]"), F.translate(upper, *_PLAIN)).otherwise(upper)


def word(text: Column) -> Column:
    """Return the text in lower case without surrounding spaces; null when empty.

    Example: ``word(" Police ")`` is ``"police"``.
    """
    lower = F.lower(F.trim(text))
    return F.when(lower != "", lower)


def list_repairs(*repairs: Column) -> Column:
    """Return the repairs made, in this order: those that are null were not."""
    # Compiled; array_compact is not.
    return F.array_except(F.array(*repairs), F.array(F.lit(None).cast("string")))


def delivered_code(text: Column) -> Column:
    """Return a code as delivered without surrounding spaces; null when empty.

    Example: ``delivered_code(" 123 ")`` is ``"123"``; ``delivered_code(" ")`` is ``None``.
    """
    code = F.trim(text)
    return F.when(code != "", code)
