"""From what a user types to a running job, and what she reads when something is missing or wrong."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from linkage import delta_jars, java, launch, options, pack, prepare, submit
from linkage.errors import InputError, UserFacingError
from tests.clone import ROOT, SMALL, Clone


def script(folder: Path, name: str, content: str) -> Path:
    """An executable on a path of its own."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{content}\n", encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def path_without_java(folder: Path) -> str:
    """A PATH with what a shell script needs and no Java."""
    folder.mkdir(exist_ok=True)
    for tool in ("bash", "dirname", "cat", "grep", "cmp", "env", "git"):
        found = shutil.which(tool)
        assert found is not None, tool
        (folder / tool).symlink_to(found)
    return str(folder)


@pytest.fixture
def no_jvm(tmp_path: Path) -> dict[str, str]:
    """An environment in which starting a JVM fails the test."""
    fake = script(tmp_path / "fake", "java", f"touch {tmp_path}/jvm-started; exit 1")
    return {"PATH": f"{fake.parent}:{os.environ['PATH']}", "JAVA_HOME": ""}


# -- without Spark ---------------------------------------------------------------------------------------------------


def test_alone_it_lists_the_jobs_without_a_jvm(clone: Clone, no_jvm: dict[str, str], tmp_path: Path) -> None:
    said = clone.run(**no_jvm)
    assert said.returncode == 0
    assert "  count  Counts, and shows where its code and settings come from." in said.stdout.splitlines()
    assert not (tmp_path / "jvm-started").exists()


def test_help_explains_one_job_without_a_jvm(clone: Clone, no_jvm: dict[str, str], tmp_path: Path) -> None:
    said = clone.run("count", "--help", **no_jvm)
    assert said.returncode == 0
    assert all(
        words in said.stdout for words in ("More on it.", "--lake DIR", "--env NAME", "--master URL", "--conf K=V")
    )
    assert not (tmp_path / "jvm-started").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cuont"], "'cuont' found where a job was expected; the jobs are: count."),
        (["count"], "the following arguments are required: --lake"),
        (["count", "--lake", "x", "--row", "3"], "unrecognized arguments: --row 3"),
        (["count", "--lake", "x", "--rows", "none"], "--rows: 'none' found; a whole number above zero expected"),
        (["count", "--lake", ""], "--lake: an empty path found"),
        (["count", "--lake", "x", "--conf", "a"], "--conf: 'a' found, K=V expected"),
        (
            ["count", "--lake", "x", "--env", "nowhere"],
            "conf/env/nowhere.toml: no such file; conf/env has kubernetes.toml, local.toml",
        ),
        (["count", "--lake", "x", "--properties-file", "none.conf"], "none.conf: no such properties file."),
        (["count", "--lake", "x", "--fail", "settings"], "count.toml: threshold: 2 found, at most 1 expected."),
        (["count", "--lake", "x", "--deploy-mode", "both"], "--deploy-mode: invalid choice: 'both'"),
        (
            ["count", "--lake", "x", "--env", "kubernetes"],
            "kubernetes.conf names no spark.master; give one with --master.",
        ),
    ],
)
def test_wrong_usage_is_refused_without_a_jvm(
    arguments: list[str], said: str, clone: Clone, no_jvm: dict[str, str], tmp_path: Path
) -> None:
    done = clone.run(*arguments, **no_jvm)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "jvm-started").exists()


def test_a_folder_for_spill_that_cannot_be_made_is_one_sentence(clone: Clone, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = clone.run("count", "--lake", "x", SPARK_LOCAL_DIRS=str(tmp_path / "file" / "spill"))
    assert done.returncode == 1
    assert done.stderr == f"{tmp_path}/file/spill: Not a directory.\n"


def test_an_unknown_setting_is_refused_without_a_jvm(clone: Clone, no_jvm: dict[str, str], tmp_path: Path) -> None:
    (clone.root / "conf/env/local.toml").write_text('spark = "local"\nsparc = 1\n', encoding="utf-8")
    done = clone.run("count", "--lake", "x", **no_jvm)
    assert done.returncode == 2
    assert "conf/env/local.toml: sparc: unknown setting" in done.stderr
    assert not (tmp_path / "jvm-started").exists()


@pytest.mark.parametrize(
    ("says", "found"),
    [
        ('echo "    java.version = 11.0.2" >&2; echo "    java.home = /opt/java11" >&2', "Java 11.0.2 at "),
        ('echo "    java.version = 25.0.1" >&2; echo "    java.home = /opt/java25" >&2', "Java 25.0.1 at "),
        ('echo "    java.version = 1.8.0_392" >&2; echo "    java.home = /opt/java8" >&2', "Java 1.8.0_392 at "),
        ("echo no Java here; exit 1", "something that does not tell its version at "),
    ],
)
def test_a_wrong_java_is_one_sentence_with_the_package_to_install(
    says: str, found: str, clone: Clone, tmp_path: Path
) -> None:
    wrong = script(tmp_path / "wrong", "java", says)
    done = clone.run("count", "--lake", "x", PATH=f"{wrong.parent}:{os.environ['PATH']}", JAVA_HOME="")
    assert done.returncode == 1
    assert found in done.stderr
    assert "openjdk-17-jre-headless" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_missing_java_is_one_sentence_with_the_package_to_install(clone: Clone, tmp_path: Path) -> None:
    done = clone.run("count", "--lake", "x", PATH=path_without_java(tmp_path / "bin"), JAVA_HOME="")
    assert done.returncode == 1
    assert "found: no Java. " in done.stderr
    assert "openjdk-17-jre-headless" in done.stderr


def test_a_suitable_java_at_java_home_is_taken_before_a_wrong_one_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = 'echo "    java.version = %s" >&2; echo "    java.home = %s" >&2'
    script(tmp_path / "wrong", "java", said % ("11.0.2", "/opt/java11"))
    (tmp_path / "home").mkdir()
    script(tmp_path / "home/bin", "java", said % ("21.0.4", tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "wrong"))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "home"))
    assert java.home() == tmp_path / "home"
    monkeypatch.setenv("PATH", str(tmp_path / "home/bin"))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nothing"))
    assert java.home() == tmp_path / "home"


