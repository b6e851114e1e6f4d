"""The course of each affair: classement, orientation, instruction, decision, with the published shares and waits."""

from __future__ import annotations

import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.settings.synthetic import Course, Weights
from linkage.synthetic.dice import Dice, by
from linkage.synthetic.people import MIS_EN_CAUSE

PROSECUTED = "poursuites"
INSTRUCTED = "juge_instruction"
CHILDREN = "juge_enfants"
COMPOSITION = "composition_penale"


def draw_events(
    affairs: DataFrame, persons: DataFrame, settings: Course, dice: Dice, *, first_year: int, extraction: datetime.date
) -> DataFrame:
    """Return one row per event up to the extraction: those of each author, or of the whole affair without any."""
    columns = ("affaire", "millesime", "date_arrivee", "code_tj", "vitesse", "rang_personne")
    faster = F.pow(F.lit(1 - settings.acceleration), F.year("date_enregistrement") - first_year)
    authors = persons.where((F.col("role") == MIS_EN_CAUSE) & ~F.col("dessaisie")).withColumns(
        {"vitesse": faster, "rang_personne": F.col("rang")}
    )
    nobody = affairs.where((F.col("nb_auteurs") == 0) & ~F.col("dessaisie")).withColumns(
        {"vitesse": faster, "rang_personne": F.lit(None).cast("int")}
    )
    steps = (
        authors.transform(_draw_outcome, settings, dice)
        .transform(_draw_course, settings, dice)
        .select(*columns, F.explode(_steps_of_author()).alias("etape")),
        nobody.select(*columns, F.explode(_steps_without_author(settings, dice)).alias("etape")),
    )
    return (
        steps[0]
        .unionByName(steps[1])
        .select("affaire", "millesime", "rang_personne", "etape.*")
        .where(F.col("date") <= F.lit(extraction))
    )


def _step(condition: str, kind: str, date: str, code: str, court: str, outcome: str = "null") -> str:
    fields = f"'{kind}' as type, {date} as date, {code} as code, {court} as code_tj, string({outcome}) as issue"
    return f"if({condition}, struct({fields}), null)"


def _steps_without_author(settings: Course, dice: Dice) -> Column:
    wait = dice.lognormal(
        settings.jours_orientation_median * F.col("vitesse"), settings.dispersion_orientation, "inconnu", "affaire"
    )
    closed = F.struct(
        F.lit("classement").alias("type"),
        F.date_add("date_arrivee", wait).alias("date"),
        F.lit(settings.motif_auteur_inconnu).alias("code"),
        F.lit(None).cast("string").alias("code_tj"),
        F.lit(None).cast("string").alias("issue"),
    )
    step_holds = ~dice.chance(settings.part_auteur_inconnu_en_cours, "inconnu/en_cours", "affaire")
    return F.array_compact(F.array(F.when(step_holds, closed)))


def _draw_outcome(authors: DataFrame, settings: Course, dice: Dice) -> DataFrame:
    """Draw the outcome; graver or several offences are prosecuted more, the others' shares shrink together."""
    about = ("affaire", "personne")
    factors: dict[str, Column | float | int | str] = dict(settings.poursuites_par_famille)
    crime = factors.pop("crime")
    several = F.when(F.col("natinf_2").isNotNull(), settings.poursuites_plusieurs_infractions).otherwise(1.0)
    factor = F.when(F.col("classe") == "crime", F.lit(crime)).otherwise(by("famille", factors, F.lit(1.0))) * several
    conjugal = F.col("nature") == "conjugal"

    def others(weights: Weights) -> Column:
        return dice.pick({key: w for key, w in weights.items() if key != PROSECUTED}, "orientation/autre", *about)

    def prosecution(weights: Weights) -> float:
        return weights[PROSECUTED] / sum(weights.values())

    ours, theirs = settings.orientation_conjugal, settings.orientation_autre
    share = F.when(conjugal, prosecution(ours)).otherwise(prosecution(theirs)) * factor
    other = F.when(conjugal, others(ours)).otherwise(others(theirs))
    return authors.withColumn(
        "orientation",
        F.when(dice.chance(share, "orientation/poursuites", *about), F.lit(PROSECUTED)).otherwise(other),
    )


def _draw_course(authors: DataFrame, settings: Course, dice: Dice) -> DataFrame:
    """Draw mode, motive, ruling and their dates; every wait shrinks from cohort to cohort."""
    about = ("affaire", "personne")
    crime, fast = F.col("classe") == "crime", F.col("vitesse")
    minor = F.col("date_naissance") > F.add_months("date_arrivee", -18 * 12)
    prosecuted = F.col("orientation") == PROSECUTED
    motives = {
        "non_poursuivable": dice.pick(settings.motifs_non_poursuivable, "motif", *about),
        "inopportunite": dice.pick(settings.motifs_inopportunite, "motif", *about),
        "alternatives": dice.pick(settings.motifs_alternatives, "motif", *about),
    }
    to_orientation = dice.lognormal(
        settings.jours_orientation_median * fast, settings.dispersion_orientation, "orientation", *about
    )
    to_ruling = dice.lognormal(
        settings.jours_instruction_median * fast, settings.dispersion_decision, "instruction", *about
    )
    to_decision = dice.lognormal(F.col("attente") * fast, settings.dispersion_decision, "decision", *about)
    return (
        authors.withColumns(
            {
                "mode": F.when(crime, dice.pick(settings.modes_crime, "mode", *about))
                .when(minor, F.lit(CHILDREN))
                .otherwise(dice.pick(settings.modes, "mode", *about)),
                "motif": by("orientation", motives),
                "composition": (F.col("orientation") == "alternatives")
                & dice.chance(settings.part_composition_penale, "composition", *about),
                "oriente_le": F.date_add("date_arrivee", to_orientation),
                "renvoi": F.when(dice.chance(settings.part_non_lieu, "non_lieu", *about), F.lit("non_lieu"))
                .when(crime & dice.chance(settings.part_assises, "assises", *about), F.lit("renvoi_assises"))
                .otherwise(F.lit("renvoi_tc")),
            }
        )
        .withColumns(
            {
                "instruit": prosecuted & (F.col("mode") == INSTRUCTED),
                "attente": by("mode", dict(settings.jours_decision_median)),
                "poursuivi": prosecuted,
            }
        )
        .withColumn(
            "regle_le", F.when(F.col("instruit"), F.date_add("oriente_le", to_ruling)).otherwise(F.col("oriente_le"))
        )
        .withColumns(
            {
                "juge_le": F.date_add("regle_le", to_decision),
                "juge": prosecuted
                & ~(F.col("instruit") & (F.col("renvoi") == "non_lieu"))
                & dice.chance(settings.part_decision_connue, "decision_connue", *about),
                "issue": dice.pick(settings.issues, "issue", *about),
            }
        )
    )


def _steps_of_author() -> Column:
    acquitted = "if(instruit and renvoi = 'renvoi_assises' and issue = 'relaxe', 'acquittement', issue)"
    steps = (
        _step("motif is not null and not composition", "classement", "oriente_le", "motif", "string(null)"),
        _step("composition", "orientation", "oriente_le", f"'{COMPOSITION}'", "code_tj"),
        _step("poursuivi", "orientation", "oriente_le", "mode", "code_tj"),
        _step("instruit", "ordonnance_reglement", "regle_le", "renvoi", "code_tj"),
        _step("juge", "decision", "juge_le", "'jugement'", "code_tj", acquitted),
    )
    return F.expr(f"array_compact(array({', '.join(steps)}))")
