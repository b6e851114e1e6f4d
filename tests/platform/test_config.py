"""The files of ``conf/`` as an editor may leave them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from linkage.platform import config
from linkage.platform.errors import InputError
from linkage.platform.nearest import did_you_mean
from linkage.platform.settings import Settings


class Inner(Settings):
    """A group in a group."""

    name: str = ""


class Sample(Settings):
    """A setting of each type."""

    threshold: float = 0.0
    rounds: int = 0
    kept: bool = False
    name: str = ""
    names: tuple[str, ...] = ()
    first: datetime.date | None = None
    inner: Inner = Inner()


def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "conf", lambda: tmp_path)
    (tmp_path / "nomenclatures").mkdir()
    (tmp_path / "x.toml").write_bytes(b"\xef\xbb\xbfa = 1\n")
    (tmp_path / "nomenclatures" / "x.csv").write_bytes(b"\xef\xbb\xbf# from a list\ncode;label\n1;one\n")
    assert config.toml("x.toml") == {"a": 1}
    assert config.nomenclature("x") == [{"code": "1", "label": "one"}]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('threshold = "-3.0"', 'threshold: the text "-3.0" found, a number expected.'),
        ("threshold = true", "threshold: the value true found, a number expected."),
        ("rounds = 3.5", "rounds: the number 3.5 found, a whole number expected."),
        ('rounds = "3"', 'rounds: the text "3" found, a whole number expected.'),
        ('kept = "true"', 'kept: the text "true" found, true or false expected.'),
        ("name = 3", "name: the number 3 found, a text expected."),
        ('names = "a"', 'names: the text "a" found, a list expected.'),
        ("names = [1]", "names.0: the number 1 found, a text expected."),
        ('first = "2018-01-01"', 'first: the text "2018-01-01" found, a date expected.'),
        ("name = 2018-01-01", 'name: the value "2018-01-01" found, a text expected.'),
        ("inner = 3", "inner: the number 3 found, a table expected."),
        ('inner.name = ["a"]', "inner.name: a list found, a text expected."),
        ("treshold = 1", "treshold: unknown setting; known there: first, inner, kept, name, names, rounds, threshold."),
        ("treshold = 1", "Did you mean threshold?"),
    ],
)
def test_a_value_of_another_type_is_refused_with_file_key_and_what_was_found(
    written: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "conf", lambda: tmp_path)
    (tmp_path / "x.toml").write_text(written, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        config.settings("x.toml", Sample)
    (problem,) = refused.value.problems
    assert problem.startswith("conf/x.toml: ") and said in problem


def test_a_value_of_its_type_is_taken_a_whole_number_for_a_number_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "conf", lambda: tmp_path)
    text = 'threshold = -3\nnames = ["a", "b"]\nfirst = 2018-01-01\n[inner]\nname = "c"\n'
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")
    sample = config.settings("x.toml", Sample)
    assert (sample.threshold, sample.names, sample.first) == (-3.0, ("a", "b"), datetime.date(2018, 1, 1))
    assert sample.inner.name == "c"


@pytest.mark.parametrize(
    ("name", "meant"), [("statsu", " Did you mean status?"), ("soruces", " Did you mean sources?"), ("zzz", "")]
)
def test_a_name_that_is_near_is_offered_and_no_other(name: str, meant: str) -> None:
    assert did_you_mean(name, ["status", "sources", "links"]) == meant
