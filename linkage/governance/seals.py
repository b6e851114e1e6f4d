"""Numbers that may lie where others read: sealed by a key, and opened again by whoever has it."""

from __future__ import annotations

import hmac

from linkage.governance.keys import derive
from linkage.governance.pseudonyms import with_length

BYTES = 8
"""Of a number, of what tells two seals apart, and of what hides the number."""


class Seals:
    """Seals whole numbers under the name of what they count.

    Method: a synthetic initialisation vector (Rogaway and Shrimpton 2006) with HMAC-SHA-256. The same number under the
    same name has the same seal, so that a run made again writes the same; nothing else can be told of two seals.
    """

    def __init__(self, root: bytes, purpose: str) -> None:
        self._vector, self._mask = (derive(root, f"{purpose}/{part}") for part in ("vector", "mask"))

    def seal(self, number: int, *name: str) -> str:
        """Return a number sealed: 32 hexadecimal characters."""
        plain = number.to_bytes(BYTES, "big")
        vector = self._vector_of(plain, name)
        return (vector + self._masked(plain, vector)).hex()

    def open(self, sealed: str, *name: str) -> int | None:
        """Return the number; None when it was sealed under another name or key, or was altered."""
        content = bytes.fromhex(sealed)
        vector, masked = content[:BYTES], content[BYTES:]
        plain = self._masked(masked, vector)
        return int.from_bytes(plain, "big") if hmac.compare_digest(vector, self._vector_of(plain, name)) else None

    def _vector_of(self, plain: bytes, name: tuple[str, ...]) -> bytes:
        return hmac.digest(self._vector, b"".join(map(with_length, name)) + plain, "sha256")[:BYTES]

    def _masked(self, text: bytes, vector: bytes) -> bytes:
        mask = hmac.digest(self._mask, vector, "sha256")
        return bytes(one ^ other for one, other in zip(text, mask, strict=False))
