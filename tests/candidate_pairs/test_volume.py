"""Pairs are counted before any join; a block above the budget is split or set aside, and nothing else is lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from jobs.candidate_pairs.forecast import sum_by_rule
from linkage.candidate_pairs import Planned, blocking, plan
from linkage.candidate_pairs.blocking import form
from linkage.platform.errors import InputError
from linkage.platform.running import session
from linkage.settings.candidate_pairs import BlockingRule, BudgetSettings, CandidatePairsSettings, FinerKey, Window
from linkage.tables.standardised import Record
from linkage.versions import method
from tests.drawing import draw, procedure, reference

DAY = "jour_faits_debut"


def near(days: int, **said: Any) -> Window:
    return Window(left=DAY, right=DAY, low=-days, high=days, **said)


def rule(name: str = "regle", **said: Any) -> BlockingRule:
    return BlockingRule(**{"name": name, "references": "all", "why": "test", **said})


def settings(*rules: BlockingRule, per_block: int = 1_000, per_procedure: int = 1_000) -> CandidatePairsSettings:
    why = {"why_pairs_per_block": "test", "why_pairs_per_procedure": "test"}
    budget = BudgetSettings(pairs_per_block=per_block, pairs_per_procedure=per_procedure, **why)
    return CandidatePairsSettings(budget=budget, rules=rules)


def pairs(planned: Planned) -> set[tuple[int, int]]:
    return {(row.procedure_key, row.reference_key) for row in planned.pairs.collect()}


def told(planned: Planned) -> dict[str, tuple[int, int, int]]:
    """Per rule: pairs compared, split and set aside."""
    return {
        row.blocking_rule: (row.compared, row.split, row.set_aside) for row in sum_by_rule(planned.forecast).collect()
    }


def kept_apart(planned: Planned) -> list[tuple[str, int, str]]:
    return sorted((row.side, row.record_key, row.blocking_rule) for row in planned.set_aside.collect())


def country(spark: SparkSession) -> DataFrame:
    """Unknown days, shared values on both sides, several references of one procedure."""
    procedures = [
        procedure(key, numero=key % 7, jour_faits_debut=None if key % 5 == 0 else key, csns=[key % 6, 100 + key])
        for key in range(40)
    ]
    references = [
        reference(
            100 + key,
            code_service="48A100",
            annee=2020,
            numero=key % 9,
            jour_faits_debut=None if key % 4 == 0 else key + 2,
            csns=[key % 6, 100 + key],
        )
        for key in range(40)
    ]
    return draw(spark, Record, procedures + references)


def test_the_forecast_is_what_is_formed_and_an_upper_bound_where_a_window_is_exact(spark: SparkSession) -> None:
    arrival = Window(left="jour_enregistrement", right="jour_arrivee", low=0, high=20)
    rules = [
        rule("cle", agree=("code_service", "annee", "numero")),
        rule("csns", share=("csns",)),
        rule("jour", agree=("code_service",), windows=(near(0),)),
        rule("faits", agree=("code_service",), windows=(near(3),)),
        rule("csns_et_faits", share=("csns",), windows=(arrival, near(6, unknown=True))),
    ]
    records = country(spark)
    sides = records.where("side = 'procedure'"), records.where("side = 'reference'")
    formed = {each.name: form(*sides, each).count() for each in rules}
    forecast = {name: compared for name, (compared, _, _) in told(plan(records, settings=settings(*rules))).items()}
    assert all(formed.values())
    # Exactly what meets in the join, whatever a window then refuses.
    met = {}
    for each in rules:
        left, right = blocking.sides(*sides, each)
        same = blocking.block(each, 0, "l") == blocking.block(each, 0, "r")
        met[each.name] = left.join(right, on=same, how="inner").count()
    assert forecast == met
    # Without a window, or with one of a single day, the block is the pair's whole condition.
    for exact in ("cle", "csns", "jour"):
        assert forecast[exact] == formed[exact]
    for bound in ("faits", "csns_et_faits"):
        assert formed[bound] <= forecast[bound] <= 4 * formed[bound]


def test_below_the_budget_nothing_changes(spark: SparkSession) -> None:
    finer = (FinerKey(windows=(near(1),)),)
    with_budget = settings(rule(agree=("code_service",), windows=(near(3),), finer=finer))
    without = CandidatePairsSettings(rules=with_budget.rules)
    records = country(spark)
    planned = plan(records, settings=with_budget)
    assert pairs(planned) == pairs(plan(records, settings=without))
    assert kept_apart(planned) == []
    assert told(plan(records, settings=without)) == {}


def test_a_unit_with_a_hundred_times_the_mean_volume_is_split_by_day_and_the_others_are_not(
    spark: SparkSession,
) -> None:
    """Ten units of 4 procedures; one of 400: 10,000 times the pairs."""
    units = [("48A1", 400), *((f"48B{unit}", 4) for unit in range(10))]
    procedures: list[dict[str, Any]] = []
    references: list[dict[str, Any]] = []
    truth: set[tuple[int, int, str, int]] = set()
    for unit, volume_of_unit in units:
        for _ in range(volume_of_unit):
            key = len(procedures)
            day = 7 * 2_000 + key % 7
            procedures.append(procedure(key, code_service=unit, jour_faits_debut=day))
            # One fact in eight is recorded a day off: found within the window, not on the exact day.
            off = int(key % 8 == 0)
            references.append(reference(1_000 + key, code_service=unit, jour_faits_debut=day + off))
            truth.add((key, 1_000 + key, unit, off))
    said = rule(agree=("code_service",), windows=(near(3),), finer=(FinerKey(agree=(DAY,)),))
    planned = plan(draw(spark, Record, procedures + references), settings=settings(said, per_block=10_000))
    found = pairs(planned)
    assert {(p, r) for p, r, unit, off in truth if unit != "48A1" or not off} <= found
    assert not {(p, r) for p, r, unit, off in truth if unit == "48A1" and off} & found
    days = Counter(row["jour_faits_debut"] for row in procedures if row["code_service"] == "48A1")
    after = Counter(row["jour_faits_debut"] for row in references if row["code_service"] == "48A1")
    # The hot unit meets on its own days only.
    assert sum(p < 400 for p, _ in found) == sum(days[day] * after[day] for day in days)
    big = [row for row in planned.forecast.collect() if row.rank is not None]
    assert [(row.outcome, row.level, row.nb_procedures) for row in big] == [("split", 0, 400)]
    assert big[0].block.startswith("code_service 48A1, jour_faits_debut 2008-")
    compared = [row.nb_pairs_largest for row in planned.forecast.collect() if row.outcome == "compared"]
    assert 0 < max(compared) <= 10_000
    assert kept_apart(planned) == []


def test_a_birth_date_typed_for_one_person_in_a_hundred_is_set_aside_and_its_pairs_stay_reachable_otherwise(
    spark: SparkSession,
) -> None:
    placeholder, born = -25_202, range(1_000, 6_000)
    procedures, references = [], []
    for key in range(1_000):
        naissances = [placeholder] if key % 100 == 0 else [born[key]]
        facts = {"naissances": naissances, "commune_faits": "48095", "jour_faits_debut": key}
        procedures.append(procedure(key, **facts))
        references.append(reference(2_000 + key, **facts, code_service="48A100", annee=2020, numero=key))
    # Two of them have another way: a second person, and the key.
    procedures[100]["naissances"] = references[100]["naissances"] = [placeholder, born[4_000]]
    references[200]["numero"] = procedures[200]["numero"] = 77_777
    key_rule = rule("cle", agree=("code_service", "annee", "numero"))
    birth = rule("naissance", share=("naissances",), agree=("force",), finer=(FinerKey(agree=("commune_faits",)),))
    for each in references:
        each["numero"] = 77_777 if each["record_key"] == 2_200 else None
    planned = plan(draw(spark, Record, procedures + references), settings=settings(key_rule, birth, per_block=99))
    found = pairs(planned)
    placed = {(key, 2_000 + key) for key in range(0, 1_000, 100)}
    reachable = {(100, 2_100), (200, 2_200)}
    assert {(key, 2_000 + key) for key in range(1_000) if key % 100} <= found
    assert placed & found == reachable
    # 10 × 10 pairs exceed 99; the commune, the same for all, splits nothing.
    assert told(planned)["naissance"] == (991, 100, 100)
    apart = [("procedure", key, "naissance") for key in range(0, 1_000, 100)]
    assert kept_apart(planned) == apart + [("reference", 2_000 + key, "naissance") for _, key, _ in apart]
    named = {row.level: row.block for row in planned.forecast.collect() if row.rank is not None}
    assert named == {0: "force PN", 1: "force PN, commune_faits 48095"}


def test_a_commune_with_a_tenth_of_all_facts_is_split_by_near_days_and_what_has_no_day_is_counted(
    spark: SparkSession,
) -> None:
    procedures, references = [], []
    for key in range(500):
        commune = "13055" if key % 10 == 0 else f"{10_000 + key}"
        facts = {"commune_faits": commune, "natinf": "7151", "jour_faits_debut": 14_000 + key // 10}
        procedures.append(procedure(key, **facts, jour_transmission=14_100))
        references.append(reference(1_000 + key, **facts, jour_arrivee=14_110))
    references[0][DAY] = None
    arrival = Window(left="jour_transmission", right="jour_arrivee", low=-10, high=120)
    finer = (FinerKey(windows=(near(3),)), FinerKey(agree=(DAY,)))
    said = rule("lieu", agree=("force", "commune_faits", "natinf"), windows=(arrival,), finer=finer)
    planned = plan(draw(spark, Record, procedures + references), settings=settings(said, per_block=400))
    found = pairs(planned)
    # 50 × 50 pairs in one commune; within three days at most 7 a record.
    assert {(key, 1_000 + key) for key in range(1, 500)} <= found
    assert all(abs(r - 1_000 - p) <= 30 for p, r in found)
    assert told(planned)["lieu"][1:] == (2_500, 0)
    assert kept_apart(planned) == [("reference", 1_000, "lieu")]


def test_where_blocks_within_their_limit_are_too_many_the_largest_go_first(spark: SparkSession) -> None:
    """Two units of 60 and 40, and 100 small ones: no block exceeds its own limit."""
    units = ["A"] * 60 + ["B"] * 40 + [f"C{unit}" for unit in range(100)]
    procedures = [procedure(key, code_service=unit) for key, unit in enumerate(units)]
    references = [reference(1_000 + key, code_service=unit) for key, unit in enumerate(units)]
    records = draw(spark, Record, procedures + references)
    said = rule(agree=("code_service",))
    planned = {per: plan(records, settings=settings(said, per_block=4_000, per_procedure=per)) for per in (27, 20)}
    assert told(planned[27])["regle"] == (3_600 + 1_600 + 100, 0, 0)
    # At most 4,000 in all: blocks of 400 at most, then.
    assert told(planned[20])["regle"] == (100, 0, 3_600 + 1_600)
    ranked = {row.rank: row.nb_pairs for row in planned[20].forecast.collect() if row.rank is not None}
    assert ranked == {1: 3_600, 2: 1_600}


def test_rules_that_compare_too_much_in_small_blocks_are_refused_before_any_join(spark: SparkSession) -> None:
    values = list(range(50))
    crowd = [procedure(key, csns=values) for key in range(3)] + [reference(9 + key, csns=values) for key in range(3)]
    with pytest.raises(InputError, match=r"450 pairs would be compared by personnes, 9 at most .* no block exceeds 9"):
        plan(
            draw(spark, Record, crowd),
            settings=settings(rule("personnes", share=("csns",)), per_block=9, per_procedure=1),
        )


def test_the_budget_in_force_leaves_a_small_country_alone_and_every_rule_has_a_finer_key(spark: SparkSession) -> None:
    in_force = method.candidate_pairs_settings()
    assert in_force.budget is not None
    assert [each.name for each in in_force.rules if not each.finer] == []
    planned = plan(country(spark), settings=in_force)
    assert kept_apart(planned) == []
    assert {row.outcome for row in planned.forecast.collect()} == {"compared"}


def test_a_large_partition_of_a_join_is_shared_among_tasks(spark: SparkSession) -> None:
    for setting in ("spark.sql.adaptive.enabled", "spark.sql.adaptive.skewJoin.enabled"):
        assert session.REQUIRED[setting] == spark.conf.get(setting) == "true"
