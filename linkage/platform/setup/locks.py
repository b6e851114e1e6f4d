"""Checks the lock files against pyproject.toml, without a network: ``python -m linkage.platform.setup.locks``."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from linkage import ROOT
from linkage.platform.setup.prepare import DEVELOP, RUN

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
_DIRECT = re.compile(r"^([A-Za-z0-9._-]+)==(?:(?!^\S).)*?appariement \(pyproject\.toml", re.MULTILINE | re.DOTALL)
Pins = dict[str, set[str]]


def problems(pyproject: str, run: str, develop: str) -> Iterator[str]:
    """Yield what the texts of the two locks have that the text of pyproject.toml does not ask for, or lack."""
    content = tomllib.loads(pyproject)
    runs = [Requirement(line) for line in content["project"]["dependencies"]]
    develops = [Requirement(line) for line in content["dependency-groups"]["dev"]]
    pinned = read_pins(develop)
    yield from _unlike(RUN, run, runs)
    yield from _unlike(DEVELOP, develop, [*runs, *develops])
    for name, versions in read_pins(run).items():
        if versions != pinned.get(name):
            yield f"{DEVELOP}: {name} {_listed(pinned.get(name))} found, {_listed(versions)} expected, as in {RUN}."


def read_pins(lock: str) -> Pins:
    """Return the versions that a lock pins, by package: several where they depend on Python or on the machine."""
    pins: Pins = defaultdict(set)
    for name, version in _PIN.findall(lock):
        pins[canonicalize_name(name)].add(version)
    return dict(pins)


def _unlike(file: str, lock: str, requirements: Iterable[Requirement]) -> Iterator[str]:
    pins = read_pins(lock)
    requirement_of = {canonicalize_name(requirement.name): requirement for requirement in requirements}
    for name, requirement in requirement_of.items():
        versions = pins.get(name, set())
        if not versions or not all(requirement.specifier.contains(version) for version in versions):
            yield f"{file}: {name} {_listed(versions)} found, {requirement.specifier or 'any version'} expected."
    for name in sorted({canonicalize_name(name) for name in _DIRECT.findall(lock)} - requirement_of.keys()):
        yield f"{file}: {name} found as a dependency of pyproject.toml, which does not name it."


def _listed(versions: Iterable[str] | None) -> str:
    return " and ".join(sorted(versions or ())) or "nothing"


def main() -> int:
    """Print what is wrong with the locks; return 0 when nothing is, else 1."""
    texts = ((ROOT / name).read_text(encoding="utf-8") for name in ("pyproject.toml", RUN, DEVELOP))
    wrong = list(problems(*texts))
    commands = f"The first lines of {RUN} and {DEVELOP} give the commands that make them; make the first one first."
    sys.stderr.write("".join(f"{line}\n" for line in [*wrong, *([commands] if wrong else [])]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
