"""From arguments to spark-submit: paths, properties, the packed code, the folder of a run."""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from linkage.platform.errors import InputError
from linkage.platform.running import launch, memory, options, pack, submit
from linkage.platform.running.records import of_log
from tests.clone import ROOT, Clone


def test_paths_are_made_absolute_and_uris_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parser = argparse.ArgumentParser()
    options.lake(parser)
    options.deliveries(parser)
    options.version(parser)
    monkeypatch.chdir(tmp_path)
    typed = ["--lake", "a/../lake", "--deliveries=in", "--version", "v1"]
    assert submit.absolute(typed, parser) == [
        "--lake",
        f"{tmp_path}/lake",
        f"--deliveries={tmp_path}/in",
        "--version",
        "v1",
    ]
    elsewhere = ["--lake", "hdfs:///lake", "--deliveries=s3a://b/in"]
    assert submit.absolute(elsewhere, parser) == elsewhere


def test_a_country_is_small_by_its_procedures_and_by_what_lies_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def small(**given: object) -> bool:
        return submit.is_small(argparse.Namespace(**given))

    most = submit.SMALL_PROCEDURES
    assert small(procedures=most) and not small(procedures=most + 1)
    monkeypatch.setattr(submit, "SMALL_BYTES", 10)
    (tmp_path / "lake" / "links").mkdir(parents=True)
    (tmp_path / "lake" / "links" / "part").write_bytes(b"1234567")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "affaires.csv").write_bytes(b"123")
    lake, deliveries = str(tmp_path / "lake"), str(tmp_path / "in")
    assert small(lake=lake, deliveries=deliveries)
    (tmp_path / "in" / "affaires.csv").write_bytes(b"1234")
    assert small(lake=lake) and not small(lake=lake, deliveries=deliveries)
    assert not small(lake="hdfs:///lake") and not small()


def test_a_properties_file_is_read_as_spark_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "some.conf"
    file.write_text("# why\nspark.a   1 2\n\nspark.b=x=y\n  spark.c\tz  \n", encoding="utf-8")
    assert submit.read_properties(file) == {"spark.a": "1 2", "spark.b": "x=y", "spark.c": "z"}
    with pytest.raises(InputError, match="no such properties file"):
        submit.read_properties(tmp_path / "none.conf")


@pytest.mark.parametrize("name", sorted(file.stem for file in (ROOT / "conf/spark").glob("*.conf")))
def test_no_properties_file_sets_what_the_session_requires(name: str) -> None:
    from linkage.platform.running.session import REQUIRED

    assert not REQUIRED.keys() & submit.read_properties(ROOT / f"conf/spark/{name}.conf").keys()


def test_the_packed_code_is_the_same_for_the_same_files(clone: Clone, tmp_path: Path) -> None:
    (clone.root / "linkage/__pycache__").mkdir()
    (clone.root / "linkage/__pycache__/x.pyc").write_bytes(b"x")
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    made = pack.write(clone.root, first)
    os.utime(clone.root / "jobs/count.py", (0, 0))
    assert made.read_bytes() == pack.write(clone.root, second).read_bytes()
    names = zipfile.ZipFile(made).namelist()
    assert {
        "jobs/count.py",
        "conf/env/local.toml",
        "linkage/platform/running/run.py",
        "linkage/code_version.txt",
    } <= set(names)
    assert not [name for name in names if "pycache" in name]


def test_the_code_version_changes_with_the_code(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(clone.root.parent))
    before = pack.of_checkout(clone.root)
    with (clone.root / "jobs/count.py").open("a", encoding="utf-8") as job:
        job.write("# more\n")
    assert pack.of_checkout(clone.root) != before


