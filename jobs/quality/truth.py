"""The known links of fictitious deliveries, as their files give them."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from linkage.platform.errors import InputError
from linkage.platform.lake.files import Files
from linkage.tables.links import Link, PersonLink

PAIR: list[str] = [Link.id_procedure, Link.id_affaire]
RANKS: list[str] = [PersonLink.rang_procedure, PersonLink.rang_affaire]
LINKS, PERSONS = "links.csv", "persons.csv"


def read_truth(spark: SparkSession, files: Files, folder: str) -> DataFrame:
    """Read the true pairs: ``id_procedure, id_affaire``. Further columns are ignored.

    Raises
    ------
    InputError
        There is no ``links.csv`` there, or it lacks a column.
    """
    place = _place(files, folder, LINKS)
    if not place:
        raise InputError(f"--truth {folder}: no {LINKS} there; expected the folder truth/ of fictitious deliveries.")
    return _read(spark, place, PAIR)


def read_persons_truth(spark: SparkSession, files: Files, folder: str) -> DataFrame | None:
    """Read the true pairs of persons: case, ranks and ``role``; None where the truth is of cases only.

    Raises
    ------
    InputError
        ``persons.csv`` lacks a column.
    """
    place = _place(files, folder, PERSONS)
    if not place:
        return None
    ranks = {rank: F.col(rank).try_cast("int") for rank in RANKS}
    return _read(spark, place, [*PAIR, *RANKS, PersonLink.role]).withColumns(ranks)


def _place(files: Files, folder: str, file: str) -> str:
    there = (f"{folder}{part}/{file}" for part in ("", "/truth") if files.exists(f"{folder}{part}/{file}"))
    return next(there, "")


def _read(spark: SparkSession, place: str, columns: Sequence[str]) -> DataFrame:
    truth = spark.read.csv(place, sep=";", header=True, enforceSchema=False)
    missing = [column for column in columns if column not in truth.columns]
    if missing:
        raise InputError(f"{place}: column {', '.join(missing)} missing; found {', '.join(truth.columns)}.")
    return truth.select(*columns)
