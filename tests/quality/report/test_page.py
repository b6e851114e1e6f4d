"""The report from a tiny version: one file that needs nothing, with its headings, numbers and no trap in its names."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from html.parser import HTMLParser

import pandas as pd
import pytest

from linkage.platform import config
from linkage.platform.pages import typography
from linkage.quality.report.content import Content, read_levels
from linkage.quality.report.page import render
from linkage.settings.quality import QualitySettings

HOSTILE = '<script>alert("x")</script>'
GROUP = ["side", "dimension", "modalite", "measure", "nb", "estimate", "low", "high", "gap", "gap_low", "gap_high", "named"]  # fmt: skip


@pytest.fixture
def content() -> Content:
    level = [{"label": HOSTILE, "m": 0.9, "u": 0.1}, {"label": "autre", "m": 0.1, "u": 0.9}]
    model = {"comparisons": [{"name": "cle", "levels": level}]}
    rows = [
        (side, dimension, name, measure, 1200.0, value, value - 0.01, value + 0.01, gap, gap, gap, gap == -0.042)
        for side in ("procedure", "affaire")
        for measure in ("taux_appariement", "rappel_estime", "precision_estimee")
        for dimension, name, value, gap in [("ensemble", "ensemble", 0.942, None), ("force", "GN", 0.9, -0.042), ("force", HOSTILE, 0.95, 0.008)]
    ]  # fmt: skip
    outcomes = {"linked": 1100, "unlinked:rivale": 100, "set_aside": 34}
    balance = pd.DataFrame([("ensemble", "force", HOSTILE, 1100, 0.5, 0.6, 0.6)], columns=["population", "measure", "modalite", "nb_linked", "share", "weighted_share", "known_share"])  # fmt: skip
    estimates = pd.DataFrame([("revue", "rappel", 0.93, 0.92, 0.94, 400, HOSTILE), ("synthese", "rappel", 0.9412, 0.93, 0.95, 9, ""), ("synthese", "precision", 0.9934, 0.99, 0.996, 9, "")], columns=["method", "measure", "estimate", "low", "high", "nb", "note"])  # fmt: skip
    return Content(
        version={"version": "v1", "created_at": datetime(2026, 3, 1), "deliveries": ["d"], "model": json.dumps(model), "model_hash": "h", "model_given": False, "code_version": "c", "settings_hash": "s", "inputs_hash": "i", "table_versions": {"links": 0}, "row_counts": {"links": 16479}},
        written=date(2026, 3, 2),
        code_version="c",
        settings=config.settings("method/quality.toml", QualitySettings),
        passes=None,
        histogram=pd.DataFrame([(1.0, "retenu", 30), (2.0, "a_revoir", 12)], columns=["bin", "status", "nb"]),
        passes_counted=pd.DataFrame([("cle_exacte", "retenu", 16479), ("cle_exacte", "a_revoir", 12)], columns=["link_pass", "status", "nb"]),
        dossiers=pd.DataFrame([(1, 1000), (2, 9)], columns=["nb_links", "nb"]),
        ledger=pd.DataFrame([("lrppn", 2020, outcome, nb) for outcome, nb in outcomes.items()], columns=["source", "millesime", "outcome", "nb"]),
        accuracy=pd.DataFrame(columns=["link_pass", "precision"]),
        estimates=estimates,
        subgroups=pd.DataFrame(rows, columns=GROUP),
        balance=balance,
        weights=pd.DataFrame([(0, 1.1)], columns=["cell", "weight"]),
        review=pd.DataFrame([("retenu > 10", 900, 6, 5, 1, 0)], columns=["stratum", "nb_population", "nb_sampled", "oui", "non", "doute"]),
        persons=pd.DataFrame([("victime", 700, 3)], columns=["role", "nb", "nb_role_change"]),
    )  # fmt: skip


class Page(HTMLParser):
    """Every tag and attribute of a page, and the text of its headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.headings: list[str] = []
        self._in = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href", "action")]
        self._in = tag

    def handle_data(self, data: str) -> None:
        if self._in in ("h1", "h2", "h3") and data.strip():
            self.headings.append(data.strip())
            self._in = ""


def test_the_report_stands_alone_and_runs_nothing(content: Content) -> None:
    text = render(content)
    page = Page(text)
    assert not {"script", "link", "iframe", "img", "object"} & set(page.tags)
    assert all(link.startswith("#") for link in page.links)
    assert not re.search(r"https?:|url\(|@import", text)
    assert page.tags.count("svg") >= 4


def test_names_from_the_data_are_shown_and_never_run(content: Content) -> None:
    text = render(content)
    assert HOSTILE not in text
    assert text.count("&lt;script&gt;") >= 4


def test_the_headings_follow_data_linkage_and_analysis(content: Content) -> None:
    headings = Page(render(content)).headings
    assert headings[:4] == ["Version v1 : rapport de qualité", "Ce qui a été apparié", "À quel point c'est sûr", "Pour qui c'est moins sûr"]  # fmt: skip
    steps = [heading for heading in headings if heading[:2] in ("A.", "B.", "C.")]
    assert steps == ["A. Les données et leur origine", "B. L'appariement", "C. Ce que l'analyste doit savoir"]


def test_the_first_page_says_the_headline_and_names_who_is_below(content: Content) -> None:
    cover = render(content).partition("</section>")[0]
    assert "environ 99,3 sont justes" in cover
    assert "environ 94,1 sont retrouvés" in cover
    assert "16\u202f479" in cover
    assert cover.index("Synthèse") < cover.index("Revue d&#39;un échantillon")
    assert re.search(r"Force : GN.*−4,2\u202fpt", cover)


def test_without_any_estimate_the_first_page_says_what_it_relies_on(content: Content) -> None:
    bare = Content(**{**content.__dict__, "estimates": content.estimates.iloc[:0]})
    cover = render(bare).partition("</section>")[0]
    assert "à en juger par les seules paires comparées" in cover


def test_the_ledger_adds_up_and_small_counts_are_not_shown(content: Content) -> None:
    text = render(content)
    assert "1\u202f234" in text
    assert "moins de 10" in text


@pytest.mark.parametrize(
    ("value", "shown"), [(0.94321, "94,3\u202f%"), (0.0, "0,0\u202f%"), (None, "–"), (float("nan"), "–")]
)
def test_shares_are_written_in_french(value: float | None, shown: str) -> None:
    assert typography.part(value) == shown


def test_a_negative_zero_has_no_sign() -> None:
    assert (typography.decimal(-0.04), typography.decimal(-0.06)) == ("0,0", "−0,1")


def test_both_layouts_of_the_model_are_read() -> None:
    part = {"comparisons": [{"name": "cle", "levels": [{"label": "égal", "m": 0.8, "u": 0.1}]}]}
    alone, several = read_levels(json.dumps(part)), read_levels(json.dumps({"format": 2, "models": {"cases": part, "persons": part}}))  # fmt: skip
    assert alone.values.tolist() == [["dossiers", "cle", "égal", 0.8, 0.1, 3.0]]
    assert several["model"].tolist() == ["dossiers", "personnes"]
