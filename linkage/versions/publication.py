"""What a version is made of, and the record that publishes it, written last."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F

from linkage.platform.errors import InputError
from linkage.platform.lake.schema import Table
from linkage.platform.lake.store import Store
from linkage.tables.candidate_pairs import SET_ASIDE
from linkage.tables.links import LINKED, Ledger
from linkage.tables.quality import MatchRate, ReviewDecision
from linkage.tables.sources import JUSTICE, Delivery, source_table
from linkage.tables.versions import Version
from linkage.versions import made_of, method

PUBLISHED = "published"
MODEL, MODEL_HASH, MODEL_GIVEN = "model", "model_hash", "model_given"
CASES_VERSION = "scored_pairs_version"
"""Where ``scored_persons`` and ``scored_patterns`` record the version of ``scored_pairs`` that they were made of."""


@dataclass(frozen=True)
class Inputs:
    """What makes a version: the content of the deliveries, the method, and the model when one is given."""

    deliveries: tuple[str, ...]
    settings_hash: str
    given_model_hash: str | None

    @property
    def hash(self) -> str:
        """Return SHA-256 of the three: the same again is the same version, others are refused under its name."""
        content = [self.deliveries, self.settings_hash, self.given_model_hash]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def current_inputs(store: Store, *, given_model_hash: str | None) -> Inputs:
    """Return the inputs that a version written now would have."""
    deliveries = sorted(_named(store.read(Delivery)))
    return Inputs(tuple(deliveries), method.settings_hash(), given_model_hash)


def deliveries_of(store: Store, deliveries: Iterable[str]) -> list[Row]:
    """Return the rows of the register that a version names, by source, vintage and date of extraction."""
    named, wanted = _named(store.read_or_empty(Delivery)), set(deliveries)
    rows = (row for name, row in named.items() if name in wanted)
    return sorted(rows, key=lambda row: tuple(str(row[column] or "") for column in Delivery.key))


def is_fictitious(store: Store, version: str) -> bool:
    """Return whether one of the deliveries of a version is fictitious: all that is made of them then is."""
    deliveries = store.read(Version).where(F.col(Version.version) == version).collect()[0][Version.deliveries]
    # A register written before it said so has no such column.
    return any(row.asDict().get(Delivery.fictif) for row in deliveries_of(store, deliveries))


def extraction(store: Store, version: str) -> datetime.date | None:
    """Return the day until which every delivery of justice says what happened: the first of their extractions.

    None where no delivery of the version says when it was extracted.
    """
    deliveries = store.read(Version).where(F.col(Version.version) == version).collect()[0][Version.deliveries]
    days = [day for source, _, day, *_ in (named.split(" ") for named in deliveries) if source in JUSTICE]
    return min((datetime.date.fromisoformat(day) for day in days if day[:1].isdigit()), default=None)


def _named(register: DataFrame) -> dict[str, Row]:
    """Return the rows of the register by the names that ``versions`` gives them; a delivery is one row."""
    columns = (*Delivery.key, Delivery.fingerprint)
    return {" ".join(str(row[column]) for column in columns): row for row in register.collect()}


def is_published(store: Store, version: str, inputs: Inputs) -> bool:
    """Return whether the version is there, made of these inputs.

    Raises
    ------
    InputError
        The name is taken by other inputs; the message says which of them differ.
    """
    row = store.read_or_empty(Version).where(F.col(Version.version) == version).first()
    if row is None:
        return False
    if row[Version.inputs_hash] == inputs.hash:
        return True
    differences = []
    if set(row[Version.deliveries]) != set(inputs.deliveries):
        differences.append("the deliveries")
    if row[Version.settings_hash] != inputs.settings_hash:
        differences.append("the method settings")
    if (row[Version.model_hash] if row[Version.model_given] else None) != inputs.given_model_hash:
        differences.append("the model given")
    raise InputError(
        f"--version {version}: already published from other inputs ({' and '.join(differences)} differ). "
        "A version never changes: give a new name."
    )


def require(store: Store, version: str) -> None:
    """Check that the version is published.

    Raises
    ------
    InputError
        It is not; the message names those that are.
    """
    published = store.read_or_empty(Version).select(Version.version).collect()
    require_among(version, [row[Version.version] for row in published])


def require_among(version: str, published: Iterable[str]) -> None:
    """Check that the version is among those published.

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
    """Return the Delta version of each table that a version was made of; one not written then is left out."""
    row = store.read(Version).where(F.col(Version.version) == version).collect()[0]
    return {path: at for path, at in row[Version.table_versions].items() if at is not None}


def publish(
    store: Store,
    version: str,
    inputs: Inputs,
    *,
    code_version: str,
    model: Mapping[str, object],
    row_counts: Mapping[str, int],
) -> None:
    """Write the row of ``versions`` that makes a version visible."""
    tables: list[type[Table]] = [table for stage in made_of.IN_ORDER for table in stage.writes]
    tables += [source_table("cassiopee", "evenements"), ReviewDecision, *made_of.OF_LINKS]
    row = {
        Version.version: version,
        Version.status: PUBLISHED,
        Version.created_at: datetime.datetime.now(datetime.timezone.utc),
        Version.code_version: code_version,
        Version.inputs_hash: inputs.hash,
        Version.settings_hash: inputs.settings_hash,
        Version.model_hash: model[MODEL_HASH],
        Version.model: model[MODEL],
        Version.model_given: model[MODEL_GIVEN],
        Version.deliveries: list(inputs.deliveries),
        Version.table_versions: {table.path: store.version(table) for table in tables},
        Version.row_counts: dict(row_counts),
        Version.indicators: _indicators(store, version),
    }
    frame = store.spark.createDataFrame([row], Version.struct())
    store.write(frame, Version, slice=in_version(version))


def _indicators(store: Store, version: str) -> dict[str, float]:
    """Return match rates by source, all vintages together: what a reader of ``versions`` looks for first."""
    cases = store.read(Ledger).where(F.col(Ledger.version) == version).where(F.col(Ledger.outcome) != SET_ASIDE)
    linked = F.sum(F.when(F.col(Ledger.outcome) == LINKED, F.col(Ledger.nb)).otherwise(0))
    rates = cases.groupBy(Ledger.source).agg((linked / F.sum(Ledger.nb)).alias(MatchRate.match_rate)).collect()
    return {f"match_rate_{row[Ledger.source]}": row[MatchRate.match_rate] for row in sorted(rates)}


def in_version(version: str) -> str:
    """Return the condition that names one version's slice of a table."""
    return f"{Version.version} = '{version}'"
