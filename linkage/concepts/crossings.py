"""The crossings of traits under which procedures have a weight, and what to do of those that have none."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from linkage.concepts.sides import NO_INFORMATION
from linkage.platform.errors import ContractError
from linkage.tables.quality import Weight
from linkage.tables.standardised import Procedure

TRAITS: list[str] = [
    Weight.avec_mis_en_cause,
    Weight.famille,
    Weight.force,
    Weight.millesime,
    Weight.code_departement,
]
ALONE = 1.0
"""The weight of a linked procedure whose crossing has none: it stands for itself."""


def traits() -> list[Column]:
    """Return the traits of a procedure as ``quality/weights`` writes them: text, ``sans information`` where missing.

    Reads ``standardised/procedures`` or ``linked_base/procedures``: both name these columns alike.
    """
    of_procedure = {trait: F.col(trait) for trait in TRAITS if trait != Weight.avec_mis_en_cause}
    of_procedure[Weight.avec_mis_en_cause] = F.col(Procedure.nb_mis_en_cause) > 0
    return [F.coalesce(of_procedure[trait].cast("string"), F.lit(NO_INFORMATION)).alias(trait) for trait in TRAITS]


def refuse_unweighted(unweighted: int, linked: int, *, largest: float) -> None:
    """Refuse linked procedures without a weight when they are more than the share ``largest``.

    Raises
    ------
    ContractError
        Too many of them: weights and procedures are of two versions, or write the traits otherwise.
    """
    if unweighted > largest * linked:
        raise ContractError(
            f"{Weight.path}: {unweighted} of {linked} linked procedures have no weight there; {largest:.1%} at most "
            "expected. Run the job quality again for this version."
        )
