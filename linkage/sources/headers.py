"""The first bytes of a file, compared with its declaration."""

from __future__ import annotations

import csv
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from linkage.concepts.blanks import plain_name
from linkage.sources.declaration import Dialect, Layout

FIRST_BYTES = 1 << 16
_DELIMITERS = {";": "';'", ",": "','", "\t": "tab", "|": "'|'"}
_LINE_END = re.compile("\r\n|\n|\r")
BOM = "\ufeff"


@dataclass(frozen=True)
class FirstLine:
    """How a text file begins: its header line as it stands (empty without one), or what is wrong with it."""

    header: str = ""
    problem: str = ""


def read_first_line(
    first: bytes, *, name: str, gzipped: bool, layout: Layout, dialect: Dialect, may_be_empty: bool
) -> FirstLine:
    """Read a file's first bytes against its declaration."""
    if gzipped and first:
        try:
            first = zlib.decompressobj(wbits=31).decompress(first, FIRST_BYTES)
        except zlib.error:
            return FirstLine(problem=f"{name}: not a gzip file, or damaged.")
    if not first:
        if may_be_empty and not dialect.header:
            return FirstLine()
        return FirstLine(problem=f"{name}: empty file; {_expected(layout, dialect)} expected.")
    line = re.split(rb"\r\n|\n|\r", first.removeprefix(b"\xef\xbb\xbf"), maxsplit=1)[0]
    try:
        text = line.decode(dialect.encoding)
    except UnicodeDecodeError:
        return FirstLine(problem=f"{name}: first line: bytes that are not {dialect.encoding}, the declared encoding.")
    columns = fields(text, dialect.delimiter, dialect.quote)
    if not dialect.header:
        return FirstLine(problem=_first_row_problem(columns, text, name, layout, dialect))
    return FirstLine(text, header_problem(columns, name, layout, dialect, line=text))


def fields(line: str, delimiter: str, quote: str) -> list[str]:
    """Return the fields of one line, in one normal form."""
    if not quote:
        return [plain_name(field) for field in line.split(delimiter)]
    return [plain_name(field) for field in next(csv.reader([line], delimiter=delimiter, quotechar=quote), [])]


def header_problem(columns: Sequence[str], name: str, layout: Layout, dialect: Dialect, *, line: str = "") -> str:
    """Return how the columns found differ from those declared; empty when they do not.

    Names are shown only beside declared ones: a first line without any may be a person's row.
    """
    expected = layout.header
    if tuple(columns) == expected:
        return ""
    announced = f"{_expected(layout, dialect)} expected"
    other = _other_delimiter(line, layout, dialect)
    if other:
        return f"{name}: header: delimiter {other} found, {_said(dialect.delimiter)} expected."
    if not set(columns) & set(expected):
        same = {column.lower() for column in columns} & {column.lower() for column in expected}
        why = "the names are declared in other capitals" if same else "none of the declared names is in the first line"
        return f"{name}: header: {len(columns)} columns found, {why}; {announced}."
    missing = [column for column in expected if column not in columns]
    added = [column[:60] for column in columns if column not in expected]
    repeated = sorted({column for column in columns if columns.count(column) > 1} - set(added))
    parts = [f"missing {', '.join(missing)}"] if missing else []
    parts += [f"not declared {', '.join(repr(column) for column in added)}"] if added else []
    parts += [f"repeated {', '.join(repeated)}"] if repeated else []
    if not parts:
        parts = [f"the declared columns in another order: {', '.join(columns)}"]
    return f"{name}: header: {'; '.join(parts)}; {announced}."


def _first_row_problem(columns: list[str], line: str, name: str, layout: Layout, dialect: Dialect) -> str:
    if {column.lower() for column in columns} & {column.lower() for column in layout.header if column}:
        return f"{name}: a header found, none declared (dialect.header = false)."
    if len(columns) == len(layout.header):
        return ""
    other = _other_delimiter(line, layout, dialect)
    if other:
        return f"{name}: delimiter {other} found, {_said(dialect.delimiter)} expected."
    return f"{name}: first line: {len(columns)} fields found, {len(layout.header)} expected."


def _other_delimiter(line: str, layout: Layout, dialect: Dialect) -> str:
    if len(layout.header) < 2 or len(fields(line, dialect.delimiter, dialect.quote)) > 1:
        return ""
    for delimiter, shown in _DELIMITERS.items():
        if delimiter != dialect.delimiter and len(fields(line, delimiter, dialect.quote)) > 1:
            return shown
    return ""


def _said(delimiter: str) -> str:
    return _DELIMITERS.get(delimiter, f"'{delimiter}'")


def _expected(layout: Layout, dialect: Dialect) -> str:
    joined = dialect.delimiter.join(layout.header)
    return f"the header {joined}" if dialect.header else f"{len(layout.header)} columns without a header ({joined})"
