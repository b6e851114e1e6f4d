"""Which Java runs Spark: the one at JAVA_HOME, or the one on the path, whichever is suitable."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from linkage.platform.errors import UserFacingError

# What Spark 4.2 runs on. Java 25 before 25.0.3 may corrupt data (JDK-8377811), says its documentation.
SUPPORTED = {17: (17,), 21: (21,), 25: (25, 0, 3)}
INSTALL = (
    "Install one (Debian, Ubuntu: apt-get install openjdk-17-jre-headless; "
    "Fedora, RHEL: dnf install java-17-openjdk-headless), or set JAVA_HOME to one."
)


def home() -> Path:
    """Return the home of a Java that Spark runs on.

    Raises
    ------
    UserFacingError
        There is none at JAVA_HOME nor on the path; the message says what was found and what to install.
    """
    unsuitable = []
    for java in _candidates():
        version, folder = _describe(java)
        if folder is not None and _suitable(version):
            return folder
        unsuitable.append(f"{version} at {java}")
    raise UserFacingError(
        f"Java 17 (or 21, or 25.0.3 and later) is needed; found: {', '.join(unsuitable) or 'no Java'}. {INSTALL}"
    )


def _candidates() -> list[str]:
    java_home = os.environ.get("JAVA_HOME")
    at_home = shutil.which("java", path=str(Path(java_home) / "bin")) if java_home else None
    return [java for java in (at_home, shutil.which("java")) if java]


def _describe(java: str) -> tuple[str, Path | None]:
    """Return the version as Java names it, and its home; no home when it is not a Java that runs."""
    try:
        described = subprocess.run(
            [java, "-XshowSettings:properties", "-version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return "something that does not run", None
    output = described.stdout + described.stderr
    version = re.search(r"java\.version = (\S+)", output) or re.search(r'version "([^"]+)"', output)
    folder = re.search(r"java\.home = (.+)", output)
    if version is None:
        return "something that does not tell its version", None
    return f"Java {version[1]}", Path(folder[1].strip()) if folder else None


def _suitable(version: str) -> bool:
    numbers = tuple(int(part) for part in re.findall(r"\d+", version))
    return numbers >= SUPPORTED.get(numbers[0], (sys.maxsize,))


def main() -> int:
    """Print the home, for a shell; return 1, the reason on standard error, when there is none."""
    try:
        sys.stdout.write(f"{home()}\n")
    except UserFacingError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
