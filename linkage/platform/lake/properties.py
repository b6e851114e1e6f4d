"""The properties of a Delta table: those that it is made with, and that it must still have."""

from __future__ import annotations

from pyspark.sql import SparkSession

from linkage.platform.lake.record import damaged

DECLARED = {
    # Every Delta reader must open the tables: no deletion vectors, no column mapping.
    "delta.enableDeletionVectors": "false",
    "delta.columnMapping.mode": "none",
    # Identifiers must not be copied into the log as statistics: none is collected.
    "delta.dataSkippingNumIndexedCols": "0",
    "delta.enableInCommitTimestamps": "true",
}


def require(spark: SparkSession, location: str, path: str, *, lake: str) -> None:
    """Check that the properties of a table that was just opened are still those that it was made with.

    Raises
    ------
    UserFacingError
        Something else changed them: identifiers may then be copied into the log as statistics of columns.
    """
    log = spark._jvm.org.apache.spark.sql.delta.DeltaLog.forTable(  # type: ignore[union-attr]
        spark._jsparkSession, location
    )
    lines = str(log.unsafeVolatileSnapshot().metadata().configuration().mkString("\n")).splitlines()
    properties = dict(line.split(" -> ", 1) for line in lines)
    changed = [
        f"{name} is {properties.get(name, 'not set')}, {declared} expected"
        for name, declared in DECLARED.items()
        if properties.get(name) != declared
    ]
    if changed:
        raise damaged(
            lake,
            path,
            f"{'; '.join(changed)}: something else changed the table, and its log may hold statistics of columns, "
            "identifiers among them",
        )