def test_a_python_that_is_too_old_is_one_sentence(clone: Clone, tmp_path: Path) -> None:
    (clone.root / ".venv" / "prepared").unlink()
    path = path_without_java(tmp_path / "bin")
    script(tmp_path / "bin", "python3", 'if [ "$1" = --version ]; then echo Python 3.9.2; else exit 1; fi')
    done = clone.run(PATH=path, PYTHON="")
    assert done.returncode == 1
    assert "Python 3.10 or later is needed; found: Python 3.9.2." in done.stderr


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
    from linkage.session import REQUIRED

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
    assert {"jobs/count.py", "conf/env/local.toml", "linkage/command.py", "linkage/code_version.txt"} <= set(names)
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
    assert 0 < int(submit.driver_memory().removesuffix("m")) <= min(total // 2 // 2**20, 12 * 1024)


def test_in_cluster_deploy_mode_what_spark_submit_says_and_its_status_come_through(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "logs" / "run.log"
    status = launch.run(["sh", "-c", "echo state: RUNNING; exit 4"], os.environ, log, on_cluster=True)
    assert status == 4
    assert "state: RUNNING\n" in capsys.readouterr().err
    assert log.read_text(encoding="utf-8") == "state: RUNNING\n"


def test_spark_that_stops_before_the_job_speaks_is_said_with_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "run.log"
    assert launch.run(["sh", "-c", "echo no master >&2; exit 1"], os.environ, log, on_cluster=False) == 1
    assert capsys.readouterr().err == f"Spark stopped with status 1 before the job could say why. Details: {log}\n"
    assert log.read_text(encoding="utf-8") == "no master\n"


# -- the set-up ------------------------------------------------------------------------------------------------------


def test_jars_that_cannot_be_had_are_one_sentence_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "bin", "mvn", "echo cannot resolve; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")

    def fails_half_way(work: Path, coordinates: tuple[str, str, str], *_: object) -> tuple[list[str], Path]:
        (work / f"{coordinates[1]}-{coordinates[2]}.jar").touch()
        return ["false"], work

    monkeypatch.setattr(delta_jars, "_by_spark", fails_half_way)
    with pytest.raises(UserFacingError, match=r"version 9\.9 or 9\.8, could not be had, neither by") as raised:
        delta_jars.fetch(Path(sys.executable), tmp_path / "jars", ["9.9", "9.8"], java.home(), tmp_path / "log")
    assert "Maven repository" in str(raised.value)
    assert "cannot resolve" in (tmp_path / "log").read_text(encoding="utf-8")
    assert not (tmp_path / "jars").exists()


def test_packages_that_cannot_be_had_are_one_sentence_that_says_what_to_do(clone: Clone, tmp_path: Path) -> None:
    lock = clone.root / "requirements.lock"
    lock.write_text(f"nothing-of-that-name==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    shutil.rmtree(clone.root / ".venv")
    done = clone.run(PIP_NO_INDEX="1")
    assert done.returncode == 1
    assert "pip could not install the packages of requirements.lock: " in done.stderr
    assert "Check that pip reaches a package index" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (clone.root / ".venv/prepared").exists()


def test_two_first_runs_wait_for_one_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare, "LOG", tmp_path / "logs" / "setup.log")
    order = []

    def second() -> None:
        with prepare._alone():
            order.append("second")

    waiting = threading.Thread(target=second)
    with prepare._alone():
        waiting.start()
        while "waiting for it" not in capsys.readouterr().err:
            time.sleep(0.01)
        order.append("first")
    waiting.join(timeout=10)
    assert order == ["first", "second"]


def test_a_changed_lock_file_prepares_the_machine_anew(clone: Clone) -> None:
    with (clone.root / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("\n")
    (clone.root / "linkage/prepare.py").write_text('print("prepared anew")\n', encoding="utf-8")
    assert "prepared anew" in clone.run().stdout


def test_the_versions_the_session_expects_are_those_of_the_lock_file() -> None:
    from linkage.session import VERSIONS

    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert all(f"{package}=={version} " in lock for package, version in VERSIONS.items())


def test_no_file_of_the_set_up_names_a_registry() -> None:
    for name in (
        "requirements.lock",
        "pyproject.toml",
        "spark-submit.sh",
        "linkage/prepare.py",
        "linkage/delta_jars.py",
    ):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8"), name


# -- through spark-submit --------------------------------------------------------------------------------------------


def test_a_job_runs_from_the_packed_code_with_results_progress_and_chatter_apart(clone: Clone, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = clone.run("count", "--lake", "lake", "--rows", "7", *SMALL, cwd=elsewhere)
    assert done.returncode == 0, done.stderr
    results = done.stdout.splitlines()
    said = dict(
        line.split(" ", 1)
        for line in results
        if line.startswith(("executor", "driver", "settings", "lake", "heap", "options"))
    )
    assert "appariement.zip/linkage/options.py" in said["executor"]
    assert "appariement.zip/linkage/options.py" in said["driver"]
    assert said["settings"].rstrip("/").endswith("appariement.zip/conf")
    assert said["lake"] == str(elsewhere / "lake")
    assert said["heap"] == "1g"
    assert shlex.split(said["options"]) == [*SMALL[2:]]
    assert [line.split() for line in results if "numbers" in line] == [["sources", "numbers", "7", "7", "0"]]
    assert "count · counting …" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("done in ")
    assert "chatter of a library" not in done.stdout + done.stderr
    (log,) = clone.logs()
    assert "chatter of a library" in log.read_text(encoding="utf-8")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    figures = log.with_suffix(".jsonl")
    assert stat.S_IMODE(figures.stat().st_mode) == 0o600
    records = [json.loads(line) for line in figures.read_text(encoding="utf-8").splitlines()]
    (counted,) = (record for record in records if record.get("step") == "counting")
    assert counted["tasks"] >= 1
    assert counted["tables"] == {"numbers": {"in": 7, "out": 7, "set_aside": 0}}
    assert done.stderr.splitlines()[-1].endswith(f"figures of each step: {figures}")
    spilled = next(line for line in results if line.startswith("spills in ")).removeprefix("spills in ")
    assert not Path(spilled).exists()
    assert [entry.name for entry in elsewhere.iterdir()] == []


@pytest.mark.parametrize(
    ("fail", "code", "said"),
    [
        ("contract", 3, "sources/police_procedures: 3 rows found, 4 expected."),
        ("crash", 1, "count stopped on an unexpected NumberFormatException."),
        ("kept", 3, " MB at most, deleted"),
    ],
)
def test_a_failed_job_gives_its_exit_code_and_one_message(fail: str, code: int, said: str, clone: Clone) -> None:
    done = clone.run("count", "--lake", "lake", "--fail", fail, *SMALL)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "DUPONT" not in done.stdout + done.stderr
    (log,) = clone.logs()
    assert str(log) in done.stderr
    assert said in log.read_text(encoding="utf-8")
    assert "QueryContextLogger" not in log.read_text(encoding="utf-8")
    assert not (clone.root / "lake" / "_scratch").exists()
    records = [json.loads(line) for line in log.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()]
    assert (records[-1]["kind"], records[-1]["status"]) == ("run", code)


def test_a_job_that_is_told_to_stop_stops_with_all_it_started(clone: Clone, tmp_path: Path) -> None:
    running = subprocess.Popen(
        clone.command("count", "--lake", "lake", "--fail", "sleep", *SMALL),
        cwd=clone.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert running.stdout is not None
    assert any(line.startswith("heap") for line in running.stdout)  # it now sleeps
    running.send_signal(signal.SIGTERM)
    time.sleep(0.1)
    running.send_signal(signal.SIGTERM)  # an impatient user must not leave half of it running
    _, err = running.communicate(timeout=60)
    assert running.returncode == 128 + signal.SIGTERM
    assert "stopped; the last good state is still readable." in err
    assert not list(tmp_path.glob("appariement-*"))
    assert (clone.root / "lake" / "_scratch").exists()
    assert not list((clone.root / "lake").glob("_scratch/*"))
    deadline = time.monotonic() + 20
    while _of_this_clone(clone) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not _of_this_clone(clone)


def _of_this_clone(clone: Clone) -> list[str]:
    listed = subprocess.check_output(["ps", "-eo", "args"], text=True)
    return [line for line in listed.splitlines() if str(clone.root) in line and "jobs/count.py" in line]
