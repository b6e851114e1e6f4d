"""What a comparison is: levels from strict to loose, each a condition in SQL over ``column_l`` and ``column_r``."""

from __future__ import annotations

from dataclasses import dataclass

SPARK, DUCKDB = "spark", "duckdb"


@dataclass(frozen=True)
class Level:
    """What must hold for a pair to reach a level, and how a statistician calls it."""

    label: str
    sql: str


@dataclass(frozen=True)
class Similarity:
    """SQL that several levels hold and that costs more than a look: computed once for a pair, where ``needed``."""

    sql: str
    needed: str = "TRUE"


@dataclass(frozen=True)
class Comparison:
    """Levels from strict to loose; a pair gets the first that holds, the last (``ELSE``) otherwise."""

    name: str
    null: str
    levels: tuple[Level, ...]
    similarities: tuple[Similarity, ...] = ()


def both(column: str) -> str:
    """Return SQL that says whether either side has no value."""
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def same(column: str) -> str:
    """Return SQL that says whether both sides are equal."""
    return f"{column}_l = {column}_r"
