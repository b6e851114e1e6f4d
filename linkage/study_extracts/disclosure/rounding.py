"""The random rounding of counts, drawn from a secret seed."""

from __future__ import annotations

import hmac
from collections.abc import Sequence


def rounded(nb: int, base: int, seed: bytes, one: Sequence[str]) -> int:
    """Return one of the two multiples around the count, drawn at random, the nearer the likelier: unbiased.

    Method: random rounding (Willenborg and de Waal 2001, ch. 9), drawn from the count and what it counts with a secret
    seed: the same count of the same thing is always shown alike, so repeating the release teaches nothing. To the
    nearest multiple, a margin that does not add up would give its parts away.
    """
    below, rest = nb - nb % base, nb % base
    message = "\x1f".join((*one, str(nb), str(base))).encode()
    drawn = int.from_bytes(hmac.digest(seed, message, "sha256")[:8], "big") / 2**64
    return below + base if drawn < rest / base else below


def shown_as(nb: int, base: int, seed: bytes, one: Sequence[str], last: int | None) -> int:
    """Return the value last released of the same count where it still is one of its roundings, else a new one.

    A version that hardly differs from the last so shows the same values: nothing is learned from their differences.
    """
    return last if last is not None and abs(last - nb) < base else rounded(nb, base, seed, one)
