"""The people of a case: who they are is a function of their number, so that the same person is the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.settings.synthetic import People, PersonDamage, Stories
from linkage.synthetic.cases import home
from linkage.synthetic.dice import Dice, by

MIS_EN_CAUSE, VICTIME = "mis_en_cause", "victime"


def list_people(cases: DataFrame, stories: Stories, dice: Dice) -> DataFrame:
    """Return one row per person of a case, in the police's roles: mis en cause from ``premier_mec``, then victims.

    A couple's roles are reversed in a cross complaint. Authors and neighbours come back along a story, and from the
    place's pool; the victims of thefts differ from one case to the next.
    """
    mec = F.col("dernier_mec") - F.col("premier_mec") + 1
    number = F.col("ordre")
    is_mec = number <= mec
    place = F.when(is_mec, number + F.col("premier_mec") - 1).otherwise(number - mec)
    reversed_roles = F.col("contre_plainte") & (place == 1)
    as_author = is_mec != reversed_roles
    conjugal = F.col("nature") == "conjugal"
    profile = (
        F.when(
            conjugal & (place == 1), F.when(as_author, F.lit("auteur_conjugal")).otherwise(F.lit("victime_conjugale"))
        )
        .when(conjugal & ~is_mec, F.lit("enfant"))
        .otherwise(F.when(as_author, F.lit("auteur")).otherwise(F.lit("victime")))
    )
    new_people = (F.col("profil") == "victime") & (F.col("nature") == "biens")

    def from_pool(name: str, size: float, concentration: float) -> Column:
        return F.floor(F.col("population") * size * F.pow(dice.uniform(name, "source", "place"), F.lit(concentration)))

    rank = (
        F.when(F.col("profil") == "auteur", from_pool("auteur", stories.population_auteurs, stories.concentration))
        .when(F.col("profil") == "victime", from_pool("victime", stories.population_victimes, 1.0))
        .otherwise(F.lit(0))
    )
    return (
        cases.withColumn("ordre", F.explode(F.sequence(F.lit(1), mec + F.col("nb_vic_cas"))))
        .where(mec + F.col("nb_vic_cas") > 0)
        .withColumns(
            {
                "role": F.when(is_mec, F.lit(MIS_EN_CAUSE)).otherwise(F.lit(VICTIME)),
                "place": place,
                "profil": profile,
            }
        )
        .withColumn("source", F.when(new_people, F.col("case")).otherwise(F.col("suite")))
        .withColumn("rang_bassin", rank)
        .withColumn(
            "personne",
            F.when(
                F.col("profil").isin("auteur", "victime"), dice.hash("bassin", "profil", "bassin", "rang_bassin")
            ).otherwise(dice.hash("famille", "couple", "profil", "if(profil = 'enfant', place, 0)")),
        )
        .drop("source", "rang_bassin")
    )


def draw_traits(
    persons: DataFrame, settings: People, birthplaces: list[str], dice: Dice, *, last_year: int
) -> DataFrame:
    """Return the true traits of each person."""
    profile = F.col("profil")
    of_couple = profile.isin("auteur_conjugal", "victime_conjugale")
    author_is_man = dice.chance(settings.part_hommes["auteur_conjugal"], "homme", "couple")
    same_sex = dice.chance(settings.part_couples_meme_sexe, "meme_sexe", "couple")
    shares = by("profil", {"victime_conjugale": 0.0, **settings.part_hommes})
    man = (
        F.when(profile == "auteur_conjugal", author_is_man)
        .when(profile == "victime_conjugale", author_is_man == same_sex)
        .otherwise(dice.chance(shares, "homme", "personne"))
    )
    youngest = by("profil", dict(settings.age_minimum))
    typical = by("profil", dict(settings.age_median)) - youngest
    age = youngest + typical * F.exp(by("profil", dict(settings.dispersion_age)) * dice.normal("age", "personne"))
    born_first = dice.chance(settings.part_premier_janvier_etranger, "premier_janvier", "personne")
    nearby = dice.chance(settings.part_nes_departement, "ne_ici", "personne")
    birthplace = F.when(nearby, dice.element(F.col("communes_departement"), "naissance", "personne")).otherwise(
        dice.element(_array(birthplaces), "naissance", "personne")
    )
    french = dice.chance(settings.part_nes_etranger_francais, "francais", "personne")
    together = (of_couple | (profile == "enfant")) & ~(
        (profile == "victime_conjugale") & F.col("lien").startswith("ex_")
    )
    tie_to_author = (
        F.when(of_couple, F.col("lien"))
        .when(profile == "enfant", F.lit("enfant"))
        .when((F.col("nature") == "personnes") & (F.col("autre_lien") != "sans"), F.col("autre_lien"))
    )
    return (
        persons.withColumns(
            {
                "age": F.least(age, F.lit(92.0)),
                "etranger": dice.chance(settings.part_nes_etranger, "etranger", "personne"),
                "pays": dice.element(_array(settings.pays), "pays", "personne"),
                "lien": dice.pick(settings.liens_conjugaux, "lien", "suite"),
                "autre_lien": dice.pick(settings.liens_autres, "autre_lien", "suite", "place"),
            }
        )
        .withColumns(
            {
                "ne_le": F.expr(f"date_sub(date'{last_year}-01-01', cast(floor(age * 365.25D) as int))"),
                "foyer": F.when(together, F.col("couple")).otherwise(F.col("personne")),
            }
        )
        .withColumns(
            {
                "csns": _code(dice.hash("csns", "personne")),
                "sexe": F.when(man, F.lit("M")).otherwise(F.lit("F")),
                "date_naissance": F.when(F.col("etranger") & born_first, F.trunc("ne_le", "year")).otherwise(
                    F.col("ne_le")
                ),
                "commune_naissance": F.when(~F.col("etranger"), birthplace),
                "pays_naissance": F.expr("if(etranger, pays, 'FRA')"),
                "commune_residence": home(dice, "foyer"),
                "nationalite": F.when(F.col("etranger") & ~french, F.col("pays")).otherwise(F.lit("FRA")),
                "profession": dice.element(_array(settings.professions), "profession", "personne"),
                "situation_familiale": dice.pick(settings.situations, "situation", "personne"),
                "nombre_enfants": dice.pick(settings.enfants, "enfants", "personne").cast("int"),
                "lien_auteur": F.when(F.col("role") == VICTIME, tie_to_author),
            }
        )
        .drop("age", "pays", "ne_le", "foyer", "lien", "autre_lien")
    )


def record_traits(
    persons: DataFrame, damage: PersonDamage, settings: People, dice: Dice, *, side: str, record: str
) -> DataFrame:
    """Return the traits as one side typed them for the record that ``record`` names; each side errs on its own."""
    about = (record, "personne")

    def happens(kind: str) -> Column:
        return dice.chance(getattr(damage, kind), f"{side}/{kind}", *about)

    def retyped(column: str, absent: str, other: str, value: Column) -> Column:
        return F.when(~happens(absent), F.when(happens(other), value).otherwise(F.col(column)))

    no_code = by("cast(etranger as string)", {"true": damage.csns_absent_etranger, "false": damage.csns_absent_france})
    elsewhere = dice.element(F.col("communes_departement"), f"{side}/residence", *about)
    country = dice.element(_array(settings.pays), f"{side}/pays", *about)
    job = dice.element(_array(settings.professions), f"{side}/profession", *about)
    situation = dice.pick(settings.situations, f"{side}/situation", *about)
    children = dice.pick(settings.enfants, f"{side}/enfants", *about).cast("int")
    wrong_code = _code(dice.hash(f"{side}/csns", *about))
    code = F.when(happens("csns_faux"), wrong_code).otherwise(F.col("csns"))
    other_sex = F.expr("if(sexe = 'M', 'F', 'M')")
    months = F.get(F.expr("array(-120, -12, 12, 120, 0, 0)"), dice.integer(0, 5, f"{side}/chiffre", *about))
    persons = persons.withColumns({"mois_decales": months, "autre_jour": dice.integer(0, 27, f"{side}/jour", *about)})
    swapped = F.expr("make_date(year(date_naissance), day(date_naissance), month(date_naissance))")
    can_swap = F.expr("day(date_naissance) <= 12")
    wrong_day = F.expr("date_add(trunc(date_naissance, 'month'), autre_jour)")
    digit = F.when(F.col("mois_decales") == 0, wrong_day).otherwise(F.expr("add_months(date_naissance, mois_decales)"))
    birth = (
        F.when(happens("naissance_jour_mois") & can_swap, swapped)
        .when(happens("naissance_premier_janvier"), F.trunc("date_naissance", "year"))
        .when(happens("naissance_chiffre"), digit)
        .otherwise(F.col("date_naissance"))
    )
    return persons.withColumns(
        {
            "csns": F.when(~dice.chance(no_code, f"{side}/csns_absent", *about), code),
            "sexe": F.when(happens("sexe_faux"), other_sex).otherwise(F.col("sexe")),
            "date_naissance": F.when(~happens("naissance_absente"), birth),
            "commune_naissance": F.when(~happens("commune_naissance_absente"), F.col("commune_naissance")),
            "commune_residence": F.when(happens("residence_autre"), elsewhere).otherwise(F.col("commune_residence")),
            "nationalite": F.when(happens("nationalite_autre") & F.col("etranger"), country).otherwise(
                F.col("nationalite")
            ),
            "profession": retyped("profession", "profession_absente", "profession_autre", job),
            "situation_familiale": retyped("situation_familiale", "situation_absente", "situation_autre", situation),
            "nombre_enfants": retyped("nombre_enfants", "enfants_absents", "enfants_autre", children),
        }
    )


def _array(values: Sequence[str]) -> Column:
    return F.expr(f"split('{','.join(values)}', ',')")


def _code(number: Column) -> Column:
    return F.lower(F.lpad(F.hex(number), 16, "0"))
