"""Dates: the days that mean "unknown", and the period that several dates span."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pyspark.sql import Column
from pyspark.sql import functions as F


def known_day(day: Column, *, placeholders: Iterable[date]) -> Column:
    """Return the day, or null where it is one that a software writes for "unknown".

    Example: ``known_day(date(1900, 1, 1), placeholders=[date(1900, 1, 1)])`` is ``None``.
    """
    unknown = sorted(placeholders)
    return F.when(~day.isin(unknown), day) if unknown else day


def first_day(*days: Column) -> Column:
    """Return the earliest of the days that are known; null when none is.

    Example: ``first_day(date(2020, 1, 2), None, date(2020, 1, 1))`` is ``date(2020, 1, 1)``.
    """
    return F.least(*days)


def last_day(*days: Column) -> Column:
    """Return the latest of the days that are known; null when none is.

    Example: ``last_day(date(2020, 1, 2), None, date(2020, 1, 1))`` is ``date(2020, 1, 2)``.
    """
    return F.greatest(*days)
