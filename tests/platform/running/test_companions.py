"""Who is alive: a process that ended is not, although its parent has not looked at it yet."""

from __future__ import annotations

import os
import subprocess
import sys

from linkage.platform.running.companions import is_alive


def test_a_process_that_ended_is_dead_before_its_parent_looks() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert is_alive(child.pid)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert not is_alive(child.pid)
    assert not is_alive(child.pid)
    assert is_alive(os.getpid())
