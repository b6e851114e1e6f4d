"""The method's settings, read together: what one file names, another must declare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from linkage.platform import config
from linkage.platform.errors import InputError
from linkage.platform.settings import Settings
from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.levels import SPARK
from linkage.scored_pairs.patterns import too_many_levels
from linkage.settings.candidate_pairs import BlockingRule, CandidatePairsSettings
from linkage.settings.links import LinksSettings
from linkage.settings.scored_pairs import ComparisonSettings, ModelSettings, ScoredPairsSettings
from linkage.settings.standardised import StandardisedSettings

STANDARDISED, CANDIDATE_PAIRS = "method/standardised.toml", "method/candidate_pairs.toml"
SCORED_PAIRS, LINKS = "method/scored_pairs.toml", "method/links.toml"
FILES: dict[str, type[Settings]] = {
    STANDARDISED: StandardisedSettings,
    CANDIDATE_PAIRS: CandidatePairsSettings,
    SCORED_PAIRS: ScoredPairsSettings,
    LINKS: LinksSettings,
}


def settings_hash(*files: str) -> str:
    """SHA-256 of files of the method's settings, all of them unless some are named, whatever their layout."""
    return config.settings_hash(*(config.settings(file, FILES[file]) for file in files or FILES))


def scored_pairs_settings() -> ScoredPairsSettings:
    """The settings of scored pairs, the blocking rules that they name checked: a model would silently have no pairs.

    Raises
    ------
    InputError
        A rule is not declared, rules beyond the references are not those of jonctions, or comparisons have too many
        levels together; all of them at once.
    """
    settings = config.settings(SCORED_PAIRS, ScoredPairsSettings)
    rules = config.settings(CANDIDATE_PAIRS, CandidatePairsSettings).rules
    models: tuple[ModelSettings, ...] = (settings, settings.jonctions, settings.persons)
    too_many = [problem for model in models for problem in too_many_levels(model)]
    if problems := unknown_rules(settings, rules) + too_many:
        raise InputError([f"conf/{SCORED_PAIRS}: {problem}" for problem in problems])
    return settings


def links_settings() -> LinksSettings:
    """The settings of links, their labels checked: one that no comparison gives would silently never be reached.

    Raises
    ------
    InputError
        A comparison or a label is not declared; all of them at once, with those that are.
    """
    settings = config.settings(LINKS, LinksSettings)
    scored = config.settings(SCORED_PAIRS, ScoredPairsSettings)
    if problems := unknown_labels(settings, scored.comparisons, scored.jonctions.comparisons):
        raise InputError([f"conf/{LINKS}: {problem}" for problem in problems])
    return settings


def unknown_rules(settings: ScoredPairsSettings, rules: Sequence[BlockingRule]) -> list[str]:
    """What the settings name and no blocking rule is; jonctions are scored where rules look beyond the references."""
    declared = [rule.name for rule in rules]
    beyond = [rule.name for rule in rules if rule.references == "beyond"]
    named = {"jonctions: rules": settings.jonctions.rules, "persons: learnt_from": settings.persons.learnt_from}
    problems = [
        f"{key}: no blocking rule {name}; conf/{CANDIDATE_PAIRS} declares {', '.join(declared)}."
        for key, names in named.items()
        for name in names
        if name not in declared
    ]
    if not problems and set(settings.jonctions.rules) != set(beyond):
        found, expected = ", ".join(settings.jonctions.rules), ", ".join(beyond) or "none"
        problems.append(f"jonctions: rules: {found} found, those with references beyond expected: {expected}.")
    return problems


def unknown_labels(
    settings: LinksSettings, of_cases: Sequence[ComparisonSettings], of_jonctions: Sequence[ComparisonSettings] = ()
) -> list[str]:
    """What the settings name and no declared comparison gives; a pass beyond the references sees those of jonctions."""
    labels_of = {
        beyond: {c.name: [level.label for level in c.levels] for c in comparisons(declared, SPARK)}
        for beyond, declared in ((False, of_cases), (True, of_jonctions))
    }
    problems = []
    for key, beyond, name, labels in _named(settings):
        known = labels_of[beyond]
        if name not in known:
            problems.append(f"{key}: no comparison {name}; conf/{SCORED_PAIRS} declares {', '.join(known)}.")
            continue
        problems += [
            f"{key}: comparison {name} has no level '{label}'; it has {', '.join(known[name])}."
            for label in labels
            if label not in known[name]
        ]
    return problems


def _named(settings: LinksSettings) -> Iterator[tuple[str, bool, str, tuple[str, ...]]]:
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
