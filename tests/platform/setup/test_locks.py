"""The lock files and pyproject.toml say the same, and a lock that no longer does is named."""

from __future__ import annotations

import pytest

from linkage.platform.setup import locks
from tests.clone import ROOT

PYPROJECT = """
[project]
dependencies = ["alpha>=2,<3", "Beta_b==1.0", "gamma; python_version < '3.11'"]
[dependency-groups]
dev = ["delta"]
"""
RUN = """
alpha==2.4.1 ; python_full_version < '3.11' \\
    --hash=sha256:00
    # via
    #   appariement (pyproject.toml)
    #   beta-b
alpha==2.5 ; python_full_version >= '3.11' \\
    --hash=sha256:01
    # via appariement (pyproject.toml)
beta-b==1.0 \\
    --hash=sha256:02
    # via appariement (pyproject.toml)
below==7 \\
    --hash=sha256:03
    # via alpha
gamma==3 ; python_full_version < '3.11' \\
    --hash=sha256:04
    # via appariement (pyproject.toml)
"""
DEVELOP = f"""{RUN}delta==4 \\
    --hash=sha256:05
    # via appariement (pyproject.toml:dev)
"""


def test_the_locks_of_this_project_are_those_of_its_pyproject() -> None:
    names = ("pyproject.toml", "requirements.lock", "requirements-dev.lock")
    assert list(locks.problems(*((ROOT / name).read_text(encoding="utf-8") for name in names))) == []


def test_locks_that_pin_what_is_asked_have_no_problem() -> None:
    assert list(locks.problems(PYPROJECT, RUN, DEVELOP)) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("alpha>=2,<3", "alpha>=2.5,<3", "requirements.lock: alpha 2.4.1 and 2.5 found, <3,>=2.5 expected."),
        ("alpha>=2,<3", "alpha>=2,<3', 'new", "requirements.lock: new nothing found, any version expected."),
        ('"alpha>=2,<3", ', "", "requirements.lock: alpha found as a dependency of pyproject.toml, which does not"),
        ('dev = ["delta"', 'dev = ["delta>4"', "requirements-dev.lock: delta 4 found, >4 expected."),
        ('dev = ["delta"', "dev = [", "requirements-dev.lock: delta found as a dependency of pyproject.toml, which"),
    ],
)
def test_a_pyproject_that_asks_for_something_else_is_told_of_each_lock(old: str, new: str, found: str) -> None:
    changed = PYPROJECT.replace(old, new.replace("', 'new", '", "new'))
    assert changed != PYPROJECT
    assert any(problem.startswith(found) for problem in locks.problems(changed, RUN, DEVELOP))


def test_what_develops_runs_on_the_same_versions_as_what_runs() -> None:
    (problem,) = locks.problems(PYPROJECT, RUN, DEVELOP.replace("below==7", "below==8"))
    assert problem == "requirements-dev.lock: below 8 found, 7 expected, as in requirements.lock."
