"""The register of cases: every procedure recorded, delivered or not, and every affair that justice began by itself.

Cases come in stories: the same people, once or several times, weeks apart. A row knows its story's first case by
arithmetic on its index, so that no join brings people back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from linkage.settings.synthetic import Cases, Stories, SyntheticSettings, Territory
from linkage.synthetic.dates import draw_facts, draw_recording
from linkage.synthetic.dice import Dice, by
from linkage.synthetic.territory import Ground

DELIVERED, LOST, BEFORE, JUSTICE = "livree", "perdue", "avant", "justice"
"""What becomes of a case: delivered by the police, lost, older than the first vintage, or known to justice alone."""


def draw_register(
    spark: SparkSession,
    settings: SyntheticSettings,
    ground: Ground,
    dice: Dice,
    *,
    procedures: int,
    years: tuple[int, int],
) -> DataFrame:
    """Return one row per case, numbered in its unit and year by day of recording; ``procedures`` are delivered."""
    return (
        _draw_indices(spark, settings, dice, procedures)
        .transform(_draw_place, ground, settings.territoire, dice)
        .transform(
            draw_recording,
            settings,
            dice,
            years,
            before=F.col("sort") == BEFORE,
            first_before=F.col("sort_suite") == BEFORE,
        )
        .transform(draw_facts, settings.calendrier, dice, years, before=F.col("sort") == BEFORE)
        .transform(_draw_nature, settings.cas, settings.suites, dice, years)
        .transform(_number, years)
    )


def _draw_indices(spark: SparkSession, settings: SyntheticSettings, dice: Dice, procedures: int) -> DataFrame:
    sizes, shares = settings.suites.tailles, settings.affaires
    block = sum(sizes)
    undelivered = shares.part_perdues + shares.part_avant_premier_millesime
    police = procedures / (1 - undelivered)
    justice = (
        police * settings.transmission.part_transmise * shares.part_justice_seule / (1 - shares.part_justice_seule)
    )
    total = block * -(-int(police + justice + 1) // block)
    ranks = [rank for size in sizes for rank in range(size)]
    firsts = [first for size, first in zip(sizes, list(accumulate([0, *sizes]))[:-1], strict=True) for _ in range(size)]
    kinds = {
        LOST: police * shares.part_perdues,
        BEFORE: police * shares.part_avant_premier_millesime,
        JUSTICE: justice,
    }

    def fate(case: str) -> Column:
        # exactly `procedures` of the `total` indices satisfy this, evenly spread
        delivered = F.expr(f"pmod(({case} + 1) * {procedures}L, {total}L) < {procedures}L")
        return F.when(delivered, F.lit(DELIVERED)).otherwise(dice.pick(kinds, "sort", case))

    def at(values: Sequence[int]) -> str:
        return f"get(array({', '.join(map(str, values))}), position)"

    return (
        spark.range(total)
        .select(F.col("id").alias("case"), F.expr(f"id - id % {block}").alias("debut_bloc"))
        .withColumn("tour", dice.integer(0, block - 1, "tour", "debut_bloc"))
        .withColumn("position", F.expr(f"cast((case + tour) % {block} as int)"))
        .withColumns(
            {
                "suite": F.expr(f"debut_bloc + pmod({at(firsts)} - tour, {block})"),
                "rang_suite": F.expr(at(ranks)),
            }
        )
        .withColumns(
            {
                "sort": fate("case"),
                "sort_suite": fate("suite"),
                "nature": dice.pick(settings.cas.natures, "nature", "suite"),
            }
        )
        .drop("debut_bloc", "tour", "position")
    )


def _draw_place(cases: DataFrame, ground: Ground, territory: Territory, dice: Dice) -> DataFrame:
    """Draw the place of the story, and the unit that writes: most often that of the place."""
    writers = ground.units.select(
        "unite", "type_service", "code_service", "code_reemis", "code_superieur", "codes_soeurs"
    )
    elsewhere = dice.chance(territory.part_hors_unite, "hors_unite", "case") & (F.size("soeurs") > 0)
    return (
        cases.withColumn("case_roue", dice.integer(0, ground.slots - 1, "place", "suite"))
        .join(F.broadcast(ground.wheel), "case_roue", how="inner")
        .withColumn(
            "unite", F.when(elsewhere, dice.element(F.col("soeurs"), "autre_unite", "case")).otherwise(F.col("bassin"))
        )
        .join(F.broadcast(writers), "unite", how="inner")
        .drop("case_roue", "soeurs")
    )


def _draw_nature(cases: DataFrame, settings: Cases, stories: Stories, dice: Dice, years: tuple[int, int]) -> DataFrame:
    """Draw offences, number of people, and the couple of the story; `homes` says where the facts happened."""

    def natinf(name: str) -> Column:
        return by(
            "nature",
            {key: dice.pick(weights, f"natinf/{name}/{key}", "case") for key, weights in settings.natinf.items()},
        )

    def people(counts: Mapping[str, Sequence[float]], name: str) -> Column:
        return by("nature", {key: dice.count(shares, f"{name}/{key}", "case") for key, shares in counts.items()})

    conjugal = settings.natures["conjugal"] / sum(settings.natures.values())
    chosen = F.pow(dice.uniform("couple", "suite"), F.lit(stories.concentration))
    return (
        cases.withColumns(
            {
                "natinf": natinf("1"),
                "tentative": dice.chance(settings.part_tentative, "tentative", "case").cast("int"),
                "nb_mec": people(settings.mis_en_cause, "mis_en_cause"),
                "nb_vic": people(settings.victimes, "victimes"),
                "natinf_2": F.when(dice.chance(settings.part_deuxieme_infraction, "deuxieme", "case"), natinf("2")),
                "population": F.expr(f"volume_bassin * {years[1] - years[0] + 1}"),
                "rang_couple": F.floor(
                    F.col("volume_bassin") * conjugal * stories.population_couples * chosen * (years[1] - years[0] + 1)
                ),
                "chez_eux": (F.col("nature") == "conjugal") & dice.chance(settings.part_domicile, "domicile", "case"),
            }
        )
        .withColumns(
            {
                "natinf_2": F.expr("nullif(natinf_2, natinf)"),
                "couple": dice.hash("couple", "bassin", "rang_couple"),
            }
        )
        .drop("rang_couple", "volume_bassin")
    )


def _number(cases: DataFrame, years: tuple[int, int]) -> DataFrame:
    """Return the sequence of each unit and year, in the order of recording; some units' codes changed half-way."""
    by_justice = F.col("sort") == JUSTICE
    order = Window.partitionBy("unite", "annee", by_justice).orderBy("date_enregistrement", "case")
    return cases.withColumns(
        {
            "numero": F.when(~by_justice, F.row_number().over(order)),
            "change": F.col("code_reemis").isNotNull() & (F.col("annee") > (years[0] + years[1]) // 2),
        }
    ).withColumns(
        {
            "code_service": F.expr("if(change, code_reemis, code_service)"),
            "code_reemis": F.expr("if(change, code_service, code_reemis)"),
        }
    )


def add_places(cases: DataFrame, ground: Ground, dice: Dice) -> DataFrame:
    """Add the place's communes to each case, and the commune of its facts: at home for most couples."""
    places = ground.units.select(F.col("unite").alias("bassin"), "communes", "communes_departement", "autres_tj")
    somewhere = dice.element(F.col("communes"), "lieu", "case")
    return cases.join(F.broadcast(places), "bassin", how="inner").withColumn(
        "commune_faits", F.when(F.col("chez_eux"), home(dice, "couple")).otherwise(somewhere)
    )


def home(dice: Dice, household: str) -> Column:
    """Return the commune where a household lives, among those of its place."""
    return dice.element(F.col("communes"), "foyer", household)


def list_offences(cases: DataFrame) -> DataFrame:
    """Return one row per offence of a case: the first, then the second where there is one."""
    first = F.struct(F.lit(1).alias("rang"), F.col("natinf").alias("natinf"))
    second = F.struct(F.lit(2).alias("rang"), F.col("natinf_2").alias("natinf"))
    listed = F.array_compact(F.array(first, F.when(F.col("natinf_2").isNotNull(), second)))
    return cases.withColumn("infraction", F.explode(listed)).drop("natinf").select("*", "infraction.*")
