"""The method's settings: the only module that names the files of ``conf/method``, and checks them together.

What one file names, another must declare: whoever reads a file here has it checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from linkage.platform import config
from linkage.platform.errors import InputError
from linkage.platform.settings import Settings
from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.levels import SPARK
from linkage.scored_pairs.patterns import too_many_levels
from linkage.settings.candidate_pairs import BlockingRule, CandidatePairsSettings
from linkage.settings.linked_base import LinkedBaseSettings
from linkage.settings.links import LinksSettings
from linkage.settings.quality import QualitySettings
from linkage.settings.scored_pairs import ComparisonSettings, ModelSettings, ScoredPairsSettings
from linkage.settings.sources import SourcesSettings
from linkage.settings.standardised import StandardisedSettings

SOURCES, STANDARDISED, CANDIDATE_PAIRS, SCORED_PAIRS = "sources", "standardised", "candidate_pairs", "scored_pairs"
LINKS, LINKED_BASE, QUALITY = "links", "linked_base", "quality"


def file_of(stage: str) -> str:
    """Return the file, under ``conf``, that sets a stage."""
    return f"method/{stage}.toml"


def sources_settings() -> SourcesSettings:
    """Return which delivered rows are refused."""
    return config.settings(file_of(SOURCES), SourcesSettings)


def standardised_settings() -> StandardisedSettings:
    """Return how delivered values are read."""
    return config.settings(file_of(STANDARDISED), StandardisedSettings)


def candidate_pairs_settings() -> CandidatePairsSettings:
    """Return which pairs are compared. What other files name of the rules is checked where those are read."""
    return config.settings(file_of(CANDIDATE_PAIRS), CandidatePairsSettings)


def scored_pairs_settings() -> ScoredPairsSettings:
    """Return how pairs are scored, once the blocking rules it names are found: else a model would silently learn none.

    Raises
    ------
    InputError
        A rule is not declared, rules beyond the references are not those of jonctions, or comparisons have too many
        levels together; all of them at once.
    """
    settings = config.settings(file_of(SCORED_PAIRS), ScoredPairsSettings)
    models: tuple[ModelSettings, ...] = (settings, settings.jonctions, settings.persons)
    too_many = [problem for model in models for problem in too_many_levels(model)]
    _refuse(SCORED_PAIRS, unknown_rules(settings, candidate_pairs_settings().rules) + too_many)
    return settings


def links_settings() -> LinksSettings:
    """Return which pairs are links, once the labels it names are found: else a level would silently never be reached.

    Raises
    ------
    InputError
        A comparison or a label is not declared; all of them at once, with those that are.
    """
    settings, scored = config.settings(file_of(LINKS), LinksSettings), scored_pairs_settings()
    _refuse(LINKS, unknown_labels(settings, scored.comparisons, scored.jonctions.comparisons))
    return settings


def linked_base_settings() -> LinkedBaseSettings:
    """Return how much analysts see of each fact."""
    return config.settings(file_of(LINKED_BASE), LinkedBaseSettings)


def quality_settings() -> QualitySettings:
    """Return how a version is judged."""
    return config.settings(file_of(QUALITY), QualitySettings)


OF_A_VERSION: dict[str, Callable[[], Settings]] = {
    STANDARDISED: standardised_settings,
    CANDIDATE_PAIRS: candidate_pairs_settings,
    SCORED_PAIRS: scored_pairs_settings,
    LINKS: links_settings,
}
"""The stages whose settings make a version what it is, in the data's order."""


def settings_hash(*stages: str) -> str:
    """Return SHA-256 of the settings of these stages, whatever their layout; without any, of all that make a version.

    Raises
    ------
    InputError
        As each stage's own settings do.
    """
    return config.settings_hash(*(OF_A_VERSION[stage]() for stage in stages or OF_A_VERSION))


def _refuse(stage: str, problems: Sequence[str]) -> None:
    if problems:
        raise InputError([f"conf/{file_of(stage)}: {problem}" for problem in problems])


def unknown_rules(settings: ScoredPairsSettings, rules: Sequence[BlockingRule]) -> list[str]:
    """Return the names that no blocking rule has; jonctions come of the rules beyond the references."""
    declared = [rule.name for rule in rules]
    beyond = [rule.name for rule in rules if rule.references == "beyond"]
    named_by_key = {"jonctions: rules": settings.jonctions.rules, "persons: learnt_from": settings.persons.learnt_from}
    problems = [
        f"{key}: no blocking rule {name}; conf/{file_of(CANDIDATE_PAIRS)} declares {', '.join(declared)}."
        for key, names in named_by_key.items()
        for name in names
        if name not in declared
    ]
    if not problems and set(settings.jonctions.rules) != set(beyond):
        rules_given, expected = ", ".join(settings.jonctions.rules), ", ".join(beyond) or "none"
        problems.append(f"jonctions: rules: {rules_given} found, those with references beyond expected: {expected}.")
    return problems


def unknown_labels(
    settings: LinksSettings, of_cases: Sequence[ComparisonSettings], of_jonctions: Sequence[ComparisonSettings] = ()
) -> list[str]:
    """Return the labels that no comparison gives; passes beyond the references see the comparisons of jonctions."""
    labels_of = {
        beyond: {c.name: [level.label for level in c.levels] for c in comparisons(declared, SPARK)}
        for beyond, declared in ((False, of_cases), (True, of_jonctions))
    }
    problems = []
    for key, beyond, name, labels in _labels_named(settings):
        labels_of_model = labels_of[beyond]
        if name not in labels_of_model:
            problems.append(
                f"{key}: no comparison {name}; conf/{file_of(SCORED_PAIRS)} declares {', '.join(labels_of_model)}."
            )
            continue
        problems += [
            f"{key}: comparison {name} has no level '{label}'; it has {', '.join(labels_of_model[name])}."
            for label in labels
            if label not in labels_of_model[name]
        ]
    return problems


def _labels_named(settings: LinksSettings) -> Iterator[tuple[str, bool, str, tuple[str, ...]]]:
    for declared in settings.passes:
        for name, labels in declared.levels.items():
            yield f"pass {declared.name}: levels", declared.beyond, name, labels
    for second in settings.second_affaire:
        for name, labels in second.levels.items():
            yield f"second_affaire {second.name}: levels", False, name, labels
    feedback = settings.persons_feedback
    if feedback:
        yield "persons_feedback: nobody", False, feedback.comparison, feedback.nobody
        yield "persons_feedback: one_birth", False, feedback.comparison, feedback.one_birth
