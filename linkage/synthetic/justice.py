"""From cases to affairs: what is sent, what arrives, what is joined, split or transferred, what is recorded."""

from __future__ import annotations

import datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from linkage.settings.synthetic import Affairs, Noise, Sending, Weights
from linkage.synthetic.cases import JUSTICE
from linkage.synthetic.dice import Dice, by
from linkage.synthetic.people import MIS_EN_CAUSE

MAIN, JOINED, SPLIT, TRANSFERRED, OWN = "principale", "jointe", "disjointe", "transferee", "justice"
"""How an affair came from a case: its own, that of an earlier case, a part of it, another court's, or justice's own."""


def draw_sending(cases: DataFrame, settings: Sending, dice: Dice, *, extraction: datetime.date) -> DataFrame:
    """Return the dates of transmission and arrival of each case, and of arrival for the first case of its story."""
    for case, recorded, name in (("suite", "date_suite", "_suite"), ("case", "date_enregistrement", "")):
        quick = dice.integer(0, settings.jours_rapides_max, "envoi", case)
        slow = dice.lognormal(settings.jours_lents_median, settings.dispersion_lents, "lente", case)
        arrival = (
            F.when(F.col("type_arrivee") < settings.part_arrivee_immediate, 0)
            .when(
                F.col("type_arrivee") > 1 - settings.part_arrivee_lente,
                dice.integer(*settings.jours_arrivee_lente, "lent", case),
            )
            .otherwise(dice.lognormal(settings.jours_arrivee_median, settings.dispersion_arrivee, "attente", case))
        )
        early = dice.chance(settings.part_avant_transmission, "avance", case)
        is_sent = dice.chance(settings.part_transmise, "transmise", case)
        in_time = F.col("attente") <= F.date_diff(F.lit(extraction), F.col(recorded))
        cases = (
            cases.withColumns(
                {
                    "attente": F.when(dice.chance(settings.part_rapide, "rapide", case), quick).otherwise(slow),
                    "type_arrivee": dice.uniform("arrivee", case),
                }
            )
            .withColumns(
                {
                    "date_transmission": F.when(is_sent & in_time, F.expr(f"date_add({recorded}, attente)")),
                    "delai": F.when(early, F.expr("-least(attente, 10)")).otherwise(arrival),
                }
            )
            .withColumn(
                f"date_arrivee{name}",
                F.when(
                    dice.chance(settings.part_enregistree, "enregistree", case),
                    F.expr("date_add(date_transmission, delai)"),
                ),
            )
            .drop("attente", "type_arrivee", "delai")
        )
    return cases


