"""What a user reads of an error that Spark raised: told by the classes and conditions behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from py4j.protocol import Py4JNetworkError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from linkage.platform.errors import ContractError, InputError, UserFacingError
from linkage.platform.java_errors import JavaError
from linkage.platform.running import causes
from linkage.platform.running.causes import known_cause

OF_A_JOB = "Job aborted due to stage failure: Task 0 failed 4 times, most recent failure: Lost task 0.3 (TID 7): "


def behind(monkeypatch: pytest.MonkeyPatch, *thrown: JavaError) -> UserFacingError | None:
    monkeypatch.setattr(causes, "java_errors", lambda error: iter(thrown))
    return known_cause(RuntimeError("a message that nobody reads"))


@pytest.mark.parametrize(
    ("thrown", "advice"),
    [
        (JavaError("java.io.IOException", "No space left on device"), "No space is left"),
        (JavaError("java.nio.file.FileSystemException", "/spill/x: No space left on device"), "No space is left"),
        (JavaError("java.io.IOException", "Stream closed"), None),
        (JavaError("java.lang.OutOfMemoryError", "Java heap space"), "too little memory"),
        (JavaError("io.delta.exceptions.ConcurrentAppendException", ""), "Another job wrote the same table"),
        (JavaError("java.net.ConnectException", "Call From a to b:8020 failed"), "does not answer"),
        (
            JavaError("org.apache.spark.SparkException", f"{OF_A_JOB}java.lang.OutOfMemoryError: heap"),
            "too little memory",
        ),
        (
            JavaError("org.apache.spark.SparkException", f"{OF_A_JOB}java.io.IOException: No space left on device"),
            "No space",
        ),
        (JavaError("org.apache.spark.SparkException", f"{OF_A_JOB}not.java.lang.OutOfMemoryError"), None),
        (JavaError("java.lang.ArithmeticException", "No space left on device"), None),
    ],
)
def test_an_exception_of_java_is_known_by_its_class(
    thrown: JavaError, advice: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cause = behind(monkeypatch, JavaError("org.apache.spark.SparkException", "Writing failed."), thrown)
    if advice is None:
        assert cause is None
    else:
        assert type(cause) is UserFacingError
        assert advice in str(cause)


@pytest.mark.parametrize(
    ("thrown", "said"),
    [
        (
            JavaError("java.io.FileNotFoundException", "/lake/links/x (Read-only file system)"),
            "/lake/links/x: its file system is read-only: it cannot be written.",
        ),
        (
            JavaError("java.io.FileNotFoundException", "/in/personnes.csv (Permission denied)"),
            "/in/personnes.csv: this account may not open it.",
        ),
        (JavaError("java.nio.file.AccessDeniedException", "/lake/x"), "/lake/x: this account may not open it."),
        (
            JavaError(
                "org.apache.hadoop.security.AccessControlException",
                'Permission denied: user=a, access=WRITE, inode="/lake":b:c:drwxr-x---',
            ),
            "/lake: this account may not open it.",
        ),
        (
            JavaError("org.apache.hadoop.fs.UnsupportedFileSystemException", 'No FileSystem for scheme "hdsf"'),
            "hdsf://: Hadoop knows no such file system here.",
        ),
        (JavaError("java.net.UnknownHostException", "namenod"), "namenod: no machine of that name is known here."),
        (
            JavaError(
                "org.apache.hadoop.yarn.exceptions.YarnException",
                "Failed to submit application_1_0002 to YARN : Application application_1_0002 submitted by user a"
                "Application application_1_0002 submitted by user a to unknown queue: niut",
            ),
            "YARN refuses to run this: unknown queue: niut.",
        ),
        (
            JavaError(
                "java.lang.IllegalArgumentException",
                "Required AM memory (6500+650 MB) is above the max threshold (6144 MB) of this cluster! Please check "
                "the values of 'yarn.scheduler.maximum-allocation-mb' and/or 'yarn.nodemanager.resource.memory-mb'.",
            ),
            "YARN refuses to run this: Required AM memory (6500+650 MB) is above the max threshold (6144 MB) of this "
            "cluster: ask for less in --conf, or raise what its nodes give.",
        ),
        (
            JavaError(
                "org.apache.hadoop.yarn.exceptions.YarnException",
                "Failed to submit application_1_0001 to YARN : root is not a leaf queue",
            ),
            "YARN refuses to run this: root is not a leaf queue.",
        ),
    ],
)
def test_what_the_user_named_is_said_with_what_is_wrong(
    thrown: JavaError, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cause = behind(monkeypatch, JavaError("org.apache.spark.SparkException", "Reading failed."), thrown)
    assert type(cause) is InputError
    assert str(cause) == said


def _fails(error: Exception, spark: SparkSession) -> Exception:
    def raising(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        if error:
            raise error
        yield from frames

    with pytest.raises(PySparkException) as stopped:
        spark.range(1).mapInPandas(raising, "id long").collect()
    return stopped.value


@pytest.mark.parametrize("error", [InputError("--key: not there."), ContractError(["rows: 3.", "expected: 4."])])
def test_an_error_for_the_user_raised_in_a_worker_is_that_error(error: UserFacingError, spark: SparkSession) -> None:
    cause = known_cause(_fails(error, spark))
    assert type(cause) is type(error)
    assert str(cause) == str(error)


def test_another_error_of_a_worker_is_not_known_and_not_quoted(spark: SparkSession) -> None:
    assert known_cause(_fails(ValueError("linkage.platform.errors.InputError: DUPONT"), spark)) is None


def test_a_file_that_is_not_there_is_named(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(PySparkException) as stopped:
        spark.read.parquet(str(tmp_path / "none"))
    cause = known_cause(stopped.value)
    assert type(cause) is InputError
    assert str(cause).endswith("/none: no such file or folder.")


def test_a_jvm_that_is_gone_is_no_second_error() -> None:
    class Gone:
        def getClass(self) -> None:  # noqa: N802 - Java's name
            raise Py4JNetworkError

    error = RuntimeError()
    error._origin = Gone()  # type: ignore[attr-defined] # as PySpark's errors have it
    assert known_cause(error) is None


def test_an_error_of_python_alone_is_not_known() -> None:
    assert known_cause(ValueError("java.lang.OutOfMemoryError")) is None
