"""What protects a run holds whatever the user gives, or the run does not start."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs import CATALOGUE
from linkage.platform.errors import InputError
from linkage.platform.running import hardening, submit
from linkage.platform.running.session import REQUIRED
from tests.clone import ROOT

MASTERS = {"local": "local[2]", "standalone": "spark://host:7077", "yarn": "yarn", "kubernetes": "k8s://https://host"}


def properties(name: str) -> dict[str, str]:
    return submit.read_properties(ROOT / f"conf/spark/{name}.conf")


@pytest.mark.parametrize("name", MASTERS)
def test_the_properties_files_of_the_project_pass(name: str) -> None:
    hardening.check(properties(name), REQUIRED, master=MASTERS[name])


@pytest.mark.parametrize("name", MASTERS)
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("spark.ui.enabled", "true"),
        ("spark.io.encryption.enabled", "false"),
        ("spark.authenticate", "false"),
        ("spark.network.crypto.enabled", "FALSE"),
        ("spark.network.crypto.cipher", "AES/CTR/NoPadding"),
        ("spark.redaction.regex", "nothing"),
        ("spark.hadoop.fs.permissions.umask-mode", "000"),
        ("spark.sql.ansi.enabled", "false"),
    ],
)
def test_a_property_that_undoes_it_is_refused_by_its_name(name: str, key: str, value: str) -> None:
    with pytest.raises(InputError) as refused:
        hardening.check({**properties(name), key: value}, REQUIRED, master=MASTERS[name])
    (problem,) = refused.value.problems
    assert problem.startswith(f"{key}: {value} found, ")
    assert refused.value.exit_code == 2


def test_in_local_mode_nobody_listens_on_the_network() -> None:
    for address in ("0.0.0.0", ""):
        with pytest.raises(InputError, match=r"spark\.driver\.bindAddress"):
            hardening.check(
                {**properties("local"), "spark.driver.bindAddress": address}, REQUIRED, master=MASTERS["local"]
            )


def test_a_properties_file_of_ones_own_must_say_what_the_session_cannot(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        hardening.check({}, REQUIRED, master="yarn")
    assert [problem.split(":")[0] for problem in refused.value.problems] == list(hardening.TO_BE_GIVEN)


def test_the_launcher_stops_before_spark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["links", "--lake", str(tmp_path / "lake"), "--version", "v1", "--conf", "spark.ui.enabled=true"]
    assert submit.main(CATALOGUE, argv) == 2
    assert capsys.readouterr().err.startswith("spark.ui.enabled: true found, false expected")
