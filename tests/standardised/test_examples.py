"""The examples in the docstrings of the column functions are true."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F

from linkage import standardised

EXAMPLE = re.compile(r"``(\w+\(.*?\))`` is ``(.*?)``")


def examples() -> Iterator[tuple[str, Column, Any]]:
    """Yield each example as written, the column that it calls, and the value that it gives."""
    for found in pkgutil.iter_modules(standardised.__path__, f"{standardised.__name__}."):
        module = importlib.import_module(found.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__:
                for call, value in EXAMPLE.findall(inspect.getdoc(function) or ""):
                    node = ast.parse(call, mode="eval").body
                    assert isinstance(node, ast.Call)
                    assert call.startswith(f"{name}("), call
                    positional = [F.lit(_value(argument)) for argument in node.args]
                    named = {str(keyword.arg): _value(keyword.value) for keyword in node.keywords}
                    yield call, function(*positional, **named), eval(value, {"date": date})


def _value(node: ast.expr) -> Any:
    return eval(ast.unparse(node), {"date": date})


def test_every_example_of_a_column_function_is_true(spark: SparkSession) -> None:
    calls, columns, expected = zip(*examples(), strict=True)
    row = spark.range(1).select(*(column.alias(str(place)) for place, column in enumerate(columns))).collect()[0]
    assert dict(zip(calls, row, strict=True)) == dict(zip(calls, expected, strict=True))
    assert len(calls) > 20
