"""Keys that are sure, hidden: what the rest of the method finds of them is what it finds of affairs without a key."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from linkage.concepts import draws
from linkage.concepts.sides import PAIR
from linkage.concepts.sums import add_exactly
from linkage.settings.quality import EstimatesSettings
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.links import RETAINED, Link
from linkage.tables.quality import Calibration
from linkage.tables.scored_pairs import ScoredPair
from linkage.tables.standardised import BEYOND, PROCEDURE, REFERENCE, Record

STRATUM, JONCTIONS = "stratum", "jonctions"
WITH_AUTHOR = "auteur"
"""Begins the name of the strata of affairs that have an author."""
FOUND, WRONG, NB, IS_RIGHT = "found", "wrong", "nb", "is_right"
KEY: list[str] = [Record.code_service, Record.annee, Record.numero, Record.cle_connue]


def draw_sample(candidate_pairs: DataFrame, *, settings: EstimatesSettings) -> DataFrame:
    """Draw pairs that a confirmed key settles, to be hidden: ``procedure_key, reference_key``.

    Only pairs alone on both sides: a procedure of several affairs would be taken by the keys left. The first ones by a
    hash of the reference, so the same data give the same sample.
    """
    settled = candidate_pairs.where(CandidatePair.settles).select(*CandidatePair.key)
    rivals = [F.count("*").over(Window.partitionBy(key)).alias(f"nb_{key}") for key in CandidatePair.key]
    alone = settled.select("*", *rivals).where(" AND ".join(f"nb_{key} = 1" for key in CandidatePair.key))
    sample = alone.where(draws.is_drawn(settings.hidden_share, settings.seed)).select(*CandidatePair.key)
    return sample.orderBy(draws.order(settings.seed), *CandidatePair.key).limit(settings.hidden)


def hide_keys(records: DataFrame, candidate_pairs: DataFrame, sample: DataFrame) -> DataFrame:
    """Return the sampled references without their keys, and the procedures that no other key settles."""
    keys = sample.select(F.col(CandidatePair.reference_key).alias(Record.record_key))
    references = records.where(F.col(Record.side) == REFERENCE).join(keys, on=Record.record_key, how="left_semi")
    masked = references.withColumns({column: F.lit(None).cast(references.schema[column].dataType) for column in KEY})
    procedures = list_unsettled_but(sample, records, candidate_pairs)
    return procedures.unionByName(masked.select(*procedures.columns))


def list_unsettled_but(hidden: DataFrame, records: DataFrame, candidate_pairs: DataFrame) -> DataFrame:
    """Return the records of the procedures that no confirmed key settles but those of ``hidden``."""
    others = candidate_pairs.where(CandidatePair.settles).join(hidden, on=list(CandidatePair.key), how="left_anti")
    procedures_with_keys = others.select(F.col(CandidatePair.procedure_key).alias(Record.record_key))
    return records.where(F.col(Record.side) == PROCEDURE).join(
        procedures_with_keys, on=Record.record_key, how="left_anti"
    )


def count_found_again(sample: DataFrame, decided: DataFrame, records: DataFrame, retained: DataFrame) -> DataFrame:
    """Count the hidden keys found again, rightly or wrongly, per stratum: ``stratum, nb, found, wrong``.

    ``decided`` are the pairs that the method keeps of ``hidden`` records. Another procedure of the same affair, which
    the version retains with the keys there, is neither found nor wrong: a jonction.
    """
    again = _list_retained_again(sample, decided, retained)
    strata = records.select(F.col(Record.record_key).alias(CandidatePair.reference_key), stratum().alias(STRATUM))
    return (
        sample.select(CandidatePair.reference_key)
        .join(strata, on=CandidatePair.reference_key, how="inner")
        .join(again, on=CandidatePair.reference_key, how="left")
        .groupBy(STRATUM)
        .agg(F.count("*").alias(NB), F.count_if(IS_RIGHT).alias(FOUND), F.count_if(~F.col(IS_RIGHT)).alias(WRONG))
    )


def count_calibration(
    sample: DataFrame, decided: DataFrame, retained: DataFrame, *, bounds: Sequence[float]
) -> DataFrame:
    """Count the pairs kept of hidden keys by weight band: ``low, nb, expected, nb_right``.

    ``low`` is the highest of ``bounds`` that the weight reaches, null below all; ``expected`` adds up probabilities.
    """
    reached = F.filter(F.array(*map(F.lit, bounds)), lambda bound: bound <= F.col(ScoredPair.match_weight))
    return (
        _list_retained_again(sample, decided, retained)
        .where(F.col(IS_RIGHT).isNotNull())
        .groupBy(F.array_max(reached).alias(Calibration.low))
        .agg(
            F.count("*").alias(Calibration.nb),
            add_exactly(ScoredPair.match_probability).alias(Calibration.expected),
            F.count_if(IS_RIGHT).alias(Calibration.nb_right),
        )
    )


def _list_retained_again(sample: DataFrame, decided: DataFrame, retained: DataFrame) -> DataFrame:
    """Return what is kept of the references of ``sample``, with ``is_right``; null for a jonction, which is neither."""
    joined = retained.select(*PAIR, F.lit(True).alias("joined")).dropDuplicates(PAIR)
    hidden = sample.select(CandidatePair.reference_key, F.col(CandidatePair.procedure_key).alias("hidden_procedure"))
    right = F.col("hidden_procedure") == F.col(CandidatePair.procedure_key)
    return (
        decided.where(F.col(Link.status) == RETAINED)
        .join(hidden, on=CandidatePair.reference_key, how="inner")
        .join(joined, on=PAIR, how="left")
        .select(
            CandidatePair.reference_key,
            ScoredPair.match_weight,
            ScoredPair.match_probability,
            F.when(right | F.col("joined").isNull(), right).alias(IS_RIGHT),
        )
    )


def count_affaires(records: DataFrame, candidate_pairs: DataFrame, links: DataFrame) -> DataFrame:
    """Count affairs of police origin by the state of their keys: ``stratum, settled, typed, absent, linked, nb``.

    ``settled``: a confirmed key of theirs; ``typed``: a whole key; ``absent``: whole keys, of no delivered procedure.
    """
    settled = candidate_pairs.where(CandidatePair.settles).select(
        F.col(CandidatePair.reference_key).alias(Record.record_key), F.lit(True).alias("settled")
    )
    linked = links.where(F.col(Link.status) == RETAINED).select(
        F.col(Link.id_affaire).alias(Record.id), F.lit(True).alias("linked")
    )
    of_police = records.where((F.col(Record.side) == REFERENCE) & F.col(Record.force).isNotNull())
    each = (
        of_police.where(F.col(Record.rang) != BEYOND)
        .join(settled.dropDuplicates(), on=Record.record_key, how="left")
        .groupBy(Record.id)
        .agg(
            F.max(stratum()).alias(STRATUM),
            F.coalesce(F.max("settled"), F.lit(False)).alias("settled"),
            F.max(F.col(Record.cle_connue).isNotNull()).alias("typed"),
            F.coalesce(~F.max(Record.cle_connue), F.lit(False)).alias("absent"),
        )
    )
    return (
        each.join(linked.dropDuplicates(), on=Record.id, how="left")
        .groupBy(STRATUM, "settled", "typed", "absent", F.coalesce("linked", F.lit(False)).alias("linked"))
        .agg(F.count("*").alias(NB))
    )


def expect_links(
    links: DataFrame,
    records: DataFrame,
    candidate_pairs: DataFrame,
    again: DataFrame,
    *,
    jonctions: Sequence[str],
) -> tuple[DataFrame, DataFrame]:
    """Return the links with ``p``, and the links expected beside them: ``source, id_procedure, id_affaire, p``.

    Method: a link found without a settled key is true as often as hidden keys of its stratum are found again rightly,
    and stands for (1 - r) / r others like it that were not found, r being the share found again. So does one of the
    passes ``jonctions``, r being the share of hidden citations joined again. Other links, and those of jonctions, keep
    the probability of their weight. Both are Jeffreys means.
    """
    nb_found, nb_wrong, nb = F.col(FOUND), F.col(WRONG), F.col(NB)
    rates = again.where(nb > 0).select(
        STRATUM,
        F.when(F.col(STRATUM) != JONCTIONS, (nb_found + 0.5) / (nb_found + nb_wrong + 1)).alias("precision"),
        ((nb - nb_found + 0.5) / (nb_found + 0.5)).alias("others"),
    )
    settled = candidate_pairs.where(CandidatePair.settles).select(
        F.col(CandidatePair.reference_key).alias(Record.record_key)
    )
    references = records.where((F.col(Record.side) == REFERENCE) & (F.col(Record.rang) != BEYOND))
    by_key = references.join(settled, on=Record.record_key, how="left_semi").select(Record.id)
    strata = (
        references.join(by_key, on=Record.id, how="left_anti")
        .groupBy(F.col(Record.id).alias(Link.id_affaire))
        .agg(F.max(stratum()).alias(STRATUM))
    )
    of_jonction = F.when(F.col(Link.link_pass).isin(*jonctions), JONCTIONS)
    links_with_rates = (
        links.join(strata, on=Link.id_affaire, how="left")
        .withColumn(STRATUM, F.coalesce(of_jonction, STRATUM))
        .join(F.broadcast(rates), on=STRATUM, how="left")
    )
    p = F.coalesce("precision", Link.match_probability)
    missed = links_with_rates.where((F.col(Link.status) == RETAINED) & F.col("others").isNotNull())
    return links_with_rates.select(*links.columns, p.alias("p")), missed.select(*PAIR, F.col("others").alias("p"))


def stratum() -> Column:
    """Return what can identify an affair besides its key: authors, persons identified, facts dated and placed."""
    authors = F.when(F.coalesce(Record.nb_mis_en_cause, F.lit(0)) > 0, WITH_AUTHOR).otherwise("sans auteur")
    identified = F.least(F.coalesce(Record.nb_identifiees, F.lit(0)), F.lit(2)).cast("string")
    precise = F.col(Record.jour_faits_debut).isNotNull() & F.col(Record.commune_faits).isNotNull()
    return F.concat_ws(", ", authors, identified, F.when(precise, "faits précis").otherwise("faits imprécis"))
