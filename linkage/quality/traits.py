"""Which subgroups a case belongs to."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.settings.quality import SubgroupsSettings
from linkage.tables.quality import Subgroup
from linkage.tables.standardised import Affaire, Personne, Procedure

PROCEDURE, AFFAIRE = "procedure", "affaire"
WHOLE, MISSING = "ensemble", "sans information"
FORCES = {"police": "PN", "gendarmerie": "GN"}
ROLES = ("victime", "mis_en_cause")
FRANCE = "FRA"
# Dimension → the column of standardised/procedures or standardised/affaires that gives it.
OF_CASES = {
    "millesime": Procedure.millesime,
    "force": Procedure.force,
    "departement": Procedure.code_departement,
    "tribunal": Procedure.code_tj,
    "famille": Procedure.famille,
    "petit_x": Affaire.petit_x,
}
# Dimension → the column of standardised/personnes, once per role.
OF_PERSONS = {"sexe": Personne.sexe, "age": Personne.date_naissance, "naissance": Personne.pays_naissance}


def traits(
    procedures: DataFrame, affaires: DataFrame, personnes: DataFrame, *, settings: SubgroupsSettings
) -> DataFrame:
    """``side, id, dimension, modalite``: one row per case and group it belongs to.

    A case is in a group of persons when at least one of its persons of that role is; so it may be in several groups
    of one dimension, and in none when it has nobody in that role. The age is that on the first day of the facts.
    """
    made = {
        PROCEDURE: _of_cases(procedures, Procedure.id_procedure, PROCEDURE, absent=("petit_x",)),
        AFFAIRE: _of_cases(
            affaires.withColumn(Procedure.force, _force(F.col(Affaire.origine))), Affaire.id_affaire, AFFAIRE
        ),
    }
    days = procedures.select(
        F.lit(PROCEDURE).alias("side"), F.col(Procedure.id_procedure).alias("id"), Procedure.date_faits_debut
    ).unionByName(
        affaires.select(F.lit(AFFAIRE).alias("side"), F.col(Affaire.id_affaire).alias("id"), Affaire.date_faits_debut)
    )
    return made[PROCEDURE].unionByName(made[AFFAIRE]).unionByName(_of_persons(personnes, days, settings=settings))


def declared() -> dict[tuple[str, str], str]:
    """Side and dimension → the column that gives it: what must not be all missing."""
    found = {(PROCEDURE, name): f"standardised/procedures.{c}" for name, c in OF_CASES.items() if name != "petit_x"}
    found |= {(AFFAIRE, name): f"standardised/affaires.{c}" for name, c in OF_CASES.items()}
    found[AFFAIRE, "force"] = f"standardised/affaires.{Affaire.origine}"
    for side in (PROCEDURE, AFFAIRE):
        for role in ROLES:
            found |= {(side, f"{n}_{role}"): f"standardised/personnes.{c} ({role})" for n, c in OF_PERSONS.items()}
    return found


def _of_cases(cases: DataFrame, id: str, side: str, *, absent: tuple[str, ...] = ()) -> DataFrame:
    groups = [_group(WHOLE, F.lit(WHOLE))]
    groups += [_group(name, _text(F.col(column))) for name, column in OF_CASES.items() if name not in absent]
    return cases.select(
        F.lit(side).alias("side"), F.col(id).alias("id"), F.explode(F.array(*groups)).alias("group")
    ).select(Subgroup.side, "id", "group.*")


def _of_persons(personnes: DataFrame, days: DataFrame, *, settings: SubgroupsSettings) -> DataFrame:
    values = {
        "sexe": F.col(Personne.sexe),
        "age": _age_band(settings.age_bounds),
        "naissance": _birthplace(settings.union_europeenne),
    }
    groups = [_group(F.concat(F.lit(f"{name}_"), F.col(Personne.role)), _text(value)) for name, value in values.items()]
    exploded = (
        personnes.where(F.col(Personne.role).isin(*ROLES))
        .join(days, on=["side", "id"], how="inner")
        .select(Personne.side, Personne.id, F.explode(F.array(*groups)).alias("group"))
        .select(Subgroup.side, "id", "group.*")
    )
    # Several persons of a case may be in the same group: the case counts once.
    return exploded.dropDuplicates([Subgroup.side, "id", Subgroup.dimension, Subgroup.modalite])


def _group(dimension: str | Column, modalite: Column) -> Column:
    named = F.lit(dimension) if isinstance(dimension, str) else dimension
    return F.struct(named.alias(Subgroup.dimension), modalite.alias(Subgroup.modalite))


def _text(value: Column) -> Column:
    return F.coalesce(value.cast("string"), F.lit(MISSING))


def _force(origine: Column) -> Column:
    return F.coalesce(*(F.when(origine == said, F.lit(force)) for said, force in FORCES.items()))


def _age_band(bounds: tuple[int, ...]) -> Column:
    months = F.months_between(F.col(Procedure.date_faits_debut), F.col(Personne.date_naissance))
    age = F.when(months >= 0, F.floor(months / 12))
    bands = [F.when(age < high, F.lit(f"{low} à {high - 1} ans")) for low, high in pairwise((0, *bounds))]
    return F.coalesce(*bands, F.when(age >= bounds[-1], F.lit(f"{bounds[-1]} ans ou plus")))


def _birthplace(union: tuple[str, ...]) -> Column:
    country = F.when(F.col(Personne.commune_naissance).isNotNull(), F.lit(FRANCE)).otherwise(
        F.col(Personne.pays_naissance)
    )
    return (
        F.when(country == FRANCE, F.lit("France"))
        .when(country.isin(*union), F.lit("Union européenne"))
        .when(country.isNotNull(), F.lit("autre pays"))
    )


def silent(subgroups: pd.DataFrame) -> list[str]:
    """The columns that say nothing of any case: their dimension has only ``sans information``, or no group at all."""
    said = subgroups[subgroups[Subgroup.modalite] != MISSING]
    known = set(zip(said[Subgroup.side], said[Subgroup.dimension], strict=True))
    return [f"{column} ({side})" for (side, dimension), column in declared().items() if (side, dimension) not in known]
