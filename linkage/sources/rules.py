"""Canonical text → typed columns: which row breaks a rule, which date is blanked."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.platform.lake.schema import Column as Declared
from linkage.settings.sources import SourcesSettings
from linkage.sources.declaration import Layout
from linkage.sources.reading import MALFORMED
from linkage.tables.sources import Affaire, Delivered, Procedure

# Rules, in the order in which they are looked at; a row is set aside under the first it breaks.
MALFORMED_ROW = "ligne_malformee"
NO_KEY = "cle_absente"
UNREADABLE = "valeur_illisible"
UNKNOWN_CODE = "code_inconnu"
CONFLICT = "cle_contradictoire"
NO_PARENT = "parent_absent"
DUPLICATE = "doublon_identique"

RULE = "_rule"
NB_EFFACEES = "_nb_effacees"
"""Dates that could not be kept, in the row."""
CONTENT = "_content"
"""64 bits that identify the row's content, whatever its spelling in the file."""
KEY = "_key"
"""What tells a row from the others of the same procedure or affair."""
OTHER_VINTAGE = "_other_vintage"
MILLESIME, DATE_EXTRACTION = Delivered.millesime, Delivered.date_extraction

_VINTAGE_DATE = {"procedures": Procedure.date_enregistrement, "affaires": Affaire.date_arrivee}
_ISO = "yyyy-MM-dd"
_BOOLEANS = {"1": True, "0": False, "true": True, "false": False}


def type_rows(text: DataFrame, *, layout: Layout, date_format: str, settings: SourcesSettings) -> DataFrame:
    """Give the rows their canonical types, the first rule they break, and what identifies their content.

    Nulls: a date that does not exist, is before ``first_date`` or after the extraction is blanked and counted.
    """
    values = {column: _value(column, date_format, settings) for column in layout.columns}
    types = {str(column): column.kind for column in layout.columns}
    dates = [column for column in layout.columns if types[column] == "date"]
    others = [column for column in layout.columns if types[column] in ("int", "boolean")]
    closed = [column for column in layout.columns if column.values]
    key = [column for column in layout.columns if column in _required(layout)]

    effaced = sum((_lost(column, values[column]).cast("int") for column in dates), F.lit(0))
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
        effaced.alias(NB_EFFACEES),
        *(value.alias(column) for column, value in values.items()),
    ).transform(_identify, layout)


def _required(layout: Layout) -> tuple[str, ...]:
    """Return the columns without which a row cannot be placed: its key, or its affair where the file has none."""
    names = {str(column) for column in layout.columns}
    return (str(layout.id), *(["rang"] if "rang" in names else []))


def _value(column: Declared, date_format: str, settings: SourcesSettings) -> Column:
    text, kind = F.col(column), column.kind
    if kind == "date":
        day = _day(text, date_format)
        beyond_vintage = F.make_date(F.col(MILLESIME) + settings.years_after_vintage, F.lit(12), F.lit(31))
        last = F.coalesce(F.col(DATE_EXTRACTION), beyond_vintage)
        return F.when(day.between(F.lit(settings.first_date), last), day)
    if kind == "boolean":
        meanings = [F.when(F.lower(text) == written, meant) for written, meant in _BOOLEANS.items()]
        return F.coalesce(*meanings)
    return text.try_cast(kind) if kind != "string" else text


def _day(text: Column, date_format: str) -> Column:
    """Return the day that a text names in this format; null when it names none."""
    if date_format != _ISO:
        return F.try_to_date(text, date_format)
    # The same days as by the format, which costs more than all else that is done to a line.
    return F.when(text.rlike("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), text.try_cast("date"))


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
