"""When a case was recorded and when its facts happened: growing years, seasons, stories of weeks, facts years old."""

from __future__ import annotations

import datetime
import math

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.settings.synthetic import Calendar, SyntheticSettings
from linkage.synthetic.dice import Dice, by


def draw_recording(
    cases: DataFrame,
    settings: SyntheticSettings,
    dice: Dice,
    years: tuple[int, int],
    *,
    before: Column,
    first_before: Column,
) -> DataFrame:
    """Return days of recording, counted from the first day of the first year; negative for the cases older than it.

    ``before`` marks the older cases, ``first_before`` those whose story began with such a case.
    """
    stories, affairs = settings.suites, settings.affaires
    days = (datetime.date(years[1] + 1, 1, 1) - datetime.date(years[0], 1, 1)).days
    cross = by("nature", dict(stories.part_contre_plainte))
    gaps = [
        F.when(
            F.col("rang_suite") >= k, 1 + dice.exponential(stories.jours_entre_moyen, f"entre/{k}", "suite")
        ).otherwise(0)
        for k in range(1, max(stories.tailles))
    ]

    def day_before(case: str) -> Column:
        span = affairs.jours_avant_premier_millesime
        return (-1 - F.floor(span * F.pow(dice.uniform("avant", case), F.lit(2)))).cast("int")

    return (
        cases.transform(_draw_first_day_of_story, settings.calendrier, dice, years)
        .withColumns(
            {
                "contre_plainte": (F.col("rang_suite") > 0) & dice.chance(cross, "contre_plainte", "case"),
                "ecart": sum(gaps, F.lit(0)),
                "delai_plainte": dice.integer(0, stories.jours_contre_plainte_max, "plainte", "case"),
            }
        )
        .withColumns(
            {
                "jour": F.when(before, day_before("case"))
                .when(F.col("contre_plainte"), F.least(F.col("jour_suite") + F.col("delai_plainte"), F.lit(days - 1)))
                .otherwise(F.pmod(F.col("jour_suite") + F.col("ecart"), F.lit(days))),
                "debut_suite": F.when(first_before, day_before("suite")).otherwise(F.col("jour_suite")),
            }
        )
        .drop("ecart", "delai_plainte")
    )


def _draw_first_day_of_story(cases: DataFrame, calendar: Calendar, dice: Dice, years: tuple[int, int]) -> DataFrame:
    """Draw the first day of a story: years grow, each nature at its pace; months rise and fall."""
    spans = range(years[0], years[1] + 1)
    growth = {
        nature: dice.pick({str(y): (1 + rate) ** (y - years[0]) for y in spans}, "annee", "suite")
        for nature, rate in calendar.croissance.items()
    }
    starts = {str(y): (datetime.date(y, 1, 1) - datetime.date(years[0], 1, 1)).days for y in spans}
    lengths = {str(y): 366 if y % 4 == 0 else 365 for y in spans}
    peak, turn = (calendar.mois_pic - 0.5) / 12, 2 * math.pi
    wave = calendar.amplitude_saison / turn
    # t + a sin(2 pi (t - peak)) / 2 pi inverts, to first order, a density of 1 + a cos(2 pi (t - peak))
    season = f"t - {wave!r}D * (sin({turn!r}D * (t - {peak!r}D)) + {math.sin(turn * peak)!r}D)"
    return (
        cases.withColumns({"an": by("nature", growth), "t": dice.uniform("jour", "suite")})
        .withColumns({"premier": by("an", starts), "longueur": by("an", lengths), "t": F.expr(season)})
        .withColumn(
            "jour_suite", F.expr("premier + cast(greatest(least(floor(t * longueur), longueur - 1), 0) as int)")
        )
        .drop("an", "t", "premier", "longueur")
    )


def draw_facts(
    cases: DataFrame, calendar: Calendar, dice: Dice, years: tuple[int, int], *, before: Column
) -> DataFrame:
    """Return the dates, as dates. A cross complaint is about the facts of the story's first case."""
    same_facts = F.col("contre_plainte") & ~before
    old = by("nature", dict(calendar.part_anciens))
    long_ago = 30 + F.floor(calendar.jours_anciens_max * F.pow(dice.uniform("ancien", "faits"), F.lit(1.2)))
    first_day = f"date'{years[0]}-01-01'"
    return (
        cases.withColumns(
            {
                "faits": F.when(F.col("contre_plainte"), F.col("suite")).otherwise(F.col("case")),
                "connu": F.when(same_facts, F.col("jour_suite")).otherwise(F.col("jour")),
            }
        )
        .withColumns(
            {
                "anciennete": dice.uniform("anciennete", "faits"),
                "meme_jour": by("nature", dict(calendar.part_jour_meme)),
            }
        )
        .withColumns(
            {
                "avant": F.when(F.col("anciennete") < F.col("meme_jour"), 0)
                .when(F.col("anciennete") > 1 - old, long_ago)
                .otherwise(1 + dice.exponential(calendar.jours_courts_moyen, "court", "faits")),
                "duree": F.when(
                    dice.chance(calendar.part_periode, "periode", "faits"),
                    1 + dice.exponential(calendar.jours_periode_moyen, "duree", "faits"),
                ).otherwise(0),
            }
        )
        .withColumns(
            {
                "date_enregistrement": F.expr(f"date_add({first_day}, jour)"),
                "date_suite": F.expr(f"date_add({first_day}, debut_suite)"),
                "date_faits_debut": F.expr(f"date_add({first_day}, cast(connu - avant as int))"),
                "date_faits_fin": F.expr(f"date_add({first_day}, cast(connu - greatest(avant - duree, 0) as int))"),
                "annee": F.expr(f"year(date_add({first_day}, jour))"),
            }
        )
        .drop("faits", "connu", "anciennete", "meme_jour", "avant", "duree", "jour", "jour_suite", "debut_suite")
    )
