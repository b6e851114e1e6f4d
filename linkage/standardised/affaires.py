"""Affairs: the facts as justice has them, and the PV of origin with its key read."""

from __future__ import annotations

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from linkage.concepts.sides import AFFAIRE
from linkage.settings.standardised import StandardisedSettings
from linkage.standardised.cases import add_facts
from linkage.standardised.communes import code_departement
from linkage.standardised.numeros import add_key
from linkage.standardised.sides import CASE, delivered_code, word
from linkage.tables.sources import Affaire as DeliveredAffaire
from linkage.tables.sources import Origine
from linkage.tables.standardised import Affaire, Personne, Reference


def build_affaires(delivered: DataFrame, infractions: DataFrame, personnes: DataFrame) -> DataFrame:
    """Return one row per affair, as ``standardised/affaires`` declares it.

    Reads the affairs as delivered with ``source`` and ``id``, and the standardised offences and persons. The source
    counts ``auteurs``; they stand under the police word. An affair has no facts of its own: they are its offences'.
    """
    spelt = delivered.withColumns(
        {
            Affaire.origine: word(F.col(Affaire.origine)),
            Affaire.code_tj: delivered_code(F.col(Affaire.code_tj)),
            Affaire.nb_mis_en_cause: F.col(DeliveredAffaire.nb_auteurs),
            CASE[AFFAIRE]: F.col(Personne.id),
        }
    )
    return (
        add_facts(spelt, AFFAIRE, infractions, personnes)
        .withColumn(Affaire.code_departement, code_departement(F.col(Affaire.commune_faits)))
        .transform(Affaire.conform)
    )


def build_references(delivered_affaires: DataFrame, origines: DataFrame, settings: StandardisedSettings) -> DataFrame:
    """Return ``standardised/references``: one row per PV of origin, its key read; rang 0 for an affair without.

    Reads the affairs and the origins as delivered, with ``id``. The force is that of the PV; where it is missing, that
    which the affair's origin tells, or which the form of a police code tells.
    Ranks below 1 are moved up, so that 0 says that an affair has no PV.
    Example: an affair with the PVs of rang 1 and 2, or 0 and 1, has the rows 1 and 2; one without a PV has a row of
    rang 0.
    """
    origine = word(F.col(Affaire.origine))
    force_of_origine = F.when(origine == "police", "PN").when(origine == "gendarmerie", "GN")
    affaires = delivered_affaires.select(Personne.id, force_of_origine.alias("force_of_origine"))
    delivered = origines.select(
        Personne.id,
        Reference.rang,
        F.upper(F.trim(Origine.type_service)).alias(Origine.type_service),
        F.col(Origine.code_service).alias(Reference.code_service_livre),
        F.col(Origine.annee).alias(Reference.annee_livree),
        F.col(Origine.numero).alias(Reference.numero_livre),
        F.col(Origine.reference_pv).alias(Reference.reference_pv_livree),
    )
    # No delivered rang may be one that has a meaning of its own.
    first = F.min(Reference.rang).over(Window.partitionBy(Personne.id))
    rang = F.col(Reference.rang) + F.greatest(1 - first, F.lit(0))
    known_type = F.when(F.col(Origine.type_service).isin("PN", "GN"), F.col(Origine.type_service))
    return (
        affaires.join(delivered, on=Personne.id, how="left")
        .withColumns(
            {
                CASE[AFFAIRE]: F.col(Personne.id),
                Reference.rang: F.coalesce(rang, F.lit(0)),
                Reference.force: F.coalesce(known_type, F.col("force_of_origine")),
            }
        )
        .transform(add_key, two_digit_year_pivot=settings.pv_key.two_digit_year_pivot)
        .transform(Reference.conform)
    )
