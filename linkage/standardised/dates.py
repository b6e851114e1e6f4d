"""Dates: the days that mean "unknown", and the period that several dates span."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pyspark.sql import Column
from pyspark.sql import functions as F


def known_day(day: Column, *, placeholders: Iterable[date]) -> Column:
    """Return the day, or null where it is one that a software writes for "unknown"."""
    unknown = sorted(placeholders)
    return F.when(~day.isin(unknown), day) if unknown else day


def first_day(*days: Column) -> Column:
    """Return the earliest of the days that are known; null when none is."""
    return F.least(*days)


def last_day(*days: Column) -> Column:
    """Return the latest of the days that are known; null when none is."""
    return F.greatest(*days)
