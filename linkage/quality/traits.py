"""Which subgroups a case belongs to."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.ages import age, band
from linkage.concepts.countries import FRANCE, country_group
from linkage.concepts.sides import AFFAIRE, CASE, NO_INFORMATION, PROCEDURE
from linkage.settings.quality import SubgroupsSettings
from linkage.tables.quality import Subgroup
from linkage.tables.standardised import Affaire, Personne, Procedure

WHOLE = "ensemble"
FORCES = {"police": "PN", "gendarmerie": "GN"}
ROLES = ("victime", "mis_en_cause")
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


def list_groups(
    procedures: DataFrame,
    affaires: DataFrame,
    personnes: DataFrame,
    *,
    union: Sequence[str],
    settings: SubgroupsSettings,
) -> DataFrame:
    """Return one row per case and group it belongs to: ``side, source, id, dimension, modalite``.

    A case is in a group of persons when at least one of its persons of that role is; so it may be in several groups
    of one dimension, and in none when it has nobody in that role. The age is that on the first day of the facts.
    """
    of_cases = {
        PROCEDURE: _list_of_cases(procedures, Procedure.id_procedure, PROCEDURE, absent=("petit_x",)),
        AFFAIRE: _list_of_cases(
            affaires.withColumn(Procedure.force, _force(F.col(Affaire.origine))), Affaire.id_affaire, AFFAIRE
        ),
    }
    days = procedures.select(
        F.col(Procedure.id_procedure).alias(Personne.id), Procedure.source, Procedure.date_faits_debut
    ).unionByName(
        affaires.select(F.col(Affaire.id_affaire).alias(Personne.id), Affaire.source, Affaire.date_faits_debut)
    )
    return (
        of_cases[PROCEDURE]
        .unionByName(of_cases[AFFAIRE])
        .unionByName(_list_of_persons(personnes, days, union=union, settings=settings))
    )


def name_columns() -> dict[tuple[str, str], str]:
    """Return the column that gives each dimension of each side: what must not be all missing."""
    columns = {(PROCEDURE, name): f"standardised/procedures.{c}" for name, c in OF_CASES.items() if name != "petit_x"}
    columns |= {(AFFAIRE, name): f"standardised/affaires.{c}" for name, c in OF_CASES.items()}
    columns[AFFAIRE, "force"] = f"standardised/affaires.{Affaire.origine}"
    for side in (PROCEDURE, AFFAIRE):
        for role in ROLES:
            columns |= {(side, f"{n}_{role}"): f"standardised/personnes.{c} ({role})" for n, c in OF_PERSONS.items()}
    return columns


def _list_of_cases(cases: DataFrame, id: str, side: str, *, absent: tuple[str, ...] = ()) -> DataFrame:
    groups = [_group(WHOLE, F.lit(WHOLE))]
    groups += [_group(name, _text(F.col(column))) for name, column in OF_CASES.items() if name not in absent]
    return cases.select(
        F.lit(side).alias(Subgroup.side),
        F.col(id).alias(Personne.id),
        Procedure.source,
        F.explode(F.array(*groups)).alias("group"),
    ).select(Subgroup.side, *CASE, "group.*")


def _list_of_persons(
    personnes: DataFrame, days: DataFrame, *, union: Sequence[str], settings: SubgroupsSettings
) -> DataFrame:
    age_at_facts = age(F.col(Personne.date_naissance), F.col(Procedure.date_faits_debut))
    values = {
        "sexe": F.col(Personne.sexe),
        "age": band(age_at_facts, settings.age_bounds),
        "naissance": country_group(_birthplace(), union=union),
    }
    groups = [_group(F.concat(F.lit(f"{name}_"), F.col(Personne.role)), _text(value)) for name, value in values.items()]
    exploded = (
        personnes.where(F.col(Personne.role).isin(*ROLES))
        .join(days, on=CASE, how="inner")
        .select(Personne.side, *CASE, F.explode(F.array(*groups)).alias("group"))
        .select(Subgroup.side, *CASE, "group.*")
    )
    # Several persons of a case may be in the same group: the case counts once.
    return exploded.dropDuplicates([*CASE, Subgroup.dimension, Subgroup.modalite])


def _group(dimension: str | Column, modalite: Column) -> Column:
    name = F.lit(dimension) if isinstance(dimension, str) else dimension
    return F.struct(name.alias(Subgroup.dimension), modalite.alias(Subgroup.modalite))


def _text(value: Column) -> Column:
    return F.coalesce(value.cast("string"), F.lit(NO_INFORMATION))


def _force(origine: Column) -> Column:
    return F.coalesce(*(F.when(origine == word, F.lit(force)) for word, force in FORCES.items()))


def _birthplace() -> Column:
    """Return the country of birth; a French commune is in France whatever the country delivered."""
    born_in_france = F.col(Personne.commune_naissance).isNotNull()
    return F.when(born_in_france, FRANCE).otherwise(F.col(Personne.pays_naissance))


def find_silent(subgroups: pd.DataFrame) -> list[str]:
    """Return the columns without a value in any case: their dimension has only ``sans information``, or no group."""
    informed = subgroups[subgroups[Subgroup.modalite] != NO_INFORMATION]
    informed_dimensions = set(zip(informed[Subgroup.side], informed[Subgroup.dimension], strict=True))
    return [
        f"{column} ({side})"
        for (side, dimension), column in name_columns().items()
        if (side, dimension) not in informed_dimensions
    ]
