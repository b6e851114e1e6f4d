"""What ``status`` says of a lake, which it reads without Spark and without its lock."""

from __future__ import annotations

import datetime
import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from jobs import CATALOGUE
from jobs.status import look
from jobs.status.look import CURRENT, NOT_MADE
from linkage.platform.lake import lock
from linkage.platform.lake.published import Published
from linkage.platform.lake.reading import Here
from linkage.platform.running import submit
from linkage.tables.quality import MatchRate
from linkage.tables.sources import Delivery
from linkage.tables.standardised import Record
from linkage.tables.versions import Version
from linkage.versions import made_of, method
from tests.jobs.status.lake import HandWritten

HOLDER = {"job": "links", "process": 1, "host": "h", "person": "p", "started": "s", "token": "t"}


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HandWritten:
    """Draw a lake with one delivery, its standardised records and a version; logs/ is empty."""
    monkeypatch.setattr("jobs.status.job.LOGS", tmp_path / "logs")
    monkeypatch.setattr(method, "settings_hash", lambda *stages: "settings")
    lake = HandWritten(tmp_path / "lake")
    lake.commit(Delivery, {Delivery.source: ["lrppn"]})
    of = {Delivery.path: 0, "conf/method/standardised.toml": "settings"}
    lake.commit(Record, {Record.side: ["procedure"]}, metadata={made_of.MADE_OF: of})
    counts = pa.map_(pa.string(), pa.int64())
    version: dict[str, Any] = {
        Version.created_at: [datetime.datetime(2026, 11, 2, 3, 4, tzinfo=datetime.timezone.utc)],
        Version.code_version: ["abc"],
        Version.row_counts: pa.array([[("links", 12)]], counts),
        Version.table_versions: pa.array([[("scored_pairs", None)]], counts),
    }
    lake.commit(Version, version, partition={Version.version: "v1"})
    return lake


def stages(lake: HandWritten) -> dict[str, str]:
    return {name: state for name, _, state in look.stages_of(Published(Here(), str(lake.folder)))}


def seen(lake: HandWritten) -> tuple[Published, dict[str, int]]:
    published = Published(Here(), str(lake.folder))
    return published, Here().sizes(str(lake.folder))


def status(lake: HandWritten) -> int:
    return submit.main(CATALOGUE, ["status", "--lake", str(lake.folder)])


def test_a_whole_lake_is_told_without_writing_in_it(written: HandWritten, capsys: pytest.CaptureFixture[str]) -> None:
    before = Here().sizes(str(written.folder))
    assert status(written) == 0
    said = capsys.readouterr().out
    assert "3 tables" in said and "nobody writes in it." in said and "Unfinished writes: none." in said
    (row,) = (line.split() for line in said.splitlines() if line.split()[:1] == ["v1"])
    assert row[3:] == ["abc", "12", "no", "no", "yes"]
    assert Here().sizes(str(written.folder)) == before


def test_a_stage_is_current_until_what_it_was_made_of_changes(written: HandWritten) -> None:
    assert stages(written) == {
        "sources": "1 deliveries",
        "standardised": CURRENT,
        "candidate_pairs": NOT_MADE,
        "scored_pairs": NOT_MADE,
    }
    written.commit(Delivery, {Delivery.source: ["lrppn", "lrpgn"]}, replaces="part-0.parquet")
    assert stages(written)["sources"] == "2 deliveries"
    assert stages(written)["standardised"] == "older than sources/deliveries"


def test_a_commit_that_was_not_published_is_unfinished_and_changes_nothing(written: HandWritten) -> None:
    written.commit(Delivery, {Delivery.source: ["lrppn", "lrpgn"]}, publish=False)
    written.commit(MatchRate, {MatchRate.nb: [1]}, publish=False)
    (written.folder / "_scratch" / "app-1").mkdir(parents=True)
    (written.folder / "._lake.json.0123").touch()
    assert look.unfinished_in(*seen(written)) == [
        "quality/match_rate: written, never published",
        "sources/deliveries: written to version 1, published at version 0",
        "_scratch: 0 MB",
        "._lake.json.0123",
    ]
    assert stages(written)["standardised"] == CURRENT


