"""Links of persons against known truth."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from linkage.concepts import sides
from linkage.tables.links import PersonLink
from linkage.tables.quality import PersonAccuracy

ALL_ROLES = "*"
PAIR: list[str] = [*sides.PAIR, PersonLink.rang_procedure, PersonLink.rang_affaire]


def measure_accuracy(person_links: DataFrame, truth: DataFrame, *, version: str) -> DataFrame:
    """Measure the links of persons against the true ones, by police role and overall: ``quality/accuracy_persons``.

    Method: as for cases. True pairs whose case is not retained are missed, false ones of a wrong case are counted.
    """
    role = F.coalesce(f"linked.{PersonLink.role}", f"true.{PersonLink.role}")
    linked, true = (
        frame.select(*PAIR, PersonLink.role, F.lit(1).alias(name)).alias(name)
        for frame, name in ((person_links, "linked"), (truth.dropDuplicates(PAIR), "true"))
    )
    pairs = linked.join(true, on=PAIR, how="full").select(
        F.explode(F.array(role, F.lit(ALL_ROLES))).alias(PersonAccuracy.role), "linked.linked", "true.true"
    )
    nb_links, nb_true, nb_both = (
        F.count(column) for column in ("linked", "true", F.when(F.col("linked") == F.col("true"), 1))
    )
    return pairs.groupBy(PersonAccuracy.role).agg(
        F.lit(version).alias(PersonAccuracy.version),
        nb_links.alias(PersonAccuracy.nb_links),
        nb_both.alias(PersonAccuracy.nb_true_links),
        (nb_true - nb_both).alias(PersonAccuracy.nb_missed),
        F.try_divide(nb_both, nb_links).alias(PersonAccuracy.precision),
        F.try_divide(nb_both, nb_true).alias(PersonAccuracy.recall),
        F.try_divide(2 * nb_both, nb_links + nb_true).alias(PersonAccuracy.f1),
    )
