"""What a rule would bring with other windows: pairs counted as they would be formed, known links that it would hold."""

from __future__ import annotations

from typing import Any

from pyspark.sql import SparkSession

from linkage.candidate_pairs import blocking, widths
from linkage.settings.candidate_pairs import BlockingRule, Window
from linkage.settings.quality import WidthsSettings
from linkage.tables.candidate_pairs import CandidatePair
from linkage.tables.standardised import BEYOND, Record
from tests.drawing import draw, procedure, reference

FACTS, SENT = "jour_faits_debut", "jour_transmission"
EVERY_REFERENCE = WidthsSettings(factors=(0.5, 2.0), why_factors="t", references=1000, why_references="t", seed=1)


def near(days: int, **said: Any) -> Window:
    return Window(left=FACTS, right=FACTS, low=-days, high=days, **said)


def rule(name: str, **said: Any) -> BlockingRule:
    return BlockingRule(**{"name": name, "references": "all", "why": "test", **said})


PLACE = rule("lieu", agree=("commune_faits",), windows=(near(4),))
PERSON = rule("personne", share=("csns", "naissances"), windows=(near(2, unknown=False), near(9, unknown=True)))
RULES = (PLACE, PERSON)


def records(spark: SparkSession) -> Any:
    return draw(
        spark,
        Record,
        [
            procedure(1, jour_faits_debut=0, commune_faits="48095", csns=[1, 2], naissances=[5]),
            procedure(2, jour_faits_debut=7, commune_faits="48095", csns=[1]),
            procedure(3, jour_faits_debut=3, commune_faits=None, csns=[9]),
            reference(11, jour_faits_debut=0, commune_faits="48095", csns=[1, 2], naissances=[5]),
            reference(12, jour_faits_debut=3, commune_faits="48095", csns=[1]),
            reference(13, jour_faits_debut=None, commune_faits="48095", csns=[9]),
        ],
    )


def test_each_window_is_tried_alone_and_the_rule_as_it_is_set_comes_first() -> None:
    tried = widths.list_widths([PERSON], [0.5, 2.0])
    assert [(w.factor, w.window and (w.window.low, w.window.high)) for w in tried] == [
        *((1.0, None), (0.5, (-1, 1)), (2.0, (-4, 4)), (0.5, (-5, 5)), (2.0, (-18, 18))),
    ]
    assert [w.rule.windows[1] for w in tried[:3]] == [PERSON.windows[1]] * 3


def test_pairs_are_counted_as_they_would_be_formed(spark: SparkSession) -> None:
    drawn, none = records(spark), draw(spark, CandidatePair, [])
    tried = widths.list_widths(RULES, [0.5, 2.0])
    counted = widths.count_formed(drawn, none, RULES, widths=tried, settings=EVERY_REFERENCE)
    sides = drawn.where("side = 'procedure'"), drawn.where("side <> 'procedure'")
    formed = [blocking.form(*sides, width.rule).dropDuplicates(list(CandidatePair.key)).count() for width in tried]
    assert counted == formed
    assert len(set(formed)) > 2


def test_what_a_rule_holds_is_what_it_forms_and_alone_is_what_no_other_does(spark: SparkSession) -> None:
    drawn = records(spark)
    sides = drawn.where("side = 'procedure'"), drawn.where("side <> 'procedure'")
    every = [{"procedure_key": i, "reference_key": j} for i in (1, 2, 3) for j in (11, 12, 13)]
    pairs = widths.join_records(draw(spark, CandidatePair, every).select(*CandidatePair.key), *sides)
    tried = widths.list_widths(RULES, [2.0])
    (row,) = widths.count_held(pairs.selectExpr("*", "'all' AS stratum"), RULES, widths=tried, by="stratum").collect()

    def formed(rule: BlockingRule) -> set[tuple[int, int]]:
        return {(one.procedure_key, one.reference_key) for one in blocking.form(*sides, rule).collect()}

    assert row["nb"] == len(every)
    assert row["held"] == [len(formed(width.rule)) for width in tried]
    other = {"lieu": formed(PERSON), "personne": formed(PLACE)}
    assert row["alone"] == [len(formed(width.rule) - other[width.rule.name]) for width in tried]
    assert row["any"] == len(formed(PLACE) | formed(PERSON))
    assert row["alone"][0] != row["held"][0]


def test_rules_of_jonctions_meet_the_affairs_beyond_what_their_keys_settled(spark: SparkSession) -> None:
    beyond = rule(
        "jonction",
        share=("dates_restantes",),
        windows=(Window(left=SENT, right=SENT, low=-30, high=30),),
        procedures="unsettled",
        references="beyond",
    )
    drawn = draw(
        spark,
        Record,
        [
            procedure(1, jour_transmission=100, dates=[2]),
            procedure(2, jour_transmission=150, dates=[4]),
            reference(11, id="a", rang=1, dates=[2, 4]),
            reference(12, id="a", rang=BEYOND, dates=[2, 4]),
        ],
    )
    settled = [{"procedure_key": 1, "reference_key": 11, "blocking_rule": "cle", "settles": True}]
    counted = widths.count_formed(
        drawn,
        draw(spark, CandidatePair, settled),
        [beyond],
        widths=widths.list_widths([beyond], [2.0]),
        settings=EVERY_REFERENCE,
    )
    assert counted == [0, 1]
