"""What a table's declaration refuses when it is written: nulls and codes in every row, keys where that costs little.

Not looked at: the keys of frames that Spark computes. It would be another pass over the rows; the tests look at them,
in every table of a small country.
"""

from __future__ import annotations

import pandas as pd
from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.platform.errors import ContractError
from linkage.platform.java_errors import java_errors
from linkage.platform.lake.schema import Column, Table

BROKEN = "contract broken: "
"""What a row that breaks its table's contract raises in Spark begins with this; table and column follow."""
COMMENT = "comment"
"""In the metadata of a column: what Delta keeps beside it, and every reader of the schema shows."""
RAISED = "USER_RAISED_EXCEPTION"
"""Spark's condition for what ``raise_error`` raises."""


def checked(frame: DataFrame, table: type[Table]) -> DataFrame:
    """Return a conforming frame, of which a row raises in Spark when it has a null or a code that is not declared.

    Each column bears what the declaration says of it: a new table, or one replaced as a whole, keeps it as a comment.
    Method: expressions of the last projection, compiled with it: no pass of their own, and nothing is written when
    one of them raises. The error names table and column, never the value.
    """
    return frame.select(*(_checked(column, table.path) for column in table.columns))


def check_keys(rows: pd.DataFrame, table: type[Table]) -> None:
    """Refuse rows of the driver of which two have the same key.

    Raises
    ------
    ContractError
        The message says how many rows repeat a key, never which.
    """
    repeated = int(rows.duplicated(list(table.key)).sum()) if table.key else 0
    if repeated:
        raise ContractError(f"{table.path}: {repeated} rows repeat a key ({', '.join(table.key)}), none expected.")


def broken_contract(error: Exception) -> ContractError | None:
    """Return the contract that an error of Spark says was broken; None when it is another error."""
    raised = (cause.parameters.get("errorMessage", "") for cause in java_errors(error) if cause.condition == RAISED)
    return next((ContractError(f"{text.removeprefix(BROKEN)}.") for text in raised if text.startswith(BROKEN)), None)


def _checked(column: Column, path: str) -> SparkColumn:
    value = F.col(column)
    if column.values:
        unknown = F.raise_error(
            F.lit(f"{BROKEN}{path}.{column}: another code found, {', '.join(column.values)} expected")
        )
        value = F.when(value.isNull() | value.isin(*column.values), value).otherwise(unknown)
    if not column.nulls:
        value = F.coalesce(value, F.raise_error(F.lit(f"{BROKEN}{path}.{column}: a null found, a value expected")))
    return value.alias(column, metadata={COMMENT: column.comment})
