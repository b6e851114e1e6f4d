"""A study is a file: what it gets wrong is named before Spark starts."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, get_args

import pytest

from jobs import CATALOGUE
from jobs.study_extracts import job, release
from jobs.study_extracts.declaration import declared
from linkage.platform import config
from linkage.platform.errors import InputError
from linkage.settings.study_extracts import StudyGrouping, StudyIndicator, StudySettings
from linkage.tables.study_extracts import StudyCase


def declaration(**changes: Any) -> dict[str, Any]:
    content = config.toml("studies/violences_conjugales.toml")
    for key, value in changes.items():
        group, _, name = key.partition("__")
        if name:
            content[group] = {**content[group], name: value}
        else:
            content[group] = value
    return content


def refused(**changes: Any) -> str:
    with pytest.raises(InputError) as error:
        config.validated(declaration(**changes), StudySettings, where="conf/studies/x.toml")
    return str(error.value)


@pytest.mark.parametrize("name", config.names("studies", ".toml"))
def test_every_declared_study_is_accepted(name: str) -> None:
    assert declared(name).study == name


def test_an_unknown_study_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InputError, match="vols: no such study; conf/studies has homicides, violences_conjugales"):
        declared("vols")


def test_an_unknown_setting_is_refused_by_name() -> None:
    assert "population.sexe: unknown setting; known there: est_conjugal" in refused(population__sexe="F")


def test_an_unknown_indicator_is_refused_with_what_is_available() -> None:
    table = {"name": "t", "title": "T", "unit": "victime", "by": "sexe", "indicator": "peine"}
    said = refused(tables=[table])
    assert "tables.0.indicator" in said
    assert "'orientation'" in said
    assert '"peine"' in said


def test_a_threshold_below_the_floor_is_refused() -> None:
    assert "disclosure.threshold" in refused(disclosure__threshold=9)
    config.validated(declaration(disclosure__threshold=10), StudySettings, where="x")


@pytest.mark.parametrize(("setting", "value"), [("certainty", 1.0), ("certainty", 0.0), ("blur", 0), ("base", 7)])
def test_a_rule_that_protects_nothing_is_refused(setting: str, value: float) -> None:
    assert f"disclosure.{setting}" in refused(**{f"disclosure__{setting}": value})


@pytest.mark.parametrize(("setting", "value"), [("sample", 1.0), ("t", 0.0), ("k", 2), ("l", 1)])
def test_an_extract_that_protects_nobody_is_refused(setting: str, value: float) -> None:
    assert f"microdata.{setting}" in refused(**{f"microdata__{setting}": value})


@pytest.mark.parametrize(
    ("whom", "name"),
    [(["public"], None), (["researcher", "dupont"], "dupont"), (["researcher"], ""), (["dupont"], ""), (["researcher", "Ü"], ""),
     (["public", "dupont"], ""), (["researcher", "public"], "")],
)  # fmt: skip
def test_tables_are_for_the_public_and_an_extract_for_a_researcher_by_name(whom: list[str], name: str | None) -> None:
    args = argparse.Namespace(recipient=whom)
    if name == "":
        with pytest.raises(InputError, match="public, or researcher and a name"):
            job.researcher(args)
    else:
        assert job.researcher(args) == name


def test_a_reason_reworded_is_the_same_declaration_to_the_register_and_a_rule_changed_is_another() -> None:
    """Its imprint goes into the pseudonyms of the extract."""
    study, imprint = declared("violences_conjugales"), config.settings_hash
    reworded = declaration(disclosure__why="other words", population__why_natinf="other words")
    assert imprint(config.validated(reworded, StudySettings, where="x")) == imprint(study)
    stricter = declaration(disclosure__threshold=11)
    assert imprint(config.validated(stricter, StudySettings, where="x")) != imprint(study)


def test_procedures_are_not_grouped_by_a_trait_of_persons() -> None:
    table = {"name": "t", "title": "T", "unit": "procedure", "by": "sexe", "indicator": "orientation"}
    assert "a procedure has no sexe" in refused(tables=[table])


@pytest.mark.parametrize("by", ["lien_auteur", "deja_victime"])
def test_mis_en_cause_are_not_grouped_by_a_trait_of_victims(by: str) -> None:
    table = {"name": "t", "title": "T", "unit": "mis_en_cause", "by": by, "indicator": "orientation"}
    assert f"a mis en cause has no {by}" in refused(tables=[table])


@pytest.mark.parametrize("name", ["sensibilite", "ma_sensibilite", "liaison_victime_force"])
def test_a_name_by_which_the_study_tells_its_own_tables_apart_is_refused(name: str) -> None:
    table = {"name": name, "title": "T", "unit": "victime", "by": "force", "indicator": "orientation"}
    assert f"tables: {name}: names that" in refused(tables=[table])


def test_an_offence_of_two_kinds_is_refused() -> None:
    kinds = [
        {"name": name, "label": name, "natinf": ["10872", code]} for name, code in (("un", "7177"), ("deux", "7178"))
    ]
    said = refused(kinds=kinds)
    assert "kinds: natinf 10872 declared in several" in said
    assert "7177" not in said


def test_what_others_may_know_of_a_person_is_a_quasi_identifier() -> None:
    left = ["genre", "sexe", "tranche_age", "force", "millesime"]
    assert "code_departement: what others may know" in refused(microdata__quasi_identifiers=left)


def test_an_offence_outside_the_nomenclature_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = declaration(population__natinf=["99999"])
    monkeypatch.setattr(config, "toml", lambda path: content)
    with pytest.raises(InputError, match="population: natinf 99999: not in"):
        declared("violences_conjugales")


@pytest.mark.parametrize(
    ("lake", "out"),
    [
        ("/data/lake", "/data/lake/out"),
        ("/data/lake", "/data/lake"),
        ("lake", "{here}/lake/out"),
        ("/data/lake", "file:///data/lake/out"),
        ("/data/lake", "/data/other/../lake/out"),
        ("{here}/lake", "{here}/link/out"),
        ("hdfs://nn/data/lake", "hdfs://nn/data/other/../lake/out"),
    ],
)
def test_an_output_folder_inside_the_lake_is_refused(
    lake: str, out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lake").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "lake")
    places = {"lake": lake.format(here=tmp_path), "out": out.format(here=tmp_path)}
    args = argparse.Namespace(study="homicides", recipient=["public"], **places, key=None, env="local")
    with pytest.raises(InputError, match="it lies inside the lake"):
        CATALOGUE.load("study_extracts").check(args)


@pytest.mark.parametrize("out", ["/data/lake-etude", "/data/other", "hdfs://nn/data/lake/out"])
def test_an_output_folder_beside_the_lake_is_accepted(out: str) -> None:
    release.outside(out, lake="/data/lake")


def test_what_a_study_may_declare_is_a_column_with_its_meaning() -> None:
    declarable = {*get_args(StudyGrouping), *get_args(StudyIndicator)}
    assert declarable <= set(StudyCase.names())
    assert StudyCase.mois_fin.meaning == "délai de l'enregistrement à la fin"