def draw_affairs(cases: DataFrame, settings: Affairs, dice: Dice, *, years: tuple[int, int]) -> DataFrame:
    """Return one row per case and affair it belongs to, for the affairs that arrived during the years."""
    share = F.when(F.col("contre_plainte"), settings.part_jonction_contre_plainte).otherwise(settings.part_jonction)
    # A procedure joins an affair that arrives once it has been sent itself: with it, or later.
    in_time = F.coalesce(F.col("date_transmission") <= F.col("date_arrivee_suite"), F.lit(False))
    can_join = (F.col("rang_suite") > 0) & (F.col("sort_suite") != JUSTICE) & in_time
    split_share = F.when(F.col("nb_mec") > 1, settings.part_disjonction_plusieurs).otherwise(settings.part_disjonction)
    of_police = F.col("sort") != JUSTICE
    alone = F.col("propre") & ~F.col("jointe")
    split = alone & dice.chance(split_share, "disjonction", "case")
    transferred = alone & ~F.col("disjointe") & dice.chance(settings.part_transfert, "transfert", "case")

    def affair(number: str, kind: str, arrived: str, court: str, first: str, last: str) -> str:
        moved = "transferee" if kind == MAIN else "false"
        return (
            f"struct({number} as affaire, '{kind}' as genre, {arrived} as arrivee, {court} as tj, "
            f"cast({first} as int) as premier_mec, cast({last} as int) as dernier_mec, {moved} as dessaisie)"
        )

    # several mis en cause split: the last one goes to the second affair
    first_split, last_main = "if(nb_mec > 1, nb_mec, 1)", "if(disjointe and nb_mec > 1, nb_mec - 1, nb_mec)"
    joined_arrival, split_arrival = "date_arrivee_suite", "date_add(date_arrivee, jours_disjonction)"
    moved_arrival = "date_add(date_arrivee, jours_transfert)"
    affairs = ", ".join(
        f"if({condition}, {struct}, null)"
        for condition, struct in (
            ("propre and not jointe", affair("4 * case", MAIN, "date_arrivee", "code_tj", "1", last_main)),
            ("jointe", affair("4 * suite", JOINED, joined_arrival, "code_tj", "1", "nb_mec")),
            ("disjointe", affair("4 * case + 1", SPLIT, split_arrival, "code_tj", first_split, "nb_mec")),
            ("transferee", affair("4 * case + 2", TRANSFERRED, moved_arrival, "autre_tj", "1", "nb_mec")),
            ("de_justice", affair("4 * case + 3", OWN, "date_enregistrement", "code_tj", "1", "nb_mec")),
        )
    )
    no_author = (F.col("genre") == MAIN) & (F.col("nb_mec") == 0)
    return (
        cases.withColumns(
            {
                "de_justice": ~of_police,
                "propre": of_police & F.col("date_arrivee").isNotNull(),
                "jointe": of_police & can_join & dice.chance(share, "jonction", "case"),
                "jours_disjonction": dice.integer(*settings.jours_disjonction, "date_disjonction", "case"),
                "jours_transfert": dice.integer(*settings.jours_transfert, "date_transfert", "case"),
                "autre_tj": dice.element(F.expr("array_except(autres_tj, array(code_tj))"), "transfert_tj", "case"),
            }
        )
        .withColumn("disjointe", split)
        .withColumn("transferee", transferred)
        .withColumn("lien", F.expr(f"explode(array_compact(array({affairs})))"))
        .select("*", "lien.*")
        .drop("lien", "date_arrivee", "code_tj", "de_justice", "propre", "jointe", "disjointe", "transferee")
        .drop("jours_disjonction", "jours_transfert", "autre_tj", "autres_tj", "date_arrivee_suite")
        .withColumnsRenamed({"arrivee": "date_arrivee", "tj": "code_tj"})
        .withColumn("millesime", F.year("date_arrivee"))
        .where(F.col("millesime").between(*years))
        .withColumn("petit_x", (no_author & dice.chance(settings.part_petit_x, "petit_x", "affaire")).cast("int"))
    )


def record_facts(
    affairs: DataFrame, noise: Noise, requalifications: dict[str, Weights], natinf: list[dict[str, str]], dice: Dice
) -> DataFrame:
    """Return the offences and facts of each case as the affair's record has them."""
    about = ("case", "affaire")
    damage = noise.cas
    moves: dict[str, Column | float | int | str] = {
        code: dice.pick(weights, "nouveau", *about) for code, weights in requalifications.items()
    }
    any_code = dice.pick({row["code"]: 1.0 for row in natinf}, "natinf_hasard", *about)
    classes = {row["code"]: row["classe"] for row in natinf}
    families = {row["code"]: row["famille"] for row in natinf}
    qualified = (
        F.when(dice.chance(damage.requalification, "requalification", *about), by("natinf", moves, F.col("natinf")))
        .when(dice.chance(damage.natinf_autre, "natinf_autre", *about), any_code)
        .otherwise(F.col("natinf"))
    )
    little = dice.integer(-noise.jours_decales_peu, noise.jours_decales_peu, "decalage/peu", *about)
    more = dice.integer(-noise.jours_decales, noise.jours_decales, "decalage/plus", *about)
    anywhere = dice.element(F.col("communes_departement"), "commune_hasard", *about)
    wrong_place = dice.chance(damage.commune_autre, "commune_autre", *about)
    return (
        affairs.withColumns(
            {
                "natinf": qualified,
                "tirage": dice.uniform("decalage", *about),
                "date_connue": ~dice.chance(damage.date_absente, "date_absente", *about),
                "commune_faits": F.when(
                    ~dice.chance(damage.commune_absente, "commune_absente", *about),
                    F.when(wrong_place, anywhere).otherwise(F.col("commune_faits")),
                ),
            }
        )
        .withColumn(
            "jours",
            F.when(F.col("tirage") < damage.date_decalee_peu, little)
            .when(F.col("tirage") < damage.date_decalee_peu + damage.date_decalee, more)
            .otherwise(0),
        )
        # facts cannot follow the arrival at the parquet
        .withColumn(
            "debut", F.expr("least(date_add(date_faits_debut, jours), greatest(date_faits_debut, date_arrivee))")
        )
        .withColumns(
            {
                "date_faits_debut": F.expr("if(date_connue, debut, null)"),
                "date_faits_fin": F.expr(
                    "if(date_connue, date_add(debut, datediff(date_faits_fin, date_faits_debut)), null)"
                ),
                "classe": by("natinf", dict(classes)),
                "classe_2": by("natinf_2", dict(classes)),
                "famille": by("natinf", dict(families)),
            }
        )
        .drop("tirage", "date_connue", "jours", "debut")
    )


