"""Pseudonyms: HMAC-SHA-256 of an internal identifier, computed in the workers, which read the key themselves.

The key is never in a plan, a setting, a log or a pickled function: those hold the path of the root key's file, what the
key is derived for and its identifier.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import pyarrow as pa
from pyspark.sql import Column
from pyspark.sql.pandas.functions import arrow_udf

from linkage.governance.keys import derive, is_closed, key_id, read_key
from linkage.platform.errors import InputError

Kind = Literal["procedure", "affaire", "personne", "individu", "dossier", "extrait", "ligne"]
VERSION = b"\x01"
BYTES = 16
"""128 bits of the 256: among a thousand million identifiers, two collide with a probability of 1.5e-21."""
WRONG_KEY = "--key: a machine of the cluster has no such file, or another key in it."
OPEN_KEY = "--key: on a machine of the cluster others may open this file, or it is a link; its owner alone expected."


def pseudonym(key: bytes, kind: Kind, *fields: str) -> str:
    """Return the pseudonym of one identifier, in 32 hexadecimal characters.

    Method: the message is a version byte, then the kind and each field, each with its length before it: kinds are
    separate domains, and ``("JEAN", "NE")`` is not ``("JEANNE", "")``.
    """
    return hmac.digest(key, _begin(kind) + b"".join(map(with_length, fields)), "sha256")[:BYTES].hex()


def _begin(kind: Kind) -> bytes:
    return VERSION + with_length(kind)


def with_length(text: str) -> bytes:
    """Return a text with its length before it: texts joined so cannot be read as others."""
    encoded = text.encode()
    return len(encoded).to_bytes(4, "big") + encoded


@dataclass(frozen=True)
class Pseudonyms:
    """Makes pseudonyms with a key derived from the root key, whose file every machine has at the same path."""

    key_file: str
    purpose: str
    key_id: str

    @classmethod
    def derived(cls, key_file: str, purpose: str) -> Pseudonyms:
        """Return what makes pseudonyms with the key of one purpose."""
        return cls(key_file, purpose, key_id(derive(read_key(key_file), purpose)))

    def of(self, kind: Kind, *fields: Column) -> Column:
        """Return the pseudonym of an identifier of one or several columns; null when one of them is."""
        as_column: Any = arrow_udf  # PySpark's stubs ask for the kind of function, its warning for type hints instead
        hashing = as_column(_hashing(self, kind), "string")
        pseudonym_column: Column = hashing(*(field.cast("string") for field in fields))
        return pseudonym_column


def _hashing(derived: Pseudonyms, kind: Kind) -> Callable[..., pa.Array]:
    def pseudonyms(*fields: pa.Array) -> pa.Array:
        return _hash(_worker_key(derived), kind, [field.to_pylist() for field in fields])

    pseudonyms.__annotations__ = {"fields": pa.Array, "return": pa.Array}
    return pseudonyms


def _hash(key: bytes, kind: Kind, fields: Sequence[Sequence[str | None]]) -> pa.Array:
    rows = zip(*fields, strict=True)
    return pa.array([None if None in row else pseudonym(key, kind, *row) for row in rows], pa.string())


@lru_cache(maxsize=8)
def _worker_key(derived: Pseudonyms) -> bytes:
    # Read once per worker process. Another key at this path is refused: half a table under each would join nothing.
    try:
        closed, key = is_closed(derived.key_file), derive(read_key(derived.key_file), derived.purpose)
    except OSError:
        raise InputError(WRONG_KEY) from None
    if not closed:
        raise InputError(OPEN_KEY)
    if key_id(key) != derived.key_id:
        raise InputError(WRONG_KEY)
    return key
