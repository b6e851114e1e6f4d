"""A day written in a declared format: which formats there are, how each is read, which one a text looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyspark.sql import Column
from pyspark.sql import functions as F

ISO = "yyyy-MM-dd"
_PARTS = {
    "yyyy": "([0-9]{4})",
    "yy": "([0-9]{2})",
    "MM": "([0-9]{2})",
    "M": "([0-9]{1,2})",
    "dd": "([0-9]{2})",
    "d": "([0-9]{1,2})",
    **dict.fromkeys(("HH", "mm", "ss"), "[0-9]{2}"),
    **dict.fromkeys(("H", "m", "s"), "[0-9]{1,2}"),
    **{"S" * digits: f"[0-9]{{{digits}}}" for digits in range(1, 10)},
    "X": "(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)",
    "XXX": "(?:Z|[+-][0-9]{2}:[0-9]{2})",
}
_KINDS = "yMd"
_TOKENS = re.compile(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z']")
USUAL = (
    *(ISO, "dd/MM/yyyy", "dd-MM-yyyy", "dd.MM.yyyy", "yyyy/MM/dd", "yyyyMMdd", "ddMMyyyy", "MM/dd/yyyy"),
    *("dd/MM/yy", "dd-MM-yy", "dd.MM.yy", "yy-MM-dd", "d/M/yyyy", "d/M/yy"),
    *("yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ssX"),
    *("dd/MM/yyyy HH:mm:ss", "dd/MM/yyyy HH:mm"),
)  # fmt: skip
"""Formats that a refusal may name: the likelier first."""


def problem_of(date_format: str) -> str:
    """Return what is wrong with a declared format; empty when it can be read."""
    if date_format.count("'") % 2:
        return "an apostrophe is left open"
    tokens = [match[0] for match in _TOKENS.finditer(date_format)]
    unknown = [token for token in tokens if token[0].isalpha() and token not in _PARTS]
    if unknown:
        return f"{', '.join(unknown)} is no part of a date that is read; {', '.join(_PARTS)} are, words stand in '…'"
    kinds = [token[0] for token in tokens if token[0] in _KINDS]
    if sorted(kinds) != sorted(_KINDS):
        return "one year (yyyy or yy), one month (MM or M) and one day (dd or d) expected"
    if "X" in date_format and not date_format.startswith(ISO):
        return "a zone (X) is read after yyyy-MM-dd and a time only"
    return ""


def has_short_year(date_format: str) -> bool:
    """Return whether the year is written on two digits."""
    return "yyyy" not in date_format


def pattern(date_format: str) -> str:
    """Return the regular expression of all texts of that format."""
    return "^" + "".join(_expression(date_format)) + "$"


def _expression(date_format: str) -> Iterator[str]:
    for match in _TOKENS.finditer(date_format):
        token = match[0]
        if token[0].isalpha():
            yield _PARTS[token]
        else:
            yield re.escape(match[1] if token[0] == "'" else token)


def day(text: Column, date_format: str, *, two_digit_year_pivot: int | None) -> Column:
    """Return the day that a text names in this format, or in ISO's; null when it names none.

    A year on two digits is of the 2000s below the pivot, of the 1900s at or above it. With a zone, it is the day that
    it was in France.
    """
    iso = F.when(text.rlike(pattern(ISO)), text.try_cast("date"))
    if date_format == ISO:
        return iso
    return F.coalesce(_in_format(text, date_format, two_digit_year_pivot or 0), iso)


def look_like(text: Column) -> dict[str, Column]:
    """Return, for each usual format, whether a text has its form and names a day in it."""
    return {name: _in_format(text, name, 0).isNotNull() for name in USUAL}


def _in_format(text: Column, date_format: str, pivot: int) -> Column:
    expression = pattern(date_format)
    if "X" in date_format:
        return F.when(text.rlike(expression), text.try_cast("timestamp").try_cast("date"))
    order = [match[0][0] for match in _TOKENS.finditer(date_format) if match[0][0] in _KINDS]
    year, month, of_month = (F.regexp_extract(text, expression, order.index(letter) + 1) for letter in _KINDS)
    if has_short_year(date_format):
        year = F.concat(F.when(year.try_cast("int") < pivot, "20").otherwise("19"), year)
    return F.when(text.rlike(expression), F.concat_ws("-", year, month, of_month).try_cast("date"))
