"""The known links of fictitious deliveries, as their files give them."""

from __future__ import annotations

from pyspark.sql import DataFrame, SparkSession

from linkage.errors import InputError
from linkage.files import Files
from linkage.tables.linkage import Link

PAIR = [Link.id_procedure, Link.id_affaire]


def read_truth(spark: SparkSession, files: Files, folder: str) -> DataFrame:
    """The true pairs: ``id_procedure, id_affaire``. Further columns are ignored.

    Raises
    ------
    InputError
        There is no ``links.csv`` there, or it lacks a column.
    """
    place = next(
        (f"{folder}{part}/links.csv" for part in ("", "/truth") if files.exists(f"{folder}{part}/links.csv")), ""
    )
    if not place:
        raise InputError(f"--truth {folder}: no links.csv there; expected the folder truth/ of fictitious deliveries.")
    truth = spark.read.csv(place, sep=";", header=True, enforceSchema=False)
    missing = [column for column in PAIR if column not in truth.columns]
    if missing:
        raise InputError(f"{place}: column {', '.join(missing)} missing; found {', '.join(truth.columns)}.")
    return truth.select(*PAIR)
