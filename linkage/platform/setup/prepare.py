"""Makes a machine ready, once: the Python environment of a lock file, then Delta's jars.

Runs before anything is installed: the standard library only.
"""

from __future__ import annotations

import fcntl
import re
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from linkage import ROOT
from linkage.platform.errors import UserFacingError
from linkage.platform.setup import delta_jars, java

VENV = ROOT / ".venv"
RUN, DEVELOP = "requirements.lock", "requirements-dev.lock"
"""What runs the jobs; and the same with what the tests and checks need besides."""
LOG = ROOT / "logs" / "setup.log"


def stamp(lock: str) -> Path:
    """Return where the environment records that it was made from a lock file; spark-submit.sh compares the two."""
    return VENV / lock


def recipe(lock: str) -> str:
    """Return what an environment is made from: the lock file, and the line that names the versions of Delta's jars."""
    return (ROOT / lock).read_text(encoding="utf-8") + _delta_line() + "\n"


def prepare(lock: str) -> None:
    """Make ``.venv`` what the lock file asks for, unless it already is; two first runs wait for one another.

    Raises
    ------
    UserFacingError
        There is no suitable Java, or the packages or jars cannot be had; the message says what to do.
    """
    with _alone():
        if _is_prepared(lock):
            return
        java_home = java.home()
        LOG.write_text("", encoding="utf-8")
        # What was half made is made again from nothing.
        whole = any(stamp(each).exists() for each in (RUN, DEVELOP)) and _python().exists()
        has_jars = _is_prepared(RUN)
        for each in (RUN, DEVELOP):
            stamp(each).unlink(missing_ok=True)
        with _announced("preparing the Python environment, once (some 700 MB to fetch the first time)"):
            _make_environment(clear=not whole)
            _install(lock)
        if not has_jars:
            with _announced("fetching Delta's jars, once"):
                versions = re.findall(r'"([^"]+)"', _delta_line())
                fetched = delta_jars.fetch(_python(), VENV / "jars", versions, java_home, LOG)
            _write(f"Delta's jars: {fetched}")
        for each in {RUN, lock}:  # what develops contains what runs
            stamp(each).write_text(recipe(each), encoding="utf-8")


def _delta_line() -> str:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("delta_jars"))


def _is_prepared(lock: str) -> bool:
    return _python().exists() and stamp(lock).exists() and stamp(lock).read_text(encoding="utf-8") == recipe(lock)


def _python() -> Path:
    return VENV / "bin" / "python"


def _make_environment(*, clear: bool) -> None:
    try:
        venv.create(VENV, clear=clear, with_pip=True, symlinks=True)
    except (subprocess.CalledProcessError, OSError) as error:
        raise UserFacingError(
            f"Python {sys.version.split()[0]} cannot make an environment in {VENV} ({type(error).__name__}). "
            "On Debian or Ubuntu, install the package python3-venv, then run again."
        ) from error


def _install(lock: str) -> None:
    # --no-compile: modules are compiled when first imported, which is a third faster in all.
    pip = [str(_python()), "-m", "pip", "install", "--disable-pip-version-check", "--no-compile", "--require-hashes"]
    with LOG.open("a", encoding="utf-8") as log:
        process = subprocess.run(
            [*pip, "-r", str(ROOT / lock)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
        )
    if process.returncode:
        reasons = re.findall(r"^ERROR: (.+)", LOG.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
        raise UserFacingError(
            f"pip could not install the packages of {lock}: {reasons[0] if reasons else 'no reason given'}\n"
            "Check that pip reaches a package index from this machine (pip config list), then run again. "
            f"Details: {LOG}"
        )


@contextmanager
def _alone() -> Iterator[None]:
    LOG.parent.mkdir(exist_ok=True)
    with LOG.with_suffix(".lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _write("another run is preparing this machine; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _announced(step: str) -> Iterator[None]:
    _write(f"{step} …")
    began = time.monotonic()
    yield
    _write(f"{step.partition(',')[0]}: done in {time.monotonic() - began:.0f} s")


def _write(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def main() -> int:
    """Prepare from the lock file that the first argument names; return the exit code."""
    try:
        prepare(sys.argv[1])
    except UserFacingError as error:
        _write(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _write("stopped; the next run prepares the machine anew.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
