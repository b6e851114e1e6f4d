"""Shares and medians are counts in disguise: they are computed from what is shown, or as coarse as it is."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import re

import openpyxl
import pandas as pd
import pytest

from jobs.study_extracts import release
from jobs.study_extracts.declaration import declared
from linkage.concepts.outcomes import ORIENTATIONS, UNKNOWN
from linkage.concepts.shown import DIGITS
from linkage.platform.pages.fictitious import MARK
from linkage.study_extracts import published
from linkage.study_extracts.categories import ALONE, LINKED
from linkage.study_extracts.disclosure import counts
from linkage.study_extracts.disclosure.door import protect
from linkage.study_extracts.pages import grids, page
from linkage.study_extracts.pages.shown import Content, shown_tables
from linkage.study_extracts.pages.workbook import workbook
from linkage.study_extracts.tables import SENSITIVITY, TOTAL, WHOLE

STUDY = declared("violences_conjugales")
POPULATION = counts.population(STUDY, ["10872"])
SEED = b"0123456789abcdef"
YEARS = [str(year) for year in range(2018, 2024)]


def cells(
    name: str, indicator: str, columns: list[str], rows: dict[str, list[int]], weight: float = 1.0
) -> pd.DataFrame:
    """The exact cells of a table by year, or by link weight; the first column's cases weigh ``weight``."""
    lines = {row: dict(zip([*columns, TOTAL], [*counts, sum(counts)], strict=True)) for row, counts in rows.items()}
    by = "poids_minimal" if name == SENSITIVITY else "millesime"
    if name != SENSITIVITY:
        lines[WHOLE] = {column: sum(line[column] for line in lines.values()) for column in (*columns, TOTAL)}
    return pd.DataFrame(
        {"table": name, "unit": "victime", "by": by, "indicator": indicator, "row": row, "column": column, "nb": nb,
         "weighted": nb * (weight if column == columns[0] else 1.0)}
        for row, line in lines.items() for column, nb in line.items()
    )  # fmt: skip


def a_study(weight: float = 2.0, prosecuted: int = 300) -> pd.DataFrame:
    """Published cells: 1,000 linked victims a year of 1,200, and the same from safer links."""
    course = [prosecuted, 200, 100, 900 - prosecuted - 300, 100]
    exact = [
        cells("orientation_annee", "orientation", list(ORIENTATIONS), dict.fromkeys(YEARS, course), weight),
        cells("liaison_victime_millesime", LINKED, [LINKED, ALONE], {year: [1000, 200] for year in YEARS}),
        cells(SENSITIVITY, "orientation", list(ORIENTATIONS), {"0": [6 * nb for nb in course], "20": [5 * nb for nb in course]}),
    ]  # fmt: skip
    named = counts.name_counts(pd.concat(exact, ignore_index=True), POPULATION)
    keys = [int.from_bytes(hashlib.sha256("/".join(one).encode()).digest()[:7], "big") for one in named["variable"]]
    protected = protect(named.assign(key=keys), STUDY.disclosure, seed=SEED, of=POPULATION, version="v")
    return published.shape_cells(protected, STUDY, version="v")


def content(cells: pd.DataFrame, *, fictitious: bool = False) -> Content:
    estimates = [
        {"dimension": dimension, "modalite": row, "measure": measure, "estimate": estimate, "low": 0.98, "high": 1.0}
        for dimension, row, measure, estimate in (
            ("ensemble", "*", "precision", 0.99),
            ("millesime", "2020", "precision", 0.985),
            ("millesime", "2020", "rappel", 0.973),
            ("force", "PN", "precision", 0.5),
        )
    ]
    medians = pd.DataFrame(
        [{"step": "arrivee_orientation", "row": "2020", "median": 60, "median_km": 65, "third_quartile_km": 100}]
    ).assign(median_state="publie", median_km_state="publie", third_quartile_km_state="publie")
    delays = published.shape_delays(medians, cells, STUDY, version="v")
    marks = published.shape_marks(cells, version="v")
    day = pd.Timestamp("2024-03-31").date()
    return Content(STUDY, "v", "code", day, day, fictitious, cells, delays, marks, pd.DataFrame(estimates))


def test_marks_come_from_rounded_counts_and_weights_move_them() -> None:
    of = content(a_study())
    assert of.shares("ensemble")["poursuites"] == pytest.approx(0.3, abs=0.01)
    assert of.shares("pondere")["poursuites"] == pytest.approx(6 / 13, abs=0.01)
    assert list(dict.fromkeys(of.marks["repere"])) == ["ensemble", "pondere", "poids_0", "poids_20"]


