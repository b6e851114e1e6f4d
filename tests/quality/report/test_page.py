"""The report from a tiny version: one file that needs nothing, with its headings, numbers and no trap in its names."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from linkage.platform.pages import typography
from linkage.quality.report.content import Content, read_levels
from linkage.quality.report.page import render
from tests.quality.report.conftest import HOSTILE


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
    assert page.links
    assert {link for link in page.links if not link.startswith("#")} == {"splink-v1.html"}
    assert not re.search(r"https?:|url\(|@import", text)
    assert page.tags.count("svg") >= 4


def test_fictitious_deliveries_are_said_before_anything_else_and_on_each_sheet_of_paper(content: Content) -> None:
    fictitious = render(Content(**{**content.__dict__, "fictitious": True}))
    assert fictitious.partition("<body>")[2].lstrip().startswith('<p class="fictives" role="note">Données fictives : ')
    assert re.search(r"@media print \{[^@]*\.fictives::after", fictitious)
    assert "Données fictives" not in render(content).partition("<body>")[2]


def test_what_a_later_extraction_no_longer_has_is_said_where_there_is_some(content: Content) -> None:
    caption = "Dossiers que la dernière extraction de leur millésime n’a plus"
    assert typography.entier(1240) in render(content)
    assert caption in render(content)
    none = Content(**{**content.__dict__, "deliveries": content.deliveries.assign(nb_absentes=0)})
    assert caption not in render(none)


def test_what_no_source_gives_is_said(content: Content) -> None:
    text = render(content)
    assert "Aucune livraison de lrpgn, cassiopee." in text
    assert "part renseignée" in text and "75,0" in text
    every = pd.DataFrame({"source": ["lrppn", "lrpgn", "cassiopee"], "millesime": 2020, "outcome": "linked", "nb": 9})
    assert "Aucune livraison" not in render(Content(**{**content.__dict__, "ledger": every}))


def test_codes_are_shown_in_words_and_bounds_with_their_unit(content: Content) -> None:
    courts = content.subgroups[content.subgroups["dimension"] == "force"].assign(
        dimension="tribunal", modalite="900101"
    )
    text = render(
        Content(**{**content.__dict__, "subgroups": pd.concat([content.subgroups, courts], ignore_index=True)})
    )
    body = text.partition("<body>")[2]
    assert "Tribunal judiciaire fictif 01-1" in body and "900101" not in body
    assert "clé du PV exacte" in body and "cle_exacte" not in body
    assert re.search(r"\[\d+,\d\u202f%\u00a0; \d+,\d\u202f%\]", body)


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
    assert "16\u202f480" in cover
    assert cover.index("Synthèse") < cover.index("Revue d&#39;un échantillon")
    assert re.search(r"Force : gendarmerie nationale.*−4,2\u202fpt", cover)


def test_without_any_estimate_the_first_page_says_what_it_relies_on(content: Content) -> None:
    bare = Content(**{**content.__dict__, "estimates": content.estimates.iloc[:0]})
    cover = render(bare).partition("</section>")[0]
    assert "à en juger par les seules paires comparées" in cover


def test_the_ledger_adds_up_and_small_counts_are_not_shown(content: Content) -> None:
    text = render(content)
    assert "1\u202f235" in text  # 1,100 + 100 + 35, as they are shown
    assert "moins de 10" in text


def test_a_figure_that_is_not_there_says_why(content: Content) -> None:
    """Masked, not estimated, not known or without object: no cell is a dash alone."""
    text = render(content)
    assert re.findall(r"<t[dh][^>]*>\s*–\s*</t[dh]>", text) == []
    assert "sans objet" in text
    assert typography.sinon(typography.part(None), "masqué") == "masqué"
    assert typography.sinon(typography.part(0.5), "masqué") == typography.part(0.5)


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
