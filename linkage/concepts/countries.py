"""Countries in three groups: France, the rest of the European Union, the rest of the world."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

FRANCE = "FRA"
GROUPS = IN_FRANCE, IN_UNION, ELSEWHERE = "france", "union_europeenne", "autre"


def country_group(code: Column, *, union: Sequence[str]) -> Column:
    """Return the group of a country, ``france``, ``union_europeenne`` or ``autre``; null when the code is.

    ``union`` are the codes of ``conf/nomenclatures/union_europeenne.csv``.
    """
    others = F.when(code.isin(*union), IN_UNION).when(code.isNotNull(), ELSEWHERE)
    return F.when(code == FRANCE, IN_FRANCE).otherwise(others)