def test_a_weight_that_all_share_teaches_nothing_that_is_not_shown() -> None:
    flat = a_study(weight=1.0)
    row = flat[(flat["tableau"] == "orientation_annee") & (flat["modalite"] == WHOLE) & (flat["categorie"] != TOTAL)]
    shown = row["valeur"].astype(float) / row["valeur"].astype(float).sum()
    assert list(row["part_ponderee"]) == pytest.approx(list(shown), abs=0.0006)


def test_a_row_with_a_hidden_cell_has_no_weighted_share() -> None:
    small = a_study(prosecuted=9)
    row = small[(small["tableau"] == "orientation_annee") & (small["modalite"] == "2020")]
    assert (row["etat"] == "masque").any()
    assert row["part_ponderee"].isna().all()


@pytest.mark.parametrize(("whole", "digits"), [(499, 0), (500, 2), (4999, 2), (5000, 3)])
def test_a_weighted_share_is_as_coarse_as_the_rounding(whole: int, digits: int) -> None:
    assert published._digits(whole, STUDY.disclosure) == digits


def test_the_share_of_the_censored_is_that_of_the_shown_counts() -> None:
    assert content(a_study()).delays["part_censuree"].iloc[0] == pytest.approx(0.1, abs=0.01)


def test_match_rates_stand_beside_each_row_and_the_rest_is_bounded() -> None:
    of = content(a_study())
    table = next(one for one in shown_tables(of) if one.name == "orientation_annee")
    assert [row.name for row in table.rows] == [*YEARS, WHOLE]
    assert all(row.rate == pytest.approx(1000 / 1200, abs=0.01) for row in table.rows)
    assert of.rate.most_moved == pytest.approx(0.02)
    assert of.bounds == pytest.approx((0.25, 0.417), abs=0.01)


def test_rows_stand_in_the_order_of_their_nomenclature_what_is_unknown_last_before_the_whole() -> None:
    ages = ["moins de 15", "15-17", "18-24", "25-59", "60 et plus", UNKNOWN]
    by_age = of_others("mis_en_cause", "tranche_age", "2020").replace({"modalite": dict(zip(YEARS, ages, strict=True))})
    victims = by_age[~by_age["modalite"].isin(["moins de 15", UNKNOWN])].assign(unite="victime", tableau="victimes")
    of = dataclasses.replace(content(a_study()), cells=pd.concat([victims, by_age], ignore_index=True))
    tables = {(table.unit, table.by): table for table in shown_tables(of)}
    assert [row.name for row in tables["mis_en_cause", "tranche_age"].rows] == [*ages, WHOLE]
    profile = grids.profile(tables, of.words)
    assert profile is not None
    assert [row.label for row in profile.rows] == [of.words.row("tranche_age", name) for name in [*ages, WHOLE]]


def test_the_error_of_links_stands_beside_each_row_whose_group_is_estimated() -> None:
    by_year, by_weight = shown_tables(content(a_study()))
    said = {row.name: (row.precision, row.recall) for row in by_year.rows}
    assert said == {**dict.fromkeys(YEARS, (None, None)), "2020": (0.985, 0.973), WHOLE: (0.99, None)}
    assert "toutes les procédures de la ligne" in by_year.grain
    assert not by_weight.estimated
    assert "toutes les procédures de la version" in by_weight.grain
    book = openpyxl.load_workbook(io.BytesIO(workbook(content(a_study()))))
    last = {
        name: [row[-2:] for row in book[name].iter_rows(values_only=True)]
        for name in ("orientation_annee", "sensibilite")
    }
    assert ("liens justes", "liens retrouvés") in last["orientation_annee"]
    assert (0.985, 0.973) in last["orientation_annee"]
    assert ("liens justes", "liens retrouvés") not in last["sensibilite"]


def test_no_number_of_the_workbook_and_the_page_has_more_digits_than_are_shown() -> None:
    of = content(a_study())
    exact = of.estimates.assign(**{name: of.estimates[name] - 0.000123456789 for name in ("estimate", "low", "high")})
    of = dataclasses.replace(of, estimates=exact)
    book = openpyxl.load_workbook(io.BytesIO(workbook(of)))
    numbers = [
        value
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for value in row
        if isinstance(value, float)
    ]
    assert 0.985 in numbers
    assert [number for number in numbers if round(number, DIGITS) != number] == []
    assert not re.search(r"\d[.,]\d{4,}", page.render(of).partition("<body>")[2])


