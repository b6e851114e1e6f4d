"""The files of ``conf/`` as an editor may leave them."""

from __future__ import annotations

from pathlib import Path

import pytest

from linkage.platform import config


def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "conf", lambda: tmp_path)
    (tmp_path / "nomenclatures").mkdir()
    (tmp_path / "x.toml").write_bytes(b"\xef\xbb\xbfa = 1\n")
    (tmp_path / "nomenclatures" / "x.csv").write_bytes(b"\xef\xbb\xbf# from a list\ncode;label\n1;one\n")
    assert config.toml("x.toml") == {"a": 1}
    assert config.nomenclature("x") == [{"code": "1", "label": "one"}]
