"""The stage's table of contents: the key first; what it settles leaves the pool; the other rules form the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.candidate_pairs import volume
from linkage.candidate_pairs.blocking import LEFT, RIGHT, form, read_by
from linkage.candidate_pairs.set_aside import list_set_aside
from linkage.concepts.jonctions import OF_SETTLED, add_own_dates, add_settled_procedures
from linkage.concepts.lineage import cut_lineage
from linkage.settings.candidate_pairs import BlockingRule, CandidatePairsSettings, SettledSettings
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.standardised import BEYOND, PROCEDURE, REFERENCE, Record

SETS = (Record.natinfs, Record.csns, Record.naissances)
FACTS = (Record.jour_faits_debut, Record.commune_faits, *SETS)
"""What confirms that a key names the case."""


@dataclass(frozen=True)
class Planned:
    """The pairs worth comparing; what was forecast of them, and the records of blocks set aside."""

    pairs: DataFrame
    forecast: DataFrame
    set_aside: DataFrame


def build(records: DataFrame, *, settings: CandidatePairsSettings) -> DataFrame:
    """Return ``candidate_pairs``: each pair once, with the first rule, in the order of the settings, that formed it.

    A reference that its key settles, confirmed by other facts, meets no other candidate. What lies beyond the
    references of an affair is offered where one of them is settled, to procedures that no key settled.
    """
    return plan(records, settings=settings).pairs


def plan(records: DataFrame, *, settings: CandidatePairsSettings) -> Planned:
    """Return what ``build`` returns, with ``candidate_pairs_forecast`` and ``candidate_pairs_set_aside``.

    When this returns the pairs are counted and the first rule's are formed; the others are when they are read.
    """
    procedures = records.where(F.col(Record.side) == PROCEDURE)
    references = records.where((F.col(Record.side) == REFERENCE) & (F.col(Record.rang) != BEYOND))
    key, *others = settings.rules
    pools = {volume.EVERY: (procedures, references)}
    forecast = volume.forecast(pools, [key], budget=settings.budget)
    facts = FACTS if settings.settled else ()
    # What the rules of jonctions look at besides, where there are any.
    compared = OF_SETTLED if any(rule.references == "beyond" for rule in others) else ()
    carried = [f"{fact}_{suffix}" for suffix in (LEFT, RIGHT) for fact in facts]
    carried += [f"{Record.id}_{RIGHT}", *(f"{column}_{LEFT}" for column in compared)]
    by_key = form(procedures, references, key, forecast.of(key), carried=carried)
    sure = is_confirmed(settings.settled) if settings.settled else F.lit(False)
    # Read by every rule: kept as a plan, it would be planned and joined again for each.
    by_key = by_key.select(
        *CandidatePair.key,
        CandidatePair.blocking_rule,
        sure.alias(CandidatePair.settles),
        F.col(f"{Record.id}_{RIGHT}").alias(Record.id),
        *(F.col(f"{column}_{LEFT}").alias(column) for column in compared),
    ).transform(cut_lineage)
    pools |= make_pools(records, by_key.where(CandidatePair.settles), others)
    forecast = volume.forecast(pools, others, budget=settings.budget, before=forecast)
    formed = [form(*pools[rule.pool], rule, forecast.of(rule)) for rule in others]
    unsure = [pairs.withColumn(CandidatePair.settles, F.lit(False)) for pairs in formed]
    pairs = keep_first_rule(
        reduce(DataFrame.unionByName, unsure, by_key.drop(Record.id, *compared)), [rule.name for rule in settings.rules]
    )
    return Planned(
        pairs, volume.tabulate(forecast, pools, settings.rules), list_set_aside(forecast, pools, settings.rules)
    )


def make_pools(records: DataFrame, settled: DataFrame, rules: Sequence[BlockingRule]) -> volume.Pools:
    """Return the procedures and the references that each of these rules looks at, by ``rule.pool``.

    ``settled`` has a row per pair that a key settles: ``procedure_key, reference_key``, the affair's ``id``, and
    ``OF_SETTLED`` of the procedure where a rule looks beyond the references.
    """
    procedures = records.where(F.col(Record.side) == PROCEDURE)
    affaires = records.where(F.col(Record.side) == REFERENCE)
    references, beyond = affaires.where(F.col(Record.rang) != BEYOND), affaires.where(F.col(Record.rang) == BEYOND)
    if any(rule.references == "beyond" for rule in rules):
        of_affaire = settled.select(Record.id, *OF_SETTLED)
        procedures, beyond = add_own_dates(procedures), add_settled_procedures(beyond, of_affaire)
    # Read by the forecast and by each of their rules, and small where keys settle: made once.
    left = {
        "all": procedures,
        "unsettled": _compute_now(
            _leave_out(procedures, settled, CandidatePair.procedure_key),
            [rule for rule in rules if rule.procedures == "unsettled"],
            LEFT,
        ),
    }
    right = {
        "all": references,
        "unsettled": _leave_out(references, settled, CandidatePair.reference_key),
        "beyond": beyond,
    }
    for kind in ("unsettled", "beyond"):
        right[kind] = _compute_now(right[kind], [rule for rule in rules if rule.references == kind], RIGHT)
    return {rule.pool: (left[rule.procedures], right[rule.references]) for rule in rules}


def is_confirmed(settings: SettledSettings) -> Column:
    """Return whether enough other facts agree in a pair of the key rule.

    Method: a key that agrees while dates, place and persons disagree is evidence against, so it settles nothing alone.
    """
    days = [F.col(f"{Record.jour_faits_debut}_{suffix}") for suffix in (LEFT, RIGHT)]
    places = [F.col(f"{Record.commune_faits}_{suffix}") for suffix in (LEFT, RIGHT)]
    agreements = [
        (F.abs(days[0] - days[1]) <= settings.days) & (places[0] == places[1]),
        *(F.arrays_overlap(f"{column}_{LEFT}", f"{column}_{RIGHT}") for column in SETS),
    ]
    return reduce(Column.__add__, map(_count, agreements)) >= settings.agreements


def keep_first_rule(pairs: DataFrame, order: list[str]) -> DataFrame:
    """Return each pair once, with the earliest rule of ``order`` that formed it, and whether one of them settles it."""
    # Numbers are aggregated in a hash map, texts after a sort.
    rank = F.array_position(F.lit(order), F.col(CandidatePair.blocking_rule)).cast("int")
    first = pairs.groupBy(*CandidatePair.key).agg(
        F.min(rank).alias(CandidatePair.blocking_rule), F.max(CandidatePair.settles).alias(CandidatePair.settles)
    )
    name = F.element_at(F.lit(order), F.col(CandidatePair.blocking_rule))
    return first.withColumn(CandidatePair.blocking_rule, name)


def _leave_out(records: DataFrame, settled: DataFrame, key: str) -> DataFrame:
    settled_keys = settled.select(F.col(key).alias(Record.record_key))
    return records.join(settled_keys, on=Record.record_key, how="left_anti")


def _compute_now(records: DataFrame, rules: Sequence[BlockingRule], suffix: str) -> DataFrame:
    """Compute now what these rules look at; records that no rule looks at are left as they are."""
    return records.select(*read_by(rules, suffix)).transform(cut_lineage) if rules else records


def _count(condition: Column) -> Column:
    return F.coalesce(condition, F.lit(False)).cast("int")
