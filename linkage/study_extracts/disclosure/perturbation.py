"""Cell keys: the same persons have the same noise, whatever the table, the study, the period or the version."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence

import pandas as pd

from linkage.settings.study_extracts import DisclosureSettings


def publishable(
    counts: Sequence[int],
    keys: Iterable[int],
    rules: DisclosureSettings,
    *,
    seed: bytes,
    last: Iterable[int | None] = (),
) -> pd.Series:
    """Return each count as it may be shown: a multiple of the base, null where it is small (zero included).

    ``keys`` has the key of each cell: the record keys of the persons counted, joined by exclusive or, 0 where there is
    nobody. A record key is drawn from the root key and permanent. ``last`` has what was last shown of the same count:
    the value is kept while it is less than the base away, so that a version that hardly differs shows hardly anything
    else.

    Method: cell keys (Fraser and Wooton 2005; Thompson, Broadfoot and Elazar 2013).
    """
    before = [*last] or [None] * len(counts)
    shown = [
        kept if kept is not None and is_shown(nb, key, rules, seed=seed) and abs(kept - nb) < rules.base
        else perturb(nb, key, rules, seed=seed)
        for nb, key, kept in zip(counts, keys, before, strict=True)
    ]  # fmt: skip
    return pd.Series(pd.array(shown, dtype="Int64"))


def perturb(nb: int, key: int, rules: DisclosureSettings, *, seed: bytes) -> int | None:
    """Return one count as it may be shown; None where it is small."""
    return perturb_total(nb, key, rules.base, seed=seed) if is_shown(nb, key, rules, seed=seed) else None


def is_shown(nb: int, key: int, rules: DisclosureSettings, *, seed: bytes) -> bool:
    """Tell whether a count reaches the threshold or, as the key of its cell draws it, up to ``blur - 1`` above it.

    That a count is hidden does not say that it is below the threshold: otherwise "nine at least" would say nine.
    """
    return nb >= rules.threshold + _drawn(b"threshold", key, rules.blur, seed)


def perturb_total(total: float, key: int, base: int, *, seed: bytes) -> int:
    """Return a count, or the sum of the weights of those counted, moved to one of the two multiples around it.

    Method: a shift of 0 to ``base - 1``, drawn by the key, then down to a multiple: ``n`` goes up with probability
    ``n % base / base``. Between two values this is the only unbiased perturbation, and so that of maximum entropy.
    """
    return int(base * ((total + _drawn(b"shift", key, base, seed)) // base))


def _drawn(what: bytes, key: int, among: int, seed: bytes) -> int:
    message = what + b"\x1f" + str(key).encode()
    return int.from_bytes(hmac.digest(seed, message, "sha256")[:8], "big") % among
