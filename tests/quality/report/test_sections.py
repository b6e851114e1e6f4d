"""The rows of the report's tables, and what its charts are asked to draw."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from linkage.quality.report import charts, sections, words
from linkage.quality.report.content import Content, read_levels
from linkage.quality.report.words import OUTCOMES
from linkage.tables.candidate_pairs import SET_ASIDE
from linkage.tables.links import LINKED, REASONS, UNLINKED
from tests.quality.report.conftest import GROUP


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[tuple[Any, ...]]]:
    """What each chart is asked to draw, in place of the chart."""
    asked: dict[str, list[tuple[Any, ...]]] = {name: [] for name in ("weights", "histogram", "ledger", "dots")}
    for name, calls in asked.items():
        monkeypatch.setattr(charts, name, lambda *given, calls=calls: calls.append(given) or "<svg>")
    return asked


def views(content: Content, **other: object) -> dict[str, Any]:
    changed = replace(content, **other)  # type: ignore[arg-type]
    return sections.build_views(changed, read_levels(changed.version["model"]))


def test_passes_come_as_declared_with_their_share_and_precision(content: Content) -> None:
    counted = pd.DataFrame(
        [
            ("b", "retenu", 30, 0.9),
            ("a", "retenu", 60, 1.0),
            ("a", "a_revoir", 4, 0.5),
            ("undeclared", "retenu", 10, 0.8),
        ],
        columns=["link_pass", "status", "nb", "expected"],
    )
    declared = SimpleNamespace(passes=[SimpleNamespace(name=name) for name in ("a", "b", "empty")])
    accuracy = pd.DataFrame([("a", 0.99), ("*", 0.98)], columns=["link_pass", "precision"])
    found = views(content, passes_counted=counted, passes=declared, accuracy=accuracy)
    rows = [(row["name"], row["retained"], row["doubtful"], row["share"], row["precision"]) for row in found["passes"]]
    assert rows == [("a", 60, 4, 0.6, 0.99), ("b", 30, 0, 0.3, None), ("empty", 0, 0, 0.0, None), ("undeclared", 10, 0, 0.1, None)]  # fmt: skip
    assert [row["expected"] for row in found["passes"]] == [1.0, 0.9, None, 0.8]
    assert (found["nb_links"], found["nb_review"]) == (100, 4)
    assert [row["settings"] for row in found["passes"]] == [*declared.passes, None]
    alone = views(content, passes_counted=counted[counted["status"] == "retenu"])["passes"]
    assert [(row["name"], row["doubtful"]) for row in alone] == [("undeclared", 0), ("b", 0), ("a", 0)]
    doubtful = views(content, passes_counted=counted[counted["status"] == "a_revoir"])["passes"]
    assert [(row["retained"], row["share"], row["doubtful"]) for row in doubtful] == [(0, 0.0, 4)]


def test_the_report_has_a_name_and_a_bar_for_each_outcome_of_the_ledger() -> None:
    outcomes = {LINKED, SET_ASIDE, *(UNLINKED + reason for reason in REASONS)}
    assert set(OUTCOMES) == outcomes
    assert sorted(outcome for grouped in sections.GROUPS.values() for outcome in grouped) == sorted(outcomes)


def test_methods_come_headline_first_and_unknown_ones_last(content: Content) -> None:
    names = ("other", "liens", "cles_cachees", "melange", "revue", "synthese")
    rows = [(name, measure, 0.9, 0.8, 1.0, 9, name) for name in names for measure in ("precision", "rappel_doutes_oui")]
    found = views(content, estimates=pd.DataFrame(rows, columns=content.estimates.columns))["estimates"]
    assert [row["note"] for row in found] == ["synthese", "revue", "melange", "cles_cachees", "liens", "other"]
    assert [row["headline"] for row in found] == [True] + [False] * 5
    assert {row["recall"] is None for row in found} == {True}


def test_without_estimates_the_pairs_speak_for_themselves_and_the_truth_is_beside(content: Content) -> None:
    bare = content.estimates.iloc[:0]
    accuracy = pd.DataFrame([("*", 0.98)], columns=["link_pass", "precision"])
    pairs, truth = views(content, estimates=bare, accuracy=accuracy)["estimates"]
    assert (pairs["precision"]["estimate"], pairs["recall"]["estimate"]) == (0.942, 0.942)
    assert truth["precision"]["estimate"] is None  # no subgroup of this version knows the truth
    assert not pairs["headline"] and not truth["headline"]


def test_rates_are_those_of_all_cases_of_a_side(content: Content) -> None:
    found = views(content)
    assert {side: row["estimate"] for side, row in found["rates"].items()} == {"procedure": 0.942, "affaire": 0.942}
    nobody = views(content, subgroups=content.subgroups[content.subgroups["side"] == "procedure"])
    assert nobody["rates"]["affaire"] == {"nb": None, "estimate": None, "low": None, "high": None}
    assert found["measured"] == "Rappel estimé"
    true = content.subgroups.replace({"measure": {"rappel_estime": "rappel_vrai"}})
    assert views(content, subgroups=true)["measured"] == "Rappel (vérité connue)"


def test_the_last_extraction_of_a_vintage_says_how_many_it_no_longer_has(content: Content) -> None:
    assert [(row["source"], row["nb_absentes"]) for row in views(content)["absent"]] == [("lrppn", 1240)]


def test_the_ledger_has_a_column_per_outcome_and_its_sums(
    content: Content, drawn: dict[str, list[tuple[Any, ...]]]
) -> None:
    ledger = pd.DataFrame(
        [
            ("lrppn", 2020, "unlinked:rivale", 1), ("lrppn", 2020, "linked", 6), ("lrppn", 2021, "linked", 5),
            ("lrpgn", 2020, "set_aside", 2), ("lrpgn", 2020, "unlinked:new", 3), ("lrpgn", 2020, "unlinked:a_revoir", 5),
        ],
        columns=["source", "millesime", "outcome", "nb"],
    )  # fmt: skip
    found = views(content, ledger=ledger)["ledger"]
    assert found["columns"] == ["linked", "unlinked:a_revoir", "unlinked:rivale", "set_aside", "unlinked:new"]
    assert found["sums"]["lrppn"] == {"linked": 11, "unlinked:a_revoir": 0, "unlinked:rivale": 1, "set_aside": 0, "unlinked:new": 0, "total": 12}  # fmt: skip
    assert found["rows"]["lrpgn", 2020]["total"] == 10
    ((bars, outcomes, _),) = drawn["ledger"]
    shares = {(row.row, row.outcome): row.share for row in bars.itertuples()}
    assert shares == {("lrpgn 2020", "mis de côté"): 0.2, ("lrpgn 2020", "sans lien"): 0.3, ("lrpgn 2020", "à examiner"): 0.5, ("lrppn 2020", "lié"): 0.857, ("lrppn 2020", "sans lien"): 0.143, ("lrppn 2021", "lié"): 1.0}  # fmt: skip
    assert list(outcomes) == ["lié", "à examiner", "hors champ ou sans clé", "sans lien", "mis de côté"]


def test_the_histogram_has_the_bands_of_the_settings(content: Content, drawn: dict[str, list[tuple[Any, ...]]]) -> None:
    views(content)
    ((bars, statuses, _),) = drawn["histogram"]
    width = content.settings.report.bin_bits
    assert bars[["bin", "bin_end", "status"]].values.tolist() == [[1.0, 1.0 + width, "retenu"], [2.0, 2.0 + width, "à revoir"]]  # fmt: skip
    assert statuses == ["retenu", "à revoir", "écarté"]
    assert views(content, histogram=content.histogram.iloc[:0])["histogram_chart"] == ""


def test_a_chart_of_groups_has_the_lowest_when_they_are_too_many(
    content: Content, drawn: dict[str, list[tuple[Any, ...]]]
) -> None:
    report = content.settings.report.model_copy(update={"most_rows": 3})
    few = content.settings.model_copy(update={"report": report})
    ages = {"moins de 18": -0.01, "18-24": -0.03, "25-64": 0.02, "65 et plus": 0.0}

    def groups(names: list[str]) -> pd.DataFrame:
        rows = [("procedure", "age_victime", name, "taux_appariement", 90.0, 0.9, 0.8, 1.0, 0.0, ages[name], 0.0, 0.0, False) for name in names]  # fmt: skip
        whole = ("procedure", "ensemble", "ensemble", "taux_appariement", 900.0, 0.91, 0.9, 0.92, 0.0, None, None, None, False)  # fmt: skip
        return pd.DataFrame([whole, *rows], columns=GROUP)

    (chart,) = views(content, settings=few, subgroups=groups([*ages]))["subgroup_charts"]
    shown = drawn["dots"][-1][0]
    assert (chart["cut"], list(shown["label"])) == (1, ["18-24", "moins de 18", "65 et plus"])
    assert set(shown["whole"]) == {0.91} and set(shown["side"]) == {"procédures"}
    (chart,) = views(content, settings=few, subgroups=groups(["25-64", "18-24", "moins de 18"]))["subgroup_charts"]
    assert (chart["cut"], list(drawn["dots"][-1][0]["label"])) == (0, ["moins de 18", "18-24", "25-64"])


def test_charts_of_groups_share_their_axes(content: Content, drawn: dict[str, list[tuple[Any, ...]]]) -> None:
    assert len(views(content, subgroups=_of_two_dimensions(content))["subgroup_charts"]) == 2
    (first, second) = (domains for *_, domains in drawn["dots"])
    assert first == second == {"Taux d'appariement": (0.75, 1.0), "Rappel estimé": (0.85, 1.0)}


def _of_two_dimensions(content: Content) -> pd.DataFrame:
    of_sex = content.subgroups[content.subgroups["dimension"] == "force"].assign(dimension="sexe_victime")
    of_sex.loc[of_sex["measure"] == "taux_appariement", "low"] = 0.799
    return pd.concat([content.subgroups, of_sex], ignore_index=True)


def test_named_groups_come_lowest_first_and_cells_once(content: Content) -> None:
    weights = pd.DataFrame([(0, 1.1), (0, 1.1), (1, 1.2)], columns=["cell", "weight"])
    found = views(content, weights=weights)
    assert [(row["side"], row["modalite"]) for row in found["slow"]] == [("affaire", "GN"), ("procedure", "GN")]
    assert list(found["cells"]["weight"]) == [1.1, 1.2]
    assert len(views(content, weights=weights.iloc[:0])["cells"]) == 0


def test_values_set_aside_are_counted_by_source_and_year(content: Content) -> None:
    assert views(content)["unread"] == {
        "columns": ["cassiopee 2021", "lrppn 2020", "lrppn 2021"],
        "rows": {"clé de PV illisible": [1, 7, 0], "code porté par trop de personnes, écarté": [0, 0, 53]},
    }
    none = views(content, unread=content.unread.iloc[:0])["unread"]
    assert none["rows"] == {}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a_revoir [-2 ; 1[", "à revoir, de −2 à 1 bits"),
        ("ecarte [< -2]", "écarté, moins de −2 bits"),
        ("retenu [≥ 10]", "retenu, 10 bits ou plus"),
        ("retenu > 10", "retenu > 10"),
    ],
)
def test_a_stratum_is_said_in_words_with_its_unit(name: str, said: str) -> None:
    assert words.stratum(name) == said


@pytest.mark.parametrize(
    ("comparison", "label", "said"),
    [
        ("faits", "écart ≤ 1", "1 jour d'écart au plus"),
        ("faits", "écart ≤ 31", "31 jours d'écart au plus"),
        ("envoi", "écart ≤ 3", "3 jours d'écart au plus"),
        ("infraction", "toutes avec des autres", "toutes celles de la procédure, et d'autres"),
        ("cle", "clé exacte", "clé exacte"),
    ],
)
def test_a_level_is_said_in_words_with_its_unit(comparison: str, label: str, said: str) -> None:
    assert words.level(comparison, label) == said
