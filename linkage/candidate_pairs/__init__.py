"""Which pairs are worth comparing: the key first, then blocks on service and dates, persons, place."""

from linkage.candidate_pairs.build import build

__all__ = ["build"]
