"""The reviewer's decisions, read back from the file that the review page saves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from linkage.concepts.sides import PAIR
from linkage.platform.errors import InputError
from linkage.quality.review.page import FORMAT, sample_hash
from linkage.tables.quality import DOUBT, NO, YES, ReviewDecision

WORDS = (YES, NO, DOUBT)
Pair = tuple[str, ...]
"""What names a pair, in the order of ``PAIR``."""


def read(content: bytes, sample: Iterable[Pair], *, version: str, where: str) -> list[dict[str, Any]]:
    """Return the rows of ``review_decisions``, one per pair decided.

    An entry names its pair by ``id_procedure``, ``id_affaire`` and, where two sources of the sample number alike,
    ``source``. A message names the entry by its place in the file, from 1: an identifier is never repeated.

    Raises
    ------
    InputError
        Not a decisions file, of another version or another sample; a pair that was not drawn, one of two
        sources, a word that is no decision, a moment that is none, one pair decided in two ways. All problems at once.
    """
    file = _parse(content, where)
    pairs = set(sample)
    problems = []
    if file["version"] != version:
        problems.append(f"{where}: version: another one than --version {version}.")
    if file["sample"] != sample_hash(pairs):
        problems.append(f"{where}: sample: not the sample drawn for version {version}; use the page of this lake.")
    if not file["decisions"]:
        problems.append(f"{where}: decisions: none in it; it would erase those decided before.")
    decided: dict[Pair, tuple[int, dict[str, Any]]] = {}
    fingerprint = hashlib.sha256(content).hexdigest()
    for place, entry in enumerate(file["decisions"], start=1):
        named = _find_named(entry, pairs)
        wrong = _find_problems(entry, named)
        if wrong:
            problems += [f"{where}: decision {place}: {problem}." for problem in wrong]
            continue
        (pair,) = named
        row: dict[str, Any] = {
            ReviewDecision.version: version,
            **dict(zip(PAIR, pair, strict=True)),
            ReviewDecision.decision: entry["decision"],
            ReviewDecision.reviewed_at: _read_moment(entry["when"]),
            ReviewDecision.file_sha256: fingerprint,
        }
        before, same = decided.get(pair, (place, row))
        if same[ReviewDecision.decision] != row[ReviewDecision.decision]:
            problems.append(f"{where}: decision {place}: the pair of decision {before}, decided otherwise.")
        decided[pair] = (place, row)
    if problems:
        raise InputError(problems)
    return [row for _, row in decided.values()]


def _parse(content: bytes, where: str) -> dict[str, Any]:
    try:
        file = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise InputError(f"{where}: not JSON; expected the file that the review page saves.") from None
    expected = {"format", "version", "sample", "decisions"}
    if not isinstance(file, dict) or not expected <= file.keys() or not isinstance(file["decisions"], list):
        raise InputError(f"{where}: not a decisions file; expected the keys {', '.join(sorted(expected))}.")
    if file["format"] != FORMAT:
        raise InputError(f"{where}: format: {FORMAT} expected.")
    return file


def _find_named(entry: Any, pairs: Iterable[Pair]) -> list[Pair]:
    """Return the pairs of the sample that an entry may name."""
    asked = {name: entry[name] for name in PAIR if name in entry} if isinstance(entry, Mapping) else {}
    if not {ReviewDecision.id_procedure, ReviewDecision.id_affaire} <= asked.keys():
        return []
    return [pair for pair in pairs if asked.items() <= dict(zip(PAIR, pair, strict=True)).items()]


def _find_problems(entry: Any, named: Sequence[Pair]) -> list[str]:
    if not isinstance(entry, Mapping):
        return ["not an entry with id_procedure, id_affaire, decision and when"]
    problems = []
    if not named:
        problems.append("a pair that is not in the sample")
    if len(named) > 1:
        problems.append("a pair of several sources; its source expected")
    if entry.get("decision") not in WORDS:
        problems.append(f"an unknown decision; {', '.join(WORDS)} expected")
    if _read_moment(entry.get("when")) is None:
        problems.append("when: no moment such as 2025-03-01T09:30:00Z")
    return problems


def _read_moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (AttributeError, TypeError, ValueError, OverflowError):
        return None
