"""Delivered lines → canonical columns as text, nothing inferred, nothing dropped."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import (
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    LongType,
    StringType,
    TimestampNTZType,
    TimestampType,
)

from linkage.concepts.blanks import BLANKS, INVISIBLE, has_unusual, plain_blanks
from linkage.sources.declaration import Dialect, Layout

# What is known of a row besides its delivered columns.
LINE = "_line"
PART = "_part"
ROW = "_row"
MALFORMED = "_malformed"
UNBALANCED = "_unbalanced"
"""Whether the part has lines of unbalanced quotes; where it has none, they are not looked for again."""
UNUSUAL = "_unusual"
"""Whether the part has blanks other than the space, or invisible signs; where it has none, its lines stay as is."""

# Spark reads seven charsets. These two are ISO-8859-1 but for a few places, by the tables of the Unicode consortium.
_LATIN_9 = ("\u00a4\u00a6\u00a8\u00b4\u00b8\u00bc\u00bd\u00be", "€ŠšŽžŒœŸ")
_WINDOWS_BYTES = bytes(byte for byte in range(0x80, 0xA0) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D))
_WINDOWS = (_WINDOWS_BYTES.decode("iso-8859-1"), _WINDOWS_BYTES.decode("windows-1252"))
_REPLACED = {"iso-8859-15": _LATIN_9, "windows-1252": _WINDOWS}

_DAY_IN_NANOSECONDS = 86_400_000_000_000


def decoded(line: Column, encoding: str) -> Column:
    """Return a line's bytes as text."""
    if encoding == "utf-8":
        return line
    text = F.decode(line.cast("binary"), "ISO-8859-1")
    return F.translate(text, *_REPLACED[encoding]) if encoding in _REPLACED else text


def is_misread(line: Column, encoding: str) -> Column:
    """Return whether a line's bytes are not of the declared encoding.

    U+FFFD is text: what the producer lost before it wrote, in bytes that are valid. In the one-byte encodings, the
    control characters of 0x80–0x9F and "Ã" before an accent are never French text: they betray another encoding, UTF-8
    above all.
    """
    if encoding == "utf-8":
        return ~F.is_valid_utf8(line)
    return decoded(line, encoding).rlike("[\u0080-\u009f]|\u00c3[^\u0000-\u007f]|\u00e2\u20ac")


def is_unbalanced(line: Column, quote: str) -> Column:
    """Return whether a line has an odd number of quotes: a field is left open, and no quote joins two lines."""
    if not quote:
        return F.lit(False)
    without = F.replace(line, F.lit(quote), F.lit(""))
    # Bytes are counted without being read.
    return (F.octet_length(line) - F.octet_length(without)) / F.octet_length(F.lit(quote)) % 2 == 1


def is_unusual(line: Column, dialect: Dialect) -> Column:
    """Return whether a line has blanks other than the space, or invisible signs."""
    return has_unusual(decoded(line, dialect.encoding), but=dialect.delimiter)


def is_blank(line: Column) -> Column:
    """Return whether a line has nothing on it: no reader counts it as a row."""
    return F.trim(line) == ""


def is_empty_row(line: Column, dialect: Dialect) -> Column:
    """Return whether a line has blanks, separators and quotes alone, as spreadsheets leave below a table."""
    nothing = f" {BLANKS}{INVISIBLE}{dialect.delimiter}{dialect.quote}"
    return F.btrim(decoded(line, dialect.encoding), F.lit(nothing)) == ""


def parse_lines(lines: DataFrame, *, layout: Layout, dialect: Dialect) -> DataFrame:
    """Read one row per line of text, its columns as text; a line that is not a row is marked malformed.

    Quotes never join two lines: a line with an odd number of them is malformed.
    """
    slots = [f"c{place}" for place in range(len(layout.header))]
    schema = ", ".join(f"{slot} string" for slot in [*slots, "corrupt"])
    options = {
        "sep": dialect.delimiter,
        "quote": dialect.quote,
        "escape": dialect.quote,
        "mode": "PERMISSIVE",
        "columnNameOfCorruptRecord": "corrupt",
    }
    text = lines.withColumn(LINE, decoded(F.col(LINE), dialect.encoding))
    readable = F.when(F.col(UNUSUAL), plain_blanks(F.col(LINE), but=dialect.delimiter)).otherwise(F.col(LINE))
    # A generator, so that the optimiser parses each line once however many columns and filters look at it.
    fields = text.select("*", F.inline(F.array(F.from_csv(readable, schema, options))))
    malformed = F.col("corrupt").isNotNull()
    malformed |= F.col(UNBALANCED) & is_unbalanced(F.col(LINE), dialect.quote)
    delivered = dict(zip(layout.canonical, (F.col(slot) for slot in slots), strict=True))
    return fields.select(*lines.columns, malformed.alias(MALFORMED), *_canonical(delivered, layout, dialect))


