"""One run at a time writes in a lake; a dead run's lock is taken over, and that is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from linkage.platform.errors import InputError, UserFacingError
from linkage.platform.lake import lock
from linkage.platform.lake.files import Files
from linkage.platform.lake.lock import LakeLock
from linkage.platform.lake.reading import Here
from linkage.platform.lake.schema import Column, Table
from linkage.platform.lake.store import Store

OTHER = {"job": "links", "process": 1, "host": "h", "person": "p", "started": "s", "token": "t"}
SENTENCE = "links, process 1 on h, of p, since s"


class Thing(Table):
    """One row per thing."""

    path = "things"
    id = Column("string", "thing")


@pytest.fixture
def files(spark: SparkSession) -> Files:
    return Files(spark)


def test_a_second_run_is_refused_in_one_sentence_that_names_the_first(files: Files, lake: str) -> None:
    first = LakeLock(files, lake, job="sources")
    assert first.take() == ""
    with pytest.raises(InputError, match=rf"another run writes in it \(sources, process {os.getpid()} on "):
        LakeLock(files, lake, job="links").take()
    first.release()
    second = LakeLock(files, lake, job="links")
    assert second.take() == ""
    second.release()
    assert list(Path(lake).iterdir()) == []  # no table was written: nothing is left


def test_the_lock_of_another_process_holds_until_that_process_ends(files: Files, lake: str) -> None:
    Path(lake).mkdir()
    file = Path(lake, lock.FILE)
    file.write_text(json.dumps(OTHER))
    hold = "import fcntl, sys; f = open(sys.argv[1], 'r+'); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", hold, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(InputError, match=SENTENCE):
            LakeLock(files, lake, job="sources").take()
        other.kill()
    after = LakeLock(files, lake, job="sources")
    assert SENTENCE in after.take()
    after.release()


def test_another_process_finds_the_lock_held_until_it_is_given_back(
    spark: SparkSession, files: Files, lake: str
) -> None:
    held = LakeLock(files, lake, job="sources")
    store = Store(spark, lake)
    store.lock = held
    held.take()
    assert Here().is_held(f"{lake}/{lock.FILE}", silent_s=0)  # Python's process, not the JVM's
    store.write(spark.createDataFrame([("a",)], "id string"), Thing)
    assert lock.seen(Here(), lake)[1]
    held.release()
    assert not Here().is_held(f"{lake}/{lock.FILE}", silent_s=0)


def test_a_lock_that_ended_well_is_not_called_taken_over(spark: SparkSession, files: Files, lake: str) -> None:
    for _ in range(2):
        held = LakeLock(files, lake, job="sources")
        assert held.take() == ""
        Store(spark, lake).write(spark.createDataFrame([("a",)], "id string"), Thing)
        held.release()


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lake as if it lay on HDFS, where no process of the system holds the lock; quick heartbeats."""
    monkeypatch.setattr(Files, "scheme", lambda self, path: "hdfs")
    monkeypatch.setattr(lock, "HEARTBEAT_SECONDS", 0.5)
    monkeypatch.setattr(lock, "MISSED", 2)


@pytest.mark.usefixtures("elsewhere")
def test_elsewhere_a_holder_that_renews_its_lock_is_never_taken_over(files: Files, lake: str) -> None:
    first = LakeLock(files, lake, job="sources")
    assert first.take() == ""
    time.sleep(1)
    with pytest.raises(InputError, match="sources, process"):
        LakeLock(files, lake, job="links").take()
    first.require_held()
    first.release()
    assert not Path(lake, lock.FILE).exists()


@pytest.mark.usefixtures("elsewhere")
def test_elsewhere_a_lock_given_back_in_the_middle_of_a_beat_is_gone(
    files: Files, lake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bytes, beating = Files.write_bytes, threading.Event()

    def slowly(self: Files, path: str, content: bytes) -> None:
        beating.set()
        time.sleep(0.5)
        write_bytes(self, path, content)

    monkeypatch.setattr(Files, "write_bytes", slowly)
    held = LakeLock(files, lake, job="sources")
    held.take()
    assert beating.wait(5)
    held.release()
    time.sleep(1)
    assert not Path(lake, lock.FILE).exists()


@pytest.mark.usefixtures("elsewhere")
def test_elsewhere_a_silent_holder_is_taken_over_and_writes_nothing_more(
    spark: SparkSession, files: Files, lake: str
) -> None:
    silent = LakeLock(files, lake, job="sources")
    silent.take()
    silent._stop.set()  # as if the process hung
    time.sleep(1.5)
    second = LakeLock(files, lake, job="links")
    assert "taken over" in second.take()
    second.require_held()
    store = Store(spark, lake)
    store.lock = silent
    with pytest.raises(UserFacingError, match="another run took this lake over"):
        store.write(spark.createDataFrame([("a",)], "id string"), Thing)
    assert not Store(spark, lake).exists(Thing)
    second.release()
