"""Which pairs are worth comparing: the key first, then blocks on service and dates, persons, place."""

from linkage.candidate_pairs.build import Planned, build, plan
from linkage.candidate_pairs.neighbours import form_neighbours

__all__ = ["Planned", "build", "form_neighbours", "plan"]
