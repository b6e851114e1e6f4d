"""A decisions file is taken whole or refused whole, and no identifier is repeated."""

from __future__ import annotations

import json
from typing import Any

import pytest

from linkage.platform.errors import InputError
from linkage.quality.review import decisions
from linkage.quality.review.page import sample_hash

SAMPLE = [(f"p{number}", "lrppn", f"a{number}") for number in (1, 2, 3)]
BOTH = [*SAMPLE, ("p3", "lrpgn", "a3")]
"""The other force has a procedure of the same number, drawn with the same affair."""
WHEN = "2025-03-01T09:30:00.123Z"


def entry(number: int, decision: str = "oui", **other: object) -> dict[str, Any]:
    return {"id_procedure": f"p{number}", "id_affaire": f"a{number}", "decision": decision, "when": WHEN, **other}


def file(*entries: object, **other: object) -> bytes:
    content = {"format": 1, "version": "v1", "sample": sample_hash(SAMPLE), "decisions": list(entries), **other}
    return json.dumps(content).encode()


def read(content: bytes) -> list[dict[str, Any]]:
    return decisions.read(content, SAMPLE, version="v1", where="d.json")


def problems(content: bytes) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(content)
    return caught.value.problems


def test_decisions_come_back_as_rows() -> None:
    rows = read(file(entry(1), entry(3, "doute"), entry(1)))
    assert [(row["id_procedure"], row["id_affaire"], row["decision"]) for row in rows] == [
        ("p1", "a1", "oui"),
        ("p3", "a3", "doute"),
    ]
    assert rows[0]["reviewed_at"].isoformat() == "2025-03-01T09:30:00.123000+00:00"
    assert len(rows[0]["file_sha256"]) == 64


@pytest.mark.parametrize("when", ["2025-03-01T09:30:00", "2025-03-01T10:30:00+01:00", "2025-03-01T09:30:00Z"])
def test_a_moment_is_read_in_universal_time_which_is_that_of_a_moment_without_a_zone(when: str) -> None:
    assert read(file(entry(1, when=when)))[0]["reviewed_at"].isoformat() == "2025-03-01T09:30:00+00:00"


def test_an_entry_says_its_source_where_two_procedures_of_the_sample_have_one_number() -> None:
    def named(*entries: object) -> list[dict[str, Any]]:
        return decisions.read(file(*entries, sample=sample_hash(BOTH)), BOTH, version="v1", where="d.json")

    rows = named(entry(3, source="lrpgn"), entry(3, "non", source="lrppn"), entry(1))
    assert [(row["source"], row["id_procedure"], row["decision"]) for row in rows] == [
        ("lrpgn", "p3", "oui"),
        ("lrppn", "p3", "non"),
        ("lrppn", "p1", "oui"),
    ]
    with pytest.raises(InputError, match="decision 2: a pair of several sources; its source expected"):
        named(entry(1), entry(3))


def test_a_partial_file_is_taken_and_an_empty_one_would_erase_what_was_decided() -> None:
    assert len(read(file(entry(2)))) == 1
    with pytest.raises(InputError, match="decisions: none in it"):
        read(file())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a decisions file"),
        (b'{"format": 1}', "not a decisions file"),
        (file(format=2), "format: 1 expected"),
        (file(version="v0"), "version: another one than --version v1"),
        (file(sample="0" * 64), "sample: not the sample drawn"),
        (file("oui"), "decision 1: not an entry"),
        (file(entry(1), entry(9)), "decision 2: a pair that is not in the sample"),
        (file({**entry(1), "id_affaire": ["a1"]}), "decision 1: a pair that is not in the sample"),
        (file(entry(1, "peut-être")), "decision 1: an unknown decision; oui, non, doute expected"),
        (file(entry(1, ["oui"])), "decision 1: an unknown decision"),  # type: ignore[arg-type]
        (file(entry(1, when="hier")), "decision 1: when"),
        (file({k: v for k, v in entry(1).items() if k != "when"}), "decision 1: when"),
        (file(entry(1), entry(2), entry(1, "non")), "decision 3: the pair of decision 1, decided otherwise"),
    ],
)
def test_a_bad_file_is_refused_and_says_where(content: bytes, said: str) -> None:
    assert any(said in problem for problem in problems(content))


def test_all_problems_come_together_without_an_identifier() -> None:
    found = problems(file(entry(9), entry(1, "?"), entry(2, when=""), version="v0"))
    assert len(found) == 4
    assert not any(value in problem for problem in found for value in ("p9", "a9", "p1", "a2"))
