"""Splink's charts beside the report: what they draw is the model, in French, and how to read each stands above it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from splink.internals import charts as splink

from linkage.quality.report import splink_charts, splink_page
from linkage.quality.report.content import Content, Previous, read_levels
from linkage.quality.report.page import render as render_report
from linkage.quality.report.protected import protect_levels
from linkage.quality.report.splink_charts import FRENCH, NEVER
from linkage.quality.report.splink_page import render
from tests.quality.report.conftest import HOSTILE
from tests.quality.report.test_page import Page

USED = (
    splink.MatchWeightsChart,
    splink.MUParametersChart,
    splink.ParameterEstimateComparisonsChart,
    splink.MatchWeightsHistogramChart,
    splink.AccuracyChart,
    splink.PrecisionRecallChart,
    splink.CompletenessChart,
    splink.CumulativeBlockingRuleComparisonsGeneratedChart,
)
LEVELS = [("clé exacte", 0.91237, 0.00412), ("un chiffre", 0.08611, 0.02003), ("autre", 0.00152, 0.97585)]
NEVER_SEEN = ("illisible", 0.0001, 0.0001)


def describe(*levels: tuple[str, float, float]) -> dict[str, Any]:
    """A model of one comparison, as its file has it."""
    return {
        "comparisons": [{"name": "cle", "levels": [{"label": name, "m": m, "u": u} for name, m, u in levels]}],
        "probability_two_random_records_match": 0.8,
        "estimated_on": {"pairs": 1000, "sampled_pairs": 1000, "iterations": 5},
    }


def with_models(content: Content, **models: dict[str, Any]) -> Content:
    return replace(content, version={**content.version, "model": json.dumps({"splink": "5.0.0", "models": models})})


def pictures(text: str) -> dict[str, str]:
    """Return the charts of a page by their title."""
    return {re.findall(r'aria-label="([^"]*)"', svg)[0]: svg for svg in re.findall(r"<svg .*?</svg>", text, re.DOTALL)}


def bars(svg: str, field: str) -> dict[str, tuple[float, float]]:
    """Return, by the label of its level, the number said of each bar and its signed width; bars begin at the zero."""
    found = re.findall(rf'<path aria-label="{field}: ([^;]*); label_for_charts: ([^;"]*)[^>]*? d="M([\d.]+),[\d.]+h([\d.]+)', svg)  # fmt: skip
    return {label: (_number(number), float(width)) for number, label, _, width in found}


def _number(text: str) -> float:
    return float(text.replace("\u2212", "-").replace(",", ".").replace("\u202f%", ""))


def test_the_page_stands_alone_and_runs_nothing(content: Content) -> None:
    text = render(content)
    page = Page(text)
    assert not {"script", "link", "iframe", "img", "object"} & {*page.tags}
    assert {link for link in page.links if not link.startswith("#")} == {"rapport-v1.html", "rapport-v1.html#modele"}
    assert not re.search(r"https?:|url\(|@import|<script", text)
    assert {link[1:] for link in page.links if link.startswith("#")} <= {*re.findall(r'id="([^"]*)"', text)}
    assert HOSTILE not in text and "&lt;script&gt;" in text


def test_the_report_and_the_page_link_to_each_other(content: Content) -> None:
    assert splink_page.name_file("v1") in Page(render_report(content)).links


def test_above_each_chart_stands_how_to_read_it(content: Content) -> None:
    sections = re.split(r"<h2 id=", render(content))[1:]
    drawn = [section for section in sections if "Splink : <code>" in section]
    assert len(drawn) == len(USED)
    for section in drawn:
        assert section.index("<h3>Comment lire</h3>") < section.index("<figure>" if "<figure>" in section else "rien à")
        assert re.findall(r"<dt>([^<]*)</dt>", section) == ["Les axes", "Bonne image", "Mauvaise image", "Que faire alors"]  # fmt: skip
    assert Page(render(content)).headings[0] == "Version v1 : les graphiques de Splink"
    assert sections[-1].startswith('"absents"') and sections[-1].count("<tr>") == 8


def test_the_weights_drawn_are_those_of_the_model(content: Content) -> None:
    text = render(with_models(content, cases=describe(*LEVELS)))
    shown = protect_levels(read_levels(json.dumps({"models": {"cases": describe(*LEVELS)}})))
    weights = dict(zip(shown["label"], shown["weight"], strict=True))
    assert weights == {"clé exacte": 7.8, "un chiffre": 2.1, "autre": -9.3}
    drawn = bars(pictures(text)["Poids, modèle des dossiers"], "log2_bayes_factor")
    assert drawn.pop("")[0] == 2.0  # where a pair starts: log2(0.8 / 0.2)
    assert {label: number for label, (number, _) in drawn.items()} == weights
    # Splink's axis goes from -10 to 10, the largest weight rounded up, over 300 pixels.
    assert {label: width for label, (_, width) in drawn.items()} == pytest.approx(
        {label: 15 * abs(weight) for label, weight in weights.items()}
    )


def test_m_and_u_drawn_are_those_of_the_model(content: Content) -> None:
    svg = pictures(render(with_models(content, cases=describe(*LEVELS))))["m et u, modèle des dossiers"]
    for field, place in (("m_probability", 1), ("u_probability", 2)):
        drawn = bars(svg, field)
        assert {label: number for label, (number, _) in drawn.items()} == {
            level[0]: round(float(level[place]), 4) for level in LEVELS
        }
        widths = {label: width / number for label, (number, width) in drawn.items()}
        assert [*widths.values()] == pytest.approx([150.0] * 3)


def test_levels_stand_from_strict_to_loose_and_that_never_seen_has_no_bar(content: Content) -> None:
    svg = pictures(render(with_models(content, cases=describe(*LEVELS, NEVER_SEEN))))["Poids, modèle des dossiers"]
    written = [text for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg) if text.partition(" (")[0] in {level[0] for level in (*LEVELS, NEVER_SEEN)}]  # fmt: skip
    assert written == ["clé exacte", "un chiffre", "autre", "illisible" + NEVER]
    assert {*bars(svg, "log2_bayes_factor")} == {"", "clé exacte", "un chiffre", "autre"}


def test_each_model_has_its_charts_and_that_not_learnt_is_named(content: Content) -> None:
    silent = describe(("clé exacte", 0.5, 0.5), ("autre", 0.5, 0.5))
    text = render(with_models(content, cases=describe(*LEVELS), jonctions=silent, persons=describe(*LEVELS)))
    assert [title for title in pictures(text) if title.startswith(("Poids,", "m et u,"))] == [
        f"{chart}, modèle des {name}" for chart in ("Poids", "m et u") for name in ("dossiers", "personnes")
    ]
    assert "faute de paires pour apprendre le modèle\u00a0: jonctions." in text


def test_the_training_of_the_version_before_stands_beside_this_one(content: Content) -> None:
    now = with_models(content, cases=describe(*LEVELS))
    balance = content.balance
    before = Previous("v0", date(2025, 9, 1), 0, content.estimates, content.subgroups, balance, now.version["model"])
    assert "pas de version antérieure" in render(now)
    assert "mêmes paramètres que ceux de la version v0" in render(replace(now, previous=before))
    moved = {"models": {"cases": describe(("clé exacte", 0.5, 0.00412), ("un chiffre", 0.5, 0.02003), LEVELS[2])}}
    text = render(replace(now, previous=replace(before, model=json.dumps(moved))))
    drawn = re.findall(
        r"log₂ de la cote: ([^;]*); comparison_level_label: clé exacte; version: (v\d)",
        pictures(text)["Deux versions, modèle des dossiers"],
    )
    # log2 of the odds of m 0.5 and 0.9124, and of u 0.0041 twice.
    assert sorted((version, _number(number)) for number, version in drawn) == [
        ("v0", -7.9), ("v0", 0.0), ("v1", -7.9), ("v1", 3.4),
    ]  # fmt: skip


def test_bars_of_pairs_are_rounded_and_those_too_few_are_not_drawn(content: Content) -> None:
    svgs = pictures(render(content))
    said = re.findall(
        r"splink_score_bin_low: ([^;]*); count_rows: (\d+)", svgs["Paires par poids, modèle des dossiers"]
    )
    assert said == [("−2 – −1", "40"), ("11 – 12", "15000")]  # 41 and 15,002
    assert "Paires par poids, modèle des personnes" not in svgs  # 7 pairs


def test_thresholds_are_those_of_the_table_of_the_report_at_every_band(content: Content) -> None:
    svgs = pictures(render(content))
    said = re.findall(r"truth_threshold: ([^;]*); value: ([^;]*); mesure: (\w+)", svgs["Précision et rappel attendus, par seuil"])  # fmt: skip
    values = {(_number(low), name): _number(value) for low, value, name in said}
    # 16,040.5 of the 16,100 links from -3 on are expected to be true, as they are shown; the recall is estimated.
    assert values[-3.0, "precision"] == 0.996
    assert values[-3.0, "recall"] == 0.941
    assert {low for low, _ in values} == {-3.0, 0.0, 12.0}
    assert "stroke-dasharray" in svgs["Précision et rappel attendus, par seuil"]
    pairs = re.findall(r"rappel attendu: ([^;]*); précision attendue: ([^\"]*)", svgs["Précision attendue, par rappel"])
    assert {(_number(recall), _number(precision)) for recall, precision in pairs} == {
        (round(100 * values[low, "recall"], 1), round(100 * values[low, "precision"], 1)) for low in (-3.0, 0.0, 12.0)
    }


def test_without_an_estimate_of_recall_no_threshold_is_drawn(content: Content) -> None:
    text = render(replace(content, estimates=content.estimates.iloc[:0]))
    assert text.count("Le rappel de cette version n'est pas estimé") == 2
    assert "Précision attendue, par rappel" not in pictures(text)


def test_a_version_without_a_pair_has_its_page(content: Content) -> None:
    empty = {name: getattr(content, name).iloc[:0] for name in ("model_bands", "thresholds", "candidates", "known")}
    text = render(replace(with_models(content, cases=describe(NEVER_SEEN)), **empty))
    assert "faute de paires pour apprendre le modèle\u00a0: dossiers." in text


def test_rules_add_up_in_their_order(content: Content) -> None:
    svg = pictures(render(content))["Paires candidates, par règle"]
    said = re.findall(r"cumulées: (\d+); règle de blocage: ([^;]*); cumulative_comparison_count: (\d+)", svg)
    assert said == [("0", "clé du PV", "15000"), ("15000", "lieu, jour et famille d'infraction", "15810")]


def test_completeness_is_the_share_of_shown_counts_by_year(content: Content) -> None:
    known = content.known.assign(field="naissance")
    svg = pictures(render(replace(content, known=known[1:])))["Part renseignée de chaque champ"]
    said = re.findall(r"champ: naissance; source et millésime: (\w+ \d+); completeness: ([^\"]*)", svg)
    assert {(row, _number(share)) for row, share in said} == {("lrppn 2020", 0.75), ("lrppn 2021", 0.3)}


def test_every_word_of_splink_is_in_french() -> None:
    """A Splink with other words, or other charts, is noticed here."""

    def titles(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            for name, value in part.items():
                if name not in splink_charts.OF_THE_MOUSE:
                    yield from [value] if name == "title" and isinstance(value, str) else titles(value)
        elif isinstance(part, list):
            for value in part:
                yield from titles(value)

    specs = [splink.load_chart_definition(chart([]).chart_spec_file) for chart in USED]  # type: ignore[no-untyped-call]
    for spec in specs:
        assert {*titles({**spec, "title": None})} - {"", *FRENCH} == set(), spec


def test_what_the_mouse_alone_shows_is_not_said_aloud(content: Content) -> None:
    text = render(content)
    assert "SQL condition" not in text and "Bayes" not in text and "Comparison name" not in text


@pytest.mark.parametrize("fictitious", [True, False])
def test_fictitious_deliveries_are_said_first(content: Content, fictitious: bool) -> None:
    body = render(replace(content, fictitious=fictitious)).partition("<body>")[2].lstrip()
    assert body.startswith('<p class="fictives" role="note">Données fictives : ') == fictitious
