"""The page in the form of the offices' notes: each table and figure numbered, read, sourced; no code, no mute dash."""

from __future__ import annotations

import dataclasses
import datetime
import re
from html import unescape

import numpy as np
import pandas as pd
import pytest

from jobs.study_extracts import names
from jobs.study_extracts.declaration import declared
from linkage.platform import config
from linkage.platform.pages.typography import entier
from linkage.settings.study_extracts import StudyUnit
from linkage.study_extracts import population, published
from linkage.study_extracts.categories import LINKED, categories
from linkage.study_extracts.disclosure.delays import publish_medians
from linkage.study_extracts.months import BANDS
from linkage.study_extracts.pages import departements, essential, flow, page
from linkage.study_extracts.pages.figures import ended
from linkage.study_extracts.pages.grids import SIGNS, response
from linkage.study_extracts.pages.item import FIGURE, TABLE, Item
from linkage.study_extracts.pages.outline import Outline
from linkage.study_extracts.pages.shown import Content, ShownCell, ShownRow
from linkage.study_extracts.pages.words import Words
from linkage.study_extracts.tables import TOTAL, WHOLE
from linkage.tables.study_extracts import Cell
from linkage.versions import nomenclatures
from tests.study_extracts.disclosure.drawn_studies import REGIONS, SEED, release, victims

STUDY = declared("violences_conjugales")
NATINF = population.codes(STUDY.population, nomenclatures.conjugal_offences())
EXTRACTION = datetime.date(2024, 3, 31)


def of(nb: int, *, fictitious: bool = False) -> Content:
    """What leaves of a study of that many drawn victims, in the shape of the page; delays are drawn too."""
    left, _ = release(victims(nb, seed=26, natinf=NATINF), STUDY, NATINF)
    cells = published.shape_cells(left.cells, STUDY, version="v")
    draws, each = np.random.default_rng(1), nb // 6
    days = pd.concat(
        pd.DataFrame({"step": step, "row": row, "days": np.maximum(0, draws.normal(100, 20, each)).astype(int),
                      "seen": draws.random(each) < seen, "nb": 1, "key": draws.integers(-(2**62), 2**62, each)})
        for step in STUDY.delays.steps for row, seen in (("2018", 0.9), ("2023", 0.2), (WHOLE, 0.8))
    )  # fmt: skip
    cohorts = [str(year) for year in range(2018, 2024)]
    medians = publish_medians(days, STUDY.delays.steps, [*cohorts, WHOLE], STUDY.disclosure, seed=SEED)
    return Content(
        study=STUDY,
        version="v",
        code_version="code",
        published=datetime.date(2026, 3, 1),
        extraction=EXTRACTION,
        fictitious=fictitious,
        cells=cells,
        delays=published.shape_delays(medians, cells, STUDY, version="v"),
        marks=published.shape_marks(cells, version="v"),
        estimates=pd.DataFrame(columns=["dimension", "modalite", "measure", "estimate", "low", "high"]),
        labels=names.read().labels,
        contours=names.read().contours,
    )


@pytest.fixture(scope="module")
def content() -> Content:
    return of(2400)


@pytest.fixture(scope="module")
def items(content: Content) -> list[Item]:
    return [item for section in Outline(content).sections() for item in section.items]


@pytest.fixture(scope="module")
def html(content: Content) -> str:
    return page.render(content)


def text_of(html: str) -> str:
    """Return what a reader sees: no tag, no style."""
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(style|head)>.*?</\1>", "", html, flags=re.DOTALL)))


def figures_in(text: str) -> set[str]:
    return set(re.findall(r"\d[\d\u202f]*(?:,\d+)?", text))


def test_tables_and_figures_are_numbered_in_order_and_the_contents_lead_to_each(items: list[Item], html: str) -> None:
    for kind in (TABLE, FIGURE):
        of_kind = [item for item in items if item.kind == kind]
        assert [item.number for item in of_kind] == list(range(1, len(of_kind) + 1))
        assert len(of_kind) > 3
        for item in of_kind:
            assert f"{kind} {item.number} – {item.title}" in unescape(html)
    targets = re.findall(r'href="#([^"]+)"', html)
    assert targets
    assert set(targets) <= set(re.findall(r'id="([^"]+)"', html))
    assert {item.anchor for item in items} <= set(targets)


def test_under_each_stand_champ_lecture_and_source(items: list[Item], html: str) -> None:
    figures = re.findall(r"<figure.*?</figure>", html, flags=re.DOTALL)
    assert len(figures) == len(items)
    for figure in figures:
        for said in ("Champ", "Lecture", "Source"):
            assert f"<b>{said}&nbsp;:</b> " in figure, figure[:200]


