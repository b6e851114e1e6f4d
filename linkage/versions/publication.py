"""What a version is made of, and the record that publishes it, written last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

from pyspark.sql import functions as F

from linkage.platform.errors import InputError
from linkage.platform.lake.store import Store
from linkage.tables.candidate_pairs import SET_ASIDE, CandidatePair, SetAsideRecord
from linkage.tables.links import LINKED, Ledger, Link, PersonLink, Unlinked
from linkage.tables.quality import ReviewDecision
from linkage.tables.scored_pairs import ScoredPair, ScoredPattern, ScoredPerson
from linkage.tables.sources import Delivery, source_table
from linkage.tables.standardised import Affaire, Infraction, Personne, Procedure, Record, Reference
from linkage.tables.versions import Version
from linkage.versions import method

PUBLISHED = "published"
MODEL, MODEL_HASH, MODEL_GIVEN = "model", "model_hash", "model_given"
CASES_VERSION = "scored_pairs_version"
"""What ``scored_persons`` and ``scored_patterns`` say of themselves: of which version of ``scored_pairs`` they are."""


@dataclass(frozen=True)
class Inputs:
    """What makes a version: the content of the deliveries, the method, and the model when one is given."""

    deliveries: tuple[str, ...]
    settings_hash: str
    given_model_hash: str | None

    @property
    def hash(self) -> str:
        """SHA-256 of the three: the same again is the same version, others are refused under its name."""
        content = [self.deliveries, self.settings_hash, self.given_model_hash]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def inputs(store: Store, *, given_model_hash: str | None) -> Inputs:
    """The inputs that a version written now would have."""
    register = store.read(Delivery).select(*Delivery.key, Delivery.fingerprint).collect()
    deliveries = sorted(
        f"{row[Delivery.source]} {row[Delivery.millesime]} {row[Delivery.date_extraction]} {row[Delivery.fingerprint]}"
        for row in register
    )
    return Inputs(tuple(deliveries), method.settings_hash(), given_model_hash)


def is_published(store: Store, version: str, found: Inputs) -> bool:
    """Whether the version is there, made of these inputs.

    Raises
    ------
    InputError
        The name is taken by other inputs; the message says which of them differ.
    """
    row = store.read_or_empty(Version).where(F.col(Version.version) == version).first()
    if row is None:
        return False
    if row[Version.inputs_hash] == found.hash:
        return True
    differences = []
    if set(row[Version.deliveries]) != set(found.deliveries):
        differences.append("the deliveries")
    if row[Version.settings_hash] != found.settings_hash:
        differences.append("the method settings")
    if (row[Version.model_hash] if row[Version.model_given] else None) != found.given_model_hash:
        differences.append("the model given")
    raise InputError(
        f"--version {version}: already published from other inputs ({' and '.join(differences)} differ). "
        "A version never changes: give a new name."
    )


def require(store: Store, version: str) -> None:
    """Checks that the version is published.

    Raises
    ------
    InputError
        It is not; the message names those that are.
    """
    found(version, [row[Version.version] for row in store.read_or_empty(Version).select(Version.version).collect()])


def found(version: str, published: Iterable[str]) -> None:
    """Checks that the version is among those published.

    Raises
    ------
    InputError
        It is not; the message names those that are.
    """
    names = sorted(published)
    if version not in names:
        raise InputError(
            f"--version {version}: not published in this lake; found {', '.join(names) or 'no version at all'}."
        )


def tables_seen(store: Store, version: str) -> dict[str, int]:
    """The Delta version of each table that the published version was made of; a table not written then is left out."""
    row = store.read(Version).where(F.col(Version.version) == version).collect()[0]
    return {path: at for path, at in row[Version.table_versions].items() if at is not None}


def publish(
    store: Store,
    version: str,
    made_of: Inputs,
    *,
    code_version: str,
    model: Mapping[str, object],
    row_counts: Mapping[str, int],
) -> None:
    """Writes the row of ``versions`` that makes a version visible."""
    described = (Procedure, Affaire, Reference, Personne, Infraction, source_table("cassiopee", "evenements"))
    read = (*described, Record, CandidatePair, SetAsideRecord, ScoredPair, ScoredPerson, ScoredPattern, ReviewDecision)
    tables = (*read, Link, PersonLink, Unlinked, Ledger)
    row = {
        Version.version: version,
        Version.status: PUBLISHED,
        Version.created_at: datetime.now(timezone.utc),
        Version.code_version: code_version,
        Version.inputs_hash: made_of.hash,
        Version.settings_hash: made_of.settings_hash,
        Version.model_hash: model[MODEL_HASH],
        Version.model: model[MODEL],
        Version.model_given: model[MODEL_GIVEN],
        Version.deliveries: list(made_of.deliveries),
        Version.table_versions: {table.path: store.version(table) for table in tables},
        Version.row_counts: dict(row_counts),
        Version.indicators: _indicators(store, version),
    }
    frame = store.spark.createDataFrame([row], Version.struct())
    store.write(frame, Version, slice=in_version(version))


def _indicators(store: Store, version: str) -> dict[str, float]:
    """Match rates by source, all vintages together: what a reader of ``versions`` looks for first."""
    counted = store.read(Ledger).where(F.col(Ledger.version) == version).where(F.col(Ledger.outcome) != SET_ASIDE)
    linked = F.sum(F.when(F.col(Ledger.outcome) == LINKED, F.col(Ledger.nb)).otherwise(0))
    rates = counted.groupBy(Ledger.source).agg((linked / F.sum(Ledger.nb)).alias("rate")).collect()
    return {f"match_rate_{row[Ledger.source]}": row["rate"] for row in rates}


def in_version(version: str) -> str:
    """The condition that names one version's slice of a table."""
    return f"version = '{version}'"
