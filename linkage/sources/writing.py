"""The writes of one run: each table's slices, merged with what the lake has, and checked against what was counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.platform.errors import ContractError
from linkage.platform.lake.schema import Table
from linkage.sources import merge, verdicts
from linkage.sources.declaration import Layout
from linkage.sources.frames import Batch
from linkage.sources.reading import PART
from linkage.sources.rules import CONFLICT, DUPLICATE, MILLESIME, NO_PARENT
from linkage.sources.verdicts import FileCounts
from linkage.tables import sources as tables
from linkage.tables.sources import Reject, source_table

if TYPE_CHECKING:
    from linkage.platform.lake.store import Store


_WRITERS = 3  # tables written one beside the other: much of a small write is waiting for its commit


class Writing:
    """What is new in a batch, on its way into the lake."""

    def __init__(
        self,
        store: Store,
        batch: Batch,
        fresh: Sequence[int],
        counted: Mapping[tuple[int, str], FileCounts],
        verdicts_of: Mapping[str, DataFrame],
        registered: Sequence[tuple[str, int]],
    ) -> None:
        self._store, self._batch, self._fresh, self._counted = store, batch, fresh, counted
        self._registered = registered
        self.sources = sorted({batch.deliveries[place].source for place in fresh})
        self._unclean = {source: self._unclean_keys(source, verdicts_of[source]) for source in self.sources}

    def tables(self) -> list[type[Table]]:
        """Every table that this run may write."""
        return [
            *(source_table(source, file) for source in self.sources for file in tables.FILES[source]),
            Reject,
            tables.Delivery,
        ]

    def source(self, source: str) -> None:
        """Writes the vintages of one source that the new deliveries touch.

        Raises
        ------
        ContractError
            A row is lost on the way, or a procedure or affair is already in the lake under another vintage.
        """
        places = self._places(source)
        layouts = self._batch.layouts(source)
        vintages = [self._batch.deliveries[place].millesime for place in places]
        slice = f"{MILLESIME} IN ({', '.join(map(str, sorted(set(vintages))))})"
        kept = {
            file: verdicts.kept(self._batch.rows(layout, places), layout, self._unclean[source])
            for file, layout in layouts.items()
        }
        parent = layouts[tables.parent_file(source)]
        received = {vintage for other, vintage in self._registered if other == source}
        if received - set(vintages):
            self._refuse_other_vintages(parent, kept[parent.file], slice)
        alone = not received & set(vintages) and len(vintages) == len(set(vintages))
        if not alone:
            kept = self._merged(parent, layouts, kept, slice)

        def write(file: str) -> None:
            written = self._store.write(kept[file], source_table(source, file), slice=slice)
            expected = sum(self._counted[place, file].kept for place in places)
            if alone and written != expected:
                raise ContractError(
                    f"sources/{source}_{file}: {written} rows written, {expected} kept: they do not add up."
                )

        with ThreadPoolExecutor(_WRITERS) as pool:
            list(pool.map(write, layouts))

    def rejects(self) -> None:
        """Writes where the rows set aside stand: the files that have some are read again, with their line numbers."""
        names = [
            (part.number, self._batch.deliveries[part.delivery].name, part.part.name) for part in self._batch.parts
        ]
        known = self._store.spark.createDataFrame(names, f"{PART} int, delivery string, file string")
        frames = [
            verdicts.rejected(self._batch.numbered_rows(layout, places), layout, self._unclean[source], part=PART)
            for source in self.sources
            for file, layout in self._batch.layouts(source).items()
            for places in [[place for place in self._places(source) if self._counted[place, file].nb_rejected]]
            if places
        ]
        if not frames:
            if not self._store.exists(Reject):
                self._store.write(self._store.spark.createDataFrame([], Reject.struct()), Reject)
            return
        rejects = reduce(DataFrame.unionByName, frames).join(F.broadcast(known), PART, how="inner")
        deliveries = ", ".join(f"'{self._batch.deliveries[place].name}'" for place in self._fresh)
        written = self._store.write(rejects.coalesce(1), Reject, slice=f"delivery IN ({deliveries})")
        expected = sum(found.nb_rejected for (place, _), found in self._counted.items() if place in self._fresh)
        if written != expected:
            raise ContractError(f"rejects: {written} rows written, {expected} set aside: they do not add up.")

    def _places(self, source: str) -> list[int]:
        return [place for place in self._fresh if self._batch.deliveries[place].source == source]

    def _unclean_keys(self, source: str, judged: DataFrame) -> DataFrame | None:
        rules = {
            rule
            for place in self._places(source)
            for file in self._batch.layouts(source)
            for rule in self._counted[place, file].rejected
        }
        return verdicts.unclean(judged) if rules & {CONFLICT, DUPLICATE, NO_PARENT} else None

    def _before(self, layout: Layout, condition: str) -> DataFrame:
        return self._store.read_or_empty(source_table(layout.source, layout.file)).filter(condition)

    def _merged(
        self, parent: Layout, layouts: Mapping[str, Layout], kept: Mapping[str, DataFrame], slice: str
    ) -> dict[str, DataFrame]:
        every = {}
        for file, layout in layouts.items():
            table = source_table(layout.source, file)
            every[file] = self._before(layout, slice).unionByName(table.conform(kept[file]))
        id = str(parent.id)
        winners = merge.winners(every[parent.file], id=id)
        return {file: merge.latest(rows, winners, id=id) for file, rows in every.items()}

    def _refuse_other_vintages(self, parent: Layout, kept: DataFrame, slice: str) -> None:
        others = self._before(parent, f"NOT ({slice})").select(str(parent.id))
        again = others.join(kept.select(str(parent.id)), str(parent.id), how="left_semi").count()
        if again:
            raise ContractError(
                f"sources/{parent.source}_{parent.file}: {again} {parent.id} of these deliveries are already in "
                "the lake under another vintage; each was expected in one."
            )
