"""What a producer's files look like: ``conf/sources/<source>.toml``, mapped onto the canonical contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, field_validator, model_validator

from linkage.concepts.blanks import plain_name
from linkage.platform.lake.schema import Column
from linkage.platform.settings import Settings
from linkage.sources import days
from linkage.tables import sources


class Dialect(Settings):
    """How a producer writes its text files; Parquet needs none of it but ``date_format`` and ``missing``."""

    delimiter: str = Field(min_length=1, max_length=1)
    quote: str = Field(max_length=1)
    encoding: Literal["utf-8", "iso-8859-1", "iso-8859-15", "windows-1252"]
    header: bool
    date_format: str
    two_digit_year_pivot: int | None = Field(default=None, ge=0, le=99)
    missing: tuple[str, ...] = ("",)

    @field_validator("date_format")
    @classmethod
    def _readable(cls, date_format: str) -> str:
        if problem := days.problem_of(date_format):
            raise ValueError(problem)
        return date_format

    @model_validator(mode="after")
    def _pivot(self) -> Dialect:
        if days.has_short_year(self.date_format) and self.two_digit_year_pivot is None:
            raise ValueError("two_digit_year_pivot: missing setting; years are on two digits in date_format")
        return self

    @property
    def missing_words(self) -> tuple[str, ...]:
        """Return the texts that mean a missing value, each in the capitals in which it may stand."""
        return tuple(
            sorted({form for word in self.missing for form in (word, word.upper(), word.lower(), word.title())})
        )


class FileDeclaration(Settings):
    """One canonical file as the producer delivers it."""

    names: tuple[str, ...] = ()
    columns: dict[str, str] = Field(default_factory=dict)
    absent: tuple[str, ...] = ()
    codes: dict[str, dict[str, str]] = Field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """Where each canonical column lies in the delivered file."""

    source: str
    file: str
    names: tuple[str, ...]
    header: tuple[str, ...]
    canonical: tuple[str, ...]
    """Beside each delivered column, its canonical name; empty where it is delivered and not read."""
    columns: tuple[Column, ...]
    codes: dict[str, dict[str, str]]

    @property
    def id(self) -> Column:
        """Return the procedure or the affair that a row belongs to."""
        return self.columns[0]

    @property
    def is_parent(self) -> bool:
        """Return whether the file's rows own those of the others."""
        return self.file == sources.parent_file(self.source)


class Declaration(Settings):
    """One source.

    Raises
    ------
    ValueError
        A file or column is not in the contract, or one of the contract is neither delivered nor declared absent.
    """

    source: Literal["lrppn", "lrpgn", "cassiopee"]
    dialect: Dialect
    unread: tuple[str, ...] = ()
    """Files that are delivered and not read, as ``names`` of a file."""
    files: dict[str, FileDeclaration] = Field(default_factory=dict)

    def layout(self, file: str) -> Layout:
        """Return one file's layout; what the declaration leaves out is as the contract has it."""
        declared = self.files.get(file, FileDeclaration())
        columns = sources.delivered_columns(self.source, file)
        mapping = declared.columns or {str(column): str(column) for column in columns if column not in declared.absent}
        mapping = {plain_name(name): canonical for name, canonical in mapping.items()}
        return Layout(
            source=self.source,
            file=file,
            names=tuple(map(plain_name, declared.names)) or (file, f"{file}-*"),
            header=tuple(mapping),
            canonical=tuple(mapping.values()),
            columns=columns,
            codes=declared.codes,
        )

    def layouts(self) -> dict[str, Layout]:
        """Return every file of the source, the owning one first."""
        return {file: self.layout(file) for file in sources.FILES[self.source]}

    @model_validator(mode="after")
    def _contract(self) -> Declaration:
        problems = list(self._problems())
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        known = sources.FILES[self.source]
        for file, declared in self.files.items():
            if file not in known:
                yield f"files.{file}: not a file of {self.source}; it has {', '.join(known)}"
                continue
            columns = [str(column) for column in sources.delivered_columns(self.source, file)]
            read = [name for name in self.layout(file).canonical if name]
            for name in sorted({*read, *declared.absent, *declared.codes} - set(columns)):
                yield f"files.{file}: column {name!r} is not in the contract, which has {', '.join(columns)}"
            for name in (name for name, times in Counter(read).items() if times > 1):
                yield f"files.{file}: column {name!r} is mapped twice"
            for name in sorted(set(columns) - set(read) - set(declared.absent)):
                yield f"files.{file}: column {name!r} of the contract is neither in columns nor in absent"
            for name in sorted(set(sources.FILES[self.source][file].key) & set(declared.absent)):
                yield f"files.{file}: column {name!r} is the key and cannot be absent"
