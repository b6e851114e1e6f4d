"""The pseudonymised base that analysts read: what a version saw, without what betrays a person."""

from linkage.linked_base.build import Seen, build

__all__ = ["Seen", "build"]
