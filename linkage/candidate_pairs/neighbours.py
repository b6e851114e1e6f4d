"""The strangers that no rule compares any more, for those who learn what strangers look like."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.candidate_pairs.blocking import RIGHT, form, read_by
from linkage.concepts.lineage import cut_lineage
from linkage.settings.candidate_pairs import BlockingRule
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.standardised import BEYOND, PROCEDURE, REFERENCE, Record


def form_neighbours(
    records: DataFrame, candidate_pairs: DataFrame, drawn: Column, *, rules: Sequence[BlockingRule]
) -> DataFrame:
    """Return the pairs that rules on unsettled procedures would form of some references, were all looked at.

    ``drawn`` chooses the references, by their ``reference_key``: few, so that no procedure is shuffled to meet them.

    Returns
    -------
    DataFrame
        ``candidate_pairs`` of these references and rules: each pair once, those formed already among them.

    Method: a rule of neighbours leaves out procedures that a key gave to an affair: nearly all strangers, too many to
    be weighed. A model learnt without them takes the people of another case for a match
    (docs/decisions/14-neighbours.md).
    """
    narrowed = [rule for rule in rules if rule.pool == ("unsettled", "unsettled")]
    settled = candidate_pairs.where(CandidatePair.settles).where(drawn).select(CandidatePair.reference_key)
    own_references = records.where((F.col(Record.side) == REFERENCE) & (F.col(Record.rang) != BEYOND))
    references = (
        own_references.select(*read_by(narrowed, RIGHT), F.col(Record.record_key).alias(CandidatePair.reference_key))
        .where(drawn)
        .join(settled, on=CandidatePair.reference_key, how="left_anti")
        .transform(cut_lineage)
    )
    procedures = records.where(F.col(Record.side) == PROCEDURE)
    formed = [form(procedures, references, rule, few=True) for rule in narrowed]
    pairs = reduce(DataFrame.unionByName, formed, candidate_pairs.limit(0).drop(CandidatePair.settles))
    return pairs.dropDuplicates(list(CandidatePair.key)).withColumn(CandidatePair.settles, F.lit(False))
