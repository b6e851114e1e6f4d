"""The PV key as an affair's origin cites it: exact when transferred, damaged in many ways when typed by hand."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from linkage.settings.synthetic import Affairs, KeyDamage, Noise
from linkage.synthetic.dice import Dice
from linkage.synthetic.justice import JOINED, OWN

KINDS = tuple(KeyDamage.model_fields)
"""Every kind of damage a key typed by hand can suffer."""


def cite_references(affairs: DataFrame, settings: Affairs, noise: Noise, dice: Dice) -> DataFrame:
    """Return one row per PV of origin; ``degats`` names the kinds of damage that its key suffered."""
    about = ("case", "affaire")
    rates = noise.cle
    petit_x = F.col("petit_x") == 1
    typed = dice.chance(noise.saisie_manuelle, "saisie_manuelle", *about)
    remaining = (
        (F.col("genre") != OWN)
        & ((F.col("genre") != JOINED) | dice.chance(settings.part_reference_gardee, "reference_gardee", *about))
        & (~petit_x | dice.chance(settings.part_petit_x_avec_origine, "petit_x_origine", *about))
    )
    month = F.month("date_enregistrement")
    occasion = {
        "zero_unite_perdu": F.col("code_service").startswith("0"),
        "annee_enregistrement": month.isin(1, 2, 11, 12),
        "unite_superieure": F.lit(True),
        "unite_soeur": F.size("codes_soeurs") > 0,
        "code_reemis": F.col("code_reemis").isNotNull(),
        "numero_non_complete": F.length(F.col("numero").cast("string")) < _width(),
        "chiffres_intervertis": F.col("numero") > 9,
    }
    forms = ("sans_origine", "rien", "texte_libre", "texte_en_plus")
    has_key = F.col("tapee") & ~F.col("vide")
    suffered = {
        kind: has_key & occasion.get(kind, F.lit(True)) & dice.chance(getattr(rates, kind), f"cle/{kind}", *about)
        for kind in KINDS
        if kind not in forms
    }
    suffered["rien"] = F.col("tapee") & F.col("vide") & ~petit_x
    suffered["texte_libre"] = F.col("texte_seul")
    suffered["texte_en_plus"] = (
        has_key & ~F.col("texte_seul") & dice.chance(rates.texte_en_plus, "cle/texte_en_plus", *about)
    )
    names = F.array(*(F.when(happened, F.lit(kind)) for kind, happened in suffered.items()))
    place = Window.partitionBy("affaire").orderBy(F.when(F.col("genre") == JOINED, 1).otherwise(0), "case")
    has_written_key = ~(F.col("vide") | F.col("texte_seul"))
    return (
        affairs.where(remaining)
        .withColumns({"tapee": typed, "tirage": dice.uniform("cle/sort", *about)})
        .where(petit_x | ~F.col("tapee") | (F.col("tirage") < 1 - rates.sans_origine))
        .withColumn("vide", petit_x | (F.col("tapee") & (F.col("tirage") < rates.rien)))
        .withColumn("texte_seul", F.col("tapee") & ~F.col("vide") & (F.col("tirage") < rates.rien + rates.texte_libre))
        .withColumn("degats", F.array_compact(names))
        .withColumns({"cle_service": _unit(), "cle_annee": _year(), "rang": F.row_number().over(place)})
        .transform(_cite_number, dice, about)
        .withColumns(
            {
                "code_service": F.when(has_written_key, F.col("cle_service")),
                "annee": F.when(has_written_key, F.col("cle_annee")),
                "numero": F.when(has_written_key, F.col("cle_numero")),
                "reference_pv": F.when(F.col("texte_seul") | _suffered("texte_en_plus"), _free_text(dice, about)),
            }
        )
    )


def _suffered(kind: str) -> Column:
    return F.array_contains("degats", kind)


def _width() -> Column:
    return F.when(F.col("type_service") == "PN", 6).otherwise(5)


def _unit() -> Column:
    code = (
        F.when(_suffered("unite_superieure"), F.col("code_superieur"))
        .when(_suffered("unite_soeur"), F.get("codes_soeurs", F.pmod(F.col("case"), F.size("codes_soeurs"))))
        .when(_suffered("code_reemis"), F.col("code_reemis"))
        .otherwise(F.col("code_service"))
    )
    return F.when(_suffered("zero_unite_perdu"), F.regexp_replace(code, "^0+", "")).otherwise(code)


def _year() -> Column:
    # in November and December the year to come; in January and February, that of the PV's first act
    neighbour = F.when(F.month("date_enregistrement") > 6, F.col("annee") + 1).otherwise(F.col("annee") - 1)
    year = F.when(_suffered("annee_enregistrement"), neighbour).otherwise(F.col("annee")).cast("string")
    return F.when(_suffered("annee_deux_chiffres"), F.substring(year, 3, 2)).otherwise(year)


def _cite_number(keys: DataFrame, dice: Dice, about: tuple[str, ...]) -> DataFrame:
    """Return the number as cited: digits first, then padding, then what was added around it."""
    wrong = "concat(left(nu, position - 1), pmod(int(substr(nu, position, 1)) + ecart, 10), substr(nu, position + 1))"
    swapped = (
        "concat(left(nu, echange - 1), substr(nu, echange + 1, 1), substr(nu, echange, 1), substr(nu, echange + 2))"
    )
    ends = dict.fromkeys(("-", "/", " ", "/1", "-01", " BIS", "A"), 1.0)
    with_year = F.expr("concat(annee, '/', cle_numero)")
    spaced = F.expr("concat(left(cle_numero, 2), ' ', substr(cle_numero, 3))")
    separated = F.when(dice.chance(0.5, "cle/separe", *about), with_year).otherwise(spaced)
    suffixed = F.concat("cle_numero", dice.pick(ends, "cle/fin", *about))
    return (
        keys.withColumns(
            {
                "nu": F.col("numero").cast("string"),
                "position": F.pow(dice.uniform("cle/position", *about), F.lit(1.5)),
                "ecart": dice.integer(1, 9, "cle/chiffre", *about),
                "echange": dice.uniform("cle/echange", *about),
            }
        )
        .withColumns(
            {
                "position": F.expr("length(nu) - cast(floor(position * length(nu)) as int)"),
                "echange": F.expr("1 + cast(floor(echange * greatest(length(nu) - 1, 1)) as int)"),
            }
        )
        .withColumn(
            "cle_numero",
            F.when(_suffered("chiffres_intervertis"), F.expr(swapped))
            .when(_suffered("chiffre_faux"), F.expr(wrong))
            .otherwise(F.col("nu")),
        )
        .withColumn(
            "cle_numero",
            F.when(_suffered("numero_non_complete"), F.regexp_replace("cle_numero", "^0+", "")).otherwise(
                F.lpad("cle_numero", _width(), F.lit("0"))
            ),
        )
        .withColumn(
            "cle_numero",
            F.when(_suffered("suffixe"), suffixed)
            .when(_suffered("separateur"), separated)
            .otherwise(F.col("cle_numero")),
        )
    )


def _free_text(dice: Dice, about: tuple[str, ...]) -> Column:
    forms = {
        "pv": F.expr("concat('PV ', cle_service, '/', trim(LEADING '0' FROM cle_numero), '/', cle_annee)"),
        "proc": F.expr("concat('PROC. ', cle_service, ' N° ', trim(LEADING '0' FROM cle_numero), ' DE ', cle_annee)"),
        "tirets": F.expr("concat(cle_service, '-', cle_annee, '-', cle_numero)"),
        "annee": F.expr("concat(cle_annee, '/', cle_numero, ' ', cle_service)"),
        "numero": F.expr("concat('PV N° ', trim(LEADING '0' FROM cle_numero), '/', cle_annee)"),
    }
    often = {"pv": 0.5, "proc": 0.15, "tirets": 0.13, "annee": 0.12, "numero": 0.1}
    return F.get(F.array(*forms.values()), dice.count(list(often.values()), "cle/forme", *about))
