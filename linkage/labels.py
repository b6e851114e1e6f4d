"""Labels that ``conf/method/links.toml`` names must be those of the comparisons that ``scored_pairs.toml`` declares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from linkage import config
from linkage.errors import InputError
from linkage.scored_pairs.comparisons import comparisons
from linkage.scored_pairs.levels import SPARK
from linkage.settings import ComparisonSettings, LinksSettings, ScoredPairsSettings

LINKS, SCORED_PAIRS = "method/links.toml", "method/scored_pairs.toml"


def links_settings() -> LinksSettings:
    """The settings of links, their labels checked: one that no comparison gives would silently never be reached.

    Raises
    ------
    InputError
        A comparison or a label is not declared; all of them at once, with those that are.
    """
    settings = config.settings(LINKS, LinksSettings)
    scored = config.settings(SCORED_PAIRS, ScoredPairsSettings)
    problems = unknown(settings, scored.comparisons, scored.jonctions.comparisons)
    if problems:
        raise InputError([f"conf/{LINKS}: {problem}" for problem in problems])
    return settings


def unknown(
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
