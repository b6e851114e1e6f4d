"""Delta's jars from Maven, as ``configure_spark_with_delta_pip`` names them: Spark's own resolver first, then ``mvn``.

Only what Spark does not already carry is kept. No repository is named here: each tool has its own settings.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from linkage.platform.errors import UserFacingError

_NAME = """
import pathlib, pyspark
from delta import configure_spark_with_delta_pip
from pyspark.sql import SparkSession
builder = configure_spark_with_delta_pip(SparkSession.builder)
print(builder._options["spark.jars.packages"], pathlib.Path(pyspark.__file__).parent)
"""
_POM = """<project><modelVersion>4.0.0</modelVersion>
<groupId>appariement</groupId><artifactId>jars</artifactId><version>1</version>
<dependencies><dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version>
<exclusions>{exclusions}</exclusions></dependency></dependencies></project>
"""


def fetch(python: Path, folder: Path, versions: Sequence[str], java_home: Path, log: Path) -> str:
    """Put the jars of the first version that Maven serves into ``folder``; return which, and how it was had.

    Raises
    ------
    UserFacingError
        Neither way gives any of the versions.
    """
    coordinates, spark_home = subprocess.check_output([python, "-c", _NAME], text=True).split(maxsplit=1)
    group, artifact, own_version = coordinates.split(":")
    version, tool = resolve(Path(spark_home.strip()), folder, (group, artifact), versions, java_home, log)
    missing = "" if version == own_version else f" (Maven has no {own_version} here)"
    return f"{version}, by {tool}{missing}"


def resolve(
    spark_home: Path,
    folder: Path,
    group_and_artifact: tuple[str, str],
    versions: Sequence[str],
    java_home: Path,
    log: Path,
) -> tuple[str, str]:
    """Put an artifact's jars, less those that Spark carries, into ``folder``; return its version and the tool.

    Raises
    ------
    UserFacingError
        Neither tool gives any of the versions.
    """
    group, artifact = group_and_artifact
    carried = _carried(spark_home)
    tools = {"Spark's resolver": _by_spark, "mvn": _by_mvn} if shutil.which("mvn") else {"Spark's resolver": _by_spark}
    with tempfile.TemporaryDirectory(prefix="appariement-jars-") as scratch, log.open("a", encoding="utf-8") as out:
        for (tool, resolver), version in itertools.product(tools.items(), versions):
            work = Path(scratch, f"{version}-{resolver.__name__}")
            work.mkdir()
            environment = {**os.environ, "SPARK_HOME": str(spark_home), "JAVA_HOME": str(java_home)}
            command, fetched = resolver(work, (group, artifact, version), carried, environment)
            process = subprocess.run(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False
            )
            if process.returncode == 0 and any(fetched.glob(f"*{artifact}-{version}.jar")):
                _keep(fetched, folder)
                return version, tool
    raise UserFacingError(
        f"The jars of {group}:{artifact}, version {' or '.join(versions)}, could not be had, "
        f"neither by {' nor by '.join(tools)}. Check that this machine reaches a Maven repository "
        f"(settings.xml of mvn, or a proxy), then run again. Details: {log}"
    )


def _carried(spark_home: Path) -> list[str]:
    """Return the artifacts that Spark itself carries."""
    return sorted(
        {re.sub(r"-\d[^-]*(-[A-Za-z0-9.]+)*\.jar$", "", jar.name) for jar in (spark_home / "jars").glob("*.jar")}
    )


def _by_spark(
    work: Path, coordinates: tuple[str, str, str], carried: Sequence[str], environment: dict[str, str]
) -> tuple[list[str], Path]:
    script = work / "nothing.py"
    script.write_text("", encoding="utf-8")
    # An own home: a half-filled ~/.m2 makes Ivy fail where it would find the jar elsewhere.
    environment["SPARK_SUBMIT_OPTS"] = f"{os.environ.get('SPARK_SUBMIT_OPTS', '')} -Duser.home={work}".strip()
    command = [
        f"{environment['SPARK_HOME']}/bin/spark-submit",
        "--master",
        "local[1]",
        "--conf",
        f"spark.jars.ivy={work}",
    ]
    excluded = ",".join(f"*:{artifact}" for artifact in carried)
    return [*command, "--packages", ":".join(coordinates), "--exclude-packages", excluded, str(script)], work / "jars"


def _by_mvn(
    work: Path, coordinates: tuple[str, str, str], carried: Sequence[str], _environment: dict[str, str]
) -> tuple[list[str], Path]:
    exclusions = "".join(
        f"<exclusion><groupId>*</groupId><artifactId>{artifact}</artifactId></exclusion>" for artifact in carried
    )
    group, artifact, version = coordinates
    pom = _POM.format(group=group, artifact=artifact, version=version, exclusions=exclusions)
    (work / "pom.xml").write_text(pom, encoding="utf-8")
    # -U: mvn remembers a failed lookup and would not ask again.
    command = ["mvn", "--batch-mode", "-q", "-U", "-f", str(work / "pom.xml"), "dependency:copy-dependencies"]
    return [*command, "-DincludeScope=runtime", f"-DoutputDirectory={work / 'jars'}"], work / "jars"


def _keep(fetched: Path, folder: Path) -> None:
    """Replace the folder whole, so that two versions are never mixed."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(fetched, folder)