def test_a_lecture_says_figures_of_its_own_table_alone(items: list[Item]) -> None:
    for item in items:
        if item.grid is None:
            continue
        labels = {*item.grid.columns, *(row.label for row in item.grid.rows)}
        own = {text for row in item.grid.rows for cell in row.cells for text in (cell.text, cell.small)}
        known = figures_in(" ".join(labels | own))
        assert figures_in(item.lecture) <= known, (item.title, item.lecture)
        assert figures_in(item.lecture) & figures_in(" ".join(own)), item.title


def test_no_code_and_no_private_word_is_left(html: str) -> None:
    text = re.sub(r"conf/studies/\S+|tableaux/\S+", "", text_of(html))
    assert re.findall(r"\b[a-z]+_[a-z_]+\b", text) == []
    for private in ("C/C/P", "ex_pacse", "bits</th>"):
        assert private not in text


@pytest.mark.parametrize("name", config.names("studies", ".toml"))
def test_every_row_and_column_of_a_declared_table_has_its_word(name: str) -> None:
    study = declared(name)
    conjugal = nomenclatures.conjugal_offences()
    known = categories(
        study,
        natinf=population.codes(study.population, conjugal),
        regions=REGIONS,
        motives=sorted(nomenclatures.families_of_motives()),
        courts=[*nomenclatures.names_of_courts()],
    )
    words = Words(study, names.read().labels)
    units: tuple[StudyUnit, ...] = ("victime", "mis_en_cause")
    said = [words.row(by, row) for by in known.groupings for unit in units for row in known.rows(unit, by)]
    said += [words.column(indicator, column) for indicator in known.indicators for column in known.columns(indicator)]
    said += [words.name(tie) for tie in study.population.lien_auteur]
    assert [
        word
        for word in said
        if re.search(r"_|^[A-Z]{1,3}$|C/C/P|\+|^\d{2,5}$", word) and not re.match(r"20\d\d$", word)
    ] == []


def test_what_is_absent_says_which_kind_it_is(items: list[Item], html: str) -> None:
    assert "<td>–</td>" not in html
    assert "<td></td>" not in html
    shown = [(item, cell.text) for item in items if item.grid for row in item.grid.rows for cell in row.cells]
    signs = {text for _, text in shown if text in SIGNS}
    assert {"c", "n.d.", "n.a."} <= signs
    for item, text in shown:
        assert text not in SIGNS or f"{text} : {SIGNS[text]}" in item.note, item.title


def test_the_same_population_has_the_same_figures_wherever_it_stands(content: Content) -> None:
    tables = Outline(content).tables
    wholes: dict[tuple[str, str], set[tuple[int | None, ...]]] = {}
    for (unit, _, indicator), table in tables.items():
        row = table.rows[-1]
        assert row.name == WHOLE
        wholes.setdefault((unit, indicator), set()).add((*(cell.valeur for cell in row.cells), row.total))
    assert {key for key, values in wholes.items() if len(values) > 1} == set()
    prosecuted = {value[0] for value in wholes["victime", "orientation"]}
    assert {value[-1] for value in wholes["victime", "decision"]} == prosecuted


def test_the_flow_begins_with_the_count_of_the_text_whatever_its_parts_add_up_to(content: Content) -> None:
    cells = content.cells.copy()
    total = (cells[Cell.indicateur] == LINKED) & (cells[Cell.modalite] == WHOLE) & (cells[Cell.categorie] == TOTAL)
    cells.loc[total, Cell.valeur] += 5
    moved = dataclasses.replace(content, cells=cells)
    (drawn,) = (item for section in Outline(moved).sections() for item in section.items if item.title == flow.TITLE)
    recorded = entier(moved.rate.recorded)
    assert recorded in figures_in(drawn.lecture)
    assert re.findall(r"enregistrées(?:</text><text[^>]*>| )<tspan class='n'>([^<]+)<", drawn.drawn) == [recorded] * 2


def test_the_first_words_are_the_answer_and_what_it_rests_on(content: Content, html: str) -> None:
    first = text_of(html[: html.index("<nav")])
    share = content.shares("ensemble")["poursuites"]
    assert share is not None
    assert f"{100 * share:.0f}\u202f %".replace(" ", "") in first.replace("\u202f %", "\u202f%")
    for said in ("liée à une affaire de justice", "taux de réponse pénale", "culpabilité est reconnue", "mois après"):
        assert said in first


def test_a_sentence_whose_figure_is_hidden_is_left_out(content: Content) -> None:
    few = of(60)
    said = " ".join(essential.sentences(few, Outline(few).tables, few.words))
    assert "culpabilité est reconnue" not in said
    assert "None" not in said


