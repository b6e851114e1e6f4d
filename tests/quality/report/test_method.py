"""What the report says of the method itself: rules, thresholds, agreements, years, the version before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from linkage.platform.pages import typography
from linkage.quality.report import method, words
from linkage.quality.report.content import Content, Previous, name_levels, read_levels
from linkage.quality.report.page import render
from linkage.versions import method as settings_of


def test_every_rule_has_a_name_in_french() -> None:
    assert set(words.RULES) == {rule.name for rule in settings_of.candidate_pairs_settings().rules}


def test_a_rule_has_its_pairs_and_what_it_would_bring_with_other_windows(content: Content) -> None:
    rows = {row["name"]: row for row in method.build_views(content)["rules"]}
    assert list(rows) == ["cle", "service_et_faits", "lieu_et_faits"]
    assert (rows["lieu_et_faits"]["first"], rows["lieu_et_faits"]["nb_pairs"]) == (812, 4011)
    assert [(one["low"], one["high"], one["nb_alone"]) for one in rows["lieu_et_faits"]["widths"]] == [
        (-20, 1500, 231.9)
    ]
    assert "widths" in rows["cle"]
    assert "nb_pairs" not in rows["cle"]


def test_the_page_says_which_true_links_are_never_compared(content: Content) -> None:
    text = render(content)
    assert f"environ {typography.part(0.97)} des liens des affaires sans clé sûre" in text
    assert "de la transmission à l&#39;arrivée : −20 à 1500 jours" in text
    without = replace(content, rules=content.rules.iloc[:0], blocks=content.blocks.iloc[:0])
    assert "Aucun bloc ne dépasse le budget" in render(without)


def test_a_higher_threshold_has_more_precision_and_less_recall(content: Content) -> None:
    rows = method.build_views(content)["thresholds"]
    assert [row["low"] for row in rows] == list(content.settings.review.bounds)
    of_zero = next(row for row in rows if row["low"] == 1.0)
    assert of_zero == {"low": 1.0, "nb": 16000, "precision": 0.999, "recall": 0.938}
    lowest = rows[0]
    assert lowest["nb"] == 16060
    assert lowest["precision"] == round((41.7 + 15990.1) / 16060, 3)
    assert lowest["recall"] == round(0.9412 * (41.7 + 15990.1) / (10.3 + 41.7 + 15990.1), 3)


def test_agreements_are_shares_of_the_links_and_no_value_is_one_of_them(content: Content) -> None:
    (row,) = method.build_views(content)["agreements"]
    assert [level["share"] for level in row["levels"]] == [0.75, 0.25]
    assert row["levels"][1]["label"] == "sans information"


def test_what_is_known_stands_by_year(content: Content) -> None:
    known = method.build_views(content)["known"]
    assert known["years"] == [2020, 2021]
    assert [row["shares"] for row in known["rows"]] == [[0.0, None], [0.75, 0.3]]
    assert known["rows"][1]["share"] == 0.6


def test_a_level_that_no_pair_reached_weighs_nothing_and_is_said(content: Content) -> None:
    levels = name_levels(read_levels(content.version["model"]))
    assert levels["observed"].tolist() == [True, True, False]
    assert render(content).count('<td class="n">jamais observé</td>') == 1


def test_the_version_before_stands_beside_where_there_is_one(content: Content) -> None:
    assert "version précédente" not in render(content)
    of_violence = content.balance.assign(
        population="violences conjugales", measure="suite judiciaire", modalite="poursuites"
    )
    before = Previous(
        "v0",
        date(2025, 9, 1),
        15000,
        content.estimates.assign(estimate=0.9),
        content.subgroups,
        of_violence,
        content.version["model"],
    )
    compared = replace(content, previous=before, balance=of_violence.assign(weighted_share=0.7))
    rows = {row["name"]: (row["before"], row["now"]) for row in method.build_views(compared)["compared"]}
    assert rows["Liens retenus"] == (15000, 16479)
    assert rows["Rappel estimé"] == (0.9, 0.9412)
    assert rows["Violences conjugales : poursuites"] == (0.6, 0.7)
    assert "Version v0, publiée le 01/09/2025" in render(compared)
