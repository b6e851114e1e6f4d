"""What leaves the lake for one study: tables as CSV and XLSX, the extract as Parquet, a codebook, the page."""

from __future__ import annotations

import itertools
import posixpath
from pathlib import Path, PurePath, PurePosixPath

import pandas as pd

from jobs.study_extracts.study import ProtectedStudy
from linkage.platform.errors import InputError
from linkage.platform.lake.files import Files
from linkage.platform.pages import typography
from linkage.platform.running.options import Location
from linkage.study_extracts.pages import page
from linkage.study_extracts.pages.shown import Content
from linkage.study_extracts.pages.workbook import workbook
from linkage.tables.study_extracts import Cell, Delay, Extract, Mark, of_study

PAGE = "etude.html"


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
    if Location(path).has_scheme and not path.startswith("file:"):
        return PurePosixPath(posixpath.normpath(path))
    return Path("/" + path.removeprefix("file:").lstrip("/") if path.startswith("file:") else path).resolve()


def unused(files: Files, folder: str) -> str:
    """Return the folder, or the first of ``<folder>-2``, ``<folder>-3``… that holds nothing: a release each."""
    names = itertools.chain([folder], (f"{folder}-{number}" for number in itertools.count(2)))
    return next(name for name in names if not files.children(name))


def write(files: Files, protected_study: ProtectedStudy, out: str, *, code_version: str) -> None:
    """Write everything in a new folder."""
    out = out.rstrip("/")
    content = Content(
        study=protected_study.study,
        version=protected_study.version,
        code_version=code_version,
        extraction=protected_study.extraction,
        cells=protected_study.cells,
        delays=protected_study.delays,
        marks=protected_study.marks,
        estimates=protected_study.estimates,
        labels=protected_study.labels,
    )
    for name, table in protected_study.cells.groupby(Cell.tableau, sort=True):
        files.write_text(f"{out}/tableaux/{name}.csv", _csv(table.drop(columns=Cell.version)))
    for name, frame, of in (("delais", protected_study.delays, Delay), ("reperes", protected_study.marks, Mark)):
        files.write_text(f"{out}/{name}.csv", _csv(frame[of.names()]))
    files.write_bytes(f"{out}/tableaux.xlsx", workbook(content))
    files.write_text(f"{out}/dictionnaire.csv", _csv(codebook(protected_study)))
    protected_study.extract.coalesce(1).write.parquet(f"{out}/microdonnees")
    files.write_text(f"{out}/{PAGE}", page.render(content, filters=typography.FILTERS))


def codebook(protected_study: ProtectedStudy) -> pd.DataFrame:
    """Return one row per file and column: what it holds."""
    study = protected_study.study
    extract = of_study(Extract, study.study, study.microdata.columns)
    columns_of = {
        "tableaux/*.csv": Cell.columns,
        "delais.csv": Delay.columns,
        "reperes.csv": Mark.columns,
        "microdonnees": [column for column in extract.columns if column != Extract.version],
    }
    rows = [
        (file, str(column), column.meaning, column.unit, column.nulls)
        for file, columns in columns_of.items()
        for column in columns
    ]
    return pd.DataFrame(rows, columns=["fichier", "colonne", "signification", "unite", "vide"])


def _csv(frame: pd.DataFrame) -> str:
    # Semicolons and decimal commas, as French spreadsheets open them; the mark is what makes them read accents.
    return "\ufeff" + str(frame.to_csv(index=False, sep=";", decimal=",", lineterminator="\n"))
