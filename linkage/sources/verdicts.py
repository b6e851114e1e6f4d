"""Rows seen together: one key with different contents, the same row twice, a child without its parent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce

from pyspark.sql import Column, DataFrame, Row, Window
from pyspark.sql import functions as F

from linkage.sources.declaration import Layout
from linkage.sources.reading import LINE, ROW
from linkage.sources.rules import (
    CONFLICT,
    CONTENT,
    DUPLICATE,
    KEY,
    MILLESIME,
    NB_EFFACEES,
    NO_PARENT,
    OTHER_VINTAGE,
    RULE,
)
from linkage.tables.sources import Reject

DELIVERY = "_delivery"
FILE = "_file"
OWNER = "_owner"
"""The procedure or affair of a row."""
Fingerprint = Callable[[Column], Column]
"""Makes of a line what may be kept of it."""


def judge(files: Mapping[str, tuple[Layout, DataFrame]]) -> DataFrame:
    """Return one row per delivery, file, owner and key of one source: how many rows, and the rule they break together.

    Every key that stands twice with different contents is set aside, and so is every parent that stands in two
    vintages, and every child whose parent is not kept.
    """
    narrow = [_narrow(layout, rows) for layout, rows in files.values()]
    groups = (
        reduce(DataFrame.unionByName, narrow)
        .repartition(OWNER)  # the one shuffle: every step below looks inside one owner
        .sortWithinPartitions(OWNER, DELIVERY, FILE, KEY, RULE)
        .groupBy(OWNER, DELIVERY, FILE, KEY, RULE)
        .agg(
            # A delivery is of one vintage, a file of parents or of children. Where every function is blind to order, as
            # a maximum is, Spark drops the sort above and hashes.
            F.any_value(MILLESIME).alias(MILLESIME),
            F.any_value("_is_parent").alias("_is_parent"),
            F.count("*").alias("_rows"),
            (F.min(CONTENT) != F.max(CONTENT)).alias("_differ"),
            F.max(NB_EFFACEES).alias(NB_EFFACEES),
            F.sum(F.col(OTHER_VINTAGE).cast("int")).alias(OTHER_VINTAGE),
            # Halves, whose sums stay within 64 bits.
            F.sum(F.col(CONTENT).bitwiseAND(0xFFFFFFFF)).alias("_low"),
            F.sum(F.shiftright(CONTENT, 32)).alias("_high"),
        )
        # They are in this order already; without this line each of the two windows below would sort them again.
        .sortWithinPartitions(OWNER, DELIVERY)
    )
    sound_parent = F.col("_is_parent") & F.col(RULE).isNull()
    vintages = Window.partitionBy(OWNER)
    in_two_vintages = sound_parent & (
        F.min(F.when(sound_parent, F.col(MILLESIME))).over(vintages)
        != F.max(F.when(sound_parent, F.col(MILLESIME))).over(vintages)
    )
    own_rule = F.coalesce(RULE, F.when(F.col("_differ") | in_two_vintages, CONFLICT))
    judged = groups.withColumn("_verdict", own_rule)
    parent_kept = F.max(F.col("_is_parent") & F.col("_verdict").isNull()).over(Window.partitionBy(OWNER, DELIVERY))
    return judged.withColumn("_verdict", F.coalesce("_verdict", F.when(~parent_kept, NO_PARENT)))


def tally(verdicts: DataFrame) -> DataFrame:
    """Return one row per delivery, file and rule (null: kept): how many rows, extra identical ones, dates blanked."""
    is_kept = F.col("_verdict").isNull()
    return verdicts.groupBy(DELIVERY, FILE, F.col("_verdict").alias(RULE)).agg(
        F.sum("_rows").alias("rows"),
        F.sum(F.when(is_kept, F.col("_rows") - 1).otherwise(0)).alias("duplicates"),
        F.sum(F.when(is_kept, F.col(NB_EFFACEES)).otherwise(0)).alias("effacees"),
        F.sum(OTHER_VINTAGE).alias("other_vintage"),
        F.sum("_low").alias("low"),
        F.sum("_high").alias("high"),
    )


def find_unclean(verdicts: DataFrame) -> DataFrame:
    """Return the keys whose rows are set aside together, or kept once; few, if the delivery is sound."""
    together = F.col(RULE).isNull() & (F.col("_verdict").isNotNull() | (F.col("_rows") > 1))
    verdict = F.coalesce("_verdict", F.lit(DUPLICATE))
    return verdicts.filter(together).select(DELIVERY, FILE, OWNER, KEY, verdict.alias("_verdict"))


def keep_sound(rows: DataFrame, layout: Layout, unclean_keys: DataFrame | None) -> DataFrame:
    """Return the rows that break no rule, identical ones once; ``unclean_keys`` is None where there is none."""
    sound = rows.filter(F.col(RULE).isNull())
    if unclean_keys is None:
        return sound
    judged = sound.join(_of_file(unclean_keys, layout), _same_key(layout), how="left")
    alone = judged.filter(F.col("_verdict").isNull())
    once = judged.filter(F.col("_verdict") == DUPLICATE).dropDuplicates([DELIVERY, str(layout.id), KEY])
    return alone.unionByName(once).select(*rows.columns)


def reject(
    rows: DataFrame, layout: Layout, unclean_keys: DataFrame | None, *, part: str, fingerprint: Fingerprint
) -> DataFrame:
    """Return the rows set aside: where they stand, the rule, and a fingerprint of the line; ``rows`` are numbered."""
    rule: Column = F.col(RULE)
    if unclean_keys is not None:
        rows = rows.join(_of_file(unclean_keys, layout), [*_same_key(layout)], how="left")
        first = Window.partitionBy(DELIVERY, str(layout.id), KEY).orderBy(part, ROW)
        again = (F.col("_verdict") == DUPLICATE) & rule.isNull()
        repeats = (
            rows.filter(again).withColumn("_place", F.row_number().over(first)).filter("_place > 1").drop("_place")
        )
        rows = rows.filter(~F.coalesce(again, F.lit(False))).unionByName(repeats)
        rule = F.coalesce(rule, "_verdict")
    aside = rows.withColumn(Reject.rule, rule).filter(F.col(Reject.rule).isNotNull())
    of_line = fingerprint(F.col(LINE)).alias(Reject.fingerprint)
    return aside.select(DELIVERY, part, F.col(ROW).alias(Reject.row), Reject.rule, of_line)


def _narrow(layout: Layout, rows: DataFrame) -> DataFrame:
    # Rows that break a rule by themselves are counted, not compared: they share one empty key.
    sound = F.col(RULE).isNull()
    return rows.select(
        DELIVERY,
        MILLESIME,
        F.lit(layout.file).alias(FILE),
        F.lit(layout.is_parent).alias("_is_parent"),
        F.when(sound, F.col(layout.id)).alias(OWNER),
        F.when(sound, F.col(KEY)).alias(KEY),
        *(RULE, NB_EFFACEES, OTHER_VINTAGE, CONTENT),
    )


def _of_file(unclean_keys: DataFrame, layout: Layout) -> DataFrame:
    return unclean_keys.filter(F.col(FILE) == layout.file).select(
        DELIVERY, F.col(OWNER).alias(layout.id), KEY, "_verdict"
    )


def _same_key(layout: Layout) -> list[str]:
    return [DELIVERY, str(layout.id), KEY]


@dataclass
class FileCounts:
    """What became of one file of a delivery."""

    read: int = 0
    kept: int = 0
    effacees: int = 0
    other_vintage: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    content: tuple[int, int] = (0, 0)
    """Sums over the rows of the two halves of their content's hash: whatever their order."""

    @property
    def nb_rejected(self) -> int:
        """Return the rows set aside, identical repeats included."""
        return sum(self.rejected.values())

    @property
    def nb_faulty(self) -> int:
        """Return the rows set aside because they broke a rule: identical repeats are not faults."""
        return self.nb_rejected - self.rejected.get(DUPLICATE, 0)

    def add(self, row: Row) -> None:
        """Count one line of the tally."""
        self.read += row["rows"]
        self.effacees += row["effacees"]
        self.other_vintage += row["other_vintage"] or 0
        self.content = (self.content[0] + row["low"], self.content[1] + row["high"])
        if row[RULE] is None:
            self.kept += row["rows"] - row["duplicates"]
            if row["duplicates"]:
                self.rejected[DUPLICATE] = row["duplicates"]
        else:
            self.rejected[row[RULE]] = self.rejected.get(row[RULE], 0) + row["rows"]
