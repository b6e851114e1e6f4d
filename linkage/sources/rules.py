"""Canonical text → typed columns: which row breaks a rule, which date is blanked."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.platform.lake.schema import Column as Declared
from linkage.settings.sources import SourcesSettings
from linkage.sources.births import year_alone
from linkage.sources.days import day
from linkage.sources.declaration import Dialect, Layout
from linkage.sources.reading import MALFORMED
from linkage.tables.sources import Affaire, Delivered, PersonnePolice, Procedure

# Rules, in the order in which they are looked at; a row is set aside under the first it breaks.
MALFORMED_ROW = "ligne_malformee"
NO_KEY = "cle_absente"
UNREADABLE = "valeur_illisible"
UNKNOWN_CODE = "code_inconnu"
CONFLICT = "cle_contradictoire"
NO_PARENT = "parent_absent"
DUPLICATE = "doublon_identique"

RULE = "_rule"
DATES = "_dates"
"""Dates of the row, in the order of the file's: a bit for each that was delivered, then one for each blanked."""
MOST_DATES = 4
CONTENT = "_content"
"""64 bits that identify the row's content, whatever its spelling in the file."""
KEY = "_key"
"""What tells a row from the others of the same procedure or affair."""
OTHER_VINTAGE = "_other_vintage"
MILLESIME, DATE_EXTRACTION = Delivered.millesime, Delivered.date_extraction

_VINTAGE_DATE = {"procedures": Procedure.date_enregistrement, "affaires": Affaire.date_arrivee}
_BIRTH = PersonnePolice.date_naissance
_BOOLEANS = {"1": True, "0": False, "true": True, "false": False, "1.0": True, "0.0": False, "1,0": True, "0,0": False}
_WHOLE_WITH_DECIMALS = "^([+-]?[0-9]+)[.,]0+$"


def type_rows(text: DataFrame, *, layout: Layout, dialect: Dialect, settings: SourcesSettings) -> DataFrame:
    """Give the rows their canonical types, the first rule they break, and what identifies their content.

    Nulls: a date that does not exist, is before ``first_date`` or after the extraction is blanked and counted.
    """
    values = {column: _value(column, dialect, settings) for column in layout.columns}
    types = {str(column): column.kind for column in layout.columns}
    dates = list_dates(layout)
    others = [column for column in layout.columns if types[column] in ("int", "boolean")]
    closed = [column for column in layout.columns if column.values]
    key = [column for column in layout.columns if column in _required(layout)]

    bits = [F.col(column).isNotNull() for column in dates] + [_lost(column, values[column]) for column in dates]
    places = [*range(len(dates)), *range(MOST_DATES, MOST_DATES + len(dates))]
    delivered = sum((bit.cast("int") * 2**place for bit, place in zip(bits, places, strict=True)), F.lit(0))
    rule = (
        F.when(F.col(MALFORMED), MALFORMED_ROW)
        .when(_any(F.col(column).isNull() for column in key), NO_KEY)
        .when(_any(_lost(column, values[column]) for column in others), UNREADABLE)
        .when(_any(F.col(column).isNotNull() & ~F.col(column).isin(*column.values) for column in closed), UNKNOWN_CODE)
    )
    context = [name for name in text.columns if name not in types and name != MALFORMED]
    return text.select(
        *context,
        rule.alias(RULE),
        delivered.alias(DATES),
        *(value.alias(column) for column, value in values.items()),
    ).transform(_identify, layout)


def list_dates(layout: Layout) -> list[Declared]:
    """Return the dates of a file, in the order of their bits."""
    return [column for column in layout.columns if column.kind == "date"]


def _required(layout: Layout) -> tuple[str, ...]:
    """Return the columns without which a row cannot be placed: its key, or its affair where the file has none."""
    names = {str(column) for column in layout.columns}
    return (str(layout.id), *(["rang"] if "rang" in names else []))


def _value(column: Declared, dialect: Dialect, settings: SourcesSettings) -> Column:
    text, kind = F.col(column), column.kind
    if kind == "date":
        named = day(text, dialect.date_format, two_digit_year_pivot=dialect.two_digit_year_pivot)
        if column == _BIRTH:
            named = F.coalesce(named, year_alone(text))
        beyond_vintage = F.make_date(F.col(MILLESIME) + settings.years_after_vintage, F.lit(12), F.lit(31))
        last = F.coalesce(F.col(DATE_EXTRACTION), beyond_vintage)
        return F.when(named.between(F.lit(settings.first_date), last), named)
    if kind == "boolean":
        meanings = [F.when(F.lower(text) == written, meant) for written, meant in _BOOLEANS.items()]
        return F.coalesce(*meanings)
    if kind == "string":
        return text
    # A database writes the whole numbers of a column that lacks some as 1.0.
    return F.coalesce(
        text.try_cast(kind), F.nullif(F.regexp_extract(text, _WHOLE_WITH_DECIMALS, 1), F.lit("")).try_cast(kind)
    )


def _lost(column: str, value: Column) -> Column:
    return F.col(column).isNotNull() & value.isNull()


def _any(conditions: Iterable[Column]) -> Column:
    return reduce(lambda left, right: left | right, conditions, F.lit(False))


def _identify(rows: DataFrame, layout: Layout) -> DataFrame:
    names = [str(column) for column in layout.columns]
    # Hashing passes over nulls: without saying which are, (null, x) and (x, null) would hash alike.
    nulls = sum((F.isnull(name).cast("int") * 2**place for place, name in enumerate(names)), F.lit(0))
    content = F.xxhash64(*names, nulls)
    if layout.is_parent:
        key = F.lit(0).cast("bigint")
    elif "rang" in names:
        key = F.col("rang").cast("bigint")
    else:  # the same event twice is one row
        key = content
    other_vintage = F.lit(False)
    if layout.is_parent:
        other_vintage = F.coalesce(F.year(_VINTAGE_DATE[layout.file]) != F.col(MILLESIME), F.lit(False))
    return rows.select("*", content.alias(CONTENT), key.alias(KEY), other_vintage.alias(OTHER_VINTAGE))
