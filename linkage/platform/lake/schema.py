"""How a table is declared, and how a frame is made to conform to its declaration."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from pyspark.errors import AnalysisException
from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.types import DataType, StructField, StructType
from typing_extensions import Self

from linkage.platform.errors import ContractError


class Column(str):  # noqa: SLOT000 - it carries what is declared of it
    """A column of a declared table: its name as a string, with what it holds beside it.

    Declared as ``date_arrivee = Column("date", "arrivée au parquet")``; the name is that of the class attribute.
    ``nulls`` says when it is empty: a column without it is never null. ``values`` is the closed list of its codes,
    where the contract closes it. ``contracts`` refuses the rows that break either. ``codes`` says what codes mean:
    ``values`` may be given with their meanings, an open list is given as ``codes`` and refuses nothing. What
    ``conf/nomenclatures`` lists besides is the file that ``nomenclature`` names.
    """

    kind: str
    meaning: str
    unit: str
    source: str
    nulls: str
    values: tuple[str, ...]
    codes: Mapping[str, str]
    nomenclature: str

    def __new__(
        cls,
        kind: str,
        meaning: str,
        *,
        unit: str = "",
        source: str = "",
        nulls: str = "",
        values: tuple[str, ...] | Mapping[str, str] = (),
        codes: Mapping[str, str] = MappingProxyType({}),
        nomenclature: str = "",
        name: str = "",
    ) -> Self:
        """Return a column: the text of its name, which carries what the dictionary says of it."""
        column = super().__new__(cls, name)
        column.kind, column.meaning, column.unit, column.source, column.nulls = kind, meaning, unit, source, nulls
        column.values, column.nomenclature = tuple(values), nomenclature
        column.codes = values if isinstance(values, Mapping) else codes
        return column

    @property
    def comment(self) -> str:
        """What the table itself says of the column: its meaning, its unit, when it is empty."""
        unit = [f"unité : {self.unit}"] if self.unit else []
        empty = [f"vide : {self.nulls}"] if self.nulls else []
        return " ; ".join([self.meaning, *unit, *empty])

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Return how it is copied or pickled: as its name, so that it may travel in another library's settings."""
        return str, (str(self),)

    def declared(self, name: str, derived_from: str) -> Column:
        """Return the same column under the name of its attribute, its source that of its table where it has none."""
        return Column(
            self.kind,
            self.meaning,
            unit=self.unit,
            source=self.source or derived_from,
            nulls=self.nulls,
            values=self.values,
            codes=self.codes,
            nomenclature=self.nomenclature,
            name=name,
        )


class Table:
    """One table of the lake. Subclasses declare ``path``, ``grain``, ``key``, ``partitions`` and their columns.

    ``job`` makes it: by default, the first word of its path. ``derived_from`` is what its columns come from, where the
    dictionary says so. ``coverage`` says which rows are there and which are not,
    ``defects`` what is known to be wrong in them: the dictionary shows both to whoever reads the table.
    """

    path: ClassVar[str]
    job: ClassVar[str]
    grain: ClassVar[str] = ""
    coverage: ClassVar[str] = ""
    defects: ClassVar[tuple[str, ...]] = ()
    derived_from: ClassVar[str] = ""
    key: ClassVar[tuple[str, ...]] = ()
    partitions: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[tuple[Column, ...]] = ()

    def __init_subclass__(cls) -> None:
        columns = {str(column): column for base in reversed(cls.__mro__[1:]) for column in getattr(base, "columns", ())}
        for attribute, value in list(vars(cls).items()):
            if isinstance(value, Column):
                column = value.declared(attribute, cls.derived_from)
                setattr(cls, attribute, column)
                columns[attribute] = column
        cls.columns = tuple(columns.values())
        if "path" in vars(cls) and "job" not in vars(cls):
            cls.job = cls.path.partition("/")[0]

    @classmethod
    def names(cls) -> list[str]:
        """Return the names of the columns as plain strings, in the declared order."""
        return [str(column) for column in cls.columns]

    @classmethod
    def struct(cls) -> StructType:
        """Return the table's Spark schema, columns in the declared order, all nullable as Delta readers expect."""
        return StructType([StructField(str(column), DataType.fromDDL(column.kind)) for column in cls.columns])

    @classmethod
    def conform(cls, frame: DataFrame) -> DataFrame:
        """Return exactly the declared columns, in order and type.

        Raises
        ------
        ContractError
            Columns are missing, or of a type that has no cast to the declared one; table and columns are named.
        """
        missing = [str(column) for column in cls.columns if column not in frame.columns]
        if missing:
            raise ContractError(
                f"{cls.path}: columns {', '.join(missing)} expected, not found; found: {', '.join(frame.columns)}."
            )
        try:
            return frame.select(*(_cast(column) for column in cls.columns))
        except AnalysisException:
            if problems := cls._uncastable(frame):
                raise ContractError(problems) from None
            raise

    @classmethod
    def _uncastable(cls, frame: DataFrame) -> list[str]:
        types: Mapping[str, str] = dict(frame.dtypes)
        problems = []
        for column in cls.columns:
            try:
                frame.select(_cast(column))
            except AnalysisException:
                problems.append(f"{cls.path}.{column}: type {types[column]} found, {column.kind} expected.")
        return problems


def _cast(column: Column) -> SparkColumn:
    return F.col(column).cast(column.kind).alias(column)
