"""Makes a machine ready, once: the Python environment of requirements.lock, then Delta's jars.

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
LOCK = ROOT / "requirements.lock"
LOG = ROOT / "logs" / "setup.log"
# What the environment was made from; spark-submit.sh compares it with what is asked now.
STAMP = VENV / "prepared"


def asked() -> str:
    """What the environment is made from: the lock file, and the line that names the versions of Delta's jars."""
    return LOCK.read_text(encoding="utf-8") + _delta_line() + "\n"


def prepare() -> None:
    """Makes ``.venv`` what the lock file says, unless it already is; two first runs wait for one another.

    Raises
    ------
    UserFacingError
        There is no suitable Java, or the packages or jars cannot be had; the message says what to do.
    """
    with _alone():
        if _is_prepared():
            return
        java_home = java.home()
        LOG.write_text("", encoding="utf-8")
        # What was half made is made again from nothing.
        whole = STAMP.exists() and _python().exists()
        STAMP.unlink(missing_ok=True)
        with _told("preparing the Python environment, once (some 700 MB to fetch the first time)"):
            _make_environment(clear=not whole)
            _install()
        with _told("fetching Delta's jars, once"):
            taken = delta_jars.fetch(_python(), VENV / "jars", re.findall(r'"([^"]+)"', _delta_line()), java_home, LOG)
        _tell(f"Delta's jars: {taken}")
        STAMP.write_text(asked(), encoding="utf-8")


def _delta_line() -> str:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("delta_jars"))


def _is_prepared() -> bool:
    return _python().exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == asked()


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


def _install() -> None:
    # --no-compile: modules are compiled when first imported, which is a third faster in all.
    pip = [str(_python()), "-m", "pip", "install", "--disable-pip-version-check", "--no-compile", "--require-hashes"]
    with LOG.open("a", encoding="utf-8") as log:
        done = subprocess.run([*pip, "-r", str(LOCK)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
    if done.returncode:
        said = re.findall(r"^ERROR: (.+)", LOG.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
        raise UserFacingError(
            f"pip could not install the packages of requirements.lock: {said[0] if said else 'no reason given'}\n"
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
            _tell("another run is preparing this machine; waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _told(what: str) -> Iterator[None]:
    _tell(f"{what} …")
    began = time.monotonic()
    yield
    _tell(f"{what.partition(',')[0]}: done in {time.monotonic() - began:.0f} s")


def _tell(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def main() -> int:
    """Prepares and returns the exit code."""
    try:
        prepare()
    except UserFacingError as error:
        _tell(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        _tell("stopped; the next run prepares the machine anew.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