def test_the_folder_of_a_run_goes_at_the_end_and_those_of_killed_runs_at_the_next_start(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    of_this = [f"{launch._PREFIX}{process}-x" for process in (ended.pid, os.getpid())]
    others = ["appariement-notes", f"appariement-other-machine-{ended.pid}-x"]
    left, *kept = (tmp_path / name for name in (*of_this, *others))
    for folder in (left, *kept):
        folder.mkdir()
    with pytest.raises(ValueError, match="broken"), launch.run_directory(tmp_path) as folder:
        assert folder.is_dir()
        raise ValueError("broken")
    assert sorted(tmp_path.iterdir()) == sorted(kept)


def test_the_heap_is_at_most_half_of_the_machine() -> None:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0 < int(memory.driver_memory().removesuffix("m")) <= min(total // 2 // 2**20, 12 * 1024)


def test_in_cluster_deploy_mode_what_spark_submit_says_and_its_status_come_through(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "logs" / "run.log"
    status = launch.run(["sh", "-c", "echo state: RUNNING; exit 4"], os.environ, log, asked={}, on_cluster=True)
    assert status == 4
    assert "state: RUNNING\n" in capsys.readouterr().err
    assert log.read_text(encoding="utf-8") == "state: RUNNING\n"


@pytest.mark.parametrize(
    ("written", "status", "said"),
    [
        (
            "2026-11-30 20:35:01 INFO YarnClientImpl: Submitted application application_17_0004\n"
            "2026-11-30 20:36:09 WARN Client: neither\n"
            "2026-11-30 20:36:09 ERROR Client: Application diagnostics message: User application exited with status 3\n"
            'Exception in thread "main" org.apache.spark.SparkException: Application application_17_0004 finished\n'
            "\tat org.apache.spark.deploy.yarn.Client.run(Client.scala:1403)\n",
            3,
            "2026-11-30 20:35:01 INFO YarnClientImpl: Submitted application application_17_0004\n"
            "2026-11-30 20:36:09 ERROR Client: Application diagnostics message: User application exited with status 3\n"
            "The job ended on the cluster with status 3; yarn logs -applicationId application_17_0004 says why.",
        ),
        (
            'Exception in thread "main" org.apache.hadoop.yarn.exceptions.YarnException: Failed to submit '
            "application_17_0002 to YARN : submitted by user a to unknown queue: niut\n"
            "\tat org.apache.hadoop.yarn.client.api.impl.YarnClientImpl.submitApplication(YarnClientImpl.java:348)\n",
            2,
            "YARN refuses to run this: unknown queue: niut.",
        ),
    ],
)
def test_a_job_that_fails_on_yarn_ends_with_its_own_status_and_where_its_words_are(
    written: str, status: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, output = tmp_path / "run.log", tmp_path / "output"
    output.write_text(written, encoding="utf-8")
    command = ["sh", "-c", f"cat {output}; exit 1"]
    assert launch.run(command, os.environ, log, asked={}, on_cluster=True) == status
    assert capsys.readouterr().err == f"{said} Details: {log}\n"
    assert log.read_text(encoding="utf-8") == written


def test_spark_that_stops_before_the_job_speaks_is_said_with_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "run.log"
    assert launch.run(["sh", "-c", "echo no master >&2; exit 1"], os.environ, log, asked={}, on_cluster=False) == 1
    assert capsys.readouterr().err == f"Spark stopped with status 1 before the job could say why. Details: {log}\n"
    assert log.read_text(encoding="utf-8") == "no master\n"


@pytest.mark.parametrize("on_cluster", [False, True])
def test_a_run_that_waits_for_room_says_so_wherever_its_driver_is(
    on_cluster: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = "2026-12-01 01:00:00 INFO Client: Application report for application_17_0004 (state: ACCEPTED)"
    written = f"{report}\n2026-12-01 01:00:00 INFO Client: \n\t client token: N/A\n{report}\n"
    (tmp_path / "output").write_text(written, encoding="utf-8")
    command = ["sh", "-c", f"cat {tmp_path}/output >&2"]
    assert launch.run(command, os.environ, tmp_path / "run.log", asked={}, on_cluster=on_cluster) == 0
    first, last = capsys.readouterr().err.splitlines()
    assert first == "application_17_0004: the cluster has no room for it yet; waiting."
    assert last.startswith("done in ")
    assert (tmp_path / "run.log").read_text(encoding="utf-8") == written


def test_a_cause_below_what_ended_spark_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, output = tmp_path / "run.log", tmp_path / "output"
    output.write_text(
        'Exception in thread "main" java.lang.ExceptionInInitializerError\n'
        "\tat org.apache.spark.deploy.SparkSubmit$.main(SparkSubmit.scala:1180)\n"
        f"Caused by: java.net.UnknownHostException: {socket.gethostname()}: Name or service not known\n"
        "\tat java.base/java.net.InetAddress.getLocalHost(InetAddress.java:1671)\n\t... 10 more\n",
        encoding="utf-8",
    )
    command = ["sh", "-c", f"cat {output} >&2; exit 1"]
    assert launch.run(command, os.environ, log, asked={}, on_cluster=False) == 2
    sentence = f"{socket.gethostname()}: this machine's own name has no address: give it one in /etc/hosts, or set"
    assert sentence in capsys.readouterr().err


def test_who_stops_waiting_for_a_driver_on_yarn_reads_that_it_goes_on_and_how_to_end_it(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    script = "echo INFO YarnClientImpl: Submitted application application_17_0004; sleep 60"
    start = (
        "import os, pathlib, sys; from linkage.platform.running import launch;"
        f"log = pathlib.Path({str(log)!r});"
        f"sys.exit(launch.run(['sh', '-c', {script!r}], os.environ, log, asked={{}}, on_cluster=True))"
    )
    with subprocess.Popen([sys.executable, "-c", start], stderr=subprocess.PIPE, text=True) as launcher:
        assert launcher.stderr is not None
        assert launcher.stderr.readline().endswith("application_17_0004\n")
        launcher.send_signal(signal.SIGTERM)
        _, said = launcher.communicate(timeout=30)
    assert said.strip() == (
        "stopped waiting; a job that was submitted goes on on the cluster: "
        "yarn application -kill application_17_0004 ends it."
    )
    assert json.loads(of_log(log).read_text(encoding="utf-8").splitlines()[-1])["reason"] == said.strip()
