"""Months until a step, in bands: as an extract has them, and as a table counts them."""

from __future__ import annotations

from pyspark.sql import Column
from pyspark.sql import functions as F

from linkage.concepts.outcomes import UNKNOWN

BANDS = ((1, "moins de 1 mois"), (3, "1 à 2 mois"), (6, "3 à 5 mois"), (12, "6 à 11 mois"), (24, "12 à 23 mois"))
"""Each with the months that it ends before."""
LONGEST, NOT_REACHED = "24 mois et plus", "étape non atteinte"
CATEGORIES = (*(label for _, label in BANDS), LONGEST, NOT_REACHED, UNKNOWN)
DAYS = 30.4375
"""Of a month, on average."""


def band(step: str) -> Column:
    """Return the band of a step that was seen, null otherwise."""
    months = F.floor(F.col(f"jours_{step}") / DAYS)
    label = F.lit(LONGEST)
    for below, name in reversed(BANDS):
        label = F.when(months < below, name).otherwise(label)
    return F.when(F.col(f"vu_{step}"), label)


def counted(step: str) -> Column:
    """Return the band, that the step was not reached at the extraction, or that its day is unknown.

    Null for a case that the step does not concern.
    """
    not_reached = F.when(~F.col(f"vu_{step}"), NOT_REACHED)
    return F.when(F.col(f"jours_{step}").isNotNull(), F.coalesce(band(step), not_reached, F.lit(UNKNOWN)))
