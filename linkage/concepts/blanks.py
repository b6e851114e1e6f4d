"""Blanks of every alphabet, and signs that nobody sees: one plain spelling for all of them."""

from __future__ import annotations

import unicodedata

from pyspark.sql import Column
from pyspark.sql import functions as F

_CONTROLS, _SPACES = (*range(0x09, 0x0E), *range(0x1C, 0x20), 0x85), (0xA0, 0x1680, *range(0x2000, 0x200B))
BLANKS = "".join(map(chr, (*_CONTROLS, *_SPACES))) + "\u2028\u2029\u202f\u205f\u2800\u3000\u3164"
"""White space of Unicode but the ordinary space, and the two letters that are drawn as one (Braille, Hangul)."""
INVISIBLE = "".join(
    map(chr, (*range(0x09), *range(0x0E, 0x1C), 0x7F, 0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010)))
) + "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF)))  # fmt: skip
"""Controls, zero-width characters, marks of direction, byte order marks: they carry nothing that a field means."""


def plain_blanks(text: Column, *, but: str = "") -> Column:
    """Return the text with each blank as an ordinary space and without invisible signs; ``but`` is left as it is."""
    blanks, invisible = ("".join(sign for sign in signs if sign not in but) for signs in (BLANKS, INVISIBLE))
    return F.translate(text, blanks + invisible, " " * len(blanks))


def has_unusual(text: Column, *, but: str = "") -> Column:
    """Return whether the text has a blank other than the ordinary space, or an invisible sign."""
    signs = [sign for sign in BLANKS + INVISIBLE if sign not in but]
    ascii, every = ("".join(f"\\u{ord(sign):04x}" for sign in signs if sign < end) for end in ("\u0080", "\uffff"))
    # Most lines are of ASCII alone, and so are the signs looked for in them.
    return F.when(F.length(text) == F.octet_length(text), text.rlike(f"[{ascii}]")).otherwise(text.rlike(f"[{every}]"))


def plain_name(name: str) -> str:
    """Return the name of a column or file in one normal form: no unusual blanks, composed accents, ends trimmed."""
    plain = {**dict.fromkeys(map(ord, BLANKS), " "), **dict.fromkeys(map(ord, INVISIBLE))}
    return unicodedata.normalize("NFC", name.translate(plain)).strip()
