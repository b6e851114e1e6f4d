"""Numbers and words as a French reader expects them."""

from __future__ import annotations

import math
from typing import Any

THIN, DASH = "\u202f", "–"


def missing(value: Any) -> bool:
    """Tell whether a value is null, or the NaN by which pandas says so."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def insecable(text: str) -> str:
    """Return a French text whose quotation marks and double signs never begin or end a line alone."""
    for sign in ("»", ":", ";", "?", "!"):
        text = text.replace(f" {sign}", f"\u00a0{sign}")
    return text.replace("« ", "«\u00a0")


def entier(value: Any) -> str:
    """Return ``16479`` as ``16 479``, with a thin space that does not break."""
    return DASH if missing(value) else f"{round(value):,}".replace(",", THIN)


def compte(value: Any, smallest: int) -> str:
    """Return a count, or that it is too small to be shown, zero included: ``moins de 10``."""
    return f"moins de {smallest}" if missing(value) or value < smallest else entier(value)


def decimal(value: Any, digits: int = 1) -> str:
    """Return ``-1.25`` as ``−1,3``."""
    if missing(value):
        return DASH
    shown = f"{value:.{digits}f}".replace(".", ",")
    return shown.replace("-", "\u2212") if any(digit in shown for digit in "123456789") else shown.lstrip("-")


def part(value: Any, digits: int = 1) -> str:
    """Return ``0.9432`` as ``94,3 %``."""
    return DASH if missing(value) else decimal(100 * value, digits) + THIN + "%"


def points(value: Any) -> str:
    """Return ``-0.0312`` as ``−3,1 pt``."""
    return DASH if missing(value) else ("+" if value > 0 else "") + decimal(100 * value) + THIN + "pt"


def bornes(low: Any, high: Any) -> str:
    """Return the bounds of a share, with their unit: ``[93,9 % ; 94,7 %]``."""
    return "" if missing(low) or missing(high) else f"[{part(low)}\u00a0; {part(high)}]"


def mot(value: Any, words: dict[str, str]) -> str:
    """Return the word that readers know for a code; the code itself where there is none."""
    return DASH if missing(value) else words.get(str(value), str(value))


def sinon(text: str, why: str) -> str:
    """Return why a figure is not there in place of its dash: ``masqué``, ``non estimé``, ``sans objet``."""
    return why if text == DASH else text


FILTERS = {
    "entier": entier,
    "decimal": decimal,
    "part": part,
    "points": points,
    "mot": mot,
    "insecable": insecable,
    "sinon": sinon,
}
