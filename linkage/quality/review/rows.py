"""One line of a reviewer's page: a fact of the two records side by side, and its mark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

SAME, NEAR, DIFFERENT, ONE_SIDED, ABSENT = "same", "near", "different", "one_sided", "absent"


@dataclass(frozen=True)
class Row:
    """Lines of text on each side; ``mark`` is empty where nothing is to be compared."""

    label: str
    left: list[str]
    right: list[str]
    mark: str
    hint: str


def row(label: str, left: Iterable[str | None], right: Iterable[str | None], mark: str = "", hint: str = "") -> Row:
    """Return a line, without its empty values."""
    return Row(label, [value for value in left if value], [value for value in right if value], mark, hint)


def compared(left: Iterable[str | None], right: Iterable[str | None]) -> str:
    """Return the mark of two lists of values: equal or not, or unknown on one side or both."""
    one, other = ([value for value in side if value] for side in (left, right))
    if not one or not other:
        return ONE_SIDED if one or other else ABSENT
    return SAME if one == other else DIFFERENT


def day(value: date | None) -> str:
    """Return a day as it is read in French."""
    return value.strftime("%d/%m/%Y") if value else ""


def joined(*parts: object, by: str = " / ") -> str:
    """Return the known parts on one line."""
    return by.join(str(part) for part in parts if part is not None and part != "")
