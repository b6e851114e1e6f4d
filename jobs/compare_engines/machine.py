"""The machine on which figures were measured: what a reader needs to compare, and nothing that names it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Sequence
from datetime import date
from importlib import metadata
from pathlib import Path

PACKAGES = ("pyspark", "splink", "delta-spark", "duckdb")


def cores(master: str) -> int:
    """Return how many cores Spark takes of this machine: those that ``local[N]`` names, all otherwise."""
    local = re.match(r"local\[(\d+)", master)
    return int(local[1]) if local else _cores()


def description(
    *, driver_memory: str, java: str, master: str, spark_options: Sequence[str], code_version: str
) -> dict[str, str | int | None]:
    """Return processor, memory (MB), system, versions, Spark's options, code version, date: no host, no user."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": _processor(),
        "processors": _cores(),
        "processors_used": cores(master),
        "memory_mb": pages // 2**20,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "java": java,
        "python": platform.python_version(),
        **{package: metadata.version(package) for package in PACKAGES},
        "master": master if master.startswith("local") else "cluster",
        "driver_memory": driver_memory,
        "spark_options": " ".join(spark_options),
        "code_version": code_version,
        "date": date.today().isoformat(),
    }


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.is_file():
        model_name = re.search(
            r"^model name\s*:\s*(.+)$", listed.read_text(encoding="utf-8", errors="replace"), re.MULTILINE
        )
        if model_name:
            return model_name[1].strip()
    if platform.system() == "Darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        brand = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
        if brand:
            return brand
    return platform.processor() or platform.machine()