def test_a_checkpoint_stands_for_the_commits_before_it(written: HandWritten) -> None:
    first = written.commit(MatchRate, {MatchRate.nb: [1]}, partition={"version": "v1"})
    second = written.commit(MatchRate, {MatchRate.nb: [2]}, partition={"version": "v1"}, replaces=first)
    written.checkpoint(MatchRate, second)
    published, sizes = seen(written)
    assert [row[MatchRate.nb] for row in published.rows(MatchRate)] == [2]
    assert published.partitions(MatchRate) == {"v1"}
    assert look.damages(published, sizes) == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda lake: (lake / "versions/part-0.parquet").unlink(), "versions: 1 of its 1 files are missing or cut"),
        (lambda lake: (lake / "versions/part-0.parquet").write_bytes(b"PAR1"), "versions: 1 of its 1 files"),
        (
            lambda lake: (lake / f"versions/_delta_log/{0:020d}.json").write_text('{"commitInfo": {}'),
            "is missing or damaged",
        ),
        (lambda lake: (lake / f"versions/_delta_log/{0:020d}.json").unlink(), "its log has no commit at all"),
    ],
)
def test_damage_is_named_by_its_table_after_what_can_be_told(
    damage: object, said: str, written: HandWritten, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(damage)
    damage(written.folder)
    assert status(written) == 1
    told = capsys.readouterr()
    assert "versions" in told.err and said in told.err
    assert "Unfinished writes" in told.out and "Traceback" not in told.err


@pytest.mark.parametrize(
    ("content", "said"), [(None, "no _lake.json in it: there is no lake at this path."), ("{", "_lake.json is damaged")]
)
def test_what_is_no_lake_is_refused(
    content: str | None, said: str, written: HandWritten, capsys: pytest.CaptureFixture[str]
) -> None:
    record = written.folder / "_lake.json"
    record.unlink() if content is None else record.write_text(content)
    assert status(written) == 2
    assert said in capsys.readouterr().err


def test_a_lake_that_this_account_may_not_read_is_said_so(
    written: HandWritten, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def closed(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", closed)
    assert status(written) == 2
    assert capsys.readouterr().err == f"{written.folder}/_lake.json: this account may not read it.\n"


def test_a_path_without_a_lake_is_refused_and_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert submit.main(CATALOGUE, ["status", "--lake", f"{tmp_path}/lake"]) == 2
    assert capsys.readouterr().err == f"--lake {tmp_path}/lake: no such folder: there is no lake at this path.\n"
    assert not list(tmp_path.iterdir())


def test_who_holds_the_lock_is_told_and_the_lock_left_to_him(
    written: HandWritten, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written.folder / lock.FILE
    file.write_text(json.dumps(HOLDER))
    hold = "import fcntl, sys; f = open(sys.argv[1], 'r+'); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", hold, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert status(written) == 0
        assert "Now: a run writes in it (links, process 1 on h, of p, since s)." in capsys.readouterr().out
        other.kill()
    assert status(written) == 0
    assert "a run ended without a word (links, process 1 on h" in capsys.readouterr().out
    with file.open("r+") as free:
        fcntl.lockf(free, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert not Here().is_held(str(file), silent_s=0)  # its own process: the system names others only


def test_the_last_runs_are_told_with_what_became_of_them(
    written: HandWritten, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "out.unfinished").mkdir()
    asked = {
        "job": "study_extracts",
        "lake": f"{tmp_path}/x/../lake/",
        "version": "v1",
        "out": f"{tmp_path}/out",
        "began": "2026-11-02T03:04:05+0100",
        "code": "abc",
    }
    ended = {"kind": "run", **asked, "status": 2, "outcome": "refused", "reason": "--key: none.", "seconds": 61.0}
    start = {"kind": "start", **asked, "host": os.uname().nodename, "process": os.getpid()}
    records_of: dict[str, list[dict[str, Any]]] = {
        "all-20261102-030405-1": [start, ended],
        "all-20261103-030405-1": [start, {"kind": "step", "stage": "links", "step": "passes"}],
        "all-20261104-030405-1": [{**start, "host": "another"}],
        "all-20261105-030405-1": [{**start, "lake": "/another"}],
    }
    for name, records in records_of.items():
        (tmp_path / "logs" / f"{name}.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    assert status(written) == 0
    said = capsys.readouterr().out
    rows = [line for line in said.splitlines() if line.strip().startswith("study_extracts")]
    assert ["killed" in rows[0], "running" in rows[1], "refused" in rows[2]] == [True] * 3
    assert "last step that ended: links · passes" in rows[1] and "1 min 01 s" in rows[2] and "--key: none." in rows[2]
    assert f"Unfinished: {tmp_path}/out.unfinished." in said
