"""Which pairs are worth comparing: the key first, then blocks on service and dates, persons, place."""

from linkage.candidate_pairs.build import Planned, build, plan

__all__ = ["Planned", "build", "plan"]
