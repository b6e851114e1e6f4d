"""From what the user types to a running job: arguments checked without Spark, the code packed, spark-submit called."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import resources
from itertools import accumulate
from pathlib import Path

from linkage import ROOT
from linkage.platform import config
from linkage.platform.errors import InputError, UserFacingError
from linkage.platform.nearest import did_you_mean
from linkage.platform.progress.console import Console
from linkage.platform.progress.events import SPARK_OPTIONS_VARIABLE
from linkage.platform.progress.progress import Progress
from linkage.platform.running import hardening, launch, memory, pack, places
from linkage.platform.running.job import Catalogue, Job
from linkage.platform.running.options import Location, location
from linkage.platform.running.run import Run
from linkage.platform.settings import Environment
from linkage.platform.setup import java

LOGS = ROOT / "logs"
SPARK_HOME = str(resources.files("pyspark"))
SMALL_PROCEDURES, SMALL_BYTES = 50_000, 100_000_000
"""A country of fewer procedures, in deliveries and a lake of fewer bytes, is small."""
FIRST_COMPILER = "-XX:TieredStopAtLevel=1"
"""Java compiles code again, at length, when it has run often. In a small country most of it then runs no more."""


def main(catalogue: Catalogue, argv: Sequence[str] | None = None) -> int:
    """Run one job, or list them; return the exit code of the contract."""
    os.umask(hardening.UMASK)  # of the logs, the folder of the run and all that the children write
    arguments = list(sys.argv[1:] if argv is None else argv)
    jobs = catalogue.listing()
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.stdout.write(_listing_text(jobs))
        return 0
    try:
        if arguments[0] not in jobs:
            raise InputError(
                f"{arguments[0]!r} found where a job was expected; the jobs are: {', '.join(jobs)}."
                f"{did_you_mean(arguments[0], jobs)}"
            )
        return _submit(catalogue.load(arguments[0]), arguments[1:])
    except UserFacingError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except OSError as error:  # logs/ or the folder for spill, before anything runs
        sys.stderr.write(f"{error.filename}: {error.strerror}.\n")
        return 1


def _listing_text(jobs: Mapping[str, str]) -> str:
    width = max((len(name) for name in jobs), default=0)
    lines = [f"  {name:<{width}}  {description}" for name, description in jobs.items()]
    usage = "Usage: ./spark-submit.sh JOB [options]; ./spark-submit.sh JOB --help explains one."
    return "\n".join([usage, "", *lines, "", "Also: ./spark-submit.sh test runs the tests; check checks the code.", ""])


def add_spark_options(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Add the options that go to spark-submit; return the parser."""
    group = parser.add_argument_group("handed to spark-submit")
    group.add_argument("--master", metavar="URL", help="where Spark runs (default: as the properties file says)")
    group.add_argument("--deploy-mode", choices=("client", "cluster"), help="where the driver runs (default: client)")
    group.add_argument("--conf", metavar="K=V", action="append", default=[], help="a Spark property; may be repeated")
    group.add_argument("--properties-file", metavar="FILE", help="in place of the one that --env names")
    return parser


def _submit(job: Job, argv: Sequence[str]) -> int:
    parser = add_spark_options(job.parser())
    args = parser.parse_args(argv)
    for spark_property in args.conf:
        if "=" not in spark_property:
            parser.error(f"argument --conf: {spark_property!r} found, K=V expected")
    log = LOGS / f"{job.name}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    if not job.needs_spark(args):
        job.check(args)
        job.run(Run(job, args, Progress(Console())))
        return 0
    try:
        properties_file, properties = _checked(job, args)
    except UserFacingError as error:
        launch.refuse(log, asked=_asked(job, args), error=error)
        raise
    spark_parser = add_spark_options(argparse.ArgumentParser(add_help=False, allow_abbrev=False))
    job_argv = spark_parser.parse_known_args(argv)[1]
    if args.master.startswith("local"):
        job_argv = absolute(job_argv, parser)
    java_home = java.home()
    asked = _asked(job, args)
    spilling = os.environ.get("SPARK_LOCAL_DIRS") or properties.get("spark.local.dir") or tempfile.gettempdir()
    with launch.run_directory(Path(spilling.split(",")[0])) as folder:
        options = ["--properties-file", str(properties_file), *_spark_arguments(args, properties, folder)]
        spark_submit = [f"{SPARK_HOME}/bin/spark-submit", "--name", f"appariement {job.name}", *options]
        return launch.run(
            [*spark_submit, str(ROOT / "jobs" / "__main__.py"), job.name, *job_argv],
            {**_child_environment(args, properties, folder, java_home), SPARK_OPTIONS_VARIABLE: _spark_options(args)},
            log,
            asked=asked,
            on_cluster=args.deploy_mode == "cluster",
        )


def _checked(job: Job, args: argparse.Namespace) -> tuple[Path, dict[str, str]]:
    """Return the properties of a run and their file, once nothing speaks against it that can be known without Spark."""
    environment = config.settings(f"env/{args.env}.toml", Environment)
    job.check(args)
    properties_file = Path(args.properties_file or ROOT / "conf" / "spark" / f"{environment.spark}.conf")
    properties = {
        **read_properties(properties_file),
        **dict(spark_property.split("=", 1) for spark_property in args.conf),
    }
    args.master = args.master or properties.get("spark.master")
    if not args.master:
        raise InputError(f"--env {args.env}: {properties_file} names no spark.master; give one with --master.")
    _check_properties(properties, args.master)
    places.check_files_of_yarn(args.master)
    memory.check(properties, on_this_machine=args.deploy_mode != "cluster")
    if args.deploy_mode != "cluster":
        places.check(args)
    return properties_file, properties


