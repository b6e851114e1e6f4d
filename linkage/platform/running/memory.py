"""How much memory Spark is given: what the user wrote, or half of this machine's; judged before Spark starts."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from linkage.platform.errors import InputError

DRIVER, EXECUTOR = "spark.driver.memory", "spark.executor.memory"
LARGEST_DRIVER_GB = 12
LEAST_MB = 512
"""Spark refuses to start with less than 450 MB of heap, of which Java keeps a part."""
_SIZE = re.compile(r"(\d+)([kmgt])", re.IGNORECASE)
_MB = {"k": 1 / 1024, "m": 1, "g": 1024, "t": 1024**2}


def check(properties: Mapping[str, str], *, on_this_machine: bool) -> None:
    """Refuse a size that Java does not understand, or with which Spark does not start.

    Raises
    ------
    InputError
        One is so, or this machine has too little where no size is given.
    """
    problems = [_problem(key, properties[key]) for key in (DRIVER, EXECUTOR) if key in properties]
    if on_this_machine and DRIVER not in properties and (half := _granted_mb()) < LEAST_MB:
        problems.append(
            f"{DRIVER}: not given, and half of this machine's memory is {half} MB; at least {LEAST_MB} MB expected."
        )
    if found := [problem for problem in problems if problem]:
        raise InputError(found)


def driver_memory() -> str:
    """Return half of this machine's memory, 12 GB at most: the rest serves Python, the page cache and the user."""
    return f"{_granted_mb()}m"


def _problem(key: str, size: str) -> str:
    match = _SIZE.fullmatch(size.strip())
    if match is None:
        return f"{key}: {size!r} found; a whole number with its unit expected, as in 8g or 800m."
    too_little = int(match[1]) * _MB[match[2].lower()] < LEAST_MB
    return f"{key}: {size} found; Spark needs at least {LEAST_MB}m to start." if too_little else ""


def _granted_mb() -> int:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    granted = Path("/sys/fs/cgroup/memory.max")  # a container sees its host's memory, but is granted less
    if granted.is_file() and (limit := granted.read_text(encoding="ascii").strip()).isdecimal():
        total = min(total, int(limit))
    return min(total // 2 // 2**20, LARGEST_DRIVER_GB * 1024)
