"""Births of which the papers know the year alone, as Insee and many offices write them."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

_YEAR, _MONTH, _SIGN = "((?:18|19|20)[0-9]{2})", "(?:0[0-9]|1[0-2])", "[-/. ]"
_YEAR_FIRST = f"^{_YEAR}(?:{_SIGN}{_MONTH}|{_SIGN}?{_MONTH}{_SIGN}?00)?$"
_DAY_FIRST = f"^(?:{_MONTH}{_SIGN}|00{_SIGN}?{_MONTH}{_SIGN}?){_YEAR}$"


def year_alone(text: Column) -> Column:
    """Return the first of January of a birth whose day is written 00, or not at all; null for anything else.

    The model of persons reads a first of January as a year alone.
    Example: ``19800500``, ``1980-00-00``, ``00/05/1980`` and ``1980`` are ``1980-01-01``.
    """
    years = (F.nullif(F.regexp_extract(text, form, 1), F.lit("")) for form in (_YEAR_FIRST, _DAY_FIRST))
    return F.make_date(F.coalesce(*years).try_cast("int"), F.lit(1), F.lit(1))
