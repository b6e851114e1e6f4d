"""Every number of every file that leaves for the public passed the door: page, pictures, workbook, CSV."""

from __future__ import annotations

import dataclasses
import datetime
import io
import re
from collections.abc import Callable, Iterator
from functools import partial
from html.parser import HTMLParser
from typing import Any, cast

import numpy as np
import openpyxl
import pandas as pd
import pytest

from jobs.study_extracts import names, release
from jobs.study_extracts.declaration import declared
from jobs.study_extracts.protected import ProtectedTables
from linkage.concepts.shown import DIGITS
from linkage.platform.lake.files import Files
from linkage.study_extracts import population, published
from linkage.study_extracts.disclosure import counts, door
from linkage.study_extracts.disclosure.delays import publish_medians
from linkage.study_extracts.disclosure.perturbation import perturb
from linkage.study_extracts.tables import WHOLE
from linkage.tables.study_extracts import Cell, Delay
from linkage.versions import nomenclatures
from tests.study_extracts.disclosure.drawn_studies import SEED, named, tables, victims

STUDY = declared("violences_conjugales")
RULES = STUDY.disclosure
NATINF = population.codes(STUDY.population, nomenclatures.conjugal_offences())
OF = counts.population(STUDY, NATINF)
KINDS = {"csv", "xlsx", "html"}
COUNT = re.compile(r"(?<![\w.,])\d[\d\u202f]*(?![\d,.]|\u202f?%)")
Numbers = set[float]


class Kept:
    """What is written, by its path."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def write_text(self, path: str, content: str) -> None:
        self.files[path] = content.encode()

    def write_bytes(self, path: str, content: bytes) -> None:
        self.files[path] = content


def exact(nth: int) -> pd.DataFrame:
    """The exact cells of a study: those of another ``nth`` are other counts, all shown alike."""
    cells, draws = named(tables(victims(1500, seed=26, natinf=NATINF), STUDY, NATINF), STUDY, NATINF), np.random.default_rng(nth)  # fmt: skip
    other = {}
    for one, nb, key in zip(cells["variable"], cells["nb"], cells["key"], strict=True):
        shown = perturb(nb, key, RULES, seed=SEED)
        alike = [more for more in range(max(0, nb - 4), nb + 5) if perturb(more, key, RULES, seed=SEED) == shown]
        other[one] = int(draws.choice(alike)) if nth else nb
    nb = pd.Series([other[one] for one in cells["variable"]], index=cells.index)
    return cells.assign(nb=nb, weighted=nb.astype(float))


def days(nth: int) -> pd.DataFrame:
    """Days until each step: those of another ``nth`` are other days of the same steps of five."""
    draws, again = np.random.default_rng(1), np.random.default_rng(nth)
    frames = []
    for step in STUDY.delays.steps:
        for row in ("2018", "2023", WHOLE):
            steps = np.maximum(1, draws.normal(20, 4, 250).astype(int))
            of_cohort = {"step": step, "row": row, "days": 5 * steps + again.integers(-2, 3, 250)}
            frames.append(pd.DataFrame({**of_cohort, "seen": draws.random(250) < 0.8, "nb": 1,
                                        "key": draws.integers(-(2**62), 2**62, 250)}))  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def estimates(nth: int) -> pd.DataFrame:
    """Error rates of the links that are written alike."""
    rows = [("ensemble", "*", "precision"), ("ensemble", "*", "rappel"), ("force", "PN", "precision")]
    figures = {"estimate": 0.985, "low": 0.981, "high": 0.989}
    more = np.random.default_rng(nth).uniform(-4e-4, 4e-4, len(rows))
    named_rows = pd.DataFrame(rows, columns=["dimension", "modalite", "measure"])
    return named_rows.assign(**{name: value + more for name, value in figures.items()})


@pytest.fixture(scope="module")
def protected() -> Iterator[Callable[[int], ProtectedTables]]:
    """Makes what the job hands to its files, as the job does it; only the attack is left out."""
    with pytest.MonkeyPatch.context() as without_attack:
        without_attack.setattr(door.Truth, "guessed", lambda *_, **__: set())

        def make(nth: int) -> ProtectedTables:
            passed = door.protect(exact(nth), RULES, seed=SEED, of=OF, version="v")
            cells = published.shape_cells(passed, STUDY, version="v")
            cohorts = [*(str(year) for year in range(2018, 2024)), WHOLE]
            medians = publish_medians(days(nth), STUDY.delays.steps, cohorts, RULES, seed=SEED)
            return ProtectedTables(
                study=STUDY,
                version="v",
                published=datetime.date(2026, 3, 1),
                extraction=datetime.date(2024, 3, 31),
                fictitious=False,
                of=OF,
                protected=passed,
                cells=cells,
                delays=published.shape_delays(medians, cells, STUDY, version="v"),
                marks=published.shape_marks(cells, version="v"),
                estimates=estimates(nth),
                names=names.read(),
            )

        yield make


@pytest.fixture(scope="module")
def study_tables(protected: Callable[[int], ProtectedTables]) -> ProtectedTables:
    return protected(0)


def written(study_tables: ProtectedTables) -> dict[str, bytes]:
    kept = Kept()
    release.write(cast(Files, kept), study_tables, "out", code_version="code")
    return kept.files


def test_exact_studies_that_are_shown_alike_give_the_same_files_to_the_byte(
    study_tables: ProtectedTables, protected: Callable[[int], ProtectedTables]
) -> None:
    """Not a digit, not a tenth of a pixel depends on what the door did not pass."""
    assert (exact(1)["nb"] != exact(0)["nb"]).mean() > 0.5
    first, other = written(study_tables), written(protected(1))
    assert {path.rpartition(".")[2] for path in first} == KINDS
    assert [path for path in first if first[path] != other[path]] == []


class Text(HTMLParser):
    """The text of a page by the tag it stands in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tags.append(tag)
        self.found += [("label", value) for name, value in attrs if name.startswith("aria-") and value]

    def handle_endtag(self, tag: str) -> None:
        while self._tags and self._tags.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.found.append((self._tags[-1] if self._tags else "", data))