def of_others(unit: str, by: str, row: str) -> pd.DataFrame:
    """The table by year, of another unit and grouping."""
    made = a_study()
    made = made[made["tableau"] == "orientation_annee"]
    return made.assign(unite=unit, regroupement=by, modalite=made["modalite"].replace("2020", row))


@pytest.mark.parametrize(
    ("unit", "by", "estimated"),
    [("victime", "sexe", True), ("mis_en_cause", "sexe", False), ("mis_en_cause", "force", True)],
)
def test_the_error_by_sex_is_of_the_sex_of_victims(unit: str, by: str, estimated: bool) -> None:
    of = content(a_study())
    rows = [("sexe_victime", "F", "precision", 0.97), ("force", "F", "precision", 0.96)]
    more = [dict(zip(("dimension", "modalite", "measure", "estimate"), row, strict=True)) for row in rows]
    estimates = pd.concat([of.estimates, pd.DataFrame(more)], ignore_index=True)
    (table,) = shown_tables(dataclasses.replace(of, cells=of_others(unit, by, "F"), estimates=estimates))
    assert table.estimated == estimated
    assert ("de la version" in table.grain) != estimated


def test_the_year_of_an_error_is_said_to_be_that_of_the_delivery() -> None:
    by_year, _ = shown_tables(content(a_study()))
    assert "millésime de la livraison" in by_year.grain
    by_force = dataclasses.replace(by_year, by="force")
    assert "millésime" not in by_force.grain


def test_the_workbook_begins_with_a_cover_and_is_the_same_twice() -> None:
    of = content(a_study(prosecuted=9))
    made = workbook(of)
    assert made == workbook(of)
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["Couverture", "orientation_annee", "sensibilite", "delais", "reperes"]
    cover = "\n".join(str(cell) for row in book["Couverture"].iter_rows(values_only=True) for cell in row if cell)
    for said in (
        "Population",
        "victimes de 15 ans ou plus",
        "sous 10",
        "Cases masquées",
        "99,0\u00a0% des liens retenus",
    ):
        assert said in cover
    sheet = list(book["orientation_annee"].iter_rows(values_only=True))
    assert re.match(r"Tableau \d+ – Orientation selon l'année d'enregistrement", str(sheet[0][0]))
    assert {str(row[0]).partition(" :")[0] for row in sheet} >= {"Champ", "Source", "Unité de compte"}
    for name in ("delais", "reperes", "sensibilite"):
        texts = [str(cell) for row in book[name].iter_rows(values_only=True) for cell in row if cell is not None]
        assert [text for text in texts if re.search(r"\b[a-z]+_[a-z]+\b", text)] == []
    assert any("masqué" in map(str, row) for row in sheet)


@pytest.mark.parametrize("fictitious", [True, False])
def test_what_is_made_from_fictitious_deliveries_says_so_on_the_page_and_on_every_sheet(fictitious: bool) -> None:
    of = content(a_study(), fictitious=fictitious)
    html = page.render(of).partition("<body>")[2]
    assert (MARK in html[: html.index("<h1>")]) == (MARK in html) == fictitious
    for sheet in openpyxl.load_workbook(io.BytesIO(workbook(of))):
        assert str(sheet["A1"].value).startswith(MARK) == fictitious
        assert (sheet.oddHeader.center.text == MARK) == fictitious
    assert release.codebook(is_fictitious=fictitious)["colonne"].eq(release.WARNING).any() == fictitious


def test_every_count_of_the_page_its_pictures_and_the_workbook_is_a_perturbed_one() -> None:
    """Labels of pictures too; rates of links have three digits."""
    of = content(a_study())
    estimates = of.estimates.assign(estimate=0.987654321)
    of = dataclasses.replace(of, estimates=estimates)
    html = page.render(of)
    labels = re.findall(r"class='n'>([\d\u202f]+)<", html) + re.findall(r"<td>([\d\u202f]{2,})<", html)
    counts = {int(label.replace("\u202f", "")) for label in labels}
    assert counts
    assert {nb % STUDY.disclosure.base for nb in counts} == {0}
    book = openpyxl.load_workbook(io.BytesIO(workbook(of)))
    values = [value for name in ("orientation_annee", "sensibilite", "reperes") for row in book[name].iter_rows(values_only=True)
              for value in row if isinstance(value, int | float)]  # fmt: skip
    assert {value % STUDY.disclosure.base for value in values if isinstance(value, int)} == {0}
    assert all(round(value, 3) == value for value in values)
