"""What one file of the method names and no other declares is refused, instead of silently never being reached."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from linkage.platform import config
from linkage.platform.errors import InputError
from linkage.scored_pairs import patterns
from linkage.settings.candidate_pairs import CandidatePairsSettings
from linkage.settings.scored_pairs import MODELS, ScoredPairsSettings
from linkage.versions.method import links_settings, scored_pairs_settings, unknown_labels, unknown_rules


def test_the_settings_of_links_name_known_labels_only() -> None:
    assert links_settings().passes


def test_unknown_comparisons_and_labels_are_all_named() -> None:
    declared = config.settings("method/scored_pairs.toml", ScoredPairsSettings).comparisons
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
        config.settings("method/candidate_pairs.toml", CandidatePairsSettings).rules,
    )
    renamed = [rule.model_copy(update={"name": f"{rule.name}_2"}) for rule in rules if rule.references == "beyond"]
    others = [rule for rule in rules if rule.references != "beyond"]
    persons = settings.persons.model_copy(update={"learnt_from": ("clef",)})
    problems = unknown_rules(settings.model_copy(update={"persons": persons}), [*others, *renamed])
    assert [problem.split(";")[0] for problem in problems] == [
        "jonctions: rules: no blocking rule jonction",
        "persons: learnt_from: no blocking rule clef",
    ]


def test_jonctions_are_the_pairs_of_the_rules_beyond_the_references() -> None:
    settings, rules = (
        scored_pairs_settings(),
        config.settings("method/candidate_pairs.toml", CandidatePairsSettings).rules,
    )
    beyond = [
        rule.model_copy(update={"references": "beyond"}) if rule.name == "lieu_et_faits" else rule for rule in rules
    ]
    assert unknown_rules(settings, beyond) == [
        "jonctions: rules: jonction found, those with references beyond expected: lieu_et_faits, jonction."
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
    declared = config.settings("method/candidate_pairs.toml", CandidatePairsSettings).model_dump()
    declared["rules"][0].update(change)
    with pytest.raises(ValidationError, match=said):
        CandidatePairsSettings.model_validate(declared)