def counts_of_page(content: bytes) -> dict[str, Numbers]:
    """Counts in the tables and in the pictures of a page, and figures with more digits than any has."""
    found: dict[str, Numbers] = {"td": set(), "tspan": set(), "digits": set()}
    for tag, text in Text(content.decode()).found:
        if tag in found:
            found[tag] |= {int(one.replace("\u202f", "")) for one in COUNT.findall(text)}
        found["digits"] |= {float(one) for one in re.findall(r"\d+\.\d{4,}", text.replace(",", "."))}
    return found


def numbers(path: str, content: bytes) -> Numbers:
    """The counts and days of a file, and the figures with more digits than any that is shown."""
    if path.endswith(".html"):
        return set.union(*counts_of_page(content).values())
    if path.endswith(".xlsx"):
        sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets[1:]
        cells = [value for sheet in sheets for row in sheet.iter_rows(values_only=True) for value in row]
        values = np.array([value for value in cells if isinstance(value, int | float)])
    else:
        frame = pd.read_csv(io.BytesIO(content), sep=";", decimal=",")
        frame = frame.drop(columns=[name for name in (Cell.modalite, Cell.categorie) if name in frame])
        values = frame.select_dtypes("number").to_numpy().ravel()
    values = values[~np.isnan(values)]
    return {*values[(values > 1) | (values.round(DIGITS) != values)]}


def not_passed(study_tables: ProtectedTables, passed: ProtectedTables) -> dict[str, Numbers]:
    """By kind of file, the numbers that are none of those that the door passed, nor a sum of counts that it did."""
    days_passed = passed.delays[[Delay.mediane, Delay.mediane_km, Delay.troisieme_quartile_km]].to_numpy().ravel()
    allowed = {int(nb) for nb in (*passed.cells[Cell.valeur], *days_passed) if pd.notna(nb)}
    found: dict[str, Numbers] = {kind: set() for kind in KINDS}
    for path, content in written(study_tables).items():
        if not path.endswith(release.CODEBOOK):
            found[path.rpartition(".")[2]] |= numbers(path, content) - allowed
    found["html"] = {nb for nb in found["html"] if nb % RULES.base or nb < RULES.threshold}
    return found


def test_a_walk_through_every_file_finds_no_number_that_did_not_pass(study_tables: ProtectedTables) -> None:
    assert not_passed(study_tables, study_tables) == {kind: set() for kind in KINDS}
    files = written(study_tables)
    assert {path.rpartition(".")[2] for path, content in files.items() if len(numbers(path, content)) > 10} == KINDS
    page = counts_of_page(files["out/etude.html"])
    assert min(len(page["td"]), len(page["tspan"])) > 5


def exact_count(study_tables: ProtectedTables) -> tuple[ProtectedTables, float]:
    cells = study_tables.cells.copy()
    place = cells.index[(cells[Cell.tableau] == "orientation_sexe") & (cells[Cell.modalite] == WHOLE)][0]
    cells.loc[place, Cell.valeur] = nb = int(cells.loc[place, Cell.valeur]) + 1
    return dataclasses.replace(study_tables, cells=cells), nb


def exact_median(study_tables: ProtectedTables) -> tuple[ProtectedTables, float]:
    delays = study_tables.delays.copy()
    delays.loc[delays[Delay.mediane_km].notna(), Delay.mediane_km] += 1
    return dataclasses.replace(study_tables, delays=delays), int(delays[Delay.mediane_km].dropna().iloc[0])


def exact_share(study_tables: ProtectedTables, column: str) -> tuple[ProtectedTables, float]:
    cells = study_tables.cells.copy()
    place = cells.index[cells[column].notna() & (cells[Cell.tableau] == "orientation_sexe")][0]
    cells.loc[place, column] = share = 0.123456789
    return dataclasses.replace(study_tables, cells=cells), share


@pytest.mark.parametrize(
    ("let_through", "kinds"),
    [
        (exact_count, KINDS),
        (exact_median, {"csv", "xlsx"}),
        (partial(exact_share, column=Cell.part), {"csv", "xlsx"}),
        (partial(exact_share, column=Cell.part_ponderee), {"csv", "xlsx"}),
    ],
    ids=["a count", "a median", "a share", "a weighted share"],
)
def test_one_exact_number_that_is_let_through_is_found_in_every_kind_of_file(
    study_tables: ProtectedTables, let_through: Callable[[ProtectedTables], Any], kinds: set[str]
) -> None:
    """The page writes shares in percent and medians in months, with fewer digits than the files."""
    leaking, number = let_through(study_tables)
    found = not_passed(leaking, study_tables)
    assert {kind for kind, numbers_found in found.items() if number in numbers_found} == kinds
