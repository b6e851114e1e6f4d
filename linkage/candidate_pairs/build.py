"""The stage's table of contents: the key first; what it settles leaves the pool; the other rules form the rest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from linkage.candidate_pairs import volume
from linkage.candidate_pairs.blocking import RIGHT, form, read_by
from linkage.candidate_pairs.set_aside import set_aside
from linkage.settings import CandidatePairsSettings, SettledSettings
from linkage.tables.linkage import CandidatePair
from linkage.tables.records import BEYOND, PROCEDURE, REFERENCE, Record


@dataclass(frozen=True)
class Planned:
    """The pairs worth comparing; what was forecast of them, and the records of blocks set aside."""

    pairs: DataFrame
    forecast: DataFrame
    set_aside: DataFrame


def build(records: DataFrame, *, settings: CandidatePairsSettings) -> DataFrame:
    """``candidate_pairs``: each pair once, with the first rule, in the order of the settings, that formed it.

    A reference that its key settles, confirmed by other facts, meets no other candidate. What lies beyond the
    references of an affair is offered where one of them is settled, to procedures that no key settled.
    """
    return plan(records, settings=settings).pairs


def plan(records: DataFrame, *, settings: CandidatePairsSettings) -> Planned:
    """``candidate_pairs`` as ``build`` has it, with ``candidate_pairs_forecast`` and ``candidate_pairs_set_aside``.

    When this returns the pairs are counted and the first rule's are formed; the others are when they are read.
    """
    procedures = records.where(F.col(Record.side) == PROCEDURE)
    references = records.where(F.col(Record.side) == REFERENCE)
    key, *others = settings.rules
    pools = {"all": (procedures, references)}
    found = volume.forecast(pools, [key], budget=settings.budget)
    by_key = form(procedures, references, key, found.of(key))
    settled = by_key.limit(0).drop(CandidatePair.blocking_rule)
    if settings.settled:
        # Read by every rule: kept as a plan, it would be planned and joined again for each.
        settled = confirmed(by_key, procedures, references, settings=settings.settled).checkpoint()
    own, beyond = references.where(F.col(Record.rang) != BEYOND), references.where(F.col(Record.rang) == BEYOND)
    # Read by the forecast and by most rules, and small where keys settle: made once.
    seen = read_by([rule for rule in others if rule.references == "unsettled"], RIGHT) or [Record.record_key]
    unsettled = _less(own, settled, CandidatePair.reference_key).select(*seen).checkpoint()
    pools |= {
        "unsettled": (procedures, unsettled),
        "beyond": (_less(procedures, settled, CandidatePair.procedure_key), _of_settled(beyond, own, settled)),
    }
    found = volume.forecast(pools, others, budget=settings.budget, before=found)
    formed = [by_key, *(form(*pools[rule.references], rule, found.of(rule)) for rule in others)]
    pairs = first_rule(reduce(DataFrame.unionByName, formed), [rule.name for rule in settings.rules])
    marked = settled.withColumn(CandidatePair.settles, F.lit(True))
    pairs = pairs.join(marked, on=list(CandidatePair.key), how="left").withColumn(
        CandidatePair.settles, F.coalesce(CandidatePair.settles, F.lit(False))
    )
    return Planned(pairs, volume.table(found, pools, settings.rules), set_aside(found, pools, settings.rules))


def confirmed(
    by_key: DataFrame, procedures: DataFrame, references: DataFrame, *, settings: SettledSettings
) -> DataFrame:
    """The pairs of the key rule on which enough other facts agree: ``procedure_key, reference_key``.

    Method: a key that agrees while dates, place and persons disagree is evidence against, so it settles nothing alone.
    """
    facts = [
        Record.record_key,
        Record.jour_faits_debut,
        Record.commune_faits,
        Record.natinfs,
        Record.csns,
        Record.naissances,
    ]
    left = procedures.select(*(F.col(column).alias(f"{column}_l") for column in facts))
    right = references.select(*(F.col(column).alias(f"{column}_r") for column in facts))
    same_day = F.abs(F.col(f"{Record.jour_faits_debut}_l") - F.col(f"{Record.jour_faits_debut}_r")) <= settings.days
    same_place = F.col(f"{Record.commune_faits}_l") == F.col(f"{Record.commune_faits}_r")
    agreements = [
        same_day & same_place,
        _overlap(Record.natinfs),
        _overlap(Record.csns),
        _overlap(Record.naissances),
    ]
    enough = reduce(Column.__add__, (_count(condition) for condition in agreements)) >= settings.agreements
    return (
        by_key.join(left, on=F.col(CandidatePair.procedure_key) == F.col(f"{Record.record_key}_l"), how="inner")
        .join(right, on=F.col(CandidatePair.reference_key) == F.col(f"{Record.record_key}_r"), how="inner")
        .where(enough)
        .select(CandidatePair.procedure_key, CandidatePair.reference_key)
    )


def first_rule(pairs: DataFrame, order: list[str]) -> DataFrame:
    """Each pair once, with the earliest rule of ``order`` that formed it."""
    rank = F.array_position(F.lit(order), F.col(CandidatePair.blocking_rule))
    return pairs.groupBy(CandidatePair.procedure_key, CandidatePair.reference_key).agg(
        F.min_by(CandidatePair.blocking_rule, rank).alias(CandidatePair.blocking_rule)
    )


def _less(records: DataFrame, settled: DataFrame, key: str) -> DataFrame:
    taken = settled.select(F.col(key).alias(Record.record_key))
    return records.join(taken, on=Record.record_key, how="left_anti")


def _of_settled(beyond: DataFrame, own: DataFrame, settled: DataFrame) -> DataFrame:
    taken = settled.select(F.col(CandidatePair.reference_key).alias(Record.record_key))
    affaires = own.join(taken, on=Record.record_key, how="left_semi").select(Record.id)
    return beyond.join(affaires, on=Record.id, how="left_semi")


def _overlap(column: str) -> Column:
    return F.arrays_overlap(f"{column}_l", f"{column}_r")


def _count(condition: Column) -> Column:
    return F.coalesce(condition, F.lit(False)).cast("int")
