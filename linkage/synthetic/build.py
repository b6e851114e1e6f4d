"""The deliveries of the fictitious country and their truth, as frames."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Callable, Sequence
from functools import partial

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from linkage.settings.synthetic import Noise, SyntheticSettings
from linkage.synthetic import cases, course, justice, people, references, territory
from linkage.synthetic.dice import Dice
from linkage.synthetic.kept import keep_in_memory

Row = dict[str, str]
PERSON = (
    "csns sexe date_naissance commune_naissance pays_naissance commune_residence nationalite profession "
    "situation_familiale nombre_enfants"
)
POLICE_COLUMNS = {
    "procedures": "id_procedure code_service annee numero date_enregistrement date_faits_debut date_faits_fin "
    "commune_faits nb_mis_en_cause nb_victimes date_transmission code_tj",
    "infractions": "id_procedure rang natinf date_faits_debut date_faits_fin commune_faits tentative",
    "personnes": f"id_procedure rang role {PERSON} lien_auteur",
}
JUSTICE_COLUMNS = {
    "affaires": "id_affaire code_tj numero_parquet idj date_arrivee origine nature_affaire petit_x nb_auteurs "
    "nb_victimes",
    "origines": "id_affaire rang type_service code_service annee numero reference_pv",
    "infractions": "id_affaire rang natinf classe date_faits_debut date_faits_fin commune_faits",
    "personnes": f"id_affaire rang role {PERSON}",
    "evenements": "id_affaire rang_personne type date code code_tj issue",
}
PLACES = ("communes", "communes_departement", "autres_tj")
TRUTH_COLUMNS = {
    "links": "id_procedure id_affaire",
    "persons": "id_procedure rang_procedure id_affaire rang_affaire role",
}
IDENTIFIERS = 9_999_999_967
"""A prime: multiplying by a number below it permutes the ten-digit identifiers."""


def extraction_date(settings: SyntheticSettings, years: tuple[int, int]) -> datetime.date:
    """Return when every delivery of the country was extracted."""
    year, month = years[1] + 1, settings.calendrier.mois_extraction
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def build(
    spark: SparkSession,
    settings: SyntheticSettings,
    communes: Sequence[Row],
    natinf: Sequence[Row],
    tribunaux: Sequence[Row],
    *,
    procedures: int,
    seed: int,
    years: tuple[int, int],
    noise: str,
    departements: int = 1,
    keep: Callable[[DataFrame, str], DataFrame] = keep_in_memory,
) -> dict[str, DataFrame]:
    """Return every delivered table, named ``<source>_<file>``, then ``truth_links`` and ``truth_persons``.

    The contract's columns, then ``millesime``; each row is a function of the seed and of its own index. ``keep`` takes
    three frames that several tables are read from, with a name, and gives them back materialised and with a short plan.
    """
    dice, level = Dice(seed), settings.noise[noise]
    extraction = extraction_date(settings, years)
    ground = territory.lay_ground(
        spark,
        settings.territoire,
        communes,
        tribunaux,
        procedures_a_year=procedures / (years[1] - years[0] + 1),
        seed=seed,
        least=departements,
    )
    placed = partial(cases.add_places, ground=ground, dice=dice)
    described = partial(
        people.draw_traits, settings=settings.personnes, birthplaces=ground.birthplaces, dice=dice, last_year=years[1]
    )
    register = keep(
        cases.draw_register(spark, settings, ground, dice, procedures=procedures, years=years).transform(
            justice.draw_sending, settings.transmission, dice, extraction=extraction
        ),
        "registre",
    )
    delivered = (F.col("sort") == cases.DELIVERED) & F.col("annee").between(*years)
    recorded = register.where(delivered).withColumns({"id_procedure": _procedure(dice), "millesime": F.col("annee")})
    affairs = keep(
        register.transform(placed)
        .transform(justice.draw_affairs, settings.affaires, dice, years=years)
        .transform(justice.record_facts, level, settings.requalifications, list(natinf), dice)
        .drop(*PLACES),
        "affaires",
    )
    affair_persons = keep(
        affairs.withColumn("nb_vic_cas", F.col("nb_vic"))
        .transform(people.list_people, settings.suites, dice)
        .drop("commune_faits")
        .transform(placed)
        .transform(described)
        .transform(justice.rank_persons, level, dice)
        .drop(*PLACES),
        "personnes",
    )
    affair_rows = affairs.transform(justice.list_affairs, affair_persons, settings.affaires, level, dice)
    tables = _build_police_tables(
        recorded.transform(placed),
        recorded.transform(_list_police_people, settings, dice).transform(placed).transform(described),
        settings,
        level,
        dice,
    )
    in_justice = partial(people.record_traits, dice=dice, side="justice", record="affaire")
    justice_tables = {
        "affaires": affair_rows,
        "origines": affairs.transform(references.cite_references, settings.affaires, level, dice),
        "infractions": affairs.transform(justice.list_offences),
        "personnes": affair_persons.transform(placed)
        .transform(in_justice, damage=level.justice, settings=settings.personnes)
        .withColumn("role", F.expr(f"if(role = '{people.MIS_EN_CAUSE}', 'auteur', role)")),
        "evenements": course.draw_events(
            affair_rows, affair_persons, settings.parcours, dice, first_year=years[0], extraction=extraction
        ),
    }
    tables |= {
        f"cassiopee_{name}": frame.withColumn("id_affaire", _affair(dice)).select(*_list_columns(JUSTICE_COLUMNS[name]))
        for name, frame in justice_tables.items()
    }
    return tables | _build_truth(affairs, affair_persons, settings, level, dice)


def _list_columns(columns: str) -> list[str]:
    return [*columns.split(), "millesime"]


def _permuted(dice: Dice, name: str, number: Column) -> Column:
    # both factors stay below 2^63: numbers up to 4 x 50 million, multipliers below ten digits
    multiplier = 1_000_003 + (dice.seed * 7_919 + len(name) * 104_729) % 4_000_000_000
    return F.lpad(
        F.pmod(number * multiplier + 12_345 * dice.seed % IDENTIFIERS, F.lit(IDENTIFIERS)).cast("string"), 10, "0"
    )


def _procedure(dice: Dice) -> Column:
    letter = F.when(F.col("type_service") == "PN", F.lit("N")).otherwise(F.lit("G"))
    return F.concat(letter, _permuted(dice, "procedure", F.col("case")))


def _affair(dice: Dice) -> Column:
    return F.concat(F.lit("C"), _permuted(dice, "affaire", F.col("affaire")))


def _list_police_people(recorded: DataFrame, settings: SyntheticSettings, dice: Dice) -> DataFrame:
    everyone = {"premier_mec": F.lit(1), "dernier_mec": F.col("nb_mec"), "nb_vic_cas": F.col("nb_vic")}
    return recorded.withColumns(everyone).transform(people.list_people, settings.suites, dice)


def _left_out(level: Noise, dice: Dice) -> Column:
    return dice.chance(level.police.personne_absente, "police/personne_absente", "case", "personne")


def _build_police_tables(
    recorded: DataFrame, persons: DataFrame, settings: SyntheticSettings, level: Noise, dice: Dice
) -> dict[str, DataFrame]:
    wrong = dice.chance(level.cas.compte_faux_police, "police/compte_faux", "case")
    sent = F.col("date_transmission").isNotNull()
    width = F.when(F.col("type_service") == "PN", 6).otherwise(5)
    frames = {
        "procedures": recorded.withColumns(
            {
                "numero": F.lpad(F.col("numero").cast("string"), width, "0"),
                "nb_mis_en_cause": F.col("nb_mec"),
                "nb_victimes": F.col("nb_vic") + F.when(wrong, 1).otherwise(0),
                "code_tj": F.when(sent, F.col("code_tj")),
            }
        ),
        "infractions": recorded.transform(cases.list_offences),
        "personnes": persons.where(~_left_out(level, dice))
        .transform(people.record_traits, level.police, settings.personnes, dice, side="police", record="case")
        .withColumn("rang", F.col("ordre")),
    }
    return {
        f"{source}_{name}": frame.where(F.col("type_service") == force).select(*_list_columns(POLICE_COLUMNS[name]))
        for source, force in (("lrppn", "PN"), ("lrpgn", "GN"))
        for name, frame in frames.items()
    }


def _build_truth(
    affairs: DataFrame, affair_persons: DataFrame, settings: SyntheticSettings, level: Noise, dice: Dice
) -> dict[str, DataFrame]:
    """Return the pairs delivered on both sides: cases with affairs, people recorded in both under the same role."""
    in_both = affairs.where((F.col("sort") == cases.DELIVERED) & (F.col("genre") != justice.OWN))
    links = in_both.withColumns({"id_procedure": _procedure(dice), "id_affaire": _affair(dice)})
    police_side = links.transform(_list_police_people, settings, dice).where(~_left_out(level, dice))
    justice_side = affair_persons.select("affaire", "personne", "role", F.col("rang").alias("rang_affaire"))
    persons = police_side.withColumn("rang_procedure", F.col("ordre")).join(
        justice_side, ["affaire", "personne", "role"], how="inner"
    )
    return {
        "truth_links": links.select(*_list_columns(TRUTH_COLUMNS["links"])),
        "truth_persons": persons.select(*_list_columns(TRUTH_COLUMNS["persons"])),
    }
