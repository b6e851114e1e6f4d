"""What a run leaves on the disk besides its tables: no identifier in clear, and nothing for others to read."""

from __future__ import annotations

import stat
import time
from pathlib import Path

from tests.clear_text import EVERY_SECONDS, watched


def test_scratch_has_no_identifier_in_clear_while_every_stage_runs(finished_lake: Path) -> None:
    assert finished_lake.with_suffix(".clear").read_text(encoding="utf-8") == ""


def test_an_identifier_in_clear_would_be_seen(tmp_path: Path) -> None:
    with watched(tmp_path) as found:
        (tmp_path / "part-00000").write_bytes(b"\x00\x0bN0001234567\x00")
        (tmp_path / "other").write_bytes(b"N0001234567890")
        time.sleep(5 * EVERY_SECONDS)
    assert found == [str(tmp_path / "part-00000")]


def test_nothing_in_a_lake_is_for_others(finished_lake: Path) -> None:
    open_to_others = [
        str(place.relative_to(finished_lake))
        for place in (finished_lake, *finished_lake.rglob("*"))
        if stat.S_IMODE(place.stat().st_mode) & stat.S_IRWXO
    ]
    assert open_to_others == ["_lake.json"]  # which versions readers may read, nothing of their rows
