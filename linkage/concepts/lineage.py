"""Where a frame that several steps read is kept between them: on the disks of the executors, encrypted."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.storagelevel import StorageLevel


def cut_lineage(frame: DataFrame) -> DataFrame:
    """Return the frame computed once, its rows in Spark's own storage and no longer the plan that made them.

    ``checkpoint()`` would write them to the scratch of the lake in clear: Spark encrypts what it stores and moves by
    itself (``spark.io.encryption``, ``spark.network.crypto``), and nothing else. On a cluster two executors have each
    part, so that the loss of one stops nothing.
    """
    alone = str(frame.sparkSession.sparkContext.master).partition("[")[0] == "local"
    return frame.localCheckpoint(storageLevel=StorageLevel.DISK_ONLY if alone else StorageLevel.DISK_ONLY_2)