def parse_parquet(rows: DataFrame, *, layout: Layout, dialect: Dialect, known: Sequence[str]) -> DataFrame:
    """Read one row per Parquet row, its columns as text whatever their type; ``known`` columns stay."""
    types = {str(column): column.kind for column in layout.columns}
    as_text = {
        name: _text(rows, name, types.get(canonical))
        for name, canonical in zip(layout.header, layout.canonical, strict=True)
    }
    line = F.concat_ws("\u001f", *(F.coalesce(column, F.lit("")) for column in as_text.values()))
    delivered = dict(zip(layout.canonical, as_text.values(), strict=True))
    return rows.select(*known, line.alias(LINE), F.lit(False).alias(MALFORMED), *_canonical(delivered, layout, dialect))


def _text(rows: DataFrame, name: str, wanted: str | None) -> Column:
    column, kind = F.col(f"`{name}`"), rows.schema[name].dataType
    if isinstance(kind, DateType | TimestampType | TimestampNTZType):
        return column.cast("date").cast("string")
    if isinstance(kind, LongType) and wanted == "date":
        # Nanoseconds are read as numbers; no day since 1970 is written with so many digits, nor that day itself as 0.
        nanoseconds = (F.abs(column) >= _DAY_IN_NANOSECONDS) | (column == 0)
        midnight = column - F.pmod(column, F.lit(_DAY_IN_NANOSECONDS))
        since_1970 = F.round(midnight / _DAY_IN_NANOSECONDS).cast("int")
        return F.when(nanoseconds, F.date_from_unix_date(since_1970).cast("string")).otherwise(column.cast("string"))
    if isinstance(kind, BooleanType):
        return F.when(column, "1").when(~column, "0")
    if isinstance(
        kind, DoubleType | FloatType | DecimalType
    ):  # whole numbers with missing values, as pandas writes them
        return F.when(column == F.floor(column), column.cast("decimal(38,0)").cast("string")).otherwise(
            column.cast("string")
        )
    if isinstance(kind, StringType):
        return F.when(has_unusual(column), plain_blanks(column)).otherwise(column)
    return column.cast("string")


def _canonical(delivered: dict[str, Column], layout: Layout, dialect: Dialect) -> list[Column]:
    columns = []
    for column in layout.columns:
        text = F.trim(delivered[column]) if column in delivered else F.lit(None).cast("string")
        present = F.when(~text.isin(*dialect.missing_words, ""), text)
        codes = layout.codes.get(column, {})
        for code, meaning in codes.items():
            present = F.when(text == code, meaning).otherwise(present)
        columns.append(present.alias(column))
    return columns


def number_lines(lines: DataFrame, *, block: str, position: str) -> DataFrame:
    """Add its number to each line of a file, from 1, whatever the blocks in which it is read.

    ``position`` grows by one from line to line inside a block; its origin does not matter.
    """
    blocks = lines.groupBy(PART, block).agg(F.count("*").alias("_lines"), F.min(position).alias("_origin"))
    before = Window.partitionBy(PART).orderBy(block).rowsBetween(Window.unboundedPreceding, -1)
    offsets = blocks.withColumn("_before", F.coalesce(F.sum("_lines").over(before), F.lit(0))).drop("_lines")
    row = F.col("_before") + F.col(position) - F.col("_origin") + 1
    return (
        lines.join(F.broadcast(offsets), [PART, block], how="inner")
        .withColumn(ROW, row)
        .drop(block, position, "_before", "_origin")
    )
