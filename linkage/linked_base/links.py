"""Retained links between cases, and who is who inside them."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.governance.pseudonyms import Pseudonyms
from linkage.linked_base.cases import AFFAIRE, PROCEDURE
from linkage.tables.linked_base import Lien, LienPersonne, Published
from linkage.tables.links import RETAINED, Link, PersonLink


def build_liens(links: DataFrame, procedures: DataFrame, pseudonyms: Pseudonyms) -> DataFrame:
    """Return ``linked_base/liens`` of one version: the retained links; those to review stay with the linkage team."""
    retained = links.where(F.col(Link.status) == RETAINED)
    return (
        retained.transform(_add_millesime, procedures)
        .withColumn(Lien.id_dossier, pseudonyms.of("dossier", F.col(Link.id_dossier)))
        .transform(_pseudonymise_cases, pseudonyms)
    )


def build_liens_personnes(person_links: DataFrame, procedures: DataFrame, pseudonyms: Pseudonyms) -> DataFrame:
    """Return ``linked_base/liens_personnes`` of one version."""
    procedure, rang_procedure = F.col(PersonLink.id_procedure), F.col(PersonLink.rang_procedure)
    affaire, rang_affaire = F.col(PersonLink.id_affaire), F.col(PersonLink.rang_affaire)
    persons: dict[str, Column] = {
        LienPersonne.id_personne_procedure: pseudonyms.of("personne", F.lit(PROCEDURE), procedure, rang_procedure),
        LienPersonne.id_personne_affaire: pseudonyms.of("personne", F.lit(AFFAIRE), affaire, rang_affaire),
    }
    return (
        person_links.transform(_add_millesime, procedures)
        .withColumns(persons)
        .transform(_pseudonymise_cases, pseudonyms)
    )


def _add_millesime(links: DataFrame, procedures: DataFrame) -> DataFrame:
    vintages = procedures.select(Lien.id_procedure, Published.millesime)
    return links.join(vintages, on=Lien.id_procedure, how="inner")


def _pseudonymise_cases(links: DataFrame, pseudonyms: Pseudonyms) -> DataFrame:
    return links.withColumns(
        {
            Lien.id_procedure: pseudonyms.of("procedure", F.col(Lien.id_procedure)),
            Lien.id_affaire: pseudonyms.of("affaire", F.col(Lien.id_affaire)),
        }
    )