def test_a_share_that_is_written_as_all_is_left_out(content: Content) -> None:
    cells = content.cells.copy()
    judged = (cells[Cell.indicateur] == "culpabilite") & (cells[Cell.modalite] == WHOLE)
    cells.loc[judged & (cells[Cell.categorie] == "culpabilite_reconnue"), Cell.part] = 0.997
    other = dataclasses.replace(content, cells=cells)
    assert "culpabilité est reconnue" in " ".join(essential.sentences(content, Outline(content).tables, content.words))
    assert "culpabilité est reconnue" not in " ".join(essential.sentences(other, Outline(other).tables, other.words))


def test_the_last_cohort_is_said_to_be_immature_where_more_of_it_waits(content: Content) -> None:
    cells = content.cells.copy()
    waits = (cells[Cell.tableau] == "orientation_annee") & (cells[Cell.categorie] == "en_cours")
    cells.loc[waits & cells[Cell.modalite].str.startswith("20"), Cell.valeur] = 15
    for last, expected in ((100, True), (10, False)):
        cells.loc[waits & (cells[Cell.modalite] == "2023"), Cell.valeur] = last
        other = dataclasses.replace(content, cells=cells)
        said = " ".join(essential.sentences(other, Outline(other).tables, other.words))
        assert ("n'est pas à maturité" in said) == expected


def test_the_response_is_that_of_the_shown_counts_and_hidden_with_one_of_them() -> None:
    def row(*counts: int | None) -> ShownRow:
        return ShownRow("2020", [ShownCell(nb, None, None) for nb in counts], 100, None, None, None)

    assert response(row(30, 10, 10, 40, 10)) == pytest.approx(0.8)
    assert response(row(30, 10, None, 40, 10)) is None


@pytest.mark.parametrize(
    ("year", "counts", "months"),
    [
        ("2018", [10, 20, 30, 20, 10], [0, 1, 3, 6, 12, 24]),
        ("2023", [10, 20, 30, 20, 10], [0, 1]),
        ("2018", [10, None, 30, 20, 10], [0, 1]),
    ],
    ids=["long ago", "followed for three months but a day", "a hidden count"],
)
def test_a_curve_of_delays_stops_where_not_all_were_followed_or_a_count_is_hidden(
    year: str, counts: list[int | None], months: list[float]
) -> None:
    points = ended(year, counts, 100, datetime.date(2024, 3, 30) if year == "2023" else EXTRACTION)
    assert [month for month, _ in points] == months
    assert len(BANDS) == len(counts)


def test_a_map_has_every_departement_hatches_the_hidden_and_is_as_dark_as_the_share() -> None:
    contours = names.read().contours
    assert len(contours) == 96
    drawn = departements.svg({"33": 0.31, "40": 0.50, "972": 0.42}, contours, title="t")
    fills = dict(zip(contours, re.findall(r'<path d="M[^"]+" fill="([^"]+)"', drawn), strict=False))
    assert (fills["33"], fills["40"]) == (departements.SHADES[0], departements.SHADES[2])
    assert [code for code, fill in fills.items() if "url" not in fill] == ["33", "40"]
    assert "de 30 à 40\u202f%" in drawn
    assert "de 75 à 100\u202f%" in departements.svg({"33": 0.0, "40": 1.0}, contours, title="t")


def test_a_study_of_few_tables_has_the_sections_that_they_fill_and_none_empty(content: Content) -> None:
    study = declared("homicides")
    deadly = population.codes(study.population, ())
    people = victims(600, seed=3, natinf=deadly).assign(genre="couple", tranche_age="15-29")
    left, _ = release(people, study, deadly)
    cells = published.shape_cells(left.cells, study, version="v")
    marks = published.shape_marks(cells, version="v")
    few = dataclasses.replace(content, study=study, cells=cells, marks=marks, delays=content.delays.iloc[:0])
    sections = Outline(few).sections()
    assert [section.name for section in sections] == ["parcours", "orientation", "fiabilite"]
    assert all(section.items for section in sections)
    text = text_of(page.render(few))
    assert "violences mortelles" in text
    assert "par le conjoint ou l'ex-conjoint" in text
    assert "de 0 ans" not in text


def test_tables_scroll_inside_themselves_and_print_keeps_headings_with_what_follows(html: str) -> None:
    assert html.count("<table") == html.count('<div class="scroll" tabindex="0" role="region"')
    style = html[html.index("@media print") :]
    assert re.search(r"h2, figcaption[^{]*\{ break-after: avoid", style)
    assert "<i style" not in html
