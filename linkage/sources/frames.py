"""The delivered files as frames: every part of a source's file in one read, each row bearing where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, reduce

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StructType

from linkage.concepts.blanks import plain_name
from linkage.settings.sources import SourcesSettings
from linkage.sources import reading
from linkage.sources.declaration import Declaration, Layout
from linkage.sources.headers import BOM
from linkage.sources.incoming import DeliveredPart, Incoming
from linkage.sources.reading import LINE, PART, ROW, UNBALANCED, UNUSUAL
from linkage.sources.rules import DATE_EXTRACTION, MILLESIME, type_rows
from linkage.sources.verdicts import DELIVERY

_PATH, _HEADER, _IS_HEADER, _BLOCK, _POSITION = "_path", "_header", "_is_header", "_block", "_position"
ROWS, HEADERS, EMPTY, MISREAD, WITH_UNBALANCED, WITH_UNUSUAL = (
    *("rows", "headers", "empty", "misread", "unbalanced", "unusual"),
)
"""Lines of a part, counted by what they are."""
_LOOKED_FOR = (_IS_HEADER, EMPTY, MISREAD, WITH_UNBALANCED, WITH_UNUSUAL)
_KNOWN = (UNBALANCED, UNUSUAL, PART, DELIVERY, MILLESIME, DATE_EXTRACTION)
_KNOWN_TYPES = (
    f"{UNBALANCED} boolean, {UNUSUAL} boolean, {PART} int, {DELIVERY} int, {MILLESIME} int, {DATE_EXTRACTION} date"
)
_SCHEME = re.compile(r"^([A-Za-z0-9+.-]+):/+")
_PATTERN = re.compile(r"([\[\]{}*?\\])")


class Batch:
    """The deliveries of a run, read by their declarations."""

    def __init__(
        self,
        spark: SparkSession,
        deliveries: Sequence[Incoming],
        parts: Sequence[DeliveredPart],
        declarations: Mapping[str, Declaration],
        settings: SourcesSettings,
    ) -> None:
        self._spark, self.deliveries, self.parts, self._settings = spark, deliveries, parts, settings
        self.declarations = declarations
        self.unbalanced: set[int] = set()
        """Parts with lines of unbalanced quotes, once ``inspect_lines`` has been looked at."""
        self.unusual: set[int] = set()
        """Parts with blanks other than the space, or invisible signs; likewise."""
        self.empty_rows: dict[str, int] = {}
        """Lines of separators only, by the name of the part that has some; likewise."""

    @cached_property
    def sources(self) -> list[str]:
        """Return the sources that something was delivered of."""
        return sorted({incoming.source for incoming in self.deliveries})

    def layouts(self, source: str) -> dict[str, Layout]:
        """Return how the files of a source lie."""
        return self.declarations[source].layouts()

    def inspect_lines(self) -> DataFrame:
        """Return one row per part that has a line: its rows, headers and empty rows, and lines to be wary of."""
        frames = []
        for source in self.sources:
            text, parquet = _by_kind(part for part in self.parts if part.source == source)
            dialect = self.declarations[source].dialect
            encoding = dialect.encoding
            if text:
                lines = self._read_lines(text)
                frames.append(
                    lines.select(
                        PART,
                        _is_header(encoding).alias(_IS_HEADER),
                        reading.is_empty_row(F.col(LINE), dialect).alias(EMPTY),
                        reading.is_misread(F.col(LINE), encoding).alias(MISREAD),
                        reading.is_unbalanced(F.col(LINE), dialect.quote).alias(WITH_UNBALANCED),
                        reading.is_unusual(F.col(LINE), dialect).alias(WITH_UNUSUAL),
                    )
                )
            frames += [
                rows.select(PART, *(F.lit(False).alias(name) for name in _LOOKED_FOR))
                for rows in self._read_parquet(parquet)
            ]
        return (
            reduce(DataFrame.unionByName, frames)
            .groupBy(PART)
            .agg(
                F.count_if(~F.col(_IS_HEADER) & ~F.col(EMPTY)).alias(ROWS),
                F.count_if(_IS_HEADER).alias(HEADERS),
                F.count_if(EMPTY).alias(EMPTY),
                F.count_if(MISREAD).alias(MISREAD),
                F.count_if(WITH_UNBALANCED).alias(WITH_UNBALANCED),
                F.count_if(WITH_UNUSUAL).alias(WITH_UNUSUAL),
            )
        )

    def find_first_misread(self, source: str) -> DataFrame:
        """Return one row per part of text with lines that are not of the declared encoding: the first of them."""
        text, _ = _by_kind(part for part in self.parts if part.source == source)
        misread = reading.is_misread(F.col(LINE), self.declarations[source].dialect.encoding)
        return self._read_numbered_lines(text).filter(misread).groupBy(PART).agg(F.min(ROW).alias(ROW))

    def read_rows(self, layout: Layout, deliveries: Iterable[Incoming]) -> DataFrame:
        """Return the typed rows of one canonical file, every part of these deliveries."""
        text, parquet = _by_kind(self._parts_of(layout, deliveries))
        frames = [self._drop_header(self._read_lines(text), layout)] if text else []
        return self._type(frames, self._read_parquet(parquet), layout)

    def read_text(self, layout: Layout, deliveries: Iterable[Incoming]) -> DataFrame:
        """Return the rows of one canonical file as delivered: canonical columns, as text."""
        text, parquet = _by_kind(self._parts_of(layout, deliveries))
        frames = [self._drop_header(self._read_lines(text), layout)] if text else []
        return self._parse(frames, self._read_parquet(parquet), layout)

    def read_numbered_rows(self, layout: Layout, deliveries: Iterable[Incoming]) -> DataFrame:
        """Return the same rows with their number in the part, the header being the first."""
        text, parquet = _by_kind(self._parts_of(layout, deliveries))
        frames = [self._drop_header(self._read_numbered_lines(text), layout)] if text else []
        return self._type(frames, self._read_parquet(parquet), layout)

    def _parts_of(self, layout: Layout, deliveries: Iterable[Incoming]) -> Iterable[DeliveredPart]:
        wanted = set(deliveries)
        return (
            part
            for part in self.parts
            if (part.source, part.file) == (layout.source, layout.file) and part.incoming in wanted
        )

    def _type(self, texts: list[DataFrame], parquets: list[DataFrame], layout: Layout) -> DataFrame:
        text, dialect = self._parse(texts, parquets, layout), self.declarations[layout.source].dialect
        return type_rows(text, layout=layout, dialect=dialect, settings=self._settings)

    def _parse(self, texts: list[DataFrame], parquets: list[DataFrame], layout: Layout) -> DataFrame:
        dialect = self.declarations[layout.source].dialect
        parsed = [reading.parse_lines(lines, layout=layout, dialect=dialect) for lines in texts]
        if parquets:
            known = [column for column in (*_KNOWN, ROW) if not texts or column in texts[0].columns]
            parsed += [reading.parse_parquet(rows, layout=layout, dialect=dialect, known=known) for rows in parquets]
        return reduce(DataFrame.unionByName, parsed)

    def _drop_header(self, lines: DataFrame, layout: Layout) -> DataFrame:
        dialect = self.declarations[layout.source].dialect
        rows = ~_is_header(dialect.encoding) & ~reading.is_empty_row(F.col(LINE), dialect)
        return lines.filter(rows).drop(_HEADER)

    def _read_lines(self, parts: list[DeliveredPart]) -> DataFrame:
        text = self._spark.read.text([_escaped(part) for part in parts])
        lines = text.select(F.col("value").alias(LINE), F.col("_metadata.file_path").alias(_PATH))
        return self._add_known(lines, parts).filter(~reading.is_blank(F.col(LINE)))

    def _read_numbered_lines(self, parts: list[DeliveredPart]) -> DataFrame:
        text = self._spark.read.text([_escaped(part) for part in parts])
        lines = text.select(
            F.col("value").alias(LINE),
            F.col("_metadata.file_path").alias(_PATH),
            F.col("_metadata.file_block_start").alias(_BLOCK),
            # Only differences inside a block are used: the result does not depend on the partitions.
            F.monotonically_increasing_id().alias(_POSITION),
        )
        numbered = reading.number_lines(self._add_known(lines, parts), block=_BLOCK, position=_POSITION)
        return numbered.filter(~reading.is_blank(F.col(LINE)))

    def _read_parquet(self, parts: list[DeliveredPart]) -> list[DataFrame]:
        by_schema: dict[str, list[DeliveredPart]] = {}
        for part in parts:
            by_schema.setdefault(self.parquet_schema(part), []).append(part)
        frames = []
        for schema, same in by_schema.items():
            rows = self._spark.read.schema(schema).parquet(*(_escaped(part) for part in same))
            known = rows.withColumn(_PATH, F.col("_metadata.file_path")).withColumn(
                ROW, F.col("_metadata.row_index") + 1
            )
            spelt = known.withColumnsRenamed(
                {name: plain_name(name) for name in rows.columns if plain_name(name) != name}
            )
            frames.append(self._add_known(spelt, same).drop(_HEADER))
        return frames

    def parquet_schema(self, part: DeliveredPart) -> str:
        """Return the columns and types that a Parquet part declares."""
        if part.number not in self._schemas:
            self._schemas[part.number] = self._spark.read.parquet(_escaped(part)).schema.toDDL()
        return self._schemas[part.number]

    def parquet_columns(self, part: DeliveredPart) -> list[str]:
        """Return the columns that a Parquet part declares, their names in one normal form."""
        fields: list[str] = StructType.fromDDL(self.parquet_schema(part)).fieldNames()  # type: ignore[attr-defined]
        return list(map(plain_name, fields))

    @cached_property
    def _schemas(self) -> dict[int, str]:
        return {}

    def _add_known(self, rows: DataFrame, parts: list[DeliveredPart]) -> DataFrame:
        described = [
            (
                *(uri, part.opened.header_line, part.number in self.unbalanced, part.number in self.unusual),
                *(part.number, number, *slot[1:]),
            )
            for part in parts
            for number, slot in [(part.incoming.number, part.incoming.delivery.slot)]
            for uri in _spellings(part.uri)
        ]
        known = self._spark.createDataFrame(described, f"{_PATH} string, {_HEADER} string, {_KNOWN_TYPES}")
        return rows.join(F.broadcast(known), _PATH, how="inner").drop(_PATH)


def _is_header(encoding: str) -> Column:
    """Return whether a line is the part's header, also after a byte order mark inside the file."""
    line = reading.decoded(F.col(LINE), encoding)
    return (line == F.col(_HEADER)) | (
        F.startswith(line, F.lit(BOM)) & F.endswith(line, F.col(_HEADER)) & (F.col(_HEADER) != "")
    )


def _spellings(uri: str) -> list[str]:
    """Return every spelling of a URI: one local path is written ``file:/`` here and ``file:///`` there."""
    return sorted({_SCHEME.sub(rf"\1:{slashes}", uri) for slashes in ("/", "//", "///")})


def _by_kind(parts: Iterable[DeliveredPart]) -> tuple[list[DeliveredPart], list[DeliveredPart]]:
    every = list(parts)
    return [part for part in every if not part.part.is_parquet], [part for part in every if part.part.is_parquet]


def _escaped(part: DeliveredPart) -> str:
    return _PATTERN.sub(r"\\\1", part.part.path)