def list_offences(facts: DataFrame) -> DataFrame:
    """Return one row per offence of an affair; those of joined cases come last."""
    first = F.struct(F.lit(1).alias("n"), F.col("natinf").alias("natinf"), F.col("classe").alias("classe"))
    second = F.struct(F.lit(2).alias("n"), F.col("natinf_2").alias("natinf"), F.col("classe_2").alias("classe"))
    listed = F.array_compact(F.array(first, F.when(F.col("natinf_2").isNotNull(), second)))
    in_affair = Window.partitionBy("affaire").orderBy(F.when(F.col("genre") == JOINED, 1).otherwise(0), "case", "n")
    return (
        facts.withColumn("infraction", F.explode(listed))
        .drop("natinf", "classe")
        .select("*", "infraction.*")
        .withColumn("rang", F.row_number().over(in_affair))
    )


def rank_persons(persons: DataFrame, noise: Noise, dice: Dice) -> DataFrame:
    """Return the people of each affair, each role once, ranked; those whom the clerk left out are missing."""
    about = ("affaire", "personne")
    author = F.col("role") == MIS_EN_CAUSE
    missing = dice.chance(noise.justice.personne_absente, "justice/personne_absente", *about)
    shuffled = dice.chance(noise.cas.ordre_change, "ordre_change", "affaire")
    order = F.when(shuffled, dice.uniform("ordre", *about)).otherwise(F.lit(0.0))
    same_person = Window.partitionBy("affaire", "personne", "role").orderBy("case", "ordre")
    in_affair = Window.partitionBy("affaire").orderBy(F.when(author, 0).otherwise(1), order, "case", "ordre")
    return (
        persons.where(~missing)
        .repartition("affaire")
        .withColumn("fois", F.row_number().over(same_person))
        .where(F.col("fois") == 1)
        .withColumn("rang", F.row_number().over(in_affair))
    )


def list_affairs(affairs: DataFrame, persons: DataFrame, settings: Affairs, noise: Noise, dice: Dice) -> DataFrame:
    """Return one row per affair, with its number in the court, its justice identifier, the people counted."""
    counts = persons.groupBy("affaire").agg(
        F.sum((F.col("role") == MIS_EN_CAUSE).cast("int")).cast("int").alias("auteurs"),
        F.sum((F.col("role") != MIS_EN_CAUSE).cast("int")).cast("int").alias("victimes"),
    )
    wrong = dice.chance(noise.cas.compte_faux_justice, "compte_faux", "affaire")
    shares = {str(year): float(share) for year, share in settings.idj.items()}
    # a transferred affair keeps the identifier of the first one
    identified = dice.chance(by("cast(millesime as string)", shares), "idj", "case")
    digits = F.lpad(F.pmod(dice.hash("idj/n", "case"), F.lit(10**10)).cast("string"), 10, "0")
    letter = F.substring(F.lit("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), dice.integer(1, 26, "idj/l", "case"), F.lit(1))
    of_day = Window.partitionBy("code_tj", "date_arrivee").orderBy("melange", "affaire")
    origin = (
        F.when(F.col("genre") == OWN, dice.pick(settings.origines_justice, "origine", "case"))
        .when(F.col("type_service") == "PN", F.lit("police"))
        .otherwise(F.lit("gendarmerie"))
    )
    return (
        affairs.where(F.col("genre") != JOINED)
        .join(counts, "affaire", how="left")
        .withColumn("melange", dice.hash("numero_parquet", "affaire"))
        .withColumns(
            {
                "nb_auteurs": F.coalesce("auteurs", F.lit(0)),
                "nb_victimes": F.coalesce("victimes", F.lit(0)) + F.when(wrong, 1).otherwise(0),
                "idj": F.when(identified, F.concat(digits, letter)),
                "origine": origin,
                "nature_affaire": by("famille", dict(settings.nature_affaire)),
                "numero_parquet": F.concat(
                    F.date_format("date_arrivee", "yyDDD"), F.lpad(F.row_number().over(of_day).cast("string"), 6, "0")
                ),
            }
        )
    )
