"""Where the generator keeps the frames that several tables are read from."""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import DataFrame


def in_memory(frame: DataFrame, _name: str) -> DataFrame:
    """The frame computed once in the executors' storage: for small countries, on one machine."""
    return frame.localCheckpoint()


def on_disk(folder: str) -> Callable[[DataFrame, str], DataFrame]:
    """A keeper that writes each frame under a scratch folder: for countries that outlive an executor."""

    def keep(frame: DataFrame, name: str) -> DataFrame:
        path = f"{folder}/{name}"
        frame.write.mode("overwrite").parquet(path)
        return frame.sparkSession.read.schema(frame.schema).parquet(path)

    return keep
