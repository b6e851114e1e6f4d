"""Dossiers: the connected components of the graph that links make. The one module of this stage that acts."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from linkage.concepts.lineage import cut_lineage
from linkage.links.rivals import part_contested
from linkage.platform.errors import ContractError
from linkage.tables.links import Link

LABEL, SIZE = "label", "size"
PAIR: list[str] = [Link.id_procedure, Link.id_affaire]
HEX_DIGITS = 32


def group_dossiers(retained: DataFrame, *, max_records: int) -> DataFrame:
    """Return the retained pairs, each with its ``id_dossier``.

    Method: the smallest procedure of a component names it, spread over shared affairs and procedures until nothing
    changes; a component takes as many turns as it is long, and most are settled by the first.

    Example: the links P1-A1, P2-A1 and P2-A2 are one dossier.

    Raises
    ------
    ContractError
        A component holds more records than the guard allows.
    """
    own_label = F.col(Link.id_procedure).alias(LABEL)
    # Most dossiers are one pair: nothing spreads there.
    alone, shared = part_contested(retained, *([side] for side in PAIR))
    shared = shared.transform(cut_lineage)
    edges = shared.select(*PAIR, own_label)
    while True:
        spread = edges
        for side in (Link.id_affaire, Link.id_procedure):
            spread = spread.withColumn(LABEL, F.min(LABEL).over(Window.partitionBy(side)))
        before = edges.withColumnRenamed(LABEL, "before")
        spread = spread.transform(cut_lineage)
        changed = spread.join(before, on=PAIR, how="inner").where("label <> before")
        edges = spread
        if changed.isEmpty():
            break
    _guard(edges, max_records)
    id_dossier = F.left(F.sha2(LABEL, 256), F.lit(HEX_DIGITS))
    labelled = alone.select("*", own_label).unionByName(shared.join(edges, on=PAIR, how="inner"))
    return labelled.withColumn(Link.id_dossier, id_dossier).drop(LABEL)


def _guard(edges: DataFrame, max_records: int) -> None:
    records = F.count_distinct(Link.id_procedure) + F.count_distinct(Link.id_affaire)
    sizes = edges.groupBy(LABEL).agg(records.alias(SIZE)).where(F.col(SIZE) > max_records)
    beyond = sizes.agg(F.count("*").alias("nb"), F.max(SIZE).alias("largest")).first()
    if beyond and beyond["nb"]:
        raise ContractError(
            f"links: {beyond['nb']} dossiers hold more than max_dossier = {max_records} records, the largest "
            f"{beyond['largest']}: a chain of errors. Raise the thresholds of links in conf/method, or max_dossier."
        )
