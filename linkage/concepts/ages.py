"""Ages in completed years, and the bands in which they are published."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pyspark.sql import Column
from pyspark.sql import functions as F


def age(birth: Column, at: Column) -> Column:
    """Return the completed years from one date to the other; who is born on 29 February is older on 1 March.

    Nulls: one of the dates is null, or the birth comes after.
    """
    birthday_to_come = _within_year(at) < _within_year(birth)
    years = F.year(at) - F.year(birth) - birthday_to_come.cast("int")
    return F.when(years >= 0, years)


def band(age: Column, bounds: Sequence[int]) -> Column:
    """Return the band of an age: ``moins de 18``, ``18-24``, …, ``65 et plus``; null when the age is.

    Units: ``bounds`` are the first ages of the bands but the lowest, increasing.
    """
    label = F.when(age < bounds[0], f"moins de {bounds[0]}")
    for low, high in pairwise(bounds):
        label = label.when((age >= low) & (age < high), f"{low}-{high - 1}")
    return label.when(age >= bounds[-1], f"{bounds[-1]} et plus")


def _within_year(date: Column) -> Column:
    return F.month(date) * 100 + F.dayofmonth(date)
