"""What lies behind an error of Spark: its chain of Java exceptions, each by its class and its condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from py4j.java_gateway import is_instance_of
from py4j.protocol import Py4JError, Py4JJavaError
from pyspark import SparkContext


@dataclass(frozen=True)
class JavaError:
    """One exception of the JVM. ``condition`` and ``parameters`` are those of Spark's own exceptions."""

    class_name: str
    message: str
    condition: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


def java_errors(error: BaseException) -> Iterator[JavaError]:
    """Yield the Java exceptions that an error of PySpark stands for, from the outermost to its first cause."""
    thrown = error.java_exception if isinstance(error, Py4JJavaError) else getattr(error, "_origin", None)
    with suppress(Py4JError, OSError):  # the JVM is gone, and with it what it threw
        while thrown is not None:
            yield _described(thrown)
            thrown = thrown.getCause()


def _described(thrown: Any) -> JavaError:
    class_name, message = thrown.getClass().getName(), thrown.getMessage() or ""
    if not is_instance_of(SparkContext._gateway, thrown, "org.apache.spark.SparkThrowable"):
        return JavaError(class_name, message)
    return JavaError(class_name, message, thrown.getCondition() or "", dict(thrown.getMessageParameters() or {}))
