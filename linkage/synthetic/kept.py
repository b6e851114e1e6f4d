"""Where the generator keeps the frames that several tables are read from."""

from __future__ import annotations

from collections.abc import Callable

from pyspark.sql import DataFrame


def keep_in_memory(frame: DataFrame, name: str) -> DataFrame:
    """Compute the frame once in the executors' storage: for small countries, on one machine."""
    return frame.localCheckpoint()


def keep_on_disk(folder: str) -> Callable[[DataFrame, str], DataFrame]:
    """Return a keeper that writes each frame under a scratch folder: for countries that outlive an executor."""

    def keep(frame: DataFrame, name: str) -> DataFrame:
        path = f"{folder}/{name}"
        frame.write.mode("overwrite").parquet(path)
        return frame.sparkSession.read.schema(frame.schema).parquet(path)

    return keep