def _asked(job: Job, args: argparse.Namespace) -> dict[str, object]:
    """Return what the records of a run say that it was: the job, where, and by which code."""
    where = {name: getattr(args, name) for name in ("lake", "out") if getattr(args, name, None)}
    if not args.master or args.master.startswith("local"):
        where = {name: _absolute(place) for name, place in where.items()}
    about = {"version": getattr(args, "version", None), "began": time.strftime("%Y-%m-%dT%H:%M:%S%z")}
    name = f"{job.name} --dry-run" if getattr(args, "dry_run", False) else job.name
    return {"job": name, **where, **about, "code": pack.of_checkout(ROOT)}


def _check_properties(properties: Mapping[str, str], master: str) -> None:
    from linkage.platform.running.session import REQUIRED

    hardening.check(properties, REQUIRED, master=master)


def _spark_arguments(args: argparse.Namespace, properties: Mapping[str, str], folder: Path) -> list[str]:
    from linkage.platform.running.session import cached_jars

    jars, code = ",".join(cached_jars()), str(pack.write(ROOT, folder))
    options = ["--master", args.master, "--jars", jars, "--py-files", code]
    # Hadoop keeps the file systems that spark-submit opens, with the modes that it knew then: the session is too late.
    for key, value in hardening.SET_BY_SESSION.items():
        options += ["--conf", f"{key}={value}"]
    for spark_property in args.conf:
        options += ["--conf", spark_property]
    if args.deploy_mode == "cluster":
        return [*options, "--deploy-mode", "cluster"]
    if "spark.pyspark.python" in properties and "spark.pyspark.driver.python" not in properties:
        # The driver is here, with this clone's.
        options += ["--conf", f"spark.pyspark.driver.python={sys.executable}"]
    return options if memory.DRIVER in properties else [*options, "--driver-memory", memory.driver_memory()]


def _spark_options(args: argparse.Namespace) -> str:
    """Return what the user gave for Spark, for a job that starts others."""
    properties = [part for each in args.conf for part in ("--conf", each)]
    file = ["--properties-file", os.path.abspath(args.properties_file)] if args.properties_file else []  # noqa: PTH100
    return shlex.join([*file, *properties])


def _child_environment(
    args: argparse.Namespace, properties: Mapping[str, str], folder: Path, java_home: Path
) -> dict[str, str]:
    # The code is the packed one, in the driver as in the executors.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    python = {} if "spark.pyspark.python" in properties else {"PYSPARK_PYTHON": sys.executable}
    # Where log4j2.properties is; on YARN and Kubernetes, Spark ships it from there.
    conf = {"SPARK_CONF_DIR": str(ROOT / "conf" / "spark")}
    options = f"{os.environ.get('SPARK_SUBMIT_OPTS', '')} -Djava.io.tmpdir={folder}".strip()
    if args.master.startswith("local") and is_small(args):
        options += f" {FIRST_COMPILER}"
    # What is spilled or written beside lies in this run's folder.
    in_folder = {"SPARK_LOCAL_DIRS": str(folder), "TMPDIR": str(folder), "SPARK_SUBMIT_OPTS": options}
    return {**python, **conf, **inherited, **in_folder, "JAVA_HOME": str(java_home), "SPARK_HOME": SPARK_HOME}


def is_small(args: argparse.Namespace) -> bool:
    """Tell whether a job makes or reads a small country: by the procedures to make, and by what lies on this machine.

    What lies elsewhere may be large.
    """
    procedures: int = getattr(args, "procedures", 0)
    places = [Location(place) for name in ("lake", "deliveries") if (place := getattr(args, name, None))]
    if procedures > SMALL_PROCEDURES or any(place.has_scheme for place in places):
        return False
    sizes = accumulate(size for place in places for size in _sizes(place))
    return bool(procedures or places) and all(total <= SMALL_BYTES for total in sizes)


def _sizes(folder: str) -> Iterator[int]:
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):  # another job deletes while we look
                yield Path(place, name).lstat().st_size


def read_properties(file: Path) -> dict[str, str]:
    """Return Spark's properties file as it stands: ``key value`` or ``key=value``, ``#`` for comments.

    Raises
    ------
    InputError
        There is no such file.
    """
    if not file.is_file():
        raise InputError(f"{file}: no such properties file.")
    lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    pairs = [line.replace("=", " ", 1).split(None, 1) for line in lines if line and not line.startswith("#")]
    return {pair[0]: pair[1].strip() if len(pair) > 1 else "" for pair in pairs}


def absolute(argv: Sequence[str], parser: argparse.ArgumentParser) -> list[str]:
    """Return the arguments, each path without a scheme made absolute from the folder where the user typed it."""
    of_locations = {option for action in parser._actions if action.type is location for option in action.option_strings}
    paths_absolute: list[str] = []
    previous = ""
    for argument in argv:
        option, equals, value = argument.partition("=")
        if previous in of_locations:
            paths_absolute.append(_absolute(argument))
        elif equals and option in of_locations:
            paths_absolute.append(f"{option}={_absolute(value)}")
        else:
            paths_absolute.append(argument)
        previous = argument
    return paths_absolute


def _absolute(text: str) -> str:
    return text if Location(text).has_scheme else os.path.abspath(text)  # noqa: PTH100 - Path.resolve would follow links
