"""Which file under ``conf/`` sets what. The only reader of that folder, from a checkout or from the shipped zip."""

from __future__ import annotations

import csv
import hashlib
import importlib.resources
import json
import sys
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from linkage.platform.errors import InputError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from importlib.abc import Traversable

SettingsType = TypeVar("SettingsType", bound=BaseModel)


def conf() -> Traversable:
    """Return the ``conf/`` folder that travels with this code."""
    package: Any = importlib.resources.files("linkage")
    folder: Traversable = package.parent / "conf"
    return folder


def names(folder: str, suffix: str) -> list[str]:
    """Return the files of one folder of ``conf/``, without their suffix, sorted."""
    return sorted(
        entry.name.removesuffix(suffix) for entry in (conf() / folder).iterdir() if entry.name.endswith(suffix)
    )


def text(path: str) -> str:
    """Return a file of ``conf/`` as text.

    Raises
    ------
    InputError
        There is no such file; the message lists those that there are.
    """
    file = conf().joinpath(*path.split("/"))
    if not file.is_file():
        folder = path.rpartition("/")[0]
        there = sorted(entry.name for entry in (conf() / folder).iterdir())
        raise InputError(f"conf/{path}: no such file; conf/{folder} has {', '.join(there)}.")
    return file.read_text(encoding="utf-8-sig")


def toml(path: str) -> dict[str, Any]:
    """Return a TOML file of ``conf/`` as it stands."""
    try:
        return tomllib.loads(text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"conf/{path}: not valid TOML: {error}.") from None


def settings(path: str, kind: type[SettingsType]) -> SettingsType:
    """Return a TOML file of ``conf/`` as typed settings.

    Raises
    ------
    InputError
        A key is unknown, missing, of a wrong type or out of range; all problems at once.
    """
    return validated(toml(path), kind, where=f"conf/{path}")


def validated(content: dict[str, Any], kind: type[SettingsType], *, where: str) -> SettingsType:
    """Return typed settings from a mapping; every problem is named, with its key and what was expected."""
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        problems = []
        for problem in error.errors():
            key = ".".join(str(part) for part in problem["loc"])
            silent = problem["type"] in ("missing", "extra_forbidden") or isinstance(problem["input"], dict)
            value = "" if silent else f", found {json.dumps(problem['input'], default=str)}"
            message = {"extra_forbidden": "unknown setting", "missing": "missing setting"}.get(
                problem["type"], problem["msg"]
            )
            message = message.removeprefix("Value error, ")
            if problem["type"] == "extra_forbidden":
                message += f"; known there: {', '.join(_list_settings(kind, problem['loc'][:-1]))}"
            problems.append(f"{': '.join(part for part in (where, key, message) if part)}{value}.")
        raise InputError(problems) from None


def _list_settings(kind: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    fields = kind.model_fields
    for part in path:
        annotation = fields[part].annotation if isinstance(part, str) and part in fields else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return ["see the declaration in linkage/settings"]
        fields = annotation.model_fields
    return sorted(fields)


def settings_hash(*parts: BaseModel) -> str:
    """Return the SHA-256 of settings in canonical form: the same for the same settings, whatever the file's layout."""
    canonical = [part.model_dump(mode="json") for part in parts]
    return hashlib.sha256(json.dumps(canonical, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def nomenclature(name: str) -> list[dict[str, str]]:
    """Return the rows of ``conf/nomenclatures/<name>.csv``; lines that begin with ``#`` say source and licence."""
    lines = [line for line in text(f"nomenclatures/{name}.csv").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter=";"))
