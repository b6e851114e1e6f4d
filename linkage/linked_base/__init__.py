"""The pseudonymised base that analysts read: what a version saw, without what betrays a person."""

from linkage.linked_base.build import Seen, build, follow
from linkage.linked_base.uniqueness import count_alone

__all__ = ["Seen", "build", "count_alone", "follow"]
