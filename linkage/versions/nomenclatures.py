"""The lists of codes that several jobs take from ``conf/nomenclatures``, each read in one way."""

from __future__ import annotations

from linkage.platform import config


def union_states() -> list[str]:
    """Return the codes of the States of the European Union but France."""
    return [row["code"] for row in config.nomenclature("union_europeenne")]


def conjugal_offences() -> list[str]:
    """Return the natinf of conjugal violence."""
    return [row["code"] for row in config.nomenclature("natinf") if row["est_conjugal"] == "1"]


def families_of_motives() -> dict[str, str]:
    """Return the family of each motive of classement, by its code."""
    return {row["code"]: row["famille"] for row in config.nomenclature("motifs_classement")}


def names_of_departements() -> dict[str, str]:
    """Return the name of each département with its code, ``Lozère (48)``, by its code."""
    return {
        row["code_departement"]: f"{row['libelle']} ({row['code_departement']})"
        for row in config.nomenclature("departements")
    }


def names_of_courts() -> dict[str, str]:
    """Return the name of each court, by its code."""
    return {row["code_tj"]: row["libelle"] for row in config.nomenclature("tribunaux")}


def meanings(*, smallest_population: int) -> dict[str, dict[str, str]]:
    """Return what the codes of each nomenclature mean, by its file; of communes, those of so many inhabitants."""
    communes = config.nomenclature("communes")
    return {
        "natinf": {row["code"]: row["libelle"] for row in config.nomenclature("natinf")},
        "motifs_classement": {row["code"]: row["libelle"] for row in config.nomenclature("motifs_classement")},
        "departements": {row["code_departement"]: row["libelle"] for row in config.nomenclature("departements")},
        "tribunaux": names_of_courts(),
        "communes": {
            row["code_commune"]: row["libelle"]
            for row in communes
            if row["population"].isdigit() and int(row["population"]) >= smallest_population
        },
    }
