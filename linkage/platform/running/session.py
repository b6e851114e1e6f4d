"""The SparkSession, with what must hold whatever the properties file says."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from pyspark.logger import PySparkLogger
from pyspark.sql import SparkSession
from splink.backends.spark import similarity_jar_location

from linkage.platform.errors import UserFacingError
from linkage.platform.running import hardening

# The engines this code was written and tested against; pyproject.toml pins the same.
VERSIONS = {"pyspark": "4.2.0", "delta-spark": "4.4.1", "splink": "5.0.0"}

# What the results depend on. A properties file sets the memory and the place; it cannot change these.
REQUIRED = {
    # A cast that fails, or a number that overflows, stops the job instead of giving a null.
    "spark.sql.ansi.enabled": "true",
    # A timestamp near midnight must fall on the same day on every machine.
    "spark.sql.session.timeZone": "Europe/Paris",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
    # A damaged or vanished file stops the job; Parquet pages are checked against their checksum.
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.hadoop.parquet.page.verify-checksum.enabled": "true",
    # Nanoseconds, in which pandas writes its dates, are refused otherwise: sources makes days of them.
    "spark.sql.legacy.parquet.nanosAsLong": "true",
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.databricks.delta.schema.autoMerge.enabled": "false",
    "spark.databricks.delta.retentionDurationCheck.enabled": "true",
    # Delta keeps the list of a small table's files beside each commit. Outside UTC it reads all of the log again after
    # every commit to check that list, since a partition by the hour would depend on the zone: no table here has one.
    "spark.databricks.delta.allFilesInCrc.verificationMode.forceOnNonUTC.enabled": "false",
    # Plans go to logs and to the interface: few fields, short strings.
    "spark.sql.debug.maxToStringFields": "10",
    "spark.sql.maxPlanStringLength": "20000",
    "spark.cleaner.referenceTracking.cleanCheckpoints": "true",
    # A partition much larger than the others is shared among tasks.
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.adaptive.skewJoin.enabled": "true",
    "spark.ui.showConsoleProgress": "false",
    # Rows that already stand in the order of their groups are aggregated in one pass, without a hash map for the parts
    # and another for the whole.
    "spark.sql.execution.replaceHashWithSortAgg": "true",
    # Java leaves methods above 8,000 bytes uncompiled; Spark then had better generate several small ones.
    "spark.sql.codegen.hugeMethodLimit": "8000",
    # This is Spark's default. Where it is not set, Spark reads an environment variable (whether Spark itself is under
    # test) each time it sorts, collects or transforms a set of a row.
    "spark.sql.types.framework.enabled": "false",
    # A task keeps a few files open, one a partition, before it sorts its rows by partition.
    "spark.sql.maxConcurrentOutputFileWriters": "8",
    # Upper and lower case by ICU, which is slower: Java's own follow the language of the machine.
    "spark.sql.icu.caseMappings.enabled": "true",
    # PySpark otherwise notes, for every column that an expression names, the line of code that does: three quarters of
    # the time that it takes to write an expression.
    "spark.python.sql.dataFrameDebugging.enabled": "false",
}

# These loggers of PySpark write the value that made a query fail, with the query.
_QUOTING_LOGGERS = ("SQLQueryContextLogger", "DataFrameQueryContextLogger")


def cached_jars() -> list[str]:
    """Return the jars that the set-up put beside the Python environment, and Splink's similarity functions."""
    return [*sorted(str(jar) for jar in (Path(sys.prefix) / "jars").glob("*.jar")), similarity_jar_location()]


def build(name: str, extra: Mapping[str, str] | None = None) -> SparkSession:
    """Return the session of a run; ``extra`` adds to what must hold and cannot replace it.

    Raises
    ------
    UserFacingError
        An engine is not of the expected version.
    """
    check_versions()
    for logger in _QUOTING_LOGGERS:
        PySparkLogger.getLogger(logger).disabled = True
    builder = SparkSession.builder.appName(name)
    for key, value in {**(extra or {}), **REQUIRED, **hardening.SET_BY_SESSION}.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def build_local(name: str, extra: Mapping[str, str] | None = None) -> SparkSession:
    """Return a session of two threads in this process, without spark-submit: for tests and notebooks."""
    local = {
        "spark.master": "local[2]",
        "spark.jars": ",".join(cached_jars()),
        "spark.driver.memory": "2g",
        # Small data in short runs: the time is spent compiling, and the first compiler is enough.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=256m",
        "spark.sql.shuffle.partitions": "4",
        "spark.databricks.delta.snapshotPartitions": "2",
    }
    # Spark's own default is whatever python3 is on the path, which may not have our packages.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return build(name, {**local, **(extra or {})})


def check_versions() -> None:
    """Refuse engines that are not the expected ones, all at once."""
    installed = {package: _version(package) for package in VERSIONS}
    wrong = [
        f"{package}: {installed[package]} found, {VERSIONS[package]} expected."
        for package in VERSIONS
        if installed[package] != VERSIONS[package]
    ]
    if wrong:
        raise UserFacingError([*wrong, "Remove the folder .venv and run again: the environment is then prepared anew."])


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "nothing"
