"""The reviewer's decisions, read back from the file that the review page saves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from linkage.platform.errors import InputError
from linkage.quality.review.page import FORMAT, sample_hash
from linkage.tables.quality import DOUBT, NO, YES, ReviewDecision

WORDS = (YES, NO, DOUBT)
Pair = tuple[str, str]


def read(content: bytes, sample: Iterable[Pair], *, version: str, where: str) -> list[dict[str, Any]]:
    """Return the rows of ``review_decisions``, one per pair decided.

    An entry is named by its place in the file, from 1: an identifier is never repeated in a message.

    Raises
    ------
    InputError
        Not a decisions file, of another version or another sample; a pair that was not drawn, a word that is no
        decision, a moment that is none, one pair decided in two ways. All problems at once.
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
        wrong = _find_problems(entry, pairs)
        if wrong:
            problems += [f"{where}: decision {place}: {problem}." for problem in wrong]
            continue
        pair = (entry["id_procedure"], entry["id_affaire"])
        row: dict[str, Any] = {
            ReviewDecision.version: version,
            ReviewDecision.id_procedure: pair[0],
            ReviewDecision.id_affaire: pair[1],
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


def _find_problems(entry: Any, pairs: set[Pair]) -> list[str]:
    if not isinstance(entry, Mapping):
        return ["not an entry with id_procedure, id_affaire, decision and when"]
    problems = []
    pair = (entry.get("id_procedure"), entry.get("id_affaire"))
    if not all(isinstance(part, str) for part in pair) or pair not in pairs:
        problems.append("a pair that is not in the sample")
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
