"""What each stage was made of, as its table's last commit says: no stage goes on from one that is out of date."""

from __future__ import annotations

from dataclasses import dataclass

from linkage.platform.errors import InputError
from linkage.platform.lake.schema import Table
from linkage.platform.lake.store import Store
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.sources import Delivery
from linkage.tables.standardised import Record
from linkage.versions import method

MADE_OF = "made_of"

MadeOf = dict[str, int | str | None]
"""Delta versions of the tables read, by path, and hashes of the settings, by file."""


@dataclass(frozen=True)
class Stage:
    """A job between the deliveries and the links: what it reads, its settings, the table that says so."""

    job: str
    reads: tuple[type[Table], ...]
    settings: str
    table: type[Table]


STANDARDISED = Stage("standardised", (Delivery,), method.STANDARDISED, Record)
CANDIDATE_PAIRS = Stage("candidate_pairs", (Record,), method.CANDIDATE_PAIRS, CandidatePair)
SCORED_PAIRS = Stage("scored_pairs", (Record, CandidatePair), method.SCORED_PAIRS, ScoredPair)
IN_ORDER = (STANDARDISED, CANDIDATE_PAIRS, SCORED_PAIRS)


def made_of(store: Store, stage: Stage) -> MadeOf:
    """What the stage would be made of now."""
    read: MadeOf = {table.path: store.version(table) for table in stage.reads}
    return {**read, f"conf/{stage.settings}": method.settings_hash(stage.settings)}


def require_current(store: Store, *stages: Stage) -> None:
    """Checks that stages were made of what they would be made of now; one not made yet is its reader's to refuse.

    Raises
    ------
    InputError
        One was not: the deliveries, another stage or the settings changed since; the message names what did, and the
        jobs to run again.
    """
    for stage in stages:
        if not store.exists(stage.table):
            continue
        said = store.metadata(stage.table).get(MADE_OF, {})
        if changed := [name for name, what in made_of(store, stage).items() if said.get(name) != what]:
            again = [later.job for later in IN_ORDER[IN_ORDER.index(stage) :] if later in stages]
            raise InputError(
                f"--lake {store.lake}: {stage.table.path} was made before the last change of {', '.join(changed)}. "
                f"Run again: {', '.join(again)}."
            )
