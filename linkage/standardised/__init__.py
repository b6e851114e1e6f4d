"""One spelling for each fact; what was delivered stays beside what was repaired."""

from linkage.standardised.build import build

__all__ = ["build"]
