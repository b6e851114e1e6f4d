"""What one file of the method names and no other declares is refused, instead of silently never being reached."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from linkage.platform.errors import InputError
from linkage.scored_pairs import patterns
from linkage.settings.candidate_pairs import CandidatePairsSettings
from linkage.settings.scored_pairs import MODELS
from linkage.versions import method
from linkage.versions.method import links_settings, scored_pairs_settings, unknown_labels, unknown_rules

METHOD_FILE = r"(conf/)?method/.*toml"


def test_the_files_in_force_name_what_the_others_declare() -> None:
    assert links_settings().passes


def test_no_other_module_names_a_file_of_the_method() -> None:
    place = Path(method.__file__)
    others = [file for room in ("jobs", "linkage") for file in (place.parents[2] / room).rglob("*.py") if file != place]
    literals = {file: list(_texts(ast.parse(file.read_text(encoding="utf-8")))) for file in others}
    assert len(others) > 100
    assert [file.name for file, texts in literals.items() if any(re.match(METHOD_FILE, text) for text in texts)] == []


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_a_file_at_fault_is_refused_by_every_reading_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(method, "unknown_labels", lambda *_: ["pass x: levels: no comparison y."])
    for read in (links_settings, lambda: method.settings_hash(method.LINKS), method.settings_hash):
        with pytest.raises(InputError, match=f"conf/{method.file_of(method.LINKS)}: pass x: levels"):
            read()


def test_unknown_comparisons_and_labels_are_all_named() -> None:
    declared = method.scored_pairs_settings().comparisons
    settings = links_settings()
    assert settings.persons_feedback is not None
    feedback = settings.persons_feedback.model_copy(update={"nobody": ("personne",)})
    first = settings.passes[0].model_copy(update={"levels": {"cle": ("cle exacte",), "clef": ("x",)}})
    problems = unknown_labels(settings.model_copy(update={"passes": (first,), "persons_feedback": feedback}), declared)
    assert [problem.split(";")[0] for problem in problems] == [
        f"pass {first.name}: levels: comparison cle has no level 'cle exacte'",
        f"pass {first.name}: levels: no comparison clef",
        "persons_feedback: nobody: comparison personnes has no level 'personne'",
    ]


def test_models_of_more_patterns_than_an_integer_tells_apart_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "LARGEST", 1000)
    with pytest.raises(InputError) as refused:
        scored_pairs_settings()
    said = str(refused.value)
    assert [said.count(f"model of {model}:") for model in MODELS] == [1, 1, 1]


def test_unknown_blocking_rules_are_all_named() -> None:
    settings, rules = (
        scored_pairs_settings(),
        method.candidate_pairs_settings().rules,
    )
    renamed = [rule.model_copy(update={"name": f"{rule.name}_2"}) for rule in rules if rule.references == "beyond"]
    others = [rule for rule in rules if rule.references != "beyond"]
    persons = settings.persons.model_copy(update={"learnt_from": ("clef",)})
    problems = unknown_rules(settings.model_copy(update={"persons": persons}), [*others, *renamed])
    assert [problem.split(";")[0] for problem in problems] == [
        "jonctions: rules: no blocking rule jonction",
        "jonctions: rules: no blocking rule jonction_faits",
        "jonctions: rules: no blocking rule jonction_apport",
        "persons: learnt_from: no blocking rule clef",
    ]


def test_jonctions_are_the_pairs_of_the_rules_beyond_the_references() -> None:
    settings, rules = (
        scored_pairs_settings(),
        method.candidate_pairs_settings().rules,
    )
    beyond = [
        rule.model_copy(update={"references": "beyond"}) if rule.name == "lieu_et_faits" else rule for rule in rules
    ]
    assert unknown_rules(settings, beyond) == [
        "jonctions: rules: jonction, jonction_faits, jonction_apport found, "
        "those with references beyond expected: lieu_et_faits, jonction, jonction_faits, jonction_apport."
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"references": "unsettled"}, "'unsettled' references found, 'all' expected"),
        ({"procedures": "unsettled"}, "'unsettled' procedures found, 'all' expected"),
        ({"name": "jonction"}, "jonction: one name"),
    ],
)
def test_rules_that_cannot_be_run_are_refused(change: dict[str, str], said: str) -> None:
    declared = method.candidate_pairs_settings().model_dump()
    declared["rules"][0].update(change)
    with pytest.raises(ValidationError, match=said):
        CandidatePairsSettings.model_validate(declared)
