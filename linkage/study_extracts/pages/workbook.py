"""The tables as one Excel workbook: a cover that says what they are, then a sheet a table."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from linkage.platform.lake.schema import Column
from linkage.platform.pages import fictitious
from linkage.study_extracts.pages import reading
from linkage.study_extracts.pages.definitions import definitions
from linkage.study_extracts.pages.outline import Outline
from linkage.study_extracts.pages.shown import Content, Shown, plain, shown_tables
from linkage.study_extracts.pages.words import Words
from linkage.tables.study_extracts import Delay, Mark

BOLD, LARGE = Font(bold=True), Font(bold=True, size=14)
COUNT, SHARE = "#,##0", "0.0%"
MASKED = "masqué"
LONGEST_NAME = 31  # of a sheet, for Excel
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def workbook(content: Content) -> bytes:
    """Return the file's bytes, the same for the same content: no clock in it."""
    book = Workbook()
    cover = book.active
    assert isinstance(cover, Worksheet)
    cover.title = "Couverture"
    tables = shown_tables(content)
    _cover(cover, content, tables)
    captions = {item.name: item.caption for section in Outline(content).sections() for item in section.items}
    for table in tables:
        sheet = book.create_sheet(table.name[:LONGEST_NAME])
        sheet.append([captions.get(table.name, table.title)])
        _sheet(sheet, table, content)
    for name, frame, of in (("delais", content.delays, Delay), ("reperes", content.marks, Mark)):
        _plain(book.create_sheet(name), frame, [one for one in of.columns if one != Delay.version], content.words)
    if content.fictitious:
        _say_fictitious(book)
    buffer = io.BytesIO()
    book.save(buffer)
    day = f"{content.extraction:%Y-%m-%d}T00:00:00Z".encode()
    return _still(buffer.getvalue(), day)


def _cover(sheet: Worksheet, content: Content, tables: Sequence[Shown]) -> None:
    sheet.append([content.study.title])
    sheet["A1"].font = LARGE
    about = [
        ("Version de l'appariement", content.version),
        ("Code", content.code_version),
        ("Suites connues au", f"{content.extraction:%d/%m/%Y}"),
        *definitions(content.study, extraction=content.extraction),
        *(("Qualité de l'appariement", sentence) for sentence in content.rate.sentences),
        ("Cases masquées", f"{sum(table.hidden for table in tables)} sur {sum(table.nb for table in tables)}"),
    ]
    for row in about:
        sheet.append(row)
    sheet.append([])
    sheet.append(["Feuille", "Titre", "Unité de compte", "Cases", "dont masquées"])
    for cell in sheet[sheet.max_row]:
        cell.font = BOLD
    words = content.words
    for table in tables:
        sheet.append([table.name[:LONGEST_NAME], table.title, words.name(table.unit), table.nb, table.hidden])
    _widths(sheet, (26, 100, 16, 8, 14))
    for line in sheet.iter_rows(min_row=2, max_col=2):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _sheet(sheet: Worksheet, table: Shown, content: Content) -> None:
    words = content.words
    sheet["A1"].font = LARGE
    sheet.append([f"Champ : {reading.field(content.study, table.unit, table.indicator)}"])
    sheet.append([f"Unité de compte : {words.name(table.unit)}. {table.grain} {table.note}"])
    for sentence in content.rate.sentences:
        sheet.append([sentence])
    sheet.append([f"Source : {reading.source(content)}"])
    sheet.append([])
    names = [words.column(table.indicator, column) for column in table.columns]
    blocks = [("effectif", [*names, "total"]), ("part", names), ("part pondérée", names)]
    blocks = blocks if table.weighted else blocks[:2]
    rated = ["taux d'appariement"] if table.rated else []
    rated += ["liens justes", "liens retrouvés"] if table.estimated else []
    sheet.append(
        [
            words.name(table.by),
            *(f"{name} · {block}" for block, titles in blocks for name in titles),
            *rated,
        ]
    )
    for cell in sheet[sheet.max_row]:
        cell.font, cell.alignment = BOLD, Alignment(wrap_text=True, vertical="bottom")
    for row in table.rows:
        counts = [*(cell.valeur for cell in row.cells), row.total]
        shares = [cell.part for cell in row.cells] + ([cell.weighted for cell in row.cells] if table.weighted else [])
        rate = ([row.rate] if table.rated else []) + ([row.precision, row.recall] if table.estimated else [])
        sheet.append(
            [
                words.row(table.by, row.name),
                *(MASKED if value is None else value for value in (*counts, *shares, *rate)),
            ]
        )
        for cell, shape in zip(sheet[sheet.max_row][1:], [COUNT] * len(counts) + [SHARE] * 99, strict=False):
            cell.number_format = shape
            cell.alignment = Alignment(horizontal="right")
    _widths(sheet, (34, *[15] * (sheet.max_column - 1)))


def _plain(sheet: Worksheet, frame: pd.DataFrame, columns: Sequence[Column], words: Words) -> None:
    sheet.append([f"{column.meaning}{f', en {column.unit}' if column.unit else ''}" for column in columns])
    for cell in sheet[1]:
        cell.font, cell.alignment = BOLD, Alignment(wrap_text=True, vertical="bottom")
    for row in plain(frame[list(columns)]).itertuples(index=False):
        sheet.append([words.name(value) if isinstance(value, str) else value for value in row])
    _widths(sheet, (44, *[22] * (len(columns) - 1)))


def _say_fictitious(book: Workbook) -> None:
    """Say it above each sheet, and at the top of each printed page."""
    for sheet in book.worksheets:
        sheet.insert_rows(1)
        sheet["A1"], sheet["A1"].font = fictitious.NOTICE, BOLD
        sheet.oddHeader.center.text = fictitious.MARK


def _widths(sheet: Worksheet, widths: Iterable[int]) -> None:
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def _still(content: bytes, day: bytes) -> bytes:
    """Return the same archive without the hour at which it was made."""
    archive = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            part: Any = old.read(name)
            if name == "docProps/core.xml":
                part = MODIFIED.sub(rb"\g<1>" + day, part)
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, part)
    return archive.getvalue()
