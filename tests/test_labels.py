"""A label that no comparison gives is refused instead of never being reached."""

from __future__ import annotations

from linkage import config
from linkage.labels import links_settings, unknown
from linkage.settings import ScoredPairsSettings


def test_the_settings_of_links_name_known_labels_only() -> None:
    assert links_settings().passes


def test_unknown_comparisons_and_labels_are_all_named() -> None:
    declared = config.settings("method/scored_pairs.toml", ScoredPairsSettings).comparisons
    settings = links_settings()
    assert settings.persons_feedback is not None
    feedback = settings.persons_feedback.model_copy(update={"nobody": ("personne",)})
    first = settings.passes[0].model_copy(update={"levels": {"cle": ("cle exacte",), "clef": ("x",)}})
    problems = unknown(settings.model_copy(update={"passes": (first,), "persons_feedback": feedback}), declared)
    assert [problem.split(";")[0] for problem in problems] == [
        f"pass {first.name}: levels: comparison cle has no level 'cle exacte'",
        f"pass {first.name}: levels: no comparison clef",
        "persons_feedback: nobody: comparison personnes has no level 'personne'",
    ]
