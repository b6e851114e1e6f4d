"""Codes and births that too many persons bear: words and days for "unknown" that nobody declared."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.settings.standardised import SharedValues
from linkage.tables.standardised import Personne


def set_aside_shared(persons: DataFrame, settings: SharedValues) -> DataFrame:
    """Return the persons, the codes and births that are nobody's own set aside.

    Method: a code is nobody's own where at least ``csns_least`` records bear it and no sex, birth and place together
    are those of the share ``csns_agreeing``; a day, where it is ``naissance_share`` of all births.
    """
    code, day = F.col(Personne.csns), F.col(Personne.date_naissance)
    shared_codes = F.broadcast(_find_shared_codes(persons, settings).select(code.alias("shared_code")))
    shared_days = F.broadcast(_find_shared_days(persons, settings).select(day.alias("shared_day")))
    return (
        persons.join(shared_codes, code == F.col("shared_code"), how="left")
        .join(shared_days, day == F.col("shared_day"), how="left")
        .withColumns(
            {
                Personne.csns: F.when(F.col("shared_code").isNull(), code),
                Personne.date_naissance: F.when(F.col("shared_day").isNull(), day),
            }
        )
        .drop("shared_code", "shared_day")
    )


def _find_shared_codes(persons: DataFrame, settings: SharedValues) -> DataFrame:
    place = F.coalesce(Personne.commune_naissance, Personne.pays_naissance)
    traits = F.xxhash64(Personne.sexe, Personne.date_naissance, place).alias("traits")
    with_traits = persons.dropna(subset=[Personne.csns]).dropna(
        "all", subset=[Personne.sexe, Personne.date_naissance, Personne.commune_naissance, Personne.pays_naissance]
    )
    alike = with_traits.groupBy(Personne.csns, traits).agg(F.count("*").alias("nb"))
    most: Column = F.max("nb") < settings.csns_agreeing * F.sum("nb")
    enough = F.sum("nb") >= settings.csns_least
    return alike.groupBy(Personne.csns).agg((most & enough).alias("is_shared")).filter("is_shared")


def _find_shared_days(persons: DataFrame, settings: SharedValues) -> DataFrame:
    borne = _count(persons, Personne.date_naissance)
    least = F.greatest(F.col("total") * settings.naissance_share, F.lit(settings.naissance_least))
    return borne.crossJoin(F.broadcast(borne.agg(F.sum("nb").alias("total")))).filter(F.col("nb") >= least)


def _count(persons: DataFrame, column: str) -> DataFrame:
    return persons.filter(F.col(column).isNotNull()).groupBy(column).agg(F.count("*").alias("nb"))
