"""A run's own folder in the lake, for checkpoints: on a cluster, executors must share it."""

from __future__ import annotations

from pyspark.sql import SparkSession

from linkage.platform.lake.files import Files

FOLDER = "_scratch"


class Scratch:
    """The folder ``_scratch/<application>`` of one run. What lies there holds identifiers and goes with the run."""

    def __init__(self, spark: SparkSession, files: Files, lake: str) -> None:
        self._context, self._files, self._lake = spark.sparkContext, files, lake
        self._all = f"{lake}/{FOLDER}"
        self._folder = f"{self._all}/{self._context.applicationId}"
        self._lake_was_there = files.exists(lake)

    def open(self) -> None:
        """Make the folder Spark's checkpoint directory."""
        self._context.setCheckpointDir(self._folder)
        self._files.delete_at_exit(self._folder)  # a signal ends Python before it can

    def clear_others(self) -> list[str]:
        """Delete the folders of runs that ended without a word; return their paths. Called under the lake's lock."""
        others = [name for name in self._files.children(self._all) if f"{self._all}/{name}" != self._folder]
        for name in others:
            self._files.delete(f"{self._all}/{name}")
        return [f"{FOLDER}/{name}" for name in others]

    def bytes(self) -> int:
        """Bytes that lie in the folder now."""
        return self._files.size_of_all(self._folder)

    def close(self) -> None:
        """Delete the folder, whatever became of the run."""
        self._files.delete(self._folder)
        self._files.delete_if_empty(self._all)
        if not self._lake_was_there:
            self._files.delete_if_empty(self._lake)
