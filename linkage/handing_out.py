"""What leaves the lake for one study: tables as CSV, the extract as Parquet, a codebook, the page."""

from __future__ import annotations

from pathlib import PurePosixPath

import pandas as pd  # type: ignore[import-untyped]

from linkage.errors import InputError
from linkage.files import Files
from linkage.quality import typography
from linkage.study_extracts import page
from linkage.studying import Made
from linkage.tables.study_extracts import WORDS, Cell, Delay, Mark

PAGE = "etude.html"


def outside(out: str, *, lake: str) -> None:
    """Refuses a folder inside the lake.

    Raises
    ------
    InputError
        The folder lies in the lake: what leaves is not to be mixed with what stays.
    """
    place, zone = (PurePosixPath("/" + path.removeprefix("file:").strip("/")) for path in (out, lake))
    if place.is_relative_to(zone):
        raise InputError(f"--out {out}: it lies inside the lake {lake}; a folder outside it expected.")


def new(files: Files, out: str) -> None:
    """Refuses a folder that holds something.

    Raises
    ------
    InputError
        It does: an older release is never overwritten.
    """
    if files.children(out):
        raise InputError(f"--out {out}: the folder is not empty; a new one expected, a release is never overwritten.")


def write(files: Files, made: Made, out: str, *, code_version: str) -> str:
    """Writes everything in a new folder, the page last; returns the page's path."""
    out = out.rstrip("/")
    for name, table in made.cells.groupby(Cell.tableau, sort=True):
        files.write_text(f"{out}/tableaux/{name}.csv", _csv(table.drop(columns=Cell.version)))
    for name, frame, of in (("delais", made.delays, Delay), ("reperes", made.marks, Mark)):
        files.write_text(f"{out}/{name}.csv", _csv(frame[[str(column) for column in of.columns]]))
    files.write_text(f"{out}/dictionnaire.csv", _csv(codebook(made)))
    made.extract.coalesce(1).write.parquet(f"{out}/microdonnees")
    files.write_text(
        f"{out}/{PAGE}",
        page.render(
            page.Content(
                study=made.study,
                version=made.version,
                code_version=code_version,
                extraction=made.extraction,
                cells=made.cells,
                delays=made.delays,
                marks=made.marks,
                match_rates=made.match_rates,
                estimates=made.estimates,
            ),
            filters=typography.FILTERS,
        ),
    )
    return f"{out}/{PAGE}"


def codebook(made: Made) -> pd.DataFrame:
    """One row per file and column: what it holds."""
    rows = [
        (name, str(column), column.meaning, column.unit, column.nulls)
        for name, table in (("tableaux/*.csv", Cell), ("delais.csv", Delay), ("reperes.csv", Mark))
        for column in table.columns
    ]
    rows.append(("microdonnees", "id", "pseudonyme propre à cet extrait", "", ""))
    rows += [("microdonnees", name, WORDS[name], "", "sans objet, ou vidé") for name in made.study.microdata.columns]
    return pd.DataFrame(rows, columns=["fichier", "colonne", "signification", "unite", "vide"])


def _csv(frame: pd.DataFrame) -> str:
    # Semicolons and decimal commas, as French spreadsheets open them; the mark is what makes them read accents.
    return "\ufeff" + str(frame.to_csv(index=False, sep=";", decimal=",", lineterminator="\n"))
