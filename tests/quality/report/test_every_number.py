"""Every number of the report and of Splink's charts passed the one function: labels and shapes of pictures included."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pandas as pd
import pytest

from linkage.quality.report import charts, page, splink_page
from linkage.quality.report.content import Content, Previous
from linkage.quality.report.page import render
from linkage.quality.report.protected import protect

GEOMETRY = {
    "d",
    "transform",
    "x",
    "y",
    "x1",
    "x2",
    "y1",
    "y2",
    "width",
    "height",
    "viewbox",
    "points",
    "style",
    "class",
}
GEOMETRY |= {
    "stroke-width",
    "stroke-miterlimit",
    "stroke-opacity",
    "opacity",
    "font-size",
    "font-family",
    "font-weight",
    "id",
    "colspan",
    "href",
}
GEOMETRY |= {"stroke-dasharray", "fill", "stroke", "content", "scope"}  # fmt: skip
NUMBER = re.compile(r"(?<![\w.,])[−-]?\d[\d\u202f]*(?:[.,]\d+)?")
SMALLEST, BASE = 10, 5
Written = Callable[[Content], str]
PAGES = pytest.mark.parametrize("written", [page.render, splink_page.render], ids=["report", "splink"])


def draw(content: Content, nth: int, seed: int = 1) -> Content:
    """A content with counts that are no multiples; of another ``nth``, all shown alike."""
    draws, again = random.Random(seed), random.Random(1000 + nth)

    def count(least: int = 0, most: int = 3000) -> int:
        nb = draws.randrange(least, most)
        if nb < SMALLEST:
            return again.randrange(SMALLEST)
        middle = BASE * int(nb / BASE + 0.5)
        return again.choice([one for one in range(middle - 2, middle + 3) if one >= SMALLEST])

    def share(digits: int) -> float:
        return round(draws.uniform(0.2, 0.9), digits) + again.uniform(-0.4, 0.4) / 10.0**digits

    def expected() -> tuple[int, float]:
        nb = count(500, 3000)
        return nb, nb * share(2)

    groups = content.subgroups.copy()
    whole = [count(500) for _ in groups.index]
    linked = [min(nb, count(20)) for nb in whole]
    linked = [part if whole_ - part > 2 * BASE else whole_ for part, whole_ in zip(linked, whole, strict=True)]
    groups["nb"] = [float(nb) for nb in whole]
    groups["estimate"] = [part / nb for part, nb in zip(linked, whole, strict=True)]
    for name in ("low", "high", "gap", "gap_low", "gap_high"):
        groups[name] = [again.random() for _ in groups.index]
    ledger = [
        (source, year, outcome, count(0, most))
        for source in ("lrppn", "cassiopee")
        for year in (2019, 2020)
        for outcome, most in (("linked", 3000), ("unlinked:a_revoir", 20), ("unlinked:rivale", 8), ("set_aside", 15))
    ]
    balance = [
        ("ensemble", "force", name, 2000, 600 / 2000 + again.uniform(-2, 2) / 2000, share(2), share(2))
        for name in ("PN", "GN")
    ]
    rates = content.estimates.copy()
    for name in ("estimate", "low", "high"):
        rates[name] = [share(3) for _ in rates.index]
    return replace(
        content,
        version={**content.version, "row_counts": {"links": count(1000), "rejects": count(0, 9)}},
        histogram=pd.DataFrame([(float(b), "retenu", count()) for b in range(8)], columns=["bin", "status", "nb"]),
        model_bands=pd.DataFrame(
            [(model, float(b), count()) for model in ("cases", "persons") for b in range(8)],
            columns=["model", "bin", "nb"],
        ),
        passes_counted=pd.DataFrame(
            [
                (f"passe_{name}", status, *(expected() if status == "retenu" else (count(0, 20), 0.0)))
                for name in "ab"
                for status in ("retenu", "a_revoir")
            ],
            columns=["link_pass", "status", "nb", "expected"],
        ),
        dossiers=pd.DataFrame([(size, count(0, 60)) for size in range(1, 7)], columns=["nb_links", "nb"]),
        ledger=pd.DataFrame(ledger, columns=["source", "millesime", "outcome", "nb"]),
        estimates=rates,
        subgroups=groups,
        balance=pd.DataFrame(balance, columns=content.balance.columns),
        review=pd.DataFrame(
            [(f"strate {name}", count(), count(0, 30), count(0, 9), count(0, 9), count(0, 9)) for name in "ab"],
            columns=content.review.columns,
        ),
        persons=pd.DataFrame(
            [("victime", nb, count(0, 9), part) for nb, part in [expected()]], columns=content.persons.columns
        ),
        rules=pd.DataFrame(
            [
                ("cles", name, window, 2.0, -20, 1500, count(), 2000 + again.randrange(-2, 3), share(2), *parts)
                for name, window in (("lieu_et_faits", None), ("lieu_et_faits", "jour_transmission → jour_arrivee"))
                for parts in [(count(), count(0, 30))]
            ],
            columns=content.rules.columns,
        ),
        candidates=pd.DataFrame([("cle", count()), ("jonction", count(0, 9))], columns=["blocking_rule", "nb"]),
        blocks=pd.DataFrame([("cle", "split", count(0, 20), count())], columns=content.blocks.columns),
        thresholds=pd.DataFrame(
            [(low, count(), count()) for low in (-3.0, 0.0, 12.0)], columns=content.thresholds.columns
        ),
        calibration=pd.DataFrame(
            [(low, nb, count(20, 500), count(20, 500)) for low in (None, 10.0) for nb in [count(500)]],
            columns=content.calibration.columns,
        ),
        agreements=pd.DataFrame(
            [("cases", "cle", name, count()) for name in ("a", "b", None)], columns=content.agreements.columns
        ),
        conjugal=pd.DataFrame([(count(2000), count(1000, 2000), count(500, 1000))], columns=content.conjugal.columns),
        known=pd.DataFrame(
            [("lrppn", year, "csns", count(2000), count(20, 900)) for year in (2019, 2020)],
            columns=content.known.columns,
        ),
        previous=Previous(
            "v0",
            date(2025, 9, 1),
            count(),
            rates,
            groups,
            pd.DataFrame(balance, columns=content.balance.columns),
            content.version["model"].replace("0.9", "0.8"),
        ),
    )


@PAGES
def test_contents_that_are_shown_alike_give_the_same_page_to_the_byte(content: Content, written: Written) -> None:
    pages = {written(draw(content, nth)) for nth in range(4)}
    assert len(pages) == 1
    assert written(draw(content, 0, seed=2)) not in pages


class Numbers(HTMLParser):
    """Numbers of a page with where they stand; its prose, its years and its geometry left out."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tags.append(tag)
        for name, value in attrs:
            if name.lower() not in GEOMETRY and value:
                self.found += [(f"@{name}", number) for number in NUMBER.findall(value)]

    def handle_endtag(self, tag: str) -> None:
        while self._tags and self._tags.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        place = next((tag for tag in ("style", "code", "td", "text", "b", "caption", "p") if tag in self._tags), "")
        if place in ("td", "text", "b"):
            self.found += [(place, number) for number in NUMBER.findall(data)]


