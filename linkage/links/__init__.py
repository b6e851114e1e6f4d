"""Which pairs are links: passes, competition between candidates, dossiers, and why the rest is not linked."""

from linkage.links.build import build

__all__ = ["build"]
