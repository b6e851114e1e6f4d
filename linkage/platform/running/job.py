"""What a job is: what it does, what it takes, how it runs; and the catalogue that names them all."""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from linkage.platform.nearest import did_you_mean

if TYPE_CHECKING:  # listing and explaining jobs must not load Spark
    from linkage.platform.running.run import Run


class JobParser(argparse.ArgumentParser):
    """A parser that names the option that was probably meant by one that there is not."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: D102 - argparse's own
        known = [option for action in self._actions for option in action.option_strings]
        typed = [argument.partition("=")[0] for argument in args or () if argument.startswith("--")]
        if unknown := [option for option in typed if option not in known]:
            self.error(" ".join(f"{option}: no such option.{did_you_mean(option, known)}" for option in unknown))
        return super().parse_args(args, namespace)


class JobModule(Protocol):
    """A module of ``jobs``. It may also have ``check``, which refuses what needs no Spark to be refused.

    And ``needs_spark``: a job that can do without, with these arguments, is run by the launcher itself.
    """

    __name__: str
    __doc__: str | None

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the job's own options."""

    def run(self, run: Run) -> None:
        """Do the job."""


@dataclass(frozen=True)
class Job:
    """One job. ``check`` refuses what it can without Spark: settings, combinations of arguments.

    ``needs_spark`` tells whether there is a session to start.
    """

    name: str
    description: str
    arguments: Callable[[argparse.ArgumentParser], None]
    check: Callable[[argparse.Namespace], None]
    run: Callable[[Run], None]
    needs_spark: Callable[[argparse.Namespace], bool] = lambda _: True

    @classmethod
    def of(cls, module: JobModule) -> Job:
        """Return the job of a module of ``jobs``."""
        check = getattr(module, "check", lambda _: None)
        needs_spark = getattr(module, "needs_spark", lambda _: True)
        name = module.__name__.split(".")[1]
        return cls(name, module.__doc__ or "", module.arguments, check, module.run, needs_spark)

    def parser(self) -> argparse.ArgumentParser:
        """Return the parser of the job's own arguments and of ``--env``."""
        parser = JobParser(
            prog=f"spark-submit.sh {self.name}",
            description=self.description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        self.arguments(parser)
        parser.add_argument(
            "--env", metavar="NAME", default="local", help="a file of conf/env, without .toml (default: local)"
        )
        return parser


@dataclass(frozen=True)
class Catalogue:
    """The jobs of one package, in the data's order."""

    package: str
    names: tuple[str, ...]

    def load(self, name: str) -> Job:
        """Return the job of that name; its module is imported."""
        return Job.of(importlib.import_module(self._module(name)))

    def listing(self) -> Mapping[str, str]:
        """Return every job with the first line of its description; no job is imported."""
        return {name: self._first_line(name) for name in self.names}

    def _module(self, name: str) -> str:
        spec = importlib.util.find_spec(f"{self.package}.{name}")
        is_package = spec is not None and spec.submodule_search_locations is not None
        return f"{self.package}.{name}.job" if is_package else f"{self.package}.{name}"

    def _first_line(self, name: str) -> str:
        spec = importlib.util.find_spec(self._module(name))
        source = getattr(spec.loader, "get_source", None) if spec else None
        text = source(spec.name) if source and spec else ""
        return (ast.get_docstring(ast.parse(text or "")) or "").partition("\n")[0]
