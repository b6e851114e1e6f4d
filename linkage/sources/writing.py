"""The writes of one run: each table's slices, merged with what the lake has, and checked against what was counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.platform.errors import ContractError
from linkage.sources import merge, verdicts
from linkage.sources.declaration import Layout
from linkage.sources.frames import Batch
from linkage.sources.incoming import Incoming, of_source
from linkage.sources.reading import PART
from linkage.sources.register import Register
from linkage.sources.rules import CONFLICT, DUPLICATE, MILLESIME, NO_PARENT
from linkage.sources.verdicts import Fingerprint
from linkage.tables import sources as tables
from linkage.tables.sources import Reject, source_table

if TYPE_CHECKING:
    from linkage.platform.lake.store import Store


_WRITERS = 3  # tables written one beside the other: much of a small write is waiting for its commit


class Writing:
    """The new deliveries of a batch, on their way into the lake."""

    def __init__(
        self,
        store: Store,
        batch: Batch,
        new: Sequence[Incoming],
        verdicts_of: Mapping[str, DataFrame],
        received: Register,
        *,
        fingerprint: Fingerprint,
    ) -> None:
        self.store, self._batch, self._new, self._received = store, batch, new, received
        self._fingerprint = fingerprint
        self.sources = sorted({incoming.source for incoming in new})
        self._unclean = {source: self._unclean_keys(source, verdicts_of[source]) for source in self.sources}

    def write_source(self, source: str) -> None:
        """Write the vintages of one source that the new deliveries touch.

        Raises
        ------
        ContractError
            A row is lost on the way, or a procedure or affair is already in the lake under another vintage.
        """
        self.require_one_vintage(source)
        deliveries, layouts = of_source(self._new, source), self._batch.layouts(source)
        vintages, slice = self._vintages(source)
        rows = {file: self._sound(source, layout) for file, layout in layouts.items()}
        parent = layouts[tables.parent_file(source)]
        received = self._received.vintages(source)
        only_delivery = not received & set(vintages) and len(vintages) == len(set(vintages))
        if not only_delivery:
            rows = self._merge(parent, layouts, rows, slice, deliveries)

        def write(file: str) -> None:
            written = self.store.write(rows[file], source_table(source, file), slice=slice)
            expected = sum(incoming.counts[file].kept for incoming in deliveries)
            if only_delivery and written != expected:
                raise ContractError(
                    f"sources/{source}_{file}: {written} rows written, {expected} kept: they do not add up."
                )

        with ThreadPoolExecutor(_WRITERS) as pool:
            list(pool.map(write, layouts))

    def require_one_vintage(self, source: str) -> None:
        """Check that no procedure or affair of one source is in the lake under another vintage.

        Raises
        ------
        ContractError
            One is.
        """
        vintages, slice = self._vintages(source)
        if self._received.vintages(source) - set(vintages):
            parent = self._batch.layouts(source)[tables.parent_file(source)]
            self._refuse_other_vintages(parent, self._sound(source, parent), slice)

    def _vintages(self, source: str) -> tuple[list[int], str]:
        """Return the vintage of each new delivery of a source, and the condition that names their slices."""
        vintages = [incoming.delivery.millesime for incoming in of_source(self._new, source)]
        return vintages, f"{MILLESIME} IN ({', '.join(map(str, sorted(set(vintages))))})"

    def _sound(self, source: str, layout: Layout) -> DataFrame:
        rows = self._batch.read_rows(layout, of_source(self._new, source))
        return verdicts.keep_sound(rows, layout, self._unclean[source])

    def write_rejects(self) -> None:
        """Write where the rows set aside stand: the files that have some are read again, with their line numbers."""
        frames = [
            verdicts.reject(
                self._batch.read_numbered_rows(layout, deliveries),
                layout,
                self._unclean[source],
                part=PART,
                fingerprint=self._fingerprint,
            )
            for source in self.sources
            for file, layout in self._batch.layouts(source).items()
            for deliveries in [[one for one in of_source(self._new, source) if one.counts[file].nb_rejected]]
            if deliveries
        ]
        if not frames:
            if not self.store.exists(Reject):
                self.store.write(self.store.spark.createDataFrame([], Reject.struct()), Reject)
            return
        names = [(part.number, part.incoming.delivery.name, part.part.name) for part in self._batch.parts]
        parts = self.store.spark.createDataFrame(names, f"{PART} int, {Reject.delivery} string, {Reject.file} string")
        rejects = reduce(DataFrame.unionByName, frames).join(F.broadcast(parts), PART, how="inner")
        deliveries = ", ".join(f"'{incoming.delivery.name}'" for incoming in self._new)
        written = self.store.write(rejects.coalesce(1), Reject, slice=f"{Reject.delivery} IN ({deliveries})")
        expected = sum(counts.nb_rejected for incoming in self._new for counts in incoming.counts.values())
        if written != expected:
            raise ContractError(f"rejects: {written} rows written, {expected} set aside: they do not add up.")

    def write_register(self) -> None:
        """Write the register, the new deliveries after those received before."""
        self._received.write_with(self.store, self._new)

    def _unclean_keys(self, source: str, judged: DataFrame) -> DataFrame | None:
        rules = {
            rule
            for incoming in of_source(self._new, source)
            for counts in incoming.counts.values()
            for rule in counts.rejected
        }
        return verdicts.find_unclean(judged) if rules & {CONFLICT, DUPLICATE, NO_PARENT} else None

    def _read_before(self, layout: Layout, condition: str) -> DataFrame:
        return self.store.read_or_empty(source_table(layout.source, layout.file)).filter(condition)

    def _merge(
        self,
        parent: Layout,
        layouts: Mapping[str, Layout],
        new: Mapping[str, DataFrame],
        slice: str,
        deliveries: Sequence[Incoming],
    ) -> dict[str, DataFrame]:
        every = {}
        for file, layout in layouts.items():
            table = source_table(layout.source, file)
            every[file] = self._read_before(layout, slice).unionByName(table.conform(new[file]))
        id = str(parent.id)
        winners = merge.find_winners(every[parent.file], id=id)
        settled = merge.count_by_extraction(winners).collect()  # a row per vintage and extraction
        for incoming in deliveries:
            delivery = incoming.delivery
            since = delivery.date_extraction or merge.UNDATED
            of_vintage = (row for row in settled if row[MILLESIME] == delivery.millesime)
            incoming.absent = sum(row["nb"] for row in of_vintage if row["extraction"] < since)
        return {file: merge.keep_latest(rows, winners, id=id) for file, rows in every.items()}

    def _refuse_other_vintages(self, parent: Layout, new: DataFrame, slice: str) -> None:
        others = self._read_before(parent, f"NOT ({slice})").select(str(parent.id))
        again = others.join(new.select(str(parent.id)), str(parent.id), how="left_semi").count()
        if again:
            raise ContractError(
                f"sources/{parent.source}_{parent.file}: {again} {parent.id} of these deliveries are already in "
                "the lake under another vintage; each was expected in one."
            )
