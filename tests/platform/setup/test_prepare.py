"""The set-up of a machine: Java, Python, packages and jars, and what is read where one cannot be had."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from pathlib import Path

import pytest

from linkage.platform.errors import UserFacingError
from linkage.platform.setup import delta_jars, java, prepare
from tests.clone import ROOT, Clone
from tests.platform.executables import path_without_java, script


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
    (clone.root / ".venv" / prepare.RUN).unlink()
    path = path_without_java(tmp_path / "bin")
    script(tmp_path / "bin", "python3", 'if [ "$1" = --version ]; then echo Python 3.9.2; else exit 1; fi')
    done = clone.run(PATH=path, PYTHON="")
    assert done.returncode == 1
    assert "Python 3.10 or later is needed; found: Python 3.9.2." in done.stderr


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
    assert not (clone.root / ".venv" / prepare.RUN).exists()


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


@pytest.mark.parametrize(
    ("changed", "command", "anew"),
    [
        (prepare.RUN, "", True),
        (prepare.RUN, "test", False),
        (prepare.DEVELOP, "", False),
        (prepare.DEVELOP, "test", True),
        (prepare.DEVELOP, "check", True),
    ],
)
def test_a_changed_lock_file_prepares_the_machine_anew_for_what_it_serves(
    changed: str, command: str, anew: bool, clone: Clone
) -> None:
    with (clone.root / changed).open("a", encoding="utf-8") as lock:
        lock.write("\n")
    said = 'import sys\nprint(f"prepared anew from {sys.argv[1]}")\nsys.exit(7)\n'
    (clone.root / "linkage/platform/setup/prepare.py").write_text(said, encoding="utf-8")
    (clone.root / "linkage/platform/setup/java.py").write_text("raise SystemExit(8)\n", encoding="utf-8")
    done = clone.run(*([command] if command else []))
    assert (f"prepared anew from {changed}" in done.stdout) is anew
    assert (done.returncode == 7) is anew


def test_the_versions_the_session_expects_are_those_of_the_lock_file() -> None:
    from linkage.platform.running.session import VERSIONS

    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert all(f"{package}=={version} " in lock for package, version in VERSIONS.items())


def test_no_file_of_the_set_up_names_a_registry() -> None:
    for name in (
        prepare.RUN,
        prepare.DEVELOP,
        "pyproject.toml",
        "spark-submit.sh",
        "linkage/platform/setup/prepare.py",
        "linkage/platform/setup/delta_jars.py",
    ):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8"), name
