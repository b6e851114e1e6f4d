"""How a table is declared, and how a frame is made to conform to its declaration."""

from __future__ import annotations

from typing import ClassVar

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, StructField, StructType
from typing_extensions import Self


class Column(str):
    """A column of a declared table: its name as a string, with what it holds beside it.

    Declared as ``date_arrivee = Column("date", "arrivée au parquet")``; the name is that of the class attribute.
    ``values`` is the closed list of its codes, where the contract closes it.
    """

    kind: str
    meaning: str
    unit: str
    source: str
    nulls: str
    values: tuple[str, ...]

    def __new__(
        cls,
        kind: str,
        meaning: str,
        *,
        unit: str = "",
        source: str = "",
        nulls: str = "",
        values: tuple[str, ...] = (),
        name: str = "",
    ) -> Self:
        column = super().__new__(cls, name)
        column.kind, column.meaning, column.unit, column.source, column.nulls = kind, meaning, unit, source, nulls
        column.values = values
        return column

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Copied or pickled, a column is its name: it may travel in another library's settings."""
        return str, (str(self),)

    def named(self, name: str) -> Column:
        """The same column under the name of its attribute."""
        return Column(
            self.kind,
            self.meaning,
            unit=self.unit,
            source=self.source,
            nulls=self.nulls,
            values=self.values,
            name=name,
        )


class Table:
    """One table of the lake. Subclasses declare ``path``, ``key``, ``partitions`` and their columns.

    The docstring's first line is the grain: "One row per …".
    """

    path: ClassVar[str]
    key: ClassVar[tuple[str, ...]] = ()
    partitions: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[tuple[Column, ...]] = ()

    def __init_subclass__(cls) -> None:
        inherited = {
            str(column): column for base in reversed(cls.__mro__[1:]) for column in getattr(base, "columns", ())
        }
        for attribute, value in list(vars(cls).items()):
            if isinstance(value, Column):
                column = value.named(attribute)
                setattr(cls, attribute, column)
                inherited[attribute] = column
        cls.columns = tuple(inherited.values())

    @classmethod
    def struct(cls) -> StructType:
        """The table's Spark schema, columns in the declared order, all nullable as Delta readers expect."""
        return StructType([StructField(str(column), DataType.fromDDL(column.kind)) for column in cls.columns])

    @classmethod
    def conform(cls, frame: DataFrame) -> DataFrame:
        """Exactly the declared columns, in order and type; a missing one is an error of the code, not of the data."""
        missing = [column for column in cls.columns if column not in frame.columns]
        if missing:
            raise KeyError(f"{cls.path}: columns {missing} are declared and absent; present: {frame.columns}")
        return frame.select(*(F.col(column).cast(column.kind).alias(column) for column in cls.columns))
