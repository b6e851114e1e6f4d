"""What leaves the lake for one study: tables as CSV and XLSX and their page, or an extract as Parquet; never both."""

from __future__ import annotations

import itertools
import posixpath
from pathlib import PurePath, PurePosixPath

import pandas as pd
from pyspark.sql import DataFrame

from jobs.study_extracts.protected import ProtectedExtract, ProtectedTables
from linkage.platform.errors import InputError
from linkage.platform.lake.files import Files
from linkage.platform.pages import fictitious
from linkage.platform.running.options import Location
from linkage.study_extracts.pages import page
from linkage.study_extracts.pages.shown import Content
from linkage.study_extracts.pages.workbook import workbook
from linkage.tables.study_extracts import Cell, Delay, Mark, StudyCase

PAGE, CODEBOOK = "etude.html", "dictionnaire.csv"
WARNING = "avertissement"
"""The last column of every file of figures made from fictitious deliveries."""


def outside(out: str, *, lake: str) -> None:
    """Refuse a folder inside the lake.

    Raises
    ------
    InputError
        The folder lies in the lake: what leaves is not to be mixed with what stays.
    """
    place, zone = (_place(path) for path in (out, lake))
    if place.is_relative_to(zone):
        raise InputError(f"--out {out}: it lies inside the lake {lake}; a folder outside it expected.")


def _place(path: str) -> PurePath:
    """Return where a path leads, by whatever way it is written."""
    here = Location(path).here
    return here.resolve() if here else PurePosixPath(posixpath.normpath(path))


def unused(files: Files, folder: str) -> str:
    """Return the folder, or the first of ``<folder>-2``, ``<folder>-3``… that holds nothing: a release each."""
    names = itertools.chain([folder], (f"{folder}-{number}" for number in itertools.count(2)))
    return next(name for name in names if not files.children(name))


def write(files: Files, study_tables: ProtectedTables, out: str, *, code_version: str) -> None:
    """Write the tables in a new folder."""
    out = out.rstrip("/")
    content = Content(
        study=study_tables.study,
        version=study_tables.version,
        code_version=code_version,
        published=study_tables.published,
        extraction=study_tables.extraction,
        fictitious=study_tables.fictitious,
        cells=study_tables.cells,
        delays=study_tables.delays,
        marks=study_tables.marks,
        estimates=study_tables.estimates,
        labels=study_tables.names.labels,
        contours=study_tables.names.contours,
    )
    frames = {f"tableaux/{name}": table for name, table in study_tables.cells.groupby(Cell.tableau, sort=True)}
    frames = {name: table.drop(columns=Cell.version) for name, table in frames.items()}
    frames |= {"delais": study_tables.delays[Delay.names()], "reperes": study_tables.marks[Mark.names()]}
    for name, frame in frames.items():
        warned = frame.assign(**{WARNING: fictitious.NOTICE}) if content.fictitious else frame
        files.write_text(f"{out}/{name}.csv", _csv(warned))
    files.write_bytes(f"{out}/tableaux.xlsx", workbook(content))
    files.write_text(f"{out}/{CODEBOOK}", _csv(codebook(is_fictitious=content.fictitious)))
    files.write_text(f"{out}/{PAGE}", page.render(content))


def write_extract(files: Files, extract: ProtectedExtract, out: str) -> None:
    """Write an extract in a new folder of its own, without any table."""
    out = out.rstrip("/")
    _write_parquet(files, extract.rows, f"{out}/microdonnees")
    columns = extract.study.microdata.columns
    rows = [("*", fictitious.NOTICE, "")] if extract.fictitious else []
    rows += [("id", "pseudonyme propre à cet extrait", "")]
    emptied = "sans objet, ou vidé pour que nul ne soit reconnu"
    rows += [(name, getattr(StudyCase, name).meaning, emptied) for name in columns]
    files.write_text(f"{out}/{CODEBOOK}", _csv(pd.DataFrame(rows, columns=["colonne", "signification", "vide"])))


def _write_parquet(files: Files, rows: DataFrame, folder: str) -> None:
    """Write rows as one file, without the marks and checksums that Hadoop leaves beside."""
    rows.coalesce(1).write.parquet(folder)
    for name in files.children(folder):
        if name.startswith((".", "_")):
            files.delete(f"{folder}/{name}")


def codebook(*, is_fictitious: bool) -> pd.DataFrame:
    """Return one row per file and column of the tables: what it holds."""
    rows = [("*.csv", WARNING, fictitious.NOTICE, "", "")] if is_fictitious else []
    rows += [
        (name, str(column), column.meaning, column.unit, column.nulls)
        for name, table in (("tableaux/*.csv", Cell), ("delais.csv", Delay), ("reperes.csv", Mark))
        for column in table.columns
    ]
    return pd.DataFrame(rows, columns=["fichier", "colonne", "signification", "unite", "vide"])


def _csv(frame: pd.DataFrame) -> str:
    # Semicolons and decimal commas, as French spreadsheets open them; the mark is what makes them read accents.
    return "\ufeff" + str(frame.to_csv(index=False, sep=";", decimal=",", lineterminator="\n"))
