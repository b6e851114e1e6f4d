"""Samples of references drawn by a hash: the same data give the same sample, whatever the order or the partitions."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from linkage.tables.candidate_pairs import CandidatePair

BUCKETS = 1_000_000


def order(seed: int, *, of: str = CandidatePair.reference_key) -> Column:
    """Return where the reference of a pair, or a record ``of`` another key, stands in a draw: a hash."""
    return F.xxhash64(of, F.lit(seed))


def is_drawn(share: float, seed: int, *, of: str = CandidatePair.reference_key) -> Column:
    """Return whether it is in a draw of this share of them, from 0 to 1."""
    return F.pmod(order(seed, of=of), F.lit(BUCKETS)) < int(share * BUCKETS)
