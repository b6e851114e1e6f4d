"""The stages between the deliveries and the links, and what each was made of, as its table's last commit records it.

No stage goes on from one that is out of date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from linkage.platform.errors import InputError
from linkage.platform.lake.schema import Table
from linkage.tables.candidate_pairs import CandidatePair, SetAsideRecord
from linkage.tables.links import Ledger, Link, PersonLink, Unlinked
from linkage.tables.scored_pairs import ScoredPair, ScoredPattern, ScoredPerson
from linkage.tables.sources import Delivery
from linkage.tables.standardised import Affaire, Infraction, Personne, Procedure, Record, Reference
from linkage.versions import method

MADE_OF = "made_of"

MadeOf = dict[str, int | str | None]
"""Delta versions of the tables read, by path, and hashes of the settings, by file."""


class Lake(Protocol):
    """What tells which tables there are and what they were made of: a ``Store``, or ``Published`` without Spark."""

    lake: str

    def version(self, table: type[Table]) -> int | None:
        """Return the Delta version of the table that readers see; None when it has not been made."""

    def exists(self, table: type[Table]) -> bool:
        """Return whether the table has been made."""

    def metadata(self, table: type[Table]) -> dict[str, Any]:
        """Return what the write of the table recorded of itself."""


@dataclass(frozen=True)
class Stage:
    """One stage: its word, which its job and its settings bear too, the tables it goes on from, those it writes.

    The last table written records what the stage was made of.
    """

    name: str
    reads: tuple[type[Table], ...]
    writes: tuple[type[Table], ...]

    @property
    def table(self) -> type[Table]:
        """Return the table that records what the stage was made of."""
        return self.writes[-1]


STANDARDISED = Stage(method.STANDARDISED, (Delivery,), (Procedure, Affaire, Reference, Personne, Infraction, Record))
CANDIDATE_PAIRS = Stage(method.CANDIDATE_PAIRS, (Record,), (SetAsideRecord, CandidatePair))
SCORED_PAIRS = Stage(method.SCORED_PAIRS, (Record, CandidatePair), (ScoredPerson, ScoredPattern, ScoredPair))
IN_ORDER = (STANDARDISED, CANDIDATE_PAIRS, SCORED_PAIRS)
OF_LINKS = (PersonLink, Link, Unlinked, Ledger)
"""What the job links writes of a version: those that take longest first."""


def made_of(store: Lake, stage: Stage) -> MadeOf:
    """Return what the stage would be made of now."""
    read: MadeOf = {table.path: store.version(table) for table in stage.reads}
    return {**read, f"conf/{method.file_of(stage.name)}": method.settings_hash(stage.name)}


def changed_since(store: Lake, stage: Stage) -> list[str]:
    """Return the tables and settings that changed since the stage was made; none where it is current, or not made."""
    if not store.exists(stage.table):
        return []
    recorded = store.metadata(stage.table).get(MADE_OF, {})
    return [name for name, now in made_of(store, stage).items() if recorded.get(name) != now]


def require_current(store: Lake, *stages: Stage) -> None:
    """Check that stages were made of what they would be made of now; one not made yet is its reader's to refuse.

    Raises
    ------
    InputError
        One was not: the deliveries, another stage or the settings changed since; the message names what did, and the
        jobs to run again.
    """
    for stage in stages:
        if changed := changed_since(store, stage):
            again = [later.name for later in IN_ORDER[IN_ORDER.index(stage) :] if later in stages]
            raise InputError(
                f"--lake {store.lake}: {stage.table.path} was made before the last change of {', '.join(changed)}. "
                f"Run again: {', '.join(again)}."
            )
