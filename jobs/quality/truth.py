"""The known links of fictitious deliveries, as their files give them, and the source of each procedure."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.platform.errors import InputError
from linkage.platform.lake.files import Files
from linkage.tables.links import Link, PersonLink
from linkage.tables.sources import POLICE

IDS: list[str] = [Link.id_procedure, Link.id_affaire]
RANKS: list[str] = [PersonLink.rang_procedure, PersonLink.rang_affaire]
SOURCE_OF_FILE, SOURCES = "source_of_file", "sources"
LINKS, PERSONS = "links.csv", "persons.csv"


def read_truth(files: Files, folder: str, procedures: DataFrame) -> DataFrame:
    """Read the true pairs: ``source, id_procedure, id_affaire``. Further columns are ignored.

    ``procedures`` are the standardised ones, which tell the source of a procedure where the file does not.

    Nulls: the source of a procedure that was not delivered.

    Raises
    ------
    InputError
        There is no ``links.csv`` there, it lacks a column, or a procedure may be that of several sources.
    """
    place = _place(files, folder, LINKS)
    if not place:
        raise InputError(f"--truth {folder}: no {LINKS} there; expected the folder truth/ of fictitious deliveries.")
    return _read(place, IDS, procedures)


def read_persons_truth(files: Files, folder: str, procedures: DataFrame) -> DataFrame | None:
    """Read the true pairs of persons: case, ranks and ``role``; None where the truth is of cases only.

    Raises
    ------
    InputError
        ``persons.csv`` lacks a column, or a procedure may be that of several sources.
    """
    place = _place(files, folder, PERSONS)
    if not place:
        return None
    ranks = {rank: F.col(rank).try_cast("int") for rank in RANKS}
    return _read(place, [*IDS, *RANKS, PersonLink.role], procedures).withColumns(ranks)


def _place(files: Files, folder: str, file: str) -> str:
    there = (f"{folder}{part}/{file}" for part in ("", "/truth") if files.exists(f"{folder}{part}/{file}"))
    return next(there, "")


def _read(place: str, columns: Sequence[str], procedures: DataFrame) -> DataFrame:
    truth = procedures.sparkSession.read.csv(place, sep=";", header=True, enforceSchema=False)
    missing = [column for column in columns if column not in truth.columns]
    if missing:
        raise InputError(f"{place}: column {', '.join(missing)} missing; found {', '.join(truth.columns)}.")
    given = F.col(Link.source) if Link.source in truth.columns else F.lit(None).cast("string")
    pairs = truth.select(*columns, F.when(given.isin(*POLICE), given).alias(SOURCE_OF_FILE))
    of_source = procedures.groupBy(Link.id_procedure).agg(F.collect_set(Link.source).alias(SOURCES))
    named = pairs.join(of_source, on=Link.id_procedure, how="left")
    if unclear := named.where(F.col(SOURCE_OF_FILE).isNull() & (F.size(SOURCES) > 1)).count():
        raise InputError(
            f"{place}: {unclear} lines name a procedure by an identifier of several sources; expected beside it a "
            f"column {Link.source}, {' or '.join(POLICE)}."
        )
    return named.select(*columns, F.coalesce(SOURCE_OF_FILE, F.get(SOURCES, F.lit(0))).alias(Link.source))
