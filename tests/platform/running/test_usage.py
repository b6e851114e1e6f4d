"""What a user types and reads before any JVM starts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypedDict

import pytest

from tests.clone import Clone
from tests.platform.executables import script


class NoJvm(TypedDict):
    """The environment in which starting a JVM fails the test."""

    PATH: str
    JAVA_HOME: str


@pytest.fixture
def no_jvm(tmp_path: Path) -> NoJvm:
    fake = script(tmp_path / "fake", "java", f"touch {tmp_path}/jvm-started; exit 1")
    return {"PATH": f"{fake.parent}:{os.environ['PATH']}", "JAVA_HOME": ""}


def test_alone_it_lists_the_jobs_without_a_jvm(clone: Clone, no_jvm: NoJvm, tmp_path: Path) -> None:
    said = clone.run(**no_jvm)
    assert said.returncode == 0
    assert "  count  Counts, and shows where its code and settings come from." in said.stdout.splitlines()
    assert not (tmp_path / "jvm-started").exists()


def test_help_explains_one_job_without_a_jvm(clone: Clone, no_jvm: NoJvm, tmp_path: Path) -> None:
    said = clone.run("count", "--help", **no_jvm)
    assert said.returncode == 0
    assert all(
        words in said.stdout for words in ("More on it.", "--lake DIR", "--env NAME", "--master URL", "--conf K=V")
    )
    assert not (tmp_path / "jvm-started").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["cuont"], "'cuont' found where a job was expected; the jobs are: count. Did you mean count?"),
        (["count"], "the following arguments are required: --lake"),
        (["count", "--lake", "x", "--row", "3"], "--row: no such option. Did you mean --rows?"),
        (["count", "--lkae", "x"], "--lkae: no such option. Did you mean --lake?"),
        (["count", "--lake", "x", "more"], "unrecognized arguments: more"),
        (["count", "--lake", "x", "--rows", "none"], "--rows: 'none' found; a whole number above zero expected"),
        (["count", "--lake", ""], "--lake: an empty path found"),
        (["count", "--lake", "x", "--conf", "a"], "--conf: 'a' found, K=V expected"),
        (
            ["count", "--lake", "x", "--env", "nowhere"],
            "conf/env/nowhere.toml: no such file; conf/env has kubernetes.toml, local.toml",
        ),
        (["count", "--lake", "x", "--properties-file", "none.conf"], "none.conf: no such properties file."),
        (["count", "--lake", "x", "--fail", "settings"], "count.toml: threshold: 2 found, at most 1 expected."),
        (["count", "--lake", "/dev/null"], "--lake /dev/null: a file found, a folder expected."),
        (["count", "--lake", "x", "--conf", "spark.driver.memory=8"], "spark.driver.memory: '8' found; a whole number"),
        (["count", "--lake", "x", "--deploy-mode", "both"], "--deploy-mode: invalid choice: 'both'"),
        (
            ["count", "--lake", "x", "--env", "kubernetes"],
            "kubernetes.conf names no spark.master; give one with --master.",
        ),
    ],
)
def test_wrong_usage_is_refused_without_a_jvm(
    arguments: list[str], said: str, clone: Clone, no_jvm: NoJvm, tmp_path: Path
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


def test_an_unknown_setting_is_refused_without_a_jvm(clone: Clone, no_jvm: NoJvm, tmp_path: Path) -> None:
    (clone.root / "conf/env/local.toml").write_text('spark = "local"\nsparc = 1\n', encoding="utf-8")
    done = clone.run("count", "--lake", "x", **no_jvm)
    assert done.returncode == 2
    assert "conf/env/local.toml: sparc: unknown setting" in done.stderr
    assert not (tmp_path / "jvm-started").exists()
