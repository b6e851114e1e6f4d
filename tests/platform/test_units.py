"""The units of systemd are what systemd understands, and run what a user types."""

from __future__ import annotations

import getpass
import grp
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from jobs import CATALOGUE
from tests.clone import ROOT

UNITS = ROOT / "conf" / "systemd"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not on this machine")
def test_systemd_finds_nothing_to_say_of_the_units(tmp_path: Path) -> None:
    for unit in UNITS.iterdir():
        text = unit.read_text(encoding="utf-8").replace("/opt/appariement", str(ROOT))
        text = text.replace("User=appariement", f"User={getpass.getuser()}")
        text = text.replace("Group=linkage", f"Group={grp.getgrgid(os.getgid()).gr_name}")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    said = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    about_ours = [line for line in said.stderr.splitlines() if "appariement" in line]
    assert (said.returncode, about_ours) == (0, [])


def test_the_command_of_the_unit_is_one_that_the_job_takes() -> None:
    service = (UNITS / "appariement.service").read_text(encoding="utf-8")
    command = re.search(r"^ExecStart=\S+/spark-submit\.sh (\S+) (.*)$", service, re.MULTILINE)
    assert command is not None
    args = CATALOGUE.load(command[1]).parser().parse_args(re.sub(r"\$\{(\w+)\}", r"\1", command[2]).split())
    assert (args.lake, args.deliveries, args.version) == ("LAKE", "DELIVERIES", "VERSION")
