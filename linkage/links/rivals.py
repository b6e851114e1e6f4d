"""How contested a pair is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, Window
from pyspark.sql import functions as F

RIVALS = "rivals"


def rivals(*keys: Sequence[str]) -> Column:
    """How many other pairs share one of these keys with a pair, twice when it shares two; 0: nobody contends."""
    pairs = (F.count("*").over(Window.partitionBy(*key)) for key in keys)
    return reduce(Column.__add__, pairs) - len(keys)
