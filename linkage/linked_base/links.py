"""Retained links between cases, and who is who inside them."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.concepts.sides import OF_PROCEDURE
from linkage.governance.pseudonyms import Pseudonyms
from linkage.tables import sources
from linkage.tables.linked_base import Lien, LienPersonne, Published
from linkage.tables.links import RETAINED, Link, PersonLink


def build_liens(links: DataFrame, procedures: DataFrame, pseudonyms: Pseudonyms) -> DataFrame:
    """Return ``linked_base/liens`` of one version: the retained links; those to review stay with the linkage team."""
    retained = links.where(F.col(Link.status) == RETAINED)
    return (
        retained.transform(_add_millesime, procedures)
        .withColumn(Lien.id_dossier, pseudonyms.of("dossier", F.col(Link.id_dossier)))
        .transform(pseudonymise_cases, pseudonyms)
    )


def build_liens_personnes(person_links: DataFrame, procedures: DataFrame, pseudonyms: Pseudonyms) -> DataFrame:
    """Return ``linked_base/liens_personnes`` of one version."""
    return person_links.transform(_add_millesime, procedures).transform(pseudonymise_persons, pseudonyms)


def _add_millesime(links: DataFrame, procedures: DataFrame) -> DataFrame:
    vintages = procedures.select(*OF_PROCEDURE, Published.millesime)
    return links.join(vintages, on=OF_PROCEDURE, how="inner")


def pseudonymise_persons(person_links: DataFrame, pseudonyms: Pseudonyms) -> DataFrame:
    """Return pairs of persons (``source``, ids and ranks) under the pseudonyms that both have in the base."""
    source, procedure, affaire = (F.col(c) for c in (PersonLink.source, PersonLink.id_procedure, PersonLink.id_affaire))
    rangs = F.col(PersonLink.rang_procedure), F.col(PersonLink.rang_affaire)
    persons: dict[str, Column] = {
        LienPersonne.id_personne_procedure: pseudonyms.of("personne", source, procedure, rangs[0]),
        LienPersonne.id_personne_affaire: pseudonyms.of("personne", F.lit(*sources.JUSTICE), affaire, rangs[1]),
    }
    return pseudonymise_cases(person_links.withColumns(persons), pseudonyms)


def pseudonymise_cases(links: DataFrame, pseudonyms: Pseudonyms) -> DataFrame:
    """Return pairs of cases (``source`` and ids) under the pseudonyms that both have in the base."""
    return links.withColumns(
        {
            Lien.id_procedure: pseudonyms.of("procedure", F.col(Link.source), F.col(Lien.id_procedure)),
            Lien.id_affaire: pseudonyms.of("affaire", F.col(Lien.id_affaire)),
        }
    )
