"""Pseudonyms are HMAC-SHA-256, and the key stays in its file."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark import cloudpickle
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from linkage.governance import pseudonyms
from linkage.governance.keys import BASE, derive
from linkage.governance.pseudonyms import Pseudonyms, pseudonym
from linkage.platform.errors import InputError
from linkage.platform.running.causes import known_cause

KEY = b"9f2c44d1a7e35b80c6f1d2e3940a5b6c7d8e9f00112233445566778899aabbcc"
DERIVED = derive(KEY, BASE)


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    """A key as ``openssl rand -hex 32`` writes it: with an end of line."""
    file = tmp_path / "key"
    file.write_bytes(KEY + b"\n")
    file.chmod(0o400)
    return str(file)


@pytest.fixture
def make(key_file: str) -> Pseudonyms:
    return Pseudonyms.derived(key_file, BASE)


def expected(kind: str, *fields: str, key: bytes = DERIVED) -> str:
    """The same, from the definition: version, then each part with its length."""
    parts = [part.encode() for part in (kind, *fields)]
    message = b"\x01" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:32]


def test_spark_gives_what_python_gives_and_null_for_null(spark: SparkSession, make: Pseudonyms) -> None:
    ids = ["N0014044848", "", "é", "e\u0301", "x" * 100_000, *(f"id{n}" for n in range(500))]
    frame = spark.createDataFrame([(value, 3) for value in ids] + [(None, 3), ("id1", None)], "id string, rang int")
    of_case, of_person = (
        make.of("procedure", F.col("id")),
        make.of("personne", F.lit("affaire"), F.col("id"), F.col("rang")),
    )
    found = {
        (row.id, row.rang): (row.c, row.p)
        for row in frame.repartition(3).select("*", of_case.alias("c"), of_person.alias("p")).collect()
    }
    assert found.pop((None, 3)) == (None, None)
    assert found.pop(("id1", None)) == (expected("procedure", "id1"), None)
    assert found == {
        (value, 3): (expected("procedure", value), expected("personne", "affaire", value, "3")) for value in ids
    }


def test_a_known_value_stays_what_it_is() -> None:
    assert pseudonym(KEY, "procedure", "N0014044848") == "b4c3684bceb3ac9b35a0160b5a738742"


def test_kinds_and_fields_are_told_apart() -> None:
    made = [pseudonym(KEY, kind, "1") for kind in ("procedure", "affaire", "personne", "individu", "dossier")]
    made += [
        pseudonym(KEY, "personne", "JEAN", "NE"),
        pseudonym(KEY, "personne", "JEANNE", ""),
        pseudonym(KEY, "personne", "JEANNE"),
    ]
    assert len(set(made)) == len(made)
    assert {len(value) for value in made} == {32}


def test_another_key_gives_other_pseudonyms() -> None:
    assert not {pseudonym(KEY, "affaire", str(n)) for n in range(1000)} & {
        pseudonym(KEY[::-1], "affaire", str(n)) for n in range(1000)
    }


def test_the_key_is_in_no_plan_no_setting_and_no_pickled_function(
    spark: SparkSession, make: Pseudonyms, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = spark.range(3).select(make.of("procedure", F.col("id")).alias("id_procedure"))
    frame.explain(extended=True)
    frame.explain(mode="formatted")
    plan = (
        capsys.readouterr().out
        + frame._jdf.queryExecution().toString()
        + frame._jdf.queryExecution().logical().toJSON()
    )
    assert "pseudonyms" in plan
    function = cloudpickle.dumps(pseudonyms._hashing(make, "procedure"))
    settings = str(spark.sparkContext.getConf().getAll()) + str(spark.conf.getAll)
    for shape in (KEY, KEY.hex().encode(), bytes.fromhex(KEY.decode()), DERIVED, DERIVED.hex().encode()):
        assert shape not in function
        assert shape not in plan.encode()
        assert shape not in settings.encode()
    assert os.path.basename(make.key_file).encode() in function  # noqa: PTH119 - a name, not a file


def test_a_worker_with_another_key_stops_the_job_and_quotes_nothing(spark: SparkSession, key_file: str) -> None:
    wrong = Pseudonyms(key_file, BASE, "another")
    with pytest.raises(PySparkException) as stopped:
        spark.range(3).select(wrong.of("procedure", F.col("id"))).collect()
    assert KEY.decode() not in str(stopped.value)
    cause = known_cause(stopped.value)
    assert type(cause) is InputError
    assert cause.problems == [pseudonyms.WRONG_KEY]


def open_to_the_group(file: Path) -> Path:
    file.chmod(0o440)
    return file


def linked_to(file: Path) -> Path:
    link = file.with_name("link")
    link.symlink_to(file)
    return link


@pytest.mark.parametrize(
    ("there", "problem"),
    [
        (open_to_the_group, pseudonyms.OPEN_KEY),
        (linked_to, pseudonyms.OPEN_KEY),
        (lambda file: file.with_name("none"), pseudonyms.WRONG_KEY),
    ],
    ids=["open to the group", "a link", "not there"],
)
def test_a_worker_checks_the_key_file_of_its_own_machine(
    make: Pseudonyms, there: Callable[[Path], Path], problem: str
) -> None:
    """The driver has checked the file at this path on its machine, not on the others."""
    of_worker = dataclasses.replace(make, key_file=str(there(Path(make.key_file))))
    with pytest.raises(InputError) as refused:
        pseudonyms._worker_key(of_worker)
    assert refused.value.problems == [problem]


def test_a_worker_reads_a_key_that_its_owner_alone_may_open(make: Pseudonyms) -> None:
    assert pseudonyms._worker_key(make) == DERIVED