def test_a_walk_through_the_charts_of_splink_finds_no_number_that_was_not_written_for_them(content: Content) -> None:
    text = splink_page.render(draw(content, 0))
    found = Numbers(text).found
    assert len(found) > 100
    assert {"text", "@aria-label", "@charset", "@version"} == {place for place, _ in found}
    # m and u have four digits, shares three, weights one.
    assert max(len(number.partition(",")[2]) for place, number in found if place == "@aria-label") <= 4
    assert max(len(number.partition(",")[2]) for place, number in found if place == "text") <= 2
    counts = {int(nb) for nb in re.findall(r"(?:count_rows|cumulées|comparison_count): (\d+)", text)}
    assert len(counts) > 10
    assert not {nb for nb in counts if nb % BASE}


def test_a_walk_through_the_page_finds_no_number_that_was_not_written_for_it(content: Content) -> None:
    found = Numbers(render(draw(content, 0))).found
    assert len(found) > 100
    assert {"td", "text", "@aria-label"} <= {place for place, _ in found}
    digits = {place: max(len(number.partition(",")[2] or number.partition(".")[2]) for at, number in found if at == place) for place, _ in found}  # fmt: skip
    # A share has three digits in a label, one in percent; the parameters of the model have two in percent, four bare.
    assert digits["@aria-label"] <= 4
    assert digits["td"] <= 2
    assert digits["text"] <= 2
    whole = {
        int(number.replace("\u202f", ""))
        for place, number in found
        if place == "td" and re.fullmatch(r"[\d\u202f]+", number)
    }
    # "4 ou plus"; iterations of EM; years.
    assert not {nb for nb in whole if nb % BASE or nb < SMALLEST} - {4, 9, 2019, 2020}


@pytest.mark.parametrize("name", ["ledger", "dots", "histogram", "weights"])
def test_a_picture_is_given_shown_numbers_only(content: Content, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[pd.DataFrame] = []
    monkeypatch.setattr(charts, name, lambda rows, *_: given.append(rows) or "<svg></svg>")  # type: ignore[func-returns-value]
    render(draw(content, 0))
    assert given
    for rows in given:
        for column in rows.select_dtypes("number"):
            values = rows[column].dropna()
            assert (values * 1e4 - (values * 1e4).round()).abs().max() < 1e-6, column
        if "nb" in rows:
            assert {int(nb) % BASE for nb in rows["nb"].dropna()} <= {0}


def test_without_the_function_the_walk_would_find_some(content: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "protect", lambda one: one)
    monkeypatch.setattr(page, "protect_levels", lambda one: one)
    found = Numbers(render(draw(content, 0))).found
    assert max(len(number.partition(",")[2]) for place, number in found if place == "@aria-label") > 4
    assert len({render(draw(content, nth)) for nth in range(3)}) == 3
    monkeypatch.setattr(splink_page, "protect", lambda one: one)
    monkeypatch.setattr(splink_page, "protect_levels", lambda one: one)
    assert len({splink_page.render(draw(content, nth)) for nth in range(3)}) == 3


def test_of_a_group_the_page_leaves_several_counts_possible(content: Content) -> None:
    shown = protect(draw(content, 0)).subgroups
    candidates = {}
    for nb, estimate in zip(shown["nb"], shown["estimate"], strict=True):
        # Every pair of exact counts that is shown so: at least 5 for each of both, whatever else the row says.
        wholes = [one for one in range(int(nb) - 4, int(nb) + 5) if one and BASE * int(one / BASE + 0.5) == nb]
        parts = [one for one in range(int(nb) + 1) if round(BASE * int(one / BASE + 0.5) / nb, 3) == estimate]
        candidates[nb, estimate] = (len(wholes), len([one for one in parts if one >= SMALLEST]))
    assert min(count for pair in candidates.values() for count in pair) >= 3
